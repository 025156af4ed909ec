import { beginningsOf, mayBeSame, type PageTrace } from '../capture/join.ts'
import type { OctetsMessage } from '../capture/messages.ts'
import { SITES } from '../gather/services/lookup.ts'
import { watchedUrls } from '../gather/services/types.ts'
import { now } from '../platform/clock.ts'
import { matchesAddress } from '../platform/match.ts'
import { browserSession } from '../platform/session.ts'
import { documentOf } from './documents.ts'
import { type ExchangeRow, requestKey, tabKey } from './exchange.ts'
import { requestDigest } from './octets.ts'
import { digestOfUrl, newRow } from './record.ts'
import type { Store } from './store.ts'

/** Where a report of the hook's comes from, as the browser says. */
export type ReportSender = {
  readonly tabId: number
  readonly frameId: number
  readonly documentId?: string
  /** Of the page. */
  readonly origin: string
}

/** A request of no tab's: a worker's. */
export const NO_TAB = -1
/** A page can have its hook report whatever it likes. So many such reports of a document's become exchanges; nobody needs a longer list. */
const MOST_UNTOLD = 50

/** What a report says of its request, as it is compared with what the browser says. */
export async function traceOf(message: OctetsMessage, { tabId, frameId, documentId }: ReportSender): Promise<PageTrace> {
  const digest = await requestDigest(message.request)
  return {
    tabId,
    frameId,
    ...(documentId === undefined ? {} : { documentId }),
    method: message.method,
    urlDigest: await digestOfUrl(message.url),
    ...(digest === undefined ? {} : { requestDigest: digest }),
    beganAt: message.beganAt,
    endedAt: message.endedAt,
  }
}

/**
 * The row of an answer that the page had and the browser has not told of: its listeners were deaf, or a worker of the page's fetched it. Only that
 * there was one is kept: nothing that a page can make up becomes part of an exchange. Undefined where there was no answer, or where the
 * worker's request is known.
 */
export async function rowOfReport(
  message: OctetsMessage,
  page: PageTrace,
  sender: ReportSender,
  store: Store,
): Promise<ExchangeRow | undefined> {
  const [address = ''] = message.url.split(/[?#]/, 1)
  const service = SITES.find((site) => watchedUrls(site).some((pattern) => matchesAddress(pattern, address)))
  if (service === undefined || (message.state === 'broken-off' && message.response.length === 0)) return undefined
  const session = await browserSession()
  if ((await store.begunIn(tabKey(session, NO_TAB), ...beginningsOf(page))).some((row) => isWorkersOwn(row, page))) return undefined
  const tab = tabKey(session, sender.tabId)
  const untold = (await store.ofTab(tab)).filter((row) => isUntold(row) && row.trace.documentId === sender.documentId)
  if (untold.length >= MOST_UNTOLD) return undefined
  const key = requestKey(session, `${UNTOLD}${message.capture}`)
  const beginning = { ...sender, method: message.method, url: message.url, initiator: sender.origin, timeStamp: message.beganAt }
  const document = await documentOf(sender, tab, store)
  return newRow(key, service.id, beginning, { session, document, id: crypto.randomUUID(), now: await now(), urlDigest: page.urlDigest })
}

const UNTOLD = 'report-'

/** Whether a row was made of a report alone. */
export function isUntold({ request }: ExchangeRow): boolean {
  return request.includes(`:${UNTOLD}`)
}

/** A page's worker passes the page's requests on as its own. */
function isWorkersOwn({ trace: { documentId: _, ...trace } }: ExchangeRow, page: PageTrace): boolean {
  return mayBeSame({ ...trace, tabId: page.tabId, frameId: page.frameId }, page)
}
