/**
 * What both sides know of a request: the browser from its own events, the hook from inside the page. Neither side's word alone says which
 * octets belong to which request.
 */
export type Trace = {
  readonly tabId: number
  readonly frameId: number
  readonly documentId?: string
  readonly method: string
  /** base64url SHA-256 of the URL without fragment: the URL itself is not kept, its query may hold credentials. */
  readonly urlDigest: string
  /** base64url SHA-256 of the request's octets; absent where that side does not have them. */
  readonly requestDigest?: string
  /** When the request began, in milliseconds since the epoch. */
  readonly beganAt: number
}

/** What a report of the hook's says of itself. */
export type PageTrace = Trace & { readonly endedAt: number }

/** How much before the page's call the browser may have noted the request: two processes read the same clock, in milliseconds. */
const CLOCK_SLACK_MS = 5

/** When a request that a report may be about began: from, to, both included. */
export function beginningsOf(page: Pick<PageTrace, 'beganAt' | 'endedAt'>): readonly [from: number, to: number] {
  return [page.beganAt - CLOCK_SLACK_MS, page.endedAt]
}

/** Whether a request of the browser's and a report of the hook's can be the same exchange. */
export function mayBeSame(browser: Trace, page: PageTrace): boolean {
  const [from, to] = beginningsOf(page)
  return (
    browser.tabId === page.tabId &&
    browser.frameId === page.frameId &&
    (browser.documentId === undefined || page.documentId === undefined || browser.documentId === page.documentId) &&
    browser.method === page.method &&
    browser.urlDigest === page.urlDigest &&
    (browser.requestDigest === undefined || page.requestDigest === undefined || browser.requestDigest === page.requestDigest) &&
    browser.beganAt >= from &&
    browser.beganAt <= to
  )
}

/** A request of the browser's, with the report that was joined to it already, if any, and when the page had its answer. */
export type Candidate = { readonly id: string; readonly trace: Trace; readonly report?: string; readonly endedAt?: number }

/**
 * `joined`: exactly one candidate on each side. `ambiguous`: octets cannot be told apart; none of these requests may use any. `none`: the
 * browser has not noted such a request.
 */
export type Join =
  | { readonly kind: 'joined'; readonly id: string }
  | { readonly kind: 'ambiguous'; readonly ids: readonly string[] }
  | { readonly kind: 'none' }

/** Finds the request that a report is about. `report` is the report's own name: a repetition finds what it was joined to. */
export function joinReport(report: string, page: PageTrace, candidates: readonly Candidate[]): Join {
  const known = candidates.find((candidate) => candidate.report === report)
  if (known !== undefined) return { kind: 'joined', id: known.id }
  const [first, ...others] = candidates.filter((candidate) => mayBeSame(candidate.trace, page) && !isOver(candidate, page))
  if (first === undefined) return { kind: 'none' }
  if (others.length === 0 && first.report === undefined) return { kind: 'joined', id: first.id }
  return { kind: 'ambiguous', ids: [first, ...others].map((candidate) => candidate.id) }
}

/** A request whose answer the page had before it made this call is another one: a page may ask the same thing twice. */
function isOver({ report, endedAt }: Candidate, page: PageTrace): boolean {
  return report !== undefined && endedAt !== undefined && endedAt <= page.beganAt
}
