import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { rowOf } from '../../test/support/rows.ts'
import type { ExchangeRow } from './exchange.ts'
import { openStore, type Store } from './store.ts'

let store: Store

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
  store = openStore('receipts')
})

async function put(...rows: readonly ExchangeRow[]): Promise<void> {
  for (const row of rows) await store.changeRequest(row.request, () => row)
}

const withNonce = (id: string, nonce: string): ExchangeRow =>
  rowOf(id, { dossier: { asked: { header: 'x-inference-receipt', nonce, sharedBy: 1, provenance: 'browser' } } })

describe('the row of a request', () => {
  it('is made once, and found by the request from then on', async () => {
    const row = rowOf('a')
    expect(await store.changeRequest(row.request, (before) => before ?? row)).toEqual({ before: undefined, after: row })
    const changed = { ...row, state: 'answering' } as const
    expect(await store.changeRequest(row.request, (before) => (before === undefined ? row : changed))).toEqual({
      before: row,
      after: changed,
    })
    expect(await store.get('a')).toEqual(changed)
  })

  it('is not written when nothing changed, and not made where there is none', async () => {
    await put(rowOf('a'))
    const { before, after } = await store.changeRequest(rowOf('a').request, (present) => present ?? rowOf('b'))
    expect(after).toBe(before)
    expect(await store.change('b', (row) => row)).toBeUndefined()
    expect(await store.get('b')).toBeUndefined()
  })

  it('is left as it was when the change throws', async () => {
    await put(rowOf('a'))
    const fault = new Error('a fault of ours')
    await expect(
      store.change('a', () => {
        throw fault
      }),
    ).rejects.toBe(fault)
    expect(await store.get('a')).toEqual(rowOf('a'))
  })

  it('is among those of its tab, and of its state', async () => {
    await put(rowOf('a'), rowOf('b', { tab: 'session:4', state: 'done' }), rowOf('c', { state: 'checking' }))
    expect((await store.ofTab('session:3')).map(({ id }) => id)).toEqual(['a', 'c'])
    expect((await store.inState('done', 'checking')).map(({ id }) => id).sort()).toEqual(['b', 'c'])
  })

  it('survives the store: another one of that name has it', async () => {
    await put(rowOf('a'))
    expect(await openStore('receipts').get('a')).toEqual(rowOf('a'))
    expect(await openStore('another').get('a')).toBeUndefined()
  })
})

describe('a nonce', () => {
  it('of one request is that request’s alone', async () => {
    await put(withNonce('a', 'N'), withNonce('b', 'M'), rowOf('c'))
    expect((await store.countNonce('N')).map(({ id, dossier }) => [id, dossier.asked?.sharedBy])).toEqual([['a', 1]])
  })

  it('of several is said to be shared, in each of them', async () => {
    await put(withNonce('a', 'N'), withNonce('b', 'N'), withNonce('c', 'M'))
    expect(await store.countNonce('N')).toHaveLength(2)
    const counts = await Promise.all(['a', 'b', 'c'].map(async (id) => (await store.get(id))?.dossier.asked?.sharedBy))
    expect(counts).toEqual([2, 2, 1])
  })
})

describe('replay memory', () => {
  it('keeps the first owner of a receipt, whoever claims it later', async () => {
    expect(await store.claimReceipt('receipt', 'a')).toBe('a')
    expect(await store.claimReceipt('receipt', 'b')).toBe('a')
    expect(await store.claimReceipt('receipt', 'a')).toBe('a')
    expect(await openStore('receipts').claimReceipt('receipt', 'c')).toBe('a')
  })

  it('has one owner for claims made at once', async () => {
    const owners = await Promise.all(['a', 'b', 'c'].map((id) => store.claimReceipt('receipt', id)))
    expect(new Set(owners).size).toBe(1)
  })
})

describe('answers that were cut off', () => {
  const DAY = 24 * 60 * 60 * 1000
  const at = (days: number, service = 'a') => ({ service, at: days * DAY })

  it('are remembered by service, for a week', async () => {
    expect(await store.recordCut('1', at(10))).toBe(false)
    expect(await store.recordCut('2', at(10, 'b'))).toBe(false)
    expect(await store.recordCut('3', at(17))).toBe(true)
    expect(await store.recordCut('4', at(24.5))).toBe(false)
    expect(await openStore('receipts').recordCut('5', at(25))).toBe(true)
  })

  it('are not counted twice for being judged again', async () => {
    expect(await store.recordCut('1', at(10))).toBe(false)
    expect(await store.recordCut('1', at(10))).toBe(false)
  })
})

describe('a store of an earlier version', () => {
  it('keeps what it holds, and gets what it lacks', async () => {
    await new Promise((resolve) => {
      const opening = indexedDB.open('older', 1)
      opening.onupgradeneeded = () => {
        const exchanges = opening.result.createObjectStore('exchanges', { keyPath: 'id' })
        for (const [name, path] of [
          ['request', 'request'],
          ['tab', 'tab'],
          ['state', 'state'],
          ['nonce', 'dossier.asked.nonce'],
          ['began', 'trace.beganAt'],
        ] as const) {
          exchanges.createIndex(name, path, { unique: name === 'request' })
        }
        opening.result.createObjectStore('receipts')
        opening.result.createObjectStore('keys')
        exchanges.put(rowOf('a'))
      }
      opening.onsuccess = () => {
        opening.result.close()
        resolve(undefined)
      }
    })
    const older = openStore('older')
    expect(await older.get('a')).toEqual(rowOf('a'))
    expect(await older.recordCut('1', { service: 'a', at: 0 })).toBe(false)
  })
})

describe('pruning', () => {
  it('lets the oldest exchanges go, and never a receipt’s owner', async () => {
    store = openStore('small', { most: 3 })
    const began = (id: string, beganAt: number) => rowOf(id, { trace: { ...rowOf(id).trace, beganAt } })
    await put(began('c', 30), began('a', 10), began('b', 20))
    await store.claimReceipt('receipt', 'a')
    await put(began('d', 40), began('e', 50))
    expect((await store.ofTab('session:3')).map(({ id }) => id).sort()).toEqual(['c', 'd', 'e'])
    expect(await store.claimReceipt('receipt', 'e')).toBe('a')
  })

  it('keeps a thousand', async () => {
    for (let number = 0; number <= 1_000; number += 1) {
      const id = String(number).padStart(4, '0')
      await put(rowOf(id, { trace: { ...rowOf(id).trace, beganAt: number } }))
    }
    const kept = (await store.ofTab('session:3')).map(({ id }) => id).sort()
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([1_000, '0001', '1000'])
  })
})

describe('an issuer’s keys', () => {
  it('are kept by address', async () => {
    const keys = { document: '{}', at: '2026-11-22T10:00:00.000Z', freshUntil: '2026-11-22T11:00:00.000Z' }
    await store.putKeys('https://issuer.example/keys', keys)
    expect(await store.getKeys('https://issuer.example/keys')).toEqual(keys)
    expect(await store.getKeys('https://issuer.example/other')).toBeUndefined()
  })
})
