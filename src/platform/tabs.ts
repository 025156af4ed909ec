import { browser } from './browser.ts'
import { wait } from './wait.ts'

/** Address of a tab; `undefined` when the tab is gone or the user has not let us know. */
export async function tabUrl(tabId: number): Promise<string | undefined> {
  try {
    return (await browser.tabs.get(tabId)).url
  } catch {
    return undefined
  }
}

/** Whether a tab is in a private window. A tab that is gone is in none. */
export async function isPrivateTab(tabId: number): Promise<boolean> {
  try {
    return (await browser.tabs.get(tabId)).incognito
  } catch {
    return false
  }
}

export async function isOpen(tabId: number): Promise<boolean> {
  return browser.tabs.get(tabId).then(
    () => true,
    () => false,
  )
}

/** Every tab there is, also those whose address we are not let know. */
export async function allTabs(): Promise<readonly number[]> {
  return (await browser.tabs.query({})).flatMap(({ id }) => (id === undefined ? [] : [id]))
}

/** Opens an address in a new tab, in front. */
export async function openTab(url: string): Promise<void> {
  await browser.tabs.create({ url })
}

/** Calls back whenever a tab begins or ends to load something, and when it is closed. Call it synchronously when the worker starts. */
export function onTabs({ changed, closed }: { readonly changed: (tabId: number) => void; readonly closed: (tabId: number) => void }): void {
  browser.tabs.onUpdated.addListener((tabId, { status }) => {
    if (status !== undefined) changed(tabId)
  })
  browser.tabs.onRemoved.addListener((tabId) => closed(tabId))
}

/** Which content scripts of a tab are meant: a frame's (0: the top one), or a document's. */
export type Receiver = { readonly frameId: number } | { readonly documentId: string }

/** Asks the content script in a tab; `undefined` when there is none. */
export async function askTab(tabId: number, message: unknown, receiver: Receiver = { frameId: 0 }): Promise<unknown> {
  try {
    return await browser.tabs.sendMessage(tabId, message, receiver)
  } catch {
    return undefined
  }
}

/** A page that does nothing just now (frozen, or stopped in a debugger) answers late or never, and is there all the same. */
const SILENT_MS = 2_000

/** Whether a content script is in a tab: it answers `true`, or keeps silent, or is not there, which is told at once. */
export type Presence = 'there' | 'silent' | 'gone'

export function presenceOf(tabId: number, message: unknown, receiver: Receiver): Promise<Presence> {
  const answered = askTab(tabId, message, receiver).then((answer): Presence => (answer === true ? 'there' : 'gone'))
  return Promise.race([answered, wait(SILENT_MS).then((): Presence => 'silent')])
}
