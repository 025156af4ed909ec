import type { PingMessage } from '../capture/messages.ts'
import { serviceById, serviceOfPage } from '../gather/services/lookup.ts'
import type { ExchangeState, TabPlace, TabState } from '../platform/messages.ts'
import { browserSession } from '../platform/session.ts'
import { askTab, tabUrl } from '../platform/tabs.ts'
import { type ExchangeRow, tabKey } from './exchange.ts'
import { isEnabled, missingAsks } from './sites.ts'
import type { State } from './states.ts'
import type { Store } from './store.ts'

/** A request without a tab comes from a worker of the page's. */
const NO_TAB = -1

const PROGRESS: { readonly [state in State]: ExchangeState['progress'] } = {
  requested: 'answering',
  answering: 'answering',
  captured: 'gathering',
  checking: 'checking',
  done: 'done',
}

/** Everything that the popup shows of a tab. */
export async function tabState(store: Store, tabId: number): Promise<TabState> {
  return { ...(await placeOf(store, tabId)), earlier: [], recording: 'works' }
}

export async function placeOf(store: Store, tabId: number): Promise<TabPlace> {
  const url = await tabUrl(tabId)
  if (url === undefined || !/^https?:/.test(url)) return { kind: 'no-site' }
  const { origin, host } = new URL(url)
  const service = serviceOfPage(origin)
  if (service === undefined) return { kind: 'no-adapter', host }
  if (!(await isEnabled(service))) return { kind: 'not-enabled', host, service: service.name, asks: await missingAsks(service) }
  const session = await browserSession()
  const rows = await inOrder(store, tabKey(session, tabId))
  if (!(await hasRelay(tabId))) {
    return { kind: 'needs-reload', host, service: service.name, notCaptured: rows.filter(isNotCaptured).length }
  }
  const ofWorkers = (await store.ofTab(tabKey(session, NO_TAB))).filter((row) => row.page === origin)
  return {
    kind: 'watching',
    host,
    service: service.name,
    exchanges: rows
      .filter((row) => !isNotCaptured(row))
      .map((row, index) => exchangeState(row, index, service.id))
      .reverse(),
    notCaptured: [...rows, ...ofWorkers].filter(isNotCaptured).length,
  }
}

/** Whether the page that a tab shows has our scripts in it. */
export async function hasRelay(tabId: number): Promise<boolean> {
  const ping: PingMessage = { type: 'capture/ping' }
  return (await askTab(tabId, ping)) === true
}

/** The newest exchange of a tab. */
export async function newestOf(store: Store, tabId: number): Promise<ExchangeRow | undefined> {
  return (await inOrder(store, tabKey(await browserSession(), tabId))).at(-1)
}

async function inOrder(store: Store, tab: string): Promise<readonly ExchangeRow[]> {
  return [...(await store.ofTab(tab))].sort((a, b) => a.trace.beganAt - b.trace.beganAt)
}

/** Nothing of the response was seen, neither its octets nor a receipt in its headers. */
function isNotCaptured({ settledAt, dossier }: ExchangeRow): boolean {
  return settledAt !== undefined && dossier.exchange.response.capture === 'not-captured' && dossier.receipts.length === 0
}

function exchangeState({ id, dossier, state, verdict }: ExchangeRow, index: number, pageService: string): ExchangeState {
  return {
    id,
    service: serviceById(dossier.service)?.name ?? dossier.service,
    elsewhere: dossier.service !== pageService,
    startedAt: dossier.exchange.startedAt,
    ordinal: index + 1,
    progress: PROGRESS[state],
    ...(verdict === undefined ? {} : { report: verdict }),
  }
}
