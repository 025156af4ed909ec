import type { AnnounceMessage } from '../capture/messages.ts'
import { serviceAt, serviceById, serviceOfPage } from '../gather/services/lookup.ts'
import type { ExchangeState, TabPlace, TabState } from '../platform/messages.ts'
import { browserSession } from '../platform/session.ts'
import { allTabs, askTab, tabUrl } from '../platform/tabs.ts'
import { isShown } from './documents.ts'
import { type ExchangeRow, tabKey } from './exchange.ts'
import { StorageFault } from './faults.ts'
import type { Loss, Losses } from './losses.ts'
import { isUnseen } from './news.ts'
import { NO_TAB } from './reports.ts'
import { isEnabled, missingAsks } from './sites.ts'
import type { State } from './states.ts'
import type { Shown, Store } from './store.ts'

const ANNOUNCE: AnnounceMessage = { type: 'capture/announce' }

const PROGRESS: { readonly [state in State]: ExchangeState['progress'] } = {
  requested: 'answering',
  answering: 'answering',
  captured: 'gathering',
  checking: 'checking',
  done: 'done',
}

/** What is recorded about a tab, of all its documents. */
type Recorded = {
  /** In order. */
  readonly rows: readonly ExchangeRow[]
  /** Requests of workers, which are in no tab. */
  readonly ofWorkers: readonly ExchangeRow[]
  readonly losses: readonly Loss[]
  readonly shown: Shown | undefined
  /** Bad news of tabs that are closed, of the service whose page the tab shows. */
  readonly ofClosedTabs: readonly ExchangeRow[]
}

/** Everything that the popup shows of a tab, and what its icon follows from. */
export async function tabState(store: Store, losses: Losses, tabId: number): Promise<TabState> {
  const works = await store.works()
  const recorded = await recordedOf(store, losses, tabId)
  const shown = await shownNow(recorded, tabId)
  const place = await placeOf(recorded, shown, tabId)
  const here = place.kind === 'watching' ? shown?.document : undefined
  const left = recorded.rows.filter((row) => isUnseen(row) && (here === undefined || row.document !== here))
  const earlier = [...left, ...recorded.ofClosedTabs].sort((a, b) => a.trace.beganAt - b.trace.beganAt)
  return {
    ...place,
    ...(place.kind !== 'watching' && shown !== undefined ? { off: true } : {}),
    earlier: earlier.map((row) => exchangeState(row, recorded.rows, row.page)).reverse(),
    recording: works ? 'works' : 'fault',
  }
}

async function recordedOf(store: Store, losses: Losses, tabId: number): Promise<Recorded> {
  const session = await browserSession()
  const tab = tabKey(session, tabId)
  const lost = await losses.inTab(tab)
  try {
    const [rows, ofWorkers, shown, ofClosedTabs] = await Promise.all([
      store.ofTab(tab),
      store.ofTab(tabKey(session, NO_TAB)),
      store.shownIn(tab),
      newsOfClosedTabs(store, session, tabId),
    ])
    return { rows: [...rows].sort((a, b) => a.trace.beganAt - b.trace.beganAt), ofWorkers, losses: lost, shown, ofClosedTabs }
  } catch (error) {
    if (!(error instanceof StorageFault)) throw error
    return { rows: [], ofWorkers: [], losses: lost, shown: undefined, ofClosedTabs: [] }
  }
}

/**
 * News whose own tab is gone, or was one of an earlier run of the browser or of the extension, has no popup of its own: it is shown in those of its
 * service's pages.
 */
async function newsOfClosedTabs(store: Store, session: string, tabId: number): Promise<readonly ExchangeRow[]> {
  const service = serviceOfPage((await tabOrigin(tabId)) ?? '')
  const news = service === undefined ? [] : await store.newsOf(service.id)
  if (news.length === 0) return news
  const open = new Set((await allTabs()).map((id) => tabKey(session, id)))
  return news.filter(({ tab }) => !open.has(tab))
}

async function tabOrigin(tabId: number): Promise<string | undefined> {
  const url = await tabUrl(tabId)
  return url === undefined || !/^https?:/.test(url) ? undefined : new URL(url).origin
}

/** The document that the tab shows, if its capture script stands ready. */
async function shownNow({ shown }: Recorded, tabId: number): Promise<(Shown & { readonly document: string }) | undefined> {
  if (shown?.document === undefined) return undefined
  const { document, since } = shown
  return (await isShown(tabId, document)) ? { document, since } : undefined
}

async function placeOf(recorded: Recorded, shown: (Shown & { readonly document: string }) | undefined, tabId: number): Promise<TabPlace> {
  const url = await tabUrl(tabId)
  if (url === undefined || !/^https?:/.test(url)) return { kind: 'no-site' }
  const { origin, host } = new URL(url)
  const service = serviceOfPage(origin)
  if (service === undefined) return { kind: 'no-adapter', host }
  if (!(await isEnabled(service))) return { kind: 'not-enabled', host, service: service.name, asks: await missingAsks(service) }
  // A script that stands ready unheard of is asked to say so again; until then nothing is known of its document.
  if (shown === undefined && (await askTab(tabId, ANNOUNCE)) !== true) {
    const since = recorded.shown?.since ?? 0
    const unseen = [...recorded.rows, ...recorded.losses.map(beginning)].filter((one) => one.trace.beganAt >= since)
    return { kind: 'needs-reload', host, service: service.name, notCaptured: unseen.length }
  }
  return { kind: 'watching', host, service: service.name, ...watched(recorded, shown, origin) }
}

type Watched = Pick<Extract<TabPlace, { kind: 'watching' }>, 'exchanges' | 'notCaptured' | 'newestNotCaptured'>

/** The exchanges of the document that the tab shows, and of those that were not captured how many there are. */
function watched({ rows, ofWorkers, losses }: Recorded, shown: Shown | undefined, origin: string): Watched {
  if (shown === undefined) return { exchanges: [], notCaptured: losses.length }
  const own = rows.filter(({ document }) => document === shown.document)
  const captured = own.filter((row) => !isNotCaptured(row))
  const workers = ofWorkers.filter(({ page, trace }) => page === origin && trace.beganAt >= shown.since)
  const lost = losses.map(beginning).filter(({ trace }) => trace.beganAt >= shown.since)
  const missed = [...[...own, ...workers].filter(isNotCaptured), ...lost]
  const newest = Math.max(...missed.map(({ trace }) => trace.beganAt))
  return {
    exchanges: captured.map((row) => exchangeState(row, rows, origin)).reverse(),
    notCaptured: missed.length,
    ...(captured.every(({ trace }) => trace.beganAt < newest) && missed.length > 0 ? { newestNotCaptured: true } : {}),
  }
}

function beginning({ at }: Loss): { readonly trace: Pick<ExchangeRow['trace'], 'beganAt'> } {
  return { trace: { beganAt: at } }
}

/** Nothing of the response was seen, neither its octets nor a receipt in its headers. */
function isNotCaptured({ settledAt, dossier }: ExchangeRow): boolean {
  return settledAt !== undefined && dossier.exchange.response.capture === 'not-captured' && dossier.receipts.length === 0
}

/** `rows`: all of the tab; `page`: origin of the page under which it is shown. */
function exchangeState(row: ExchangeRow, rows: readonly ExchangeRow[], page: string): ExchangeState {
  const { id, dossier, state, verdict } = row
  return {
    id,
    service: serviceById(dossier.service)?.name ?? dossier.service,
    elsewhere: page !== '' && serviceAt(dossier.service, page)?.pages.includes(page) !== true,
    startedAt: dossier.exchange.startedAt,
    ordinal: rows.filter((one) => one === row || !isNotCaptured(one)).indexOf(row) + 1,
    progress: PROGRESS[state],
    ...(verdict === undefined ? {} : { report: verdict }),
    ...(isUnseen(row) ? { unseen: true } : {}),
  }
}
