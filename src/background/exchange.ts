import type { End } from '../capture/browser/facts.ts'
import type { Candidate, Trace } from '../capture/join.ts'
import type { BodySeen, Dossier } from '../dossier/types.ts'
import type { Report } from '../verify/report.ts'
import type { Alarm } from './news.ts'
import type { State } from './states.ts'

/** An exchange as it is stored: its dossier in the making, and what is needed to go on with it after the worker was stopped. No bodies. */
export type ExchangeRow = {
  readonly id: string
  /** Browser session and request id: finds the row when the browser says more about the request. */
  readonly request: string
  /** Browser session and tab id: the exchanges of a tab. */
  readonly tab: string
  readonly tabId: number
  /** The document of the tab that asked, through whichever of its frames; empty where the browser names none, and for workers. */
  readonly document: string
  /** Origin of the page that asked; empty when the browser does not say. */
  readonly page: string
  readonly state: State
  readonly trace: Trace
  /** Name of the hook's report that was joined, and when the page had its answer by it. */
  readonly report?: string
  readonly answeredAt?: number
  /** When the browser saw the request end, in milliseconds since the epoch, and how. */
  readonly ended?: End & { readonly at: number }
  /** The moment for which the verdict is given: when the last octet was seen, or when it was clear that none would come. */
  readonly settledAt?: string
  readonly dossier: Dossier
  readonly verdict?: Report
  /** Bad news in the verdict that the user was shown. */
  readonly seen?: Alarm
  /** The service of which its verdict has bad news that the user was not shown. Written by the store, so that such rows are found. */
  readonly news?: string
}

export const NOTHING_SEEN: BodySeen = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] }

/** Key of a tab's exchanges. */
export function tabKey(session: string, tabId: number): string {
  return tabPrefix(session) + tabId
}

/** How the keys of the tabs of one run of the browser begin. */
export function tabPrefix(session: string): string {
  return `${session}:`
}

/** Key of a request. */
export function requestKey(session: string, requestId: string): string {
  return `${session}:${requestId}`
}

export function candidateOf({ id, trace, report, answeredAt }: ExchangeRow): Candidate {
  return { id, trace, ...(report === undefined ? {} : { report }), ...(answeredAt === undefined ? {} : { endedAt: answeredAt }) }
}

/** The row with some members of its dossier's exchange changed. */
export function withExchange(row: ExchangeRow, change: Partial<Dossier['exchange']>): ExchangeRow {
  return { ...row, dossier: { ...row.dossier, exchange: { ...row.dossier.exchange, ...change } } }
}
