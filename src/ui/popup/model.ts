import type { ExchangeState, TabState } from '../../platform/messages.ts'

/** What the popup shows, apart from what the browser itself keeps (focus, scrolling, opened rows). */
export type Showing = {
  /** `no-reply`: the background gave no usable answer. */
  readonly state: TabState | { readonly kind: 'no-reply' }
  /** The exchange the user picked or is reading. Absent: the newest. */
  readonly chosen?: string
  readonly listOpen: boolean
  /** The exchange for which another check was asked and has not begun. */
  readonly retrying?: string
}

/** What a popup shows that stands on no tab. */
export const NO_TAB: TabState = { kind: 'no-site', earlier: [], recording: 'works' }

/** The exchange to show: the one chosen while it is there, otherwise the newest (the list is newest first). */
export function exchangeShown(exchanges: readonly ExchangeState[], chosen: string | undefined): ExchangeState | undefined {
  return exchanges.find((exchange) => exchange.id === chosen) ?? exchanges[0]
}

/** The host that a match pattern asks for, and whether its subdomains are meant too. A pattern that is not understood is shown whole. */
export function hostOfPattern(pattern: string): { readonly host: string; readonly below: boolean } {
  const [, authority] = /^[a-z*]+:\/\/([^/]+)\//.exec(pattern) ?? []
  if (authority === undefined) return { host: pattern, below: false }
  return authority.startsWith('*.') ? { host: authority.slice(2), below: true } : { host: authority, below: false }
}

/** The tab named in the page's own address (`popup.html?tab=7`), for a popup that is opened as a page. */
export function tabInAddress(search: string): number | undefined {
  const [, digits] = /^\?tab=(\d{1,10})$/.exec(search) ?? []
  return digits === undefined ? undefined : Number(digits)
}
