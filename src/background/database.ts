import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, type IDBPTransaction, openDB, type StoreNames } from 'idb'
import { type Health, StorageFault } from './faults.ts'

/** How long opening may take: a database that another connection holds back opens when that one goes, or never. */
const OPENING_MS = 5_000

const NOTHING_TO_CLOSE = () => undefined

/** Makes the stores of a database, from whatever version is there. */
export type Upgrade<Schema extends DBSchema> = (
  database: IDBPDatabase<Schema>,
  from: number,
  transaction: IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>,
) => void

export type Database<Schema extends DBSchema> = {
  readonly read: <Name extends StoreNames<Schema>, Value>(name: Name, task: Task<Schema, Name, 'readonly', Value>) => Promise<Value>
  /** One transaction: whole, or nothing. */
  readonly write: <Name extends StoreNames<Schema>, Value>(name: Name, task: Task<Schema, Name, 'readwrite', Value>) => Promise<Value>
  /** The same over several stores at once. */
  readonly writeAcross: <Name extends StoreNames<Schema>, Value>(
    names: Name[],
    task: (stores: <One extends Name>(name: One) => IDBPObjectStore<Schema, Name[], One, 'readwrite'>) => Promise<Value>,
  ) => Promise<Value>
}

type Task<Schema extends DBSchema, Name extends StoreNames<Schema>, Mode extends IDBTransactionMode, Value> = (
  store: IDBPTransaction<Schema, [Name], Mode>['store'],
) => Promise<Value>

/**
 * A database that opens when it is needed and opens anew when it was closed: by the browser, which clears or loses it, or by another version of
 * this extension. What cannot be done ends in a `StorageFault`; what a task itself throws is thrown on.
 */
export function database<Schema extends DBSchema>(
  name: string,
  version: number,
  upgrade: Upgrade<Schema>,
  health: Health,
): Database<Schema> {
  let opened: Promise<IDBPDatabase<Schema>> | undefined

  const forget = (connection: Promise<IDBPDatabase<Schema>>): void => {
    if (opened === connection) opened = undefined
  }

  function open(): Promise<IDBPDatabase<Schema>> {
    if (opened !== undefined) return opened
    const connection: Promise<IDBPDatabase<Schema>> = openDB<Schema>(name, version, {
      upgrade: (opened, from, _, transaction) => upgrade(opened, from, transaction),
      blocking: () => {
        forget(connection)
        connection.then((former) => former.close(), NOTHING_TO_CLOSE)
      },
      terminated: () => forget(connection),
    })
    connection.catch(() => forget(connection))
    opened = connection
    return connection
  }

  async function attempt<Value>(task: (connection: IDBPDatabase<Schema>) => Promise<Value>): Promise<Value> {
    for (let again = true; ; again = false) {
      const connection = open()
      try {
        return await task(await inTime(connection))
      } catch (error) {
        if (!(error instanceof DOMException) && !(error instanceof StorageFault)) throw error
        if (error.name === 'InvalidStateError') forget(connection)
        // Nothing of a transaction that was broken off is written: it can be made again, over a new connection.
        if (again && opened !== connection) continue
        health.fault()
        throw new StorageFault(error)
      }
    }
  }

  return {
    read: (store, task) => attempt((connection) => task(connection.transaction(store, 'readonly').store)),
    async write(store, task) {
      const value = await attempt(async (connection) => {
        const transaction = connection.transaction(store, 'readwrite')
        const [result] = await Promise.all([task(transaction.store).catch(abort(transaction)), transaction.done])
        return result
      })
      health.works()
      return value
    },
    async writeAcross(names, task) {
      const value = await attempt(async (connection) => {
        const transaction = connection.transaction(names, 'readwrite')
        const work = task((name) => transaction.objectStore(name))
        const [result] = await Promise.all([work.catch(abort(transaction)), transaction.done])
        return result
      })
      health.works()
      return value
    },
  }
}

function abort(transaction: { abort(): void }): (error: unknown) => never {
  return (error) => {
    try {
      transaction.abort()
    } catch {
      // It is over already: its own error says why.
    }
    throw error
  }
}

function inTime<Value>(opening: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new StorageFault('the database does not open')), OPENING_MS)
    opening.then(resolve, reject).finally(() => clearTimeout(late))
  })
}
