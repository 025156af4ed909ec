import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { ExchangeRow } from './exchange.ts'
import type { State } from './states.ts'

/** Exchanges that are kept; the oldest go first. Replay memory outlives them. */
const MOST_EXCHANGES = 1_000
/** How long one cut answer makes the next of its service suspicious: a bad connection is as bad a week later, by chance. */
const CUTS_REMEMBERED_MS = 7 * 24 * 60 * 60 * 1000

type Schema = DBSchema & {
  exchanges: { key: string; value: ExchangeRow; indexes: { request: string; tab: string; state: State; nonce: string; began: number } }
  /** Replay memory: the exchange that first carried an authentic receipt. */
  receipts: { key: string; value: string }
  /** Exchanges whose answer was cut off where its receipt belonged: of which service, and when. */
  cuts: { key: string; value: Cut; indexes: { service: string } }
  /** Token issuers' keys as fetched, by address. */
  keys: { key: string; value: CachedKeys }
}

export type Cut = { readonly service: string; readonly at: number }

export type CachedKeys = { readonly document: string; readonly at: string; readonly freshUntil: string }

/** What the background keeps. Every method is one transaction: a stopped worker leaves a whole row or none. */
export type Store = {
  /** Whether it outlives this run of the browser: that of private windows does not. */
  readonly lasting: boolean
  /** Changes the row of a request, or makes it. `change` gets `undefined` when there is none yet; giving the same row back writes nothing. */
  readonly changeRequest: (request: string, change: (row: ExchangeRow | undefined) => ExchangeRow) => Promise<Change>
  /** Changes a row that exists. */
  readonly change: (id: string, change: (row: ExchangeRow) => ExchangeRow) => Promise<ExchangeRow | undefined>
  readonly get: (id: string) => Promise<ExchangeRow | undefined>
  readonly ofTab: (tab: string) => Promise<readonly ExchangeRow[]>
  readonly inState: (...states: readonly State[]) => Promise<readonly ExchangeRow[]>
  /** Counts the requests that left with a nonce, and writes the count into each of them. */
  readonly countNonce: (nonce: string) => Promise<readonly ExchangeRow[]>
  /** Remembers which exchange carried a receipt first, and says which it was. */
  readonly claimReceipt: (receipt: string, exchange: string) => Promise<string>
  /** Remembers that an exchange's answer was cut off, and says whether another one of the service was, not long before or after. */
  readonly recordCut: (exchange: string, cut: Cut) => Promise<boolean>
  readonly getKeys: (address: string) => Promise<CachedKeys | undefined>
  readonly putKeys: (address: string, keys: CachedKeys) => Promise<void>
}

export type Change = { readonly before: ExchangeRow | undefined; readonly after: ExchangeRow }

/** Opens the store under a name. `lasting`: whether the browser keeps it; `most`: exchanges that it keeps. */
export function openStore(name: string, { lasting = true, most = MOST_EXCHANGES } = {}): Store {
  const opened = openDB<Schema>(name, 2, {
    upgrade(database, from) {
      if (from < 2) database.createObjectStore('cuts').createIndex('service', 'service')
      if (from >= 1) return
      const exchanges = database.createObjectStore('exchanges', { keyPath: 'id' })
      exchanges.createIndex('request', 'request', { unique: true })
      exchanges.createIndex('tab', 'tab')
      exchanges.createIndex('state', 'state')
      exchanges.createIndex('nonce', 'dossier.asked.nonce')
      exchanges.createIndex('began', 'trace.beganAt')
      database.createObjectStore('receipts')
      database.createObjectStore('keys')
    },
  })

  return {
    lasting,
    async changeRequest(request, change) {
      const database = await opened
      const transaction = database.transaction('exchanges', 'readwrite')
      const before = await transaction.store.index('request').get(request)
      const after = change(before)
      if (after !== before) await transaction.store.put(after)
      await transaction.done
      if (before === undefined) await prune(database, most)
      return { before, after }
    },
    async change(id, change) {
      const transaction = (await opened).transaction('exchanges', 'readwrite')
      const before = await transaction.store.get(id)
      const after = before === undefined ? undefined : change(before)
      if (after !== undefined && after !== before) await transaction.store.put(after)
      await transaction.done
      return after
    },
    async get(id) {
      return (await opened).get('exchanges', id)
    },
    async ofTab(tab) {
      return (await opened).getAllFromIndex('exchanges', 'tab', tab)
    },
    async inState(...states) {
      const database = await opened
      return (await Promise.all(states.map((state) => database.getAllFromIndex('exchanges', 'state', state)))).flat()
    },
    async countNonce(nonce) {
      const transaction = (await opened).transaction('exchanges', 'readwrite')
      const rows = await transaction.store.index('nonce').getAll(nonce)
      const counted = rows.map((row) => withSharing(row, rows.length))
      if (rows.length > 1) await Promise.all(counted.map((row) => transaction.store.put(row)))
      await transaction.done
      return counted
    },
    async claimReceipt(receipt, exchange) {
      const transaction = (await opened).transaction('receipts', 'readwrite')
      const first = await transaction.store.get(receipt)
      if (first === undefined) await transaction.store.put(exchange, receipt)
      await transaction.done
      return first ?? exchange
    },
    async recordCut(exchange, cut) {
      const transaction = (await opened).transaction('cuts', 'readwrite')
      await transaction.store.put(cut, exchange)
      const [keys, cuts] = await Promise.all([
        transaction.store.index('service').getAllKeys(cut.service),
        transaction.store.index('service').getAll(cut.service),
      ])
      await transaction.done
      return cuts.some(({ at }, index) => keys[index] !== exchange && Math.abs(at - cut.at) <= CUTS_REMEMBERED_MS)
    },
    async getKeys(address) {
      return (await opened).get('keys', address)
    },
    async putKeys(address, keys) {
      await (await opened).put('keys', keys, address)
    },
  }
}

function withSharing(row: ExchangeRow, sharedBy: number): ExchangeRow {
  const { asked } = row.dossier
  return asked === undefined ? row : { ...row, dossier: { ...row.dossier, asked: { ...asked, sharedBy } } }
}

async function prune(database: IDBPDatabase<Schema>, most: number): Promise<void> {
  const transaction = database.transaction('exchanges', 'readwrite')
  let surplus = (await transaction.store.count()) - most
  for (let cursor = await transaction.store.index('began').openCursor(); cursor !== null && surplus > 0; cursor = await cursor.continue()) {
    await cursor.delete()
    surplus--
  }
  await transaction.done
}
