import type { RequestFact } from '../capture/browser/facts.ts'
import { beginningsOf, joinReport, type PageTrace } from '../capture/join.ts'
import type { OctetsMessage } from '../capture/messages.ts'
import { serviceAt } from '../gather/services/lookup.ts'
import { now } from '../platform/clock.ts'
import { browserSession } from '../platform/session.ts'
import { documentOf, isShown } from './documents.ts'
import { captureAt, type Ending, endingMissed, isWaiting } from './endings.ts'
import { candidateOf, type ExchangeRow, requestKey, tabKey } from './exchange.ts'
import { StorageFault } from './faults.ts'
import { judge } from './judge.ts'
import type { Losses } from './losses.ts'
import { asSeen } from './news.ts'
import { lookAt, withOctets, withoutOctets } from './octets.ts'
import { rotateNonce } from './opt-in.ts'
import { digestOfUrl, recordFact } from './record.ts'
import { isUntold, type ReportSender, rowOfReport, traceOf } from './reports.ts'
import { inSeries, queue } from './serial.ts'
import { isWatched } from './sites.ts'
import { next, OPEN } from './states.ts'
import type { Store } from './store.ts'

/** How long after the end of a request its octets may still come from the page. */
const GRACE_MS = 3_000
/** When a report looks for the browser's own events about its request, in milliseconds after it came: less and less often, as each look costs. */
const JOIN_LOOKS_MS = [0, 100, 300, 700, 1_500, 3_000, 5_000] as const
const WIDTH = 3

/** The life of exchanges: from the browser's events and the page's octets, through gathering and judging, to a report. */
export type Exchanges = {
  /** Takes a fact; facts are written in the order in which they are given. */
  readonly takeFact: (fact: () => Promise<RequestFact>) => void
  /** Takes the octets of a response. Resolves when everything that is needed of them is written. */
  readonly takeOctets: (message: OctetsMessage, sender: ReportSender) => Promise<void>
  /** Gathers and judges once more. */
  readonly again: (id: string) => Promise<void>
  /** The user was shown an exchange's report. Gives whether that was news. */
  readonly seen: (id: string) => Promise<boolean>
  /** Goes on where a stopped worker left off. */
  readonly resume: () => Promise<void>
  /** A tab has left its documents, but for the one that stays: what is open of the others is over. */
  readonly leave: (tab: string, staying: string | undefined) => Promise<void>
  /** Access was taken back: what is open of services that are no longer watched is over. */
  readonly endUnwatched: () => Promise<void>
  /** Forgets everything but exchanges that are still arriving, which would come back in part. Gives how many those are. */
  readonly forget: () => Promise<number>
}

/** `changed`: called with the tab whose exchanges changed. */
export function exchangesIn(store: Store, losses: Losses, changed: (tabId: number) => void): Exchanges {
  const series = inSeries()
  const work = queue(WIDTH, (id) => judge(store, id, ({ tabId }) => changed(tabId)))

  async function record(makeFact: () => Promise<RequestFact>): Promise<void> {
    const fact = await makeFact()
    // The browser goes on telling of requests to a host whose access was taken back, as long as their page's is held.
    if (!(await isWatched(fact.service, fact.request.initiator))) return
    const session = await browserSession()
    const { requestId, tabId, timeStamp } = fact.request
    const request = requestKey(session, requestId)
    const tab = tabKey(session, tabId)
    try {
      const document = await documentOf(fact.request, tab, store)
      const about = { session, document, id: crypto.randomUUID(), now: await now(), urlDigest: await digestOfUrl(fact.request.url) }
      const { before, after } = await store.changeRequest(request, (row) => recordFact(row, fact, about))
      await losses.recover(request)
      if (fact.kind === 'sent' && after.dossier.asked !== undefined) await afterAsking(after, fact.service)
      if (fact.kind === 'ended') settleLater(after.id, 'ended')
      if (before?.state !== after.state) changed(tabId)
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error
      await losses.add({ request, tab, at: timeStamp })
      changed(tabId)
    }
  }

  async function afterAsking({ id, page, dossier }: ExchangeRow, serviceId: string): Promise<void> {
    const service = serviceAt(serviceId, page)
    if (service !== undefined) await rotateNonce(service)
    if (dossier.asked?.nonce === undefined) return
    const sharers = await store.countNonce(dossier.asked.nonce)
    if (sharers.length > 1) for (const sharer of sharers) if (sharer.id !== id && sharer.state === 'done') inBackground(again(sharer.id))
  }

  function settleLater(id: string, ending: Ending): void {
    setTimeout(() => inBackground(series(() => settle(id, ending))), GRACE_MS)
  }

  /** Settles an exchange whose octets have not come. */
  async function settle(id: string, ending: Ending): Promise<void> {
    const row = await store.get(id)
    if (row === undefined || (ending !== 'ambiguous' && !isWaiting(row))) return
    const after = await withoutOctets(row, captureAt(ending, row), await now())
    if (after === row) return
    await store.change(id, () => (ending === 'ambiguous' ? { ...after, report: ending } : after))
    changed(row.tabId)
    inBackground(work.add(id))
  }

  const taking = new Map<string, Promise<void>>()

  async function take(message: OctetsMessage, sender: ReportSender): Promise<void> {
    const [page, came] = [await traceOf(message, sender), Date.now()]
    const last = JOIN_LOOKS_MS.length - 1
    for (const [look, at] of JOIN_LOOKS_MS.entries()) {
      if (look > 0) await new Promise((resume) => setTimeout(resume, Math.max(0, came + at - Date.now())))
      if (await series(() => join(message, page, sender, look === last))) return
    }
  }

  /** One attempt to write a report's octets to where they belong. `false`: the browser may still say more. */
  async function join(message: OctetsMessage, page: PageTrace, sender: ReportSender, last: boolean): Promise<boolean> {
    const tab = tabKey(await browserSession(), sender.tabId)
    const told = (await store.begunIn(tab, ...beginningsOf(page))).filter((row) => !isUntold(row))
    const found = joinReport(message.capture, page, told.map(candidateOf))
    switch (found.kind) {
      case 'none':
        if (last) await recordReport(message, page, sender)
        return last
      case 'ambiguous':
        for (const id of found.ids) await settle(id, 'ambiguous')
        return true
      case 'joined':
        return joinTo(found.id, message, last)
    }
  }

  async function joinTo(id: string, message: OctetsMessage, last: boolean): Promise<boolean> {
    const row = await store.change(id, (present) =>
      present.report === message.capture ? present : { ...present, report: message.capture, answeredAt: message.endedAt },
    )
    if (row === undefined || (row.settledAt !== undefined && row.dossier.exchange.response.capture !== 'not-captured')) return true
    // These octets are from wherever it was redirected to.
    if (row.ended?.outcome === 'redirected') return true
    // Who broke an answer off, only the browser can say.
    const isKnown = row.ended !== undefined || (row.dossier.exchange.status !== undefined && message.state !== 'broken-off')
    if (!isKnown && !last) return false
    const seen = await lookAt(message, row)
    const at = await now()
    const after = await store.change(id, (present) => withOctets(present, seen, at))
    changed(row.tabId)
    if (after !== undefined) inBackground(work.add(id))
    return true
  }

  /** Of a report about a request that the browser has not told of: an exchange that was not captured, never nothing. */
  async function recordReport(message: OctetsMessage, page: PageTrace, sender: ReportSender): Promise<void> {
    const row = await rowOfReport(message, page, sender, store)
    if (row === undefined) return
    const { after } = await store.changeRequest(row.request, (present) => present ?? row)
    await settle(after.id, 'not-watched')
  }

  async function again(id: string): Promise<void> {
    await store.change(id, (row) => {
      const state = next(row.state, 'again')
      return state === undefined ? row : { ...row, state, dossier: { ...row.dossier, missing: [] } }
    })
    await work.add(id)
  }

  return {
    takeFact: (fact) => inBackground(series(() => record(fact))),
    takeOctets(message, sender) {
      // A report that is handed over again while it is being written is the same one, and not twice the work.
      const present = taking.get(message.capture)
      if (present !== undefined) return present
      const taken = take(message, sender).finally(() => taking.delete(message.capture))
      taking.set(message.capture, taken)
      return taken
    },
    again,
    async seen(id) {
      const before = await store.get(id)
      const after = await store.change(id, asSeen)
      const wasNews = after !== undefined && after.seen !== before?.seen
      if (wasNews) changed(after.tabId)
      return wasNews
    },
    async resume() {
      const session = await browserSession()
      for (const row of await store.inState('requested', 'answering')) {
        const isOfThisRun = row.tab === tabKey(session, row.tabId)
        const isThere = () => isShown(row.tabId, row.document)
        const ending = await endingMissed(row, { isOfThisRun, isThere, now: Date.now() })
        if (ending !== undefined && !isOfThisRun) inBackground(series(() => settle(row.id, ending)))
        else if (ending !== undefined) settleLater(row.id, ending)
      }
      for (const { id } of await store.inState(...OPEN)) inBackground(work.add(id))
    },
    async leave(tab, staying) {
      const left = (await store.inState('requested', 'answering')).filter((row) => row.tab === tab && row.document !== staying)
      for (const { id } of left) settleLater(id, 'left')
    },
    async endUnwatched() {
      for (const { id, page, dossier } of await store.inState('requested', 'answering')) {
        if (!(await isWatched(dossier.service, page))) inBackground(series(() => settle(id, 'not-watched')))
      }
    },
    forget: () =>
      series(async () => {
        const staying = await store.forget(isWaiting)
        await losses.forget()
        return staying
      }),
  }
}

/** A failure of work that nobody waits for goes to the extension's error log. */
function inBackground(work: Promise<unknown>): void {
  work.catch(reportError)
}
