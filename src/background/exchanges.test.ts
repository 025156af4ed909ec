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
import { askForReceipts } from './opt-in.ts'
import { openStore, type Store } from './store.ts'

const ADDRESS = 'https://api.trustedrouter.com/v1/chat/completions'
const TAB = 3
const GRACE_MS = 3_000
const SENDER = { tabId: TAB, frameId: 0, documentId: 'document' }

let store: Store
let exchanges: Exchanges
let changes: ExchangeRow[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  fake.reset()
  globalThis.indexedDB = new IDBFactory()
  verifier.appraised.length = 0
  verifier.gather.mockReset().mockResolvedValue({})
  start()
})

afterEach(() => void vi.useRealTimers())

/** Starts the background's part anew, as the browser does with a worker that it had stopped. */
function start(): void {
  changes = []
  store = openStore('receipts')
  exchanges = exchangesIn(store, (row) => changes.push(row))
}

const rows = async (tab = TAB) =>
  [...(await store.ofTab(tabKey(await browserSession(), tab)))].sort((a, b) => a.trace.beganAt - b.trace.beganAt)

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
    ended: (end: End = { outcome: 'completed' }) => take({ kind: 'ended', ...about, end }),
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
    expect(changes.map(({ state }) => state)).toEqual(['requested', 'answering', 'captured', 'checking', 'done'])
    expect(fake.faults).toEqual([])
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

  it('is not taken twice when the page’s side repeats itself', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    await exchanges.takeOctets(report(), SENDER)
    await oneIs({ state: 'done' })
    await exchanges.takeOctets(report(), SENDER)
    expect(verifier.appraised).toHaveLength(1)
  })

  it('is not that of another tab, frame or document', async () => {
    const says = browserSays()
    says.requested()
    says.headers()
    for (const other of [{ tabId: 9 }, { frameId: 7 }, { documentId: 'another' }]) {
      const taken = exchanges.takeOctets(report({ capture: '1'.repeat(32) }), { ...SENDER, ...other })
      for (let step = 0; step < 60; step += 1) await vi.advanceTimersByTimeAsync(100)
      await until(async () => expect(await Promise.race([taken.then(() => 'taken'), vi.advanceTimersByTimeAsync(200)])).toBe('taken'))
    }
    expect((await rows()).map(({ dossier }) => dossier.exchange.response.capture)).toEqual(['not-captured'])
  })
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
    expect(JSON.stringify([...fake.rules.values()])).toContain('x-inference-receipt')
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

async function untilRows(count: number): Promise<ExchangeRow[]> {
  await until(async () => expect(await rows()).toHaveLength(count))
  return rows()
}

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
