import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'
import { reportOf } from '../../test/support/rows.ts'

const verifier = vi.hoisted(() => ({ appraised: [] as string[], gather: vi.fn<() => Promise<object>>() }))
vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))
vi.mock('../gather/evidence.ts', () => ({ gather: verifier.gather }))
vi.mock('../verify/appraise.ts', () => ({
  appraise: async ({ id }: { readonly id: string }) => {
    verifier.appraised.push(id)
    return reportOf('assumed')
  },
}))

import type { End, RequestFact } from '../capture/browser/facts.ts'
import type { OctetsMessage } from '../capture/messages.ts'
import { TRUSTEDROUTER } from '../gather/services/trustedrouter.ts'
import { browserSession } from '../platform/session.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import { sha256 } from '../verify/encoding/digest.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import { type ExchangeRow, tabKey } from './exchange.ts'
import { type Exchanges, exchangesIn } from './exchanges.ts'
import { type Losses, lossesIn, runMemory } from './losses.ts'
import { askForReceipts } from './opt-in.ts'
import { openStore, type Store } from './store.ts'

const ADDRESS = 'https://api.trustedrouter.com/v1/chat/completions'
const HOSTS = [...TRUSTEDROUTER.pages, ...TRUSTEDROUTER.apis].map((origin) => `${origin}/*`)
const TAB = 3
const GRACE_MS = 3_000
const SENDER = { tabId: TAB, frameId: 0, documentId: 'document', origin: 'https://trustedrouter.com' }

let store: Store
let exchanges: Exchanges
let losses: Losses
/** The tabs whose exchanges were said to have changed. */
let changes: number[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  fake.reset()
  globalThis.indexedDB = new IDBFactory()
  verifier.appraised.length = 0
  verifier.gather.mockReset().mockResolvedValue({})
  fake.grant(...HOSTS)
  start()
})

afterEach(() => void vi.useRealTimers())

/** Starts the background's part anew, as the browser does with a worker that it had stopped. */
function start(): void {
  changes = []
  store = openStore('receipts')
  losses = lossesIn(runMemory)
  exchanges = exchangesIn(store, losses, (tabId) => changes.push(tabId))
}

const rows = async (tab = TAB) =>
  [...(await store.ofTab(tabKey(await browserSession(), tab)))].sort((a, b) => a.trace.beganAt - b.trace.beganAt)

/** Lets work that nobody waits for come to its end. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resume) => setImmediate(resume))
}

/** Waits until every fact given so far was looked at: facts are taken one after the other, so that one more is reached behind them. */
async function factsTaken(says: ReturnType<typeof browserSays>): Promise<void> {
  await new Promise<void>((reached) => says.ended({ outcome: 'completed' }, reached))
  await settled()
}

/** Waits until something holds; the clock goes on by a millisecond a look. */
const until = (holds: () => Promise<void>): Promise<void> => vi.waitFor(holds, { interval: 1, timeout: 4_000 })

type Told = { readonly requestId?: string; readonly body?: string; readonly nonce?: string; readonly tabId?: number; readonly at?: number }

/** What the browser says of a request, one event at a time. */
function browserSays({ requestId = '1', body = 'question', nonce, tabId = TAB, at = 1_000 }: Told = {}) {
  const request = { requestId, method: 'POST', url: ADDRESS, tabId, frameId: 0, documentId: 'document', timeStamp: at }
  const about = { request: { ...request, initiator: 'https://trustedrouter.com' }, service: 'trustedrouter' }
  const take = (fact: RequestFact) => exchanges.takeFact(async () => fact)
  return {
    requested: () =>
      exchanges.takeFact(async () => {
        const digest = { alg: 'sha-256', of: 'body', value: encodeBase64url(await sha256(encodeUtf8(body))) } as const
        return { kind: 'requested', ...about, body: { provenance: 'browser', length: body.length, capture: 'complete', digests: [digest] } }
      }),
    sent: () => take({ kind: 'sent', ...about, ...(nonce === undefined ? {} : { optIn: nonce }) }),
    headers: () => take({ kind: 'headers', ...about, status: 200, headers: [{ name: 'content-type', value: 'application/json' }] }),
    ended: (end: End = { outcome: 'completed' }, reached: () => void = () => undefined) =>
      exchanges.takeFact(async () => {
        reached()
        return { kind: 'ended', ...about, end }
      }),
  }
}

function report(change: Partial<OctetsMessage> = {}): OctetsMessage {
  return {
    type: 'capture/octets',
    capture: '0'.repeat(32),
    method: 'POST',
    url: ADDRESS,
    request: encodeUtf8('question'),
    response: encodeUtf8('{"id":"chatcmpl-1"}'),
    state: 'complete',
    beganAt: 999,
    endedAt: 2_000,
    ...change,
  }
}

async function oneIs(expected: object): Promise<void> {
  await until(async () => expect(await rows()).toMatchObject([expected]))
}

describe('an exchange', () => {
  it('goes from the request through the page’s octets to a report', async () => {
    const says = browserSays()
    says.requested()
    says.sent()
    says.headers()
    await oneIs({ state: 'answering' })
    says.ended()
    await exchanges.takeOctets(report(), SENDER)
    await oneIs({ state: 'done', verdict: reportOf('assumed') })
    const [row] = await rows()
    expect(row?.dossier.exchange.response).toMatchObject({ provenance: 'page-reported', capture: 'complete', ids: ['chatcmpl-1'] })
    // Requested, answering, captured, checking, done.
    expect(changes).toEqual([TAB, TAB, TAB, TAB, TAB])
    expect(fake.faults).toEqual([])
  })

  it('is not recorded while access to any of its hosts is taken back, though the browser goes on telling', async () => {
    const [one = '', ...others] = HOSTS
    fake.revoke(one)
    const says = browserSays()
    says.requested()
    says.headers()
    says.ended()
    await factsTaken(says)
    expect(await rows()).toEqual([])
    fake.grant(one, ...others)
    browserSays({ requestId: '2', body: 'another', at: 1_500 }).headers()
    await oneIs({ trace: { beganAt: 1_500 } })
  })

  it('takes octets that come before the browser’s own events', async () => {
    const taken = exchanges.takeOctets(report(), SENDER)
    await vi.advanceTimersByTimeAsync(50)
    const says = browserSays()
    says.requested()
    says.headers()
    await vi.advanceTimersByTimeAsync(500)
    await until(async () => expect((await rows())[0]?.state).toBe('done'))
    await taken
    expect((await rows())[0]?.dossier.exchange.response.capture).toBe('complete')
  })

  it('that broke off waits for the browser’s word on who broke it off', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    await oneIs({ state: 'answering' })
    const taken = exchanges.takeOctets(report({ state: 'broken-off', response: encodeUtf8('{"choices":[{') }), SENDER)
    await until(async () => expect((await rows())[0]?.report).toBeDefined())
    await vi.advanceTimersByTimeAsync(500)
    expect((await rows())[0]?.state).toBe('answering')
    says.ended({ outcome: 'failed', by: 'service' })
    await until(async () => {
      await vi.advanceTimersByTimeAsync(100)
      expect((await rows())[0]?.state).toBe('done')
    })
    await taken
    expect((await rows())[0]?.dossier.exchange.response).toMatchObject({ answer: 'begun', brokenOff: { by: 'service' } })
  })

  it('is not taken twice when the page’s side repeats itself', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    await exchanges.takeOctets(report(), SENDER)
    await oneIs({ state: 'done' })
    await exchanges.takeOctets(report(), SENDER)
    await settled()
    expect(verifier.appraised).toHaveLength(1)
  })

  it('is left as it is when its time to wait for octets is over after they came', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    says.ended()
    await exchanges.takeOctets(report(), SENDER)
    await oneIs({ state: 'done' })
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    await settled()
    expect(verifier.appraised).toHaveLength(1)
    expect((await rows())[0]?.dossier.exchange.response.capture).toBe('complete')
  })

  it('is said to have changed when its state did, and not otherwise', async () => {
    const says = browserSays()
    says.requested()
    await until(async () => expect(changes).toEqual([TAB]))
    says.sent()
    says.ended()
    await until(async () => expect((await rows())[0]?.ended).toBeDefined())
    expect(changes).toEqual([TAB])
    says.headers()
    await until(async () => expect(changes).toEqual([TAB, TAB]))
  })

  it('with the same question as one that was answered before is another', async () => {
    const first = browserSays()
    first.requested()
    first.headers()
    await exchanges.takeOctets(report(), SENDER)
    const second = browserSays({ requestId: '2', at: 3_000 })
    second.requested()
    second.headers()
    await untilRows(2)
    await exchanges.takeOctets(report({ capture: '1'.repeat(32), beganAt: 2_999, endedAt: 4_000 }), SENDER)
    await until(async () => expect((await rows()).map(({ state }) => state)).toEqual(['done', 'done']))
    expect((await rows()).map(({ dossier }) => dossier.exchange.response.capture)).toEqual(['complete', 'complete'])
  })

  it('is not that of another tab, frame or document: what those had was not captured', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    const others = [{ tabId: 9 }, { frameId: 7 }, { documentId: 'another' }]
    for (const [index, other] of others.entries()) await untold(report({ capture: String(index).repeat(32) }), { ...SENDER, ...other })
    expect((await rows()).map(({ dossier }) => dossier.exchange.response.capture)).toEqual(others.map(() => 'not-captured'))
    expect((await rows(9)).map(({ dossier }) => dossier.exchange.response.capture)).toEqual(['not-captured'])
    expect((await rows()).find(({ request }) => request.endsWith(':1'))?.state).toBe('answering')
  })
})

/** Hands over a report, and waits as long as it waits for the browser's word. */
async function untold(message: OctetsMessage, sender = SENDER): Promise<void> {
  let taken = false
  const waiting = exchanges.takeOctets(message, sender).then(() => {
    taken = true
  })
  await vi.waitFor(
    async () => {
      await vi.advanceTimersByTimeAsync(100)
      expect(taken).toBe(true)
    },
    { interval: 1, timeout: 4_000 },
  )
  await waiting
}

describe('a report of which the browser has not told', () => {
  it('is an exchange that was not captured, and holds nothing that a page can make up', async () => {
    await untold(report({ response: encodeUtf8('{"id":"made-up","inference_receipt":{}}') }))
    await oneIs({ state: 'done', document: 'document', page: 'https://trustedrouter.com' })
    const [row] = await rows()
    expect(row?.dossier.service).toBe('trustedrouter')
    expect(row?.dossier.exchange.response).toEqual({ provenance: 'none', length: 0, capture: 'not-captured', digests: [], ids: [] })
    expect(row?.dossier.receipts).toEqual([])
    expect(JSON.stringify(row)).not.toContain('made-up')
    expect(changes).toContain(TAB)
  })

  it('is counted once, however often it is handed over', async () => {
    await untold(report())
    await untold(report())
    expect(await rows()).toHaveLength(1)
  })

  it('is nothing where the page had no answer', async () => {
    await untold(report({ state: 'broken-off', response: new Uint8Array(0) }))
    expect(await rows()).toEqual([])
  })

  it('is nothing where it is about no watched address', async () => {
    await untold(report({ url: 'https://elsewhere.example/v1/chat/completions' }))
    expect(await rows()).toEqual([])
  })

  it('is counted as its worker’s request, where a worker of the page’s passed it on', async () => {
    const says = browserSays({ tabId: -1 })
    says.requested()
    says.headers()
    await untilRows(1, -1)
    await untold(report())
    expect(await rows()).toEqual([])
  })

  it('does not fill the store, however many a page makes up', async () => {
    for (let made = 0; made < 55; made += 1) await untold(report({ capture: made.toString(16).padStart(32, '0') }))
    expect(await rows()).toHaveLength(50)
    await untold(report({ capture: 'f'.repeat(32) }), { ...SENDER, documentId: 'another' })
    expect(await rows()).toHaveLength(51)
  }, 30_000)
})

describe('an exchange whose octets do not come', () => {
  it('is settled a while after its end: by the browser’s word not captured, or broken off', async () => {
    for (const [requestId, end] of [
      ['1', { outcome: 'completed' }],
      ['2', { outcome: 'failed', by: 'service' }],
    ] as const) {
      const says = browserSays({ requestId, body: requestId, at: Number(requestId) })
      says.requested()
      says.headers()
      says.ended(end)
    }
    await until(async () => expect((await rows()).map(({ ended }) => ended?.outcome)).toEqual(['completed', 'failed']))
    expect((await rows()).map(({ state }) => state)).toEqual(['answering', 'answering'])
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    await until(async () => expect((await rows()).map(({ state }) => state)).toEqual(['done', 'done']))
    expect((await rows()).map(({ dossier }) => dossier.exchange.response.capture)).toEqual(['not-captured', 'broken-off'])
  })

  it('that was broken off takes none after that', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    says.ended({ outcome: 'failed', by: 'page' })
    await until(async () => expect((await rows())[0]?.ended).toBeDefined())
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    await oneIs({ state: 'done' })
    await exchanges.takeOctets(report(), SENDER)
    await settled()
    expect((await rows())[0]?.dossier.exchange.response).toMatchObject({ capture: 'broken-off', provenance: 'none' })
  })

  it('takes them even after that', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    says.ended()
    await until(async () => expect((await rows())[0]?.ended).toBeDefined())
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    await oneIs({ state: 'done' })
    await exchanges.takeOctets(report(), SENDER)
    await until(async () => expect((await rows())[0]?.dossier.exchange.response.capture).toBe('complete'))
    await oneIs({ state: 'done' })
  })
})

describe('two equal requests at once', () => {
  it('cannot be told apart, and neither has octets', async () => {
    for (const requestId of ['1', '2']) {
      const says = browserSays({ requestId })
      says.requested()
      says.headers()
    }
    await exchanges.takeOctets(report(), SENDER)
    await until(async () => expect((await rows()).map(({ state }) => state)).toEqual(['done', 'done']))
    expect((await rows()).map(({ dossier }) => dossier.exchange.response.capture)).toEqual(['ambiguous', 'ambiguous'])
  })
})

describe('a nonce', () => {
  it('is replaced as soon as it was seen to leave', async () => {
    await askForReceipts([TRUSTEDROUTER])
    for (const [id, rule] of fake.rules) fake.rules.set(id, { ...rule, action: 'old' })
    const says = browserSays({ nonce: 'N' })
    says.requested()
    says.sent()
    await until(async () => expect(JSON.stringify([...fake.rules.values()])).not.toContain('old'))
    const fresh = JSON.stringify([...fake.rules.values()])
    expect(fresh).toContain('x-inference-receipt')
    says.headers()
    await oneIs({ state: 'answering' })
    expect(JSON.stringify([...fake.rules.values()])).toBe(fresh)
  })

  it('that proves shared has what was judged before judged again', async () => {
    const first = browserSays({ nonce: 'N' })
    first.requested()
    first.sent()
    first.headers()
    await exchanges.takeOctets(report(), SENDER)
    await oneIs({ state: 'done' })
    const [before] = await rows()
    expect(before?.dossier.asked?.sharedBy).toBe(1)
    expect(verifier.appraised).toEqual([before?.id])
    const second = browserSays({ requestId: '2', body: 'another', nonce: 'N', at: 1_500 })
    second.requested()
    second.sent()
    await until(async () => expect(verifier.appraised).toEqual([before?.id, before?.id]))
    await until(async () => expect((await rows()).map(({ dossier }) => dossier.asked?.sharedBy)).toEqual([2, 2]))
    await until(async () => expect((await rows())[0]?.state).toBe('done'))
  })

  it('of its own leaves what was judged before alone', async () => {
    const first = browserSays({ nonce: 'N' })
    first.requested()
    first.sent()
    first.headers()
    await exchanges.takeOctets(report(), SENDER)
    await oneIs({ state: 'done' })
    const second = browserSays({ requestId: '2', body: 'another', nonce: 'M', at: 1_500 })
    second.requested()
    second.sent()
    await until(async () => expect((await rows())[1]?.dossier.asked?.nonce).toBe('M'))
    expect(verifier.appraised).toHaveLength(1)
  })
})

describe('trying again', () => {
  it('gathers and judges once more, and only what is done', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    const [open] = await untilRows(1)
    await exchanges.again(open?.id ?? '')
    expect(verifier.appraised).toEqual([])
    await exchanges.takeOctets(report(), SENDER)
    await oneIs({ state: 'done' })
    await exchanges.again(open?.id ?? '')
    expect(verifier.appraised).toHaveLength(2)
    await exchanges.again('nobody')
  })
})

async function untilRows(count: number, tabId = TAB): Promise<ExchangeRow[]> {
  await until(async () => expect(await rows(tabId)).toHaveLength(count))
  return rows(tabId)
}

describe('the end of an exchange', () => {
  const open = async (told: Told = {}): Promise<ExchangeRow> => {
    const says = browserSays(told)
    says.requested()
    says.headers()
    const find = async () => (await rows()).find(({ request }) => request.endsWith(`:${told.requestId ?? '1'}`))
    await until(async () => expect((await find())?.state).toBe('answering'))
    const row = await find()
    if (row === undefined) throw new Error('no row')
    return row
  }
  const tab = async () => tabKey(await browserSession(), TAB)
  const captureOf = async (id: string) => (await store.get(id))?.dossier.exchange.response
  const afterwards = async (id: string) => {
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    await until(async () => expect((await store.get(id))?.state).toBe('done'))
    return captureOf(id)
  }

  it('comes with that of its document, a while after', async () => {
    const row = await open()
    await exchanges.leave(await tab(), 'another')
    expect((await store.get(row.id))?.state).toBe('answering')
    expect(await afterwards(row.id)).toMatchObject({ capture: 'broken-off', brokenOff: { by: 'page' } })
  })

  it('does not come with that of another document', async () => {
    const row = await open()
    await exchanges.leave(await tab(), 'document')
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    expect((await store.get(row.id))?.state).toBe('answering')
  })

  it('comes with that of its tab', async () => {
    const row = await open()
    await exchanges.leave(await tab(), undefined)
    expect(await afterwards(row.id)).toMatchObject({ capture: 'broken-off' })
  })

  it('comes with a redirect to where nothing is watched, whatever octets came from there', async () => {
    const row = await open()
    browserSays().ended({ outcome: 'redirected' })
    await until(async () => expect((await store.get(row.id))?.ended?.outcome).toBe('redirected'))
    await exchanges.takeOctets(report(), SENDER)
    expect(await afterwards(row.id)).toMatchObject({ capture: 'not-captured', digests: [] })
  })

  it('comes at once when access is taken back, and then it was not captured', async () => {
    const row = await open()
    await exchanges.endUnwatched()
    expect((await store.get(row.id))?.state).toBe('answering')
    fake.granted.clear()
    await exchanges.endUnwatched()
    await until(async () => expect((await store.get(row.id))?.state).toBe('done'))
    expect(await captureOf(row.id)).toMatchObject({ capture: 'not-captured' })
  })

  it('is found by a worker that was away, where the document is gone meanwhile', async () => {
    const gone = await open()
    const there = await open({ requestId: '2', body: 'another', at: 1_500 })
    // It has only just begun: an answer that takes hours is given up.
    await store.change(there.id, (row) => ({ ...row, document: 'there', trace: { ...row.trace, beganAt: Date.now() } }))
    fake.tabs.set(TAB, { document: 'there', answer: () => true })
    start()
    await exchanges.resume()
    expect(await afterwards(gone.id)).toMatchObject({ capture: 'broken-off' })
    expect((await store.get(there.id))?.state).toBe('answering')
  })

  it('of a page’s worker comes after an hour, if the browser never tells', async () => {
    const hour = 60 * 60 * 1000
    const told = (requestId: string, at: number) => browserSays({ requestId, body: requestId, tabId: -1, at })
    told('1', Date.now() - hour - 1_000).headers()
    told('2', Date.now() - hour + 60_000).headers()
    await untilRows(2, -1)
    start()
    await exchanges.resume()
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    await until(async () => expect((await rows(-1)).map(({ state }) => state)).toEqual(['done', 'answering']))
  })
})

describe('bad news that was shown', () => {
  it('is so noted, and said to have changed, once', async () => {
    const says = browserSays()
    says.requested()
    const [row] = await untilRows(1)
    await store.change(row?.id ?? '', (present) => ({ ...present, state: 'done', verdict: reportOf('failed') }))
    changes.length = 0
    await exchanges.seen(row?.id ?? '')
    await exchanges.seen(row?.id ?? '')
    await exchanges.seen('nobody')
    expect((await store.get(row?.id ?? ''))?.seen).toBe('failed')
    expect(changes).toEqual([TAB])
  })
})

describe('a request that cannot be recorded', () => {
  const full = () =>
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
  const lost = async () => losses.inTab(tabKey(await browserSession(), TAB))
  afterEach(() => void vi.restoreAllMocks())

  it('is counted, once, and its tab is said to have changed', async () => {
    full()
    const says = browserSays()
    says.requested()
    says.sent()
    says.headers()
    says.ended()
    await until(async () => expect(changes.length).toBe(4))
    expect((await lost()).map(({ at }) => at)).toEqual([1_000])
    expect(fake.faults).toEqual([])
  })

  it('is a row after all when more is learnt of it and there is room', async () => {
    const room = full()
    const says = browserSays()
    says.requested()
    await until(async () => expect(await lost()).toHaveLength(1))
    room.mockRestore()
    says.headers()
    await untilRows(1)
    await until(async () => expect(await lost()).toEqual([]))
  })

  it('leaves octets with the page, which hands them over again', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    await oneIs({ state: 'answering' })
    const room = full()
    await expect(exchanges.takeOctets(report(), SENDER)).rejects.toThrow('no room')
    room.mockRestore()
    await exchanges.takeOctets(report(), SENDER)
    await oneIs({ state: 'done' })
  })

  it('ends in no verdict that was not given: judging waits until it can be written', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    let room: ReturnType<typeof full> | undefined
    verifier.gather.mockImplementationOnce(async () => {
      room = full()
      return {}
    })
    await exchanges.takeOctets(report(), SENDER)
    await until(async () => expect(room).toBeDefined())
    await until(async () => expect(fake.faults).toHaveLength(1))
    expect((await rows())[0]?.state).toBe('captured')
    room?.mockRestore()
    await exchanges.resume()
    await oneIs({ state: 'done', verdict: reportOf('assumed') })
  })
})

describe('a worker that was stopped', () => {
  it('goes on with what it was judging', async () => {
    let gathering = false
    verifier.gather.mockImplementationOnce(() => {
      gathering = true
      return new Promise(() => undefined)
    })
    const says = browserSays()
    says.requested()
    says.headers()
    await exchanges.takeOctets(report(), SENDER)
    await until(async () => expect(gathering).toBe(true))
    start()
    await exchanges.resume()
    await oneIs({ state: 'done', verdict: reportOf('assumed') })
  })

  it('settles what had ended while nobody waited any more', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    says.ended({ outcome: 'failed', by: 'page' })
    await until(async () => expect((await rows())[0]?.ended).toBeDefined())
    vi.clearAllTimers()
    start()
    await exchanges.resume()
    expect((await rows())[0]?.state).toBe('answering')
    await vi.advanceTimersByTimeAsync(GRACE_MS)
    await oneIs({ state: 'done' })
    expect((await rows())[0]?.dossier.exchange.response.capture).toBe('broken-off')
  })

  it('settles at once what another run of the browser left open', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    const [before] = await untilRows(1)
    fake.session.clear()
    start()
    await exchanges.resume()
    await until(async () => expect((await store.get(before?.id ?? ''))?.state).toBe('done'))
  })
})
