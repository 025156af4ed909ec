import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'
import { reportOf, rowOf, WITHHELD } from '../../test/support/rows.ts'
import type { Dossier } from '../dossier/types.ts'
import type { Context } from '../verify/appraise.ts'
import type { Report } from '../verify/report.ts'

const verifier = vi.hoisted(() => ({
  gather: vi.fn<(dossier: Dossier) => Promise<object>>(),
  appraise: vi.fn<(dossier: Dossier, context: Context) => Promise<Report>>(),
}))
vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))
vi.mock('../gather/evidence.ts', () => ({ gather: verifier.gather }))
vi.mock('../verify/appraise.ts', () => ({ appraise: verifier.appraise }))

import type { ExchangeRow } from './exchange.ts'
import { judge } from './judge.ts'
import { openStore, type Store } from './store.ts'

let store: Store
let told: string[]

beforeEach(() => {
  fake.reset()
  globalThis.indexedDB = new IDBFactory()
  store = openStore('receipts')
  told = []
  verifier.gather.mockReset().mockResolvedValue({})
  verifier.appraise.mockReset().mockResolvedValue(reportOf('assumed'))
})

async function put(row: ExchangeRow): Promise<void> {
  await store.changeRequest(row.request, () => row)
}

async function judged(id: string): Promise<ExchangeRow | undefined> {
  await judge(store, id, ({ id: changed, state }) => told.push(`${changed} ${state}`))
  return store.get(id)
}

const captured = (id: string) => rowOf(id, { state: 'captured', settledAt: '2026-11-22T10:00:05.000Z' })

describe('judging an exchange', () => {
  it('gathers, appraises, and writes each step through', async () => {
    const missing = [{ what: 'evidence', source: 'https://a.example', reason: 'offline' }] as const
    verifier.gather.mockResolvedValue({ missing })
    await put(captured('a'))
    const row = await judged('a')
    expect(row).toMatchObject({ state: 'done', verdict: reportOf('assumed'), dossier: { missing } })
    expect(told).toEqual(['a checking', 'a done'])
    expect(verifier.appraise.mock.calls[0]?.[0]).toMatchObject({ id: 'a', missing })
    expect(verifier.appraise.mock.calls[0]?.[1].moment).toEqual({
      now: new Date('2026-11-22T10:00:05.000Z'),
      basis: 'captured-here',
    })
  })

  it.each(['requested', 'answering', 'done'] as const)('has nothing to do with one that is %s', async (state) => {
    await put(rowOf('a', { state }))
    expect(await judged('a')).toEqual(rowOf('a', { state }))
    expect(await judged('nobody')).toBeUndefined()
    expect(verifier.appraise).not.toHaveBeenCalled()
  })

  it('goes on from where a stopped worker left it', async () => {
    await put(rowOf('a', { state: 'checking' }))
    expect((await judged('a'))?.state).toBe('done')
    expect(verifier.gather).not.toHaveBeenCalled()
  })

  it('ends in "no result" when something of ours fails, and says so in the log', async () => {
    const fault = new Error('a fault of ours')
    verifier.appraise.mockRejectedValue(fault)
    await put({ ...captured('a'), verdict: reportOf() })
    const row = await judged('a')
    expect(row?.state).toBe('done')
    expect(row?.verdict).toBeUndefined()
    expect(fake.faults).toEqual([fault])
  })

  it('is done again when news comes meanwhile', async () => {
    const news = { settledAt: '2026-11-22T10:00:09.000Z', state: 'captured' } as const
    verifier.gather.mockImplementationOnce(async () => {
      await store.change('a', (row) => ({ ...row, ...news }))
      return { missing: [{ what: 'evidence', source: 'stale', reason: 'offline' }] }
    })
    await put(captured('a'))
    const row = await judged('a')
    expect(verifier.gather).toHaveBeenCalledTimes(2)
    expect(row).toMatchObject({ state: 'done', settledAt: news.settledAt, dossier: { missing: [] } })
  })

  it('of a service that this build does not know gathers nothing', async () => {
    await put({ ...captured('a'), dossier: { ...captured('a').dossier, service: 'gone' } })
    expect((await judged('a'))?.state).toBe('done')
    expect(verifier.gather).not.toHaveBeenCalled()
  })
})

describe('a receipt that two exchanges carry', () => {
  beforeEach(() => {
    verifier.appraise.mockImplementation(async ({ id }, { seen }) => {
      const owner = seen('receipt')
      return { ...reportOf(owner === undefined || owner === id ? 'verified' : 'failed'), receiptId: 'receipt' }
    })
  })

  it('is the first one’s, and a replay in the other', async () => {
    await put(captured('a'))
    await put(captured('b'))
    expect((await judged('a'))?.verdict?.claims[0]?.standing).toBe('verified')
    expect((await judged('b'))?.verdict?.claims[0]?.standing).toBe('failed')
  })

  it('stays the first one’s when that is judged again', async () => {
    await put(captured('a'))
    await put(captured('b'))
    await judged('a')
    await judged('b')
    await store.change('a', (row) => ({ ...row, state: 'captured' }))
    expect((await judged('a'))?.verdict?.claims[0]?.standing).toBe('verified')
  })
})

describe('an answer that was cut off where its receipt belonged', () => {
  const cut = (id: string) => {
    const { exchange } = captured(id).dossier
    const response = { ...exchange.response, capture: 'broken-off', answer: 'begun', brokenOff: { by: 'service' } } as const
    return rowOf(id, { ...captured(id), dossier: { exchange: { ...exchange, response } } })
  }

  beforeEach(() => {
    verifier.appraise.mockImplementation(async ({ exchange }) => {
      const outcome = exchange.response.brokenOff?.again === true ? 'failed' : 'unchecked'
      return { ...reportOf('absent'), findings: [{ ...WITHHELD, outcome, code: 'cut-off' }] }
    })
  })

  it('is one that may be the network’s, and the next of its service is none', async () => {
    await put(cut('a'))
    await put(cut('b'))
    expect((await judged('a'))?.verdict?.findings[0]?.outcome).toBe('unchecked')
    const second = await judged('b')
    expect(second?.verdict?.findings[0]?.outcome).toBe('failed')
    expect(second?.dossier.exchange.response.brokenOff).toEqual({ by: 'service', again: true })
  })

  it('is not its own second when it is judged again', async () => {
    await put(cut('a'))
    await judged('a')
    await store.change('a', (row) => ({ ...row, state: 'captured' }))
    expect((await judged('a'))?.verdict?.findings[0]?.outcome).toBe('unchecked')
  })
})

describe('replay memory', () => {
  it('is said to begin with this run where the store does', async () => {
    await put(captured('a'))
    await judged('a')
    expect(verifier.appraise.mock.calls[0]?.[1].forgetful).toBe(false)
    store = openStore('private', { lasting: false })
    await put(captured('a'))
    await judged('a')
    expect(verifier.appraise.mock.calls[1]?.[1].forgetful).toBe(true)
  })
})
