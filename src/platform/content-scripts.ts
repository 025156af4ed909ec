import { browser } from './browser.ts'

/**
 * The capture scripts of one origin's pages. Chromium runs scripts of equal time in the order of their ids, not of their registration
 * (measured), and the relay has to listen before the hook calls: hence the numbers.
 */
const RELAY = '1-relay'
const HOOK = '2-hook'

/** Registers the capture scripts for pages of these origins, and for no others. Tabs that are open already need a reload. */
export async function registerCaptureScripts(origins: readonly string[]): Promise<void> {
  const present = await browser.scripting.getRegisteredContentScripts()
  const matches = origins.map((origin) => `${origin}/*`).sort()
  const same =
    present.length === (matches.length === 0 ? 0 : 2) && present.every((script) => sameList([...(script.matches ?? [])].sort(), matches))
  if (same) return
  if (present.length > 0) await browser.scripting.unregisterContentScripts()
  if (matches.length === 0) return
  const common = { matches, runAt: 'document_start', allFrames: true, matchOriginAsFallback: true, persistAcrossSessions: true } as const
  await browser.scripting.registerContentScripts([
    { ...common, id: RELAY, js: ['relay.js'], world: 'ISOLATED' },
    { ...common, id: HOOK, js: ['hook.js'], world: 'MAIN' },
  ])
}

/** Whether pages of these origins that are opened from now on have the capture scripts. */
export async function capturesPagesOf(origins: readonly string[]): Promise<boolean> {
  const present = await browser.scripting.getRegisteredContentScripts()
  const covers = (id: string) =>
    present.some((script) => script.id === id && origins.every((origin) => script.matches?.includes(`${origin}/*`)))
  return covers(RELAY) && covers(HOOK)
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}
