import { browser } from './browser.ts'

/** Address of a tab; `undefined` when the tab is gone or the user has not let us know. */
export async function tabUrl(tabId: number): Promise<string | undefined> {
  try {
    return (await browser.tabs.get(tabId)).url
  } catch {
    return undefined
  }
}

/** Every tab there is, also those whose address we are not let know. */
export async function allTabs(): Promise<readonly number[]> {
  return (await browser.tabs.query({})).flatMap(({ id }) => (id === undefined ? [] : [id]))
}

/** Asks the content script in a tab's frame, the top one where none is named; `undefined` when there is none. */
export async function askTab(tabId: number, message: unknown, frameId = 0): Promise<unknown> {
  try {
    return await browser.tabs.sendMessage(tabId, message, { frameId })
  } catch {
    return undefined
  }
}

/** Opens an address in a new tab, in front. */
export async function openTab(url: string): Promise<void> {
  await browser.tabs.create({ url })
}
