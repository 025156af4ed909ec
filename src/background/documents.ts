import type { PingMessage } from '../capture/messages.ts'
import { presenceOf } from '../platform/tabs.ts'
import { tabKey, tabPrefix } from './exchange.ts'
import { isUnseen } from './news.ts'
import type { Shown, Store } from './store.ts'

/*
 * Rows belong to a document: what a tab's page asked is not under the page that comes after it. The browser names documents, in what it says of a
 * message's sender and of a request; what a tab shows now is known from the capture script that stands ready there.
 */

/** A document that the browser does not name. */
export const UNNAMED = ''

const PING: PingMessage = { type: 'capture/ping' }

/**
 * Whether a document is what a tab shows: its capture script answers. A document that was left and is kept for going back is silent, as is one that
 * stands still in a debugger; whoever is in front of it is not.
 */
export async function isShown(tabId: number, document: string): Promise<boolean> {
  const inFront = await presenceOf(tabId, PING, { frameId: 0 })
  // What is kept is not asked where that can be told without: a browser may drop such a page for being spoken to.
  if (inFront === 'gone' || document === UNNAMED) return inFront !== 'gone'
  const own = await presenceOf(tabId, PING, { documentId: document })
  return own === 'silent' ? inFront === 'silent' : own === 'there'
}

/** The document of a tab that a request belongs to: what its top frame shows, whichever frame asked. */
export async function documentOf({ tabId, frameId, documentId, parentDocumentId }: Requester, tab: string, store: Store): Promise<string> {
  if (tabId < 0) return UNNAMED
  if (frameId === 0) return documentId ?? UNNAMED
  return (await store.shownIn(tab))?.document ?? parentDocumentId ?? UNNAMED
}

type Requester = {
  readonly tabId: number
  readonly frameId: number
  readonly documentId?: string
  readonly parentDocumentId?: string
}

export type Documents = {
  /** The capture script of a tab's page stands ready: its document is what the tab shows. */
  readonly ready: (tabId: number, document: string) => Promise<void>
  /** Something about a tab changed: looks whether it still shows what it showed. Gives whether anything is known of it. */
  readonly look: (tabId: number) => Promise<boolean>
  /** A tab was closed. Gives whether it leaves news behind. */
  readonly closed: (tabId: number) => Promise<boolean>
  /** Forgets what tabs of earlier runs of the browser showed: their numbers mean other tabs now. */
  readonly forgetEarlierRuns: () => Promise<void>
}

/** `left`: called when a tab has left every document but `staying`; `undefined`: that one too. */
export function documentsIn(
  store: Store,
  session: () => Promise<string>,
  left: (tab: string, staying: string | undefined) => Promise<void>,
  clock: () => number = Date.now,
): Documents {
  const keyOf = async (tabId: number): Promise<string> => tabKey(await session(), tabId)
  return {
    async ready(tabId, document) {
      const tab = await keyOf(tabId)
      await store.changeShown(tab, (before) => (before?.document === document ? before : { document, since: clock() }))
      await left(tab, document)
    },
    async look(tabId) {
      const tab = await keyOf(tabId)
      const shown = await store.shownIn(tab)
      if (shown === undefined) return (await store.ofTab(tab)).length > 0
      const { document } = shown
      if (document === undefined || (await isShown(tabId, document))) return true
      // Another document may have said that it is ready meanwhile: then that one is what the tab shows.
      let gone = false
      await store.changeShown(tab, (present): Shown | undefined => {
        gone = present?.document === document
        return gone ? { since: clock() } : present
      })
      if (gone) await left(tab, undefined)
      return true
    },
    async closed(tabId) {
      const tab = await keyOf(tabId)
      await store.changeShown(tab, () => undefined)
      await left(tab, undefined)
      return (await store.ofTab(tab)).some(isUnseen)
    },
    async forgetEarlierRuns() {
      const ofThisRun = tabPrefix(await session())
      const others = (await store.tabs()).filter((tab) => !tab.startsWith(ofThisRun))
      for (const tab of others) await store.changeShown(tab, () => undefined)
    },
  }
}
