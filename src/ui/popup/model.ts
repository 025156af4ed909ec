import type { ExchangeState, TabState } from '../../platform/messages.ts'

/** What the popup shows, apart from what the browser itself keeps (focus, scrolling, opened rows). */
export type Showing = {
  /** `no-reply`: the background gave no usable answer. */
  readonly state: TabState | { readonly kind: 'no-reply' }
  /** The exchange the user picked or is reading. Absent: the newest. */
  readonly chosen?: string
  /** Earlier news that is being read. The background forgets it once it was seen; its reader still has it. */
  readonly kept?: ExchangeState
  readonly listOpen: boolean
  /** Whether the same can be opened beside the tab. */
  readonly canShowBeside: boolean
  /** Whether it is being asked if everything is to be deleted, or that is under way. */
  readonly deleting?: 'asked' | 'busy'
  /** The exchange for which another check was asked and has not begun. */
  readonly retrying?: string
}

/** What a popup shows that stands on no tab. */
export const NO_TAB: TabState = { kind: 'no-site', earlier: [], recording: 'works' }

/** The exchanges of the document that the tab shows now, newest first. */
export function exchangesOf({ state }: Showing): readonly ExchangeState[] {
  return state.kind === 'watching' ? state.exchanges : []
}

/** Bad news of documents that the tab has left, newest first, without what is being read. */
export function earlierOf({ state, chosen }: Showing): readonly ExchangeState[] {
  return state.kind === 'no-reply' ? [] : state.earlier.filter(({ id }) => id !== chosen)
}

/**
 * The exchange to show: the one chosen while it is there, otherwise the newest of this document (the list is newest
 * first).
 */
export function exchangeShown(showing: Showing): ExchangeState | undefined {
  const own = exchangesOf(showing)
  return own.find(({ id }) => id === showing.chosen) ?? earlierShown(showing) ?? own[0]
}

/** The earlier news that is being read. */
export function earlierShown({ state, chosen, kept }: Showing): ExchangeState | undefined {
  if (chosen === undefined || state.kind === 'no-reply') return undefined
  return state.earlier.find(({ id }) => id === chosen) ?? (kept?.id === chosen ? kept : undefined)
}

/**
 * Forgets a choice that is no longer there, so that it cannot come back by surprise, and keeps earlier news while it
 * is being read.
 */
export function settled(showing: Showing): Showing {
  const { chosen, kept: _, ...rest } = showing
  if (chosen === undefined || showing.state.kind === 'no-reply') return rest
  if (exchangesOf(showing).some(({ id }) => id === chosen)) return { ...rest, chosen }
  const kept = earlierShown(showing)
  return kept === undefined ? rest : { ...rest, chosen, kept }
}

/** The tab named in the page's own address (`popup.html?tab=7`), for a popup that is opened as a page. */
export function tabInAddress(search: string): number | undefined {
  const [, digits] = /^\?tab=(\d{1,10})$/.exec(search) ?? []
  return digits === undefined ? undefined : Number(digits)
}
