import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import * as v from 'valibot'
import { toolbarOf } from '../../src/background/toolbar.ts'
import type { ExchangeState, TabState } from '../../src/platform/messages.ts'
import { shippedWithHosts } from '../e2e/builds.ts'
import { rowsOf } from '../e2e/rows.ts'
import { type Loopback, startLoopback } from '../e2e/server.ts'
import { COMPLETIONS, EVENT_STREAM, PAGE, serve } from '../e2e/service.ts'
import { HONEST } from '../e2e/session.ts'
import { type Simulated, simulate, simulatedPolicy } from '../e2e/simulated.ts'
import { randomFrom } from '../simulator/random.ts'
import { type BareBrowser, EXTENSION, startBareBrowser } from '../support/bare-browser.ts'
import { poll } from '../support/poll.ts'

/** Between two events of an answer: an answer takes about half a second, so that kills meet it in the middle. */
const EVENT_MS = 20
/** After so long nothing may be left that is still being looked at. */
const SETTLED_MS = 30_000

/** One answer that the server gave to its end. */
export type Given = { readonly prompt: string; readonly at: number }

/** A chat service with slow answers, a profile, and a browser on it that can be ended in any way. */
export type Scene = {
  readonly profile: string
  readonly given: readonly Given[]
  readonly browser: () => BareBrowser
  /** Starts the browser anew, on the same profile. */
  readonly restart: () => Promise<void>
  readonly openChat: () => Promise<Chat>
  readonly random: () => number
  readonly close: () => Promise<void>
}

export type Chat = {
  readonly tabId: number
  /** Asks so many questions at once; resolves when every answer is there or broken off. */
  readonly ask: (count?: number) => Promise<void>
  readonly state: () => Promise<TabState>
}

export async function startScene({ profile = '' } = {}): Promise<Scene> {
  const seed = Number(process.env['KILLS_SEED'] ?? randomInt(2 ** 31))
  console.log(`KILLS_SEED=${seed}`)
  const octets = randomFrom(`kills ${seed}`)
  const random = (): number => (octets(1)[0] ?? 0) / 256
  const loopback: Loopback = await startLoopback()
  const service = simulate(loopback)
  const given: Given[] = []
  serveSlowly(loopback, service, given)
  const folder = profile === '' ? await mkdtemp(join(tmpdir(), 'receipt-checker-')) : profile
  const start = (): Promise<BareBrowser> => startBareBrowser({ build: shippedWithHosts(), port: loopback.port, profile: folder })
  let browser = await start()
  const policy = JSON.stringify({ 'policy:trustedrouter': simulatedPolicy(service.gateway) })
  await browser.inOwnPage(`chrome.storage.local.set(${policy})`)
  return {
    profile: folder,
    given,
    random,
    browser: () => browser,
    async restart() {
      browser = await start()
    },
    openChat: () => openChat(browser),
    async close() {
      await browser.kill()
      await loopback.close()
      // Helper processes of the browser write for a moment longer.
      if (profile === '') await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

function serveSlowly(loopback: Loopback, service: Simulated, given: Given[]): void {
  serve(loopback, async ({ headers }, body, response) => {
    const { events } = service.prepare(body, headers)
    response.writeHead(200, EVENT_STREAM)
    for (const event of events) {
      if (response.destroyed) return
      response.write(event)
      await after(EVENT_MS)
    }
    if (response.destroyed) return
    response.end()
    given.push({ prompt: body.toString('utf8'), at: Date.now() })
  })
}

let questions = 0

async function openChat(browser: BareBrowser): Promise<Chat> {
  // Before its scripts are registered again, behind a reload of the extension, a page would be opened without them.
  const scripts = 'chrome.scripting.getRegisteredContentScripts().then((all) => all.length)'
  await poll('the scripts', async () => (await browser.inOwnPage(scripts)) === 2)
  const address = `${PAGE}?${++questions}`
  const target = await browser.open(address)
  const query = `chrome.tabs.query({}).then((tabs) => tabs.find(({ url }) => url === ${JSON.stringify(address)})?.id ?? null)`
  const tabId = v.parse(v.number(), await poll('the tab', async () => (await browser.inOwnPage(query)) ?? undefined))
  const state = async (): Promise<TabState> => (await tell(browser, { type: 'ui/state', tabId })) as TabState
  await poll('the page to be watched', async () => (await state()).kind === 'watching')
  return {
    tabId,
    state,
    async ask(count = 1) {
      const bodies = Array.from({ length: count }, () => {
        const messages = [{ role: 'user', content: `Question ${++questions}?` }]
        return JSON.stringify({ model: 'harborside/atlas-70b-instruct', messages, stream: true })
      })
      const expression = `Promise.all(${JSON.stringify(bodies)}.map((body) =>
        fetch(${JSON.stringify(COMPLETIONS)}, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
          .then((answer) => answer.text()).catch(() => undefined))).then(() => undefined)`
      await browser.protocol.evaluate(target, expression)
    },
  }
}

/** Tells the background something. A worker on its way down does not answer: it is told again. */
export async function tell(browser: BareBrowser, message: unknown): Promise<unknown> {
  const expression = `Promise.race([
    chrome.runtime.sendMessage(${JSON.stringify(message)}).then((answer) => ({ answer }), () => undefined),
    new Promise((late) => setTimeout(late, 2000)),
  ])`
  const answered = await poll('the background to answer', async () => (await browser.inOwnPage(expression)) ?? undefined, {
    within: 30_000,
  })
  return v.parse(v.object({ answer: v.unknown() }), answered).answer
}

/** Stops the extension's worker, as the browser does whenever it likes. */
export async function stopWorker(browser: BareBrowser): Promise<void> {
  const page = (await browser.protocol.targets()).find(({ type, url }) => type === 'page' && url.startsWith(EXTENSION))
  if (page === undefined) return
  await browser.protocol.attached(page.targetId, async (session) => {
    await browser.protocol.send('ServiceWorker.enable', {}, session)
    await browser.protocol.send('ServiceWorker.stopAllWorkers', {}, session)
  })
}

/** What became of a document's answers. */
export type Outcome = { readonly judged: readonly ExchangeState[]; readonly counted: number }

/**
 * Waits until nothing is looked at any more, and so many answers have a row or are counted; then every row has to be that of an honest answer or say
 * that something was not seen, and the icon has to say what the popup would.
 */
export async function outcomeOf(browser: BareBrowser, chat: Chat, answers: number): Promise<Outcome> {
  let last: TabState | undefined
  const outcome = await poll(
    'every answer to be judged or counted',
    async (): Promise<Outcome | undefined> => {
      const state = await chat.state()
      last = state
      if (state.kind !== 'watching') return undefined
      const judged = state.exchanges.filter(({ progress }) => progress === 'done')
      const counted = state.notCaptured
      return judged.length === state.exchanges.length && judged.length + counted >= answers ? { judged, counted } : undefined
    },
    { within: SETTLED_MS, every: 200 },
  ).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : ''}: of ${answers}, ${summary(last)}`)
  })
  const { judged, counted } = outcome
  expect(judged.length + counted, 'no answer has two rows').toBe(answers)
  for (const { ordinal, report } of judged) {
    const rows = report === undefined ? {} : rowsOf(report)
    if (JSON.stringify(rows) === JSON.stringify(HONEST)) continue
    // Part of it was not seen. Nobody is accused of that.
    expect(Object.values(rows).join(), `answer ${ordinal}`).not.toContain('failed')
    expect(rows['exchange'], `answer ${ordinal}`).toBe('unchecked')
  }
  await expectIconOf(browser, chat)
  return outcome
}

/** The icon says what the popup would, and is not empty of words. */
async function expectIconOf(browser: BareBrowser, chat: Chat): Promise<void> {
  const wanted = toolbarOf(await chat.state()).badge
  await poll('the icon', async () => (await browser.inOwnPage(`chrome.action.getBadgeText({ tabId: ${chat.tabId} })`)) === wanted)
  expect(await browser.inOwnPage(`chrome.action.getTitle({ tabId: ${chat.tabId} })`)).toMatch(/\w+ \w+/)
}

function summary(state: TabState | undefined): string {
  if (state?.kind !== 'watching') return state?.kind ?? 'nothing known'
  return `${state.exchanges.map(({ progress }) => progress).join()}; ${state.notCaptured} counted; recording ${state.recording}`
}

export function after(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms))
}
