import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { olderStore } from '../../test/support/older-store.ts'
import { reportOf, rowOf } from '../../test/support/rows.ts'
import type { ExchangeRow } from './exchange.ts'
import { memoryStore } from './memory-store.ts'
import { openStore, type Store } from './store.ts'

const DAY = 24 * 60 * 60 * 1000

let store: Store

async function put(...rows: readonly ExchangeRow[]): Promise<void> {
  for (const row of rows) await store.changeRequest(row.request, () => row)
}

const began = (id: string, beganAt: number) => rowOf(id, { trace: { ...rowOf(id).trace, beganAt } })
const withNonce = (id: string, nonce: string): ExchangeRow =>
  rowOf(id, { dossier: { asked: { header: 'x-inference-receipt', nonce, sharedBy: 1, provenance: 'browser' } } })

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

describe.each([
  ['in a database', (most?: number): Store => openStore('receipts', most === undefined ? {} : { most })],
  ['in memory', (most?: number): Store => memoryStore(most)],
])('a store %s', (_, open) => {
  beforeEach(() => {
    store = open()
  })

  it('makes the row of a request once, and finds it by the request from then on', async () => {
    const row = rowOf('a')
    expect(await store.changeRequest(row.request, (before) => before ?? row)).toEqual({ before: undefined, after: row })
    const changed = { ...row, state: 'answering' } as const
    expect(await store.changeRequest(row.request, (before) => (before === undefined ? row : changed))).toEqual({
      before: row,
      after: changed,
    })
    expect(await store.get('a')).toEqual(changed)
  })

  it('changes a row that is there, and makes none where there is none', async () => {
    await put(rowOf('a'))
    const { before, after } = await store.changeRequest(rowOf('a').request, (present) => present ?? rowOf('b'))
    expect(after).toBe(before)
    expect(await store.change('a', (row) => ({ ...row, state: 'done' }))).toEqual({ ...rowOf('a'), state: 'done' })
    expect(await store.change('b', (row) => row)).toBeUndefined()
    expect(await store.get('b')).toBeUndefined()
  })

  it('leaves a row as it was when the change throws', async () => {
    await put(rowOf('a'))
    const fault = new Error('a fault of ours')
    const change = store.change('a', () => {
      throw fault
    })
    await expect(change).rejects.toBe(fault)
    expect(await store.get('a')).toEqual(rowOf('a'))
    expect(await store.works()).toBe(true)
  })

  it('finds rows by their tab, and by their state', async () => {
    await put(rowOf('a'), rowOf('b', { tab: 'session:4', state: 'done' }), rowOf('c', { state: 'checking' }))
    expect((await store.ofTab('session:3')).map(({ id }) => id)).toEqual(['a', 'c'])
    expect((await store.inState('done', 'checking')).map(({ id }) => id).sort()).toEqual(['b', 'c'])
  })

  it('finds those of a tab’s rows whose request began in a while, its ends included', async () => {
    const at = (id: string, beganAt: number, tab = 'session:3') => rowOf(id, { tab, trace: { ...rowOf(id).trace, beganAt } })
    await put(at('a', 10), at('b', 20), at('c', 30), at('d', 40), at('e', 20, 'session:4'))
    expect((await store.begunIn('session:3', 20, 30)).map(({ id }) => id)).toEqual(['b', 'c'])
    expect(await store.begunIn('session:3', 30, 20)).toEqual([])
  })

  it('finds bad news of a service until it was shown, of whichever tab', async () => {
    const failed = (id: string, more = {}) => rowOf(id, { state: 'done', verdict: reportOf('failed'), tab: `x:${id}`, ...more })
    const shown = (row: ExchangeRow): ExchangeRow => ({ ...row, seen: 'failed' })
    await put(failed('a'), failed('b'), failed('c', { seen: 'failed' }), rowOf('d', { state: 'done', verdict: reportOf('assumed') }))
    await put(failed('e', { dossier: { service: 'venice' } }))
    const news = async () => (await store.newsOf('trustedrouter')).map(({ id }) => id)
    expect(await news()).toEqual(['a', 'b'])
    await store.change('a', shown)
    expect(await news()).toEqual(['b'])
    await store.change('b', ({ verdict: _, ...row }) => row)
    expect(await news()).toEqual([])
    await store.changeRequest('session:d', (row) => ({ ...(row ?? rowOf('d')), verdict: reportOf('failed') }))
    expect(await news()).toEqual(['d'])
  })

  it('counts the requests that left with a nonce, and says in each of them that it was shared', async () => {
    await put(withNonce('a', 'N'), withNonce('b', 'N'), withNonce('c', 'M'), rowOf('d'))
    expect((await store.countNonce('M')).map(({ id, dossier }) => [id, dossier.asked?.sharedBy])).toEqual([['c', 1]])
    expect(await store.countNonce('N')).toHaveLength(2)
    const counts = await Promise.all(['a', 'b', 'c'].map(async (id) => (await store.get(id))?.dossier.asked?.sharedBy))
    expect(counts).toEqual([2, 2, 1])
  })

  it('keeps the first owner of a receipt, whoever claims it later', async () => {
    expect(await store.claimReceipt('receipt', 'a')).toBe('a')
    expect(await store.claimReceipt('receipt', 'b')).toBe('a')
    expect(await store.claimReceipt('receipt', 'a')).toBe('a')
    const owners = await Promise.all(['c', 'd', 'e'].map((id) => store.claimReceipt('another', id)))
    expect(new Set(owners).size).toBe(1)
  })

  it('remembers answers that were cut off, by service and for a week', async () => {
    const at = (days: number, service = 'a') => ({ service, at: days * DAY })
    expect(await store.recordCut('1', at(10))).toBe(false)
    expect(await store.recordCut('1', at(10))).toBe(false)
    expect(await store.recordCut('2', at(10, 'b'))).toBe(false)
    expect(await store.recordCut('3', at(17))).toBe(true)
    expect(await store.recordCut('4', at(24.5))).toBe(false)
  })

  it('lets the oldest exchanges go, and never a receipt’s owner', async () => {
    store = open(3)
    await put(began('c', 30), began('a', 10), began('b', 20))
    await store.claimReceipt('receipt', 'a')
    await put(began('d', 40), began('e', 50))
    expect((await store.ofTab('session:3')).map(({ id }) => id).sort()).toEqual(['c', 'd', 'e'])
    expect(await store.claimReceipt('receipt', 'e')).toBe('a')
  })

  it('keeps a thousand exchanges', async () => {
    for (let number = 0; number <= 1_000; number += 1) await put(began(String(number).padStart(4, '0'), number))
    const kept = (await store.ofTab('session:3')).map(({ id }) => id).sort()
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([1_000, '0001', '1000'])
  })

  it('keeps fetched keys by their address', async () => {
    const keys = { document: '{}', at: '2026-11-22T10:00:00.000Z', freshUntil: '2026-11-22T11:00:00.000Z' }
    await store.putKeys('https://issuer.example/keys', keys)
    expect(await store.getKeys('https://issuer.example/keys')).toEqual(keys)
    expect(await store.getKeys('https://issuer.example/other')).toBeUndefined()
  })

  it('forgets all exchanges but those that stay, and all that is remembered of others', async () => {
    await put(rowOf('a', { state: 'done' }), rowOf('b'), rowOf('c', { state: 'checking' }))
    await store.claimReceipt('receipt', 'a')
    await store.recordCut('a', { service: 'x', at: DAY })
    await store.putKeys('https://issuer.example/keys', { document: '{}', at: '', freshUntil: '' })
    expect(await store.count()).toBe(3)
    expect(await store.forget(({ state }) => state === 'requested')).toBe(1)
    expect((await store.ofTab('session:3')).map(({ id }) => id)).toEqual(['b'])
    expect(await store.count()).toBe(1)
    expect(await store.claimReceipt('receipt', 'b')).toBe('b')
    expect(await store.recordCut('b', { service: 'x', at: DAY })).toBe(false)
    expect(await store.getKeys('https://issuer.example/keys')).toBeUndefined()
    await put(rowOf('d'))
    expect(await store.forget(() => false)).toBe(0)
    expect(await store.count()).toBe(0)
  })

  it('knows what a tab shows, until that is forgotten', async () => {
    expect(await store.shownIn('session:3')).toBeUndefined()
    await store.changeShown('session:3', (before) => (before === undefined ? { document: 'a', since: 1 } : before))
    await store.changeShown('session:3', (before) => (before === undefined ? { document: 'b', since: 2 } : before))
    expect(await store.shownIn('session:3')).toEqual({ document: 'a', since: 1 })
    expect(await store.tabs()).toEqual(['session:3'])
    await store.changeShown('session:3', () => undefined)
    expect(await store.tabs()).toEqual([])
  })
})

describe('a store in a database', () => {
  it('outlives its opening: another one of that name has what it held', async () => {
    store = openStore('receipts')
    await put(rowOf('a'))
    await store.claimReceipt('receipt', 'a')
    expect(await openStore('receipts').get('a')).toEqual(rowOf('a'))
    expect(await openStore('receipts').claimReceipt('receipt', 'b')).toBe('a')
    expect(await openStore('another').get('a')).toBeUndefined()
    expect([openStore('receipts').lasting, openStore('receipts', { lasting: false }).lasting]).toEqual([true, false])
  })

  it('of an earlier version keeps what it holds, and gets what it lacks', async () => {
    const failed = rowOf('b', { state: 'done', verdict: reportOf('failed') })
    const first = await olderStore('older', [rowOf('a'), failed])
    first.close()
    const older = openStore('older')
    expect(await older.get('a')).toEqual(rowOf('a'))
    const { tab, trace } = rowOf('a')
    expect((await older.begunIn(tab, trace.beganAt, trace.beganAt)).map(({ id }) => id)).toEqual(['a', 'b'])
    expect((await older.newsOf('trustedrouter')).map(({ id }) => id)).toEqual(['b'])
    expect(await older.recordCut('1', { service: 'a', at: 0 })).toBe(false)
  })
})

describe('a store in memory', () => {
  it('is in no database, ends with its window, and says that it does not last', async () => {
    const memory = memoryStore()
    store = memory
    await put(withNonce('a', 'N'))
    await memory.claimReceipt('receipt', 'a')
    await memory.putKeys('https://issuer.example/keys', { document: '{}', at: '', freshUntil: '' })
    await memory.recordCut('a', { service: 'a', at: 0 })
    await memory.changeShown('session:3', () => ({ document: 'a', since: 1 }))
    expect(memory.lasting).toBe(false)
    expect(await indexedDB.databases()).toEqual([])
    memory.clear()
    expect(await memory.get('a')).toBeUndefined()
    expect(await memory.claimReceipt('receipt', 'b')).toBe('b')
    expect(await memory.getKeys('https://issuer.example/keys')).toBeUndefined()
    expect(await memory.recordCut('b', { service: 'a', at: 0 })).toBe(false)
    expect(await memory.tabs()).toEqual([])
  })
})
