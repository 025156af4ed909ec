import type { RequestFact } from '../capture/browser/facts.ts'
import { joinReport, type PageTrace } from '../capture/join.ts'
import type { OctetsMessage } from '../capture/messages.ts'
import { serviceAt } from '../gather/services/lookup.ts'
import { now } from '../platform/clock.ts'
import { browserSession } from '../platform/session.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import { sha256 } from '../verify/encoding/digest.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import { candidateOf, type ExchangeRow, requestKey, tabKey } from './exchange.ts'
import { judge } from './judge.ts'
import { lookAt, requestDigest, withOctets, withoutOctets } from './octets.ts'
import { rotateNonce } from './opt-in.ts'
import { recordFact } from './record.ts'
import { inSeries, queue } from './serial.ts'
import { next, OPEN } from './states.ts'
import type { Store } from './store.ts'

/** Where a report of the hook's comes from, as the browser says. */
export type ReportSender = { readonly tabId: number; readonly frameId: number; readonly documentId?: string }

/** How long after the end of a request its octets may still come from the page. */
const GRACE_MS = 3_000
/** How long a report waits for the browser's own events about its request, and how often it looks. */
const JOIN_WAIT_MS = 5_000
const JOIN_STEP_MS = 100
const WIDTH = 3

/** The life of exchanges: from the browser's events and the page's octets, through gathering and judging, to a report. */
export type Exchanges = {
  /** Takes a fact; facts are written in the order in which they are given. */
  readonly takeFact: (fact: () => Promise<RequestFact>) => void
  /** Takes the octets of a response. Resolves when everything that is needed of them is written. */
  readonly takeOctets: (message: OctetsMessage, sender: ReportSender) => Promise<void>
  /** Gathers and judges once more. */
  readonly again: (id: string) => Promise<void>
  /** Goes on where a stopped worker left off. */
  readonly resume: () => Promise<void>
}

export function exchangesIn(store: Store, changed: (row: ExchangeRow) => void): Exchanges {
  const series = inSeries()
  const work = queue(WIDTH, (id) => judge(store, id, changed))

  async function record(makeFact: () => Promise<RequestFact>): Promise<void> {
    const fact = await makeFact()
    const session = await browserSession()
    const context = { session, id: crypto.randomUUID(), now: await now(), urlDigest: await digestOfUrl(fact.request.url) }
    const { before, after } = await store.changeRequest(requestKey(session, fact.request.requestId), (row) =>
      recordFact(row, fact, context),
    )
    if (fact.kind === 'sent' && after.dossier.asked !== undefined) await afterAsking(after, fact.service)
    if (fact.kind === 'ended') settleLater(after.id, GRACE_MS)
    if (before?.state !== after.state) changed(after)
  }

  async function afterAsking({ id, dossier, page }: ExchangeRow, serviceId: string): Promise<void> {
    const service = serviceAt(serviceId, page)
    if (service !== undefined) await rotateNonce(service)
    if (dossier.asked?.nonce === undefined) return
    const sharers = await store.countNonce(dossier.asked.nonce)
    if (sharers.length > 1) for (const sharer of sharers) if (sharer.id !== id && sharer.state === 'done') inBackground(again(sharer.id))
  }

  function settleLater(id: string, delay: number): void {
    setTimeout(() => inBackground(series(() => settle(id, 'not-captured'))), delay)
  }

  /** Settles an exchange whose octets have not come. */
  async function settle(id: string, capture: 'not-captured' | 'ambiguous'): Promise<void> {
    const row = await store.get(id)
    if (row === undefined || (capture === 'not-captured' && row.state !== 'requested' && row.state !== 'answering')) return
    const failed = row.ended?.outcome !== 'completed'
    const after = await withoutOctets(row, capture === 'not-captured' && failed ? 'broken-off' : capture, await now())
    if (after === row) return
    await store.change(id, () => (capture === 'ambiguous' ? { ...after, report: capture } : after))
    changed(after)
    inBackground(work.add(id))
  }

  /** One attempt to write a report's octets to where they belong. `false`: the browser may still say more. */
  async function join(message: OctetsMessage, page: PageTrace, tab: string, last: boolean): Promise<boolean> {
    const rows = await store.ofTab(tab)
    const found = joinReport(message.capture, page, rows.map(candidateOf))
    switch (found.kind) {
      case 'none':
        return last
      case 'ambiguous':
        for (const id of found.ids) await settle(id, 'ambiguous')
        return true
      case 'joined': {
        const row = await store.change(found.id, (present) => ({ ...present, report: message.capture, answeredAt: message.endedAt }))
        if (row === undefined || (row.settledAt !== undefined && row.dossier.exchange.response.capture !== 'not-captured')) return true
        // Who broke an answer off, only the browser can say.
        const isKnown = row.ended !== undefined || (row.dossier.exchange.status !== undefined && message.state !== 'broken-off')
        if (!isKnown && !last) return false
        const seen = await lookAt(message, row)
        const at = await now()
        const after = await store.change(found.id, (present) => withOctets(present, seen, at))
        if (after !== undefined) changed(after)
        inBackground(work.add(found.id))
        return true
      }
    }
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
    async takeOctets(message, sender) {
      const tab = tabKey(await browserSession(), sender.tabId)
      const digest = await requestDigest(message.request)
      const page: PageTrace = {
        ...sender,
        method: message.method,
        urlDigest: await digestOfUrl(message.url),
        ...(digest === undefined ? {} : { requestDigest: digest }),
        beganAt: message.beganAt,
        endedAt: message.endedAt,
      }
      for (let waited = 0; ; waited += JOIN_STEP_MS) {
        if (await series(() => join(message, page, tab, waited >= JOIN_WAIT_MS))) return
        await new Promise((resume) => setTimeout(resume, JOIN_STEP_MS))
      }
    },
    again,
    async resume() {
      const session = await browserSession()
      for (const row of await store.inState('requested', 'answering')) {
        const ofThisRun = row.tab === tabKey(session, row.tabId)
        if (!ofThisRun) inBackground(series(() => settle(row.id, 'not-captured')))
        else if (row.ended !== undefined) settleLater(row.id, GRACE_MS)
      }
      for (const { id } of await store.inState(...OPEN)) inBackground(work.add(id))
    },
  }
}

/** A failure of work that nobody waits for goes to the extension's error log. */
function inBackground(work: Promise<unknown>): void {
  work.catch(reportError)
}

async function digestOfUrl(url: string): Promise<string> {
  const [whole = ''] = url.split('#', 1)
  return encodeBase64url(await sha256(encodeUtf8(whole)))
}
