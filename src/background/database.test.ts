import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { olderStore } from '../../test/support/older-store.ts'
import { rowOf } from '../../test/support/rows.ts'
import { StorageFault } from './faults.ts'
import { openStore, type Store } from './store.ts'

const row = rowOf('a')

let store: Store
let turned: boolean[]
/** Connections that were opened, newest last. */
let connections: IDBDatabase[]

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
  connections = []
  const { open } = indexedDB
  vi.spyOn(indexedDB, 'open').mockImplementation((...args) => {
    const opening = open.apply(indexedDB, args)
    opening.addEventListener('success', () => connections.push(opening.result))
    return opening
  })
  turned = []
  store = openStore('receipts', { turned: (works) => turned.push(works) })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const write = (written: Store = store) => written.changeRequest(row.request, (before) => before ?? row)

/** The database as a later version of the extension leaves it. */
function openedByNewer(): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('receipts', 99)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      opening.result.close()
      resolve()
    }
  })
}

/** As a browser closes a database whose disk fails. The types of `fake-indexeddb` want the class where it takes what the class makes. */
const closeByForce = (connection: IDBDatabase): unknown => Reflect.apply(forceCloseDatabase, undefined, [connection])

function breakWrites(name: string) {
  return vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('broken for the test', name)
  })
}

describe('a database that the browser closes', () => {
  it('is opened again, and what it held is there', async () => {
    await write()
    const [first] = connections
    if (first === undefined) throw new Error('not opened')
    closeByForce(first)
    expect(await store.get('a')).toEqual(row)
    expect(connections).toHaveLength(2)
    expect(turned).toEqual([])
  })

  it('without saying so is opened again all the same', async () => {
    await write()
    connections[0]?.close()
    await store.change('a', (present) => ({ ...present, state: 'done' }))
    expect((await store.get('a'))?.state).toBe('done')
    expect(connections).toHaveLength(2)
  })

  it('to clear it begins anew', async () => {
    await write()
    await new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase('receipts')
      deleting.onsuccess = resolve
      deleting.onerror = reject
    })
    expect(await store.get('a')).toBeUndefined()
    await write()
    expect(await store.get('a')).toEqual(row)
  })
})

describe('a database that is full', () => {
  it('says so, holds nothing of what could not be written, and works again when there is room', async () => {
    await write()
    const full = breakWrites('QuotaExceededError')
    await expect(store.change('a', (present) => ({ ...present, state: 'done' }))).rejects.toBeInstanceOf(StorageFault)
    expect(await store.works()).toBe(false)
    expect((await store.get('a'))?.state).toBe('requested')
    expect(turned).toEqual([false])
    full.mockRestore()
    expect(await store.works()).toBe(true)
    expect(turned).toEqual([false, true])
    await store.change('a', (present) => ({ ...present, state: 'done' }))
    expect((await store.get('a'))?.state).toBe('done')
  })

  it('is not tried for ever', async () => {
    const full = breakWrites('QuotaExceededError')
    await expect(write()).rejects.toBeInstanceOf(StorageFault)
    expect(full).toHaveBeenCalledTimes(1)
  })
})

describe('a database that cannot be opened', () => {
  it('because a newer version has it is a fault, each time it is asked', async () => {
    await openedByNewer()
    for (let turn = 0; turn < 2; turn += 1) await expect(store.get('a')).rejects.toBeInstanceOf(StorageFault)
    expect(await store.works()).toBe(false)
    expect(turned).toEqual([false])
  })

  it('because an older connection holds it is a fault until that one goes', async () => {
    const older = await olderStore('receipts', [row])
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const read = store.get('a')
    const refused = expect(read).rejects.toBeInstanceOf(StorageFault)
    await vi.advanceTimersByTimeAsync(5_000)
    await refused
    vi.useRealTimers()
    older.close()
    await vi.waitFor(async () => expect(await store.get('a')).toEqual(row))
    expect(await store.works()).toBe(true)
    expect(turned).toEqual([false, true])
  })
})

it('what could be written works without being tried', async () => {
  await write()
  const opened = connections.length
  breakWrites('QuotaExceededError')
  expect(await store.works()).toBe(true)
  expect(connections).toHaveLength(opened)
})
