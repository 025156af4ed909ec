import type { DBSchema, IDBPObjectStore, StoreNames } from 'idb'
import { type Database, database } from './database.ts'
import type { ExchangeRow } from './exchange.ts'
import { type Health, healthTold, StorageFault } from './faults.ts'
import { markedWithNews } from './news.ts'
import type { State } from './states.ts'

/** Exchanges that are kept; the oldest go first. Replay memory outlives them. */
export const MOST_EXCHANGES = 1_000
/** How long one cut answer makes the next of its service suspicious: a bad connection is as bad a week later, by chance. */
const CUTS_REMEMBERED_MS = 7 * 24 * 60 * 60 * 1000
/** Octets of what is written to see whether anything can be: a row with its report, or so. */
const PROBE_LENGTH = 64 * 1024

/** What the background keeps. Every method is one transaction: a stopped worker leaves a whole row or none. */
export type Store = {
  /** Whether it outlives this run of the browser: that of private windows does not. */
  readonly lasting: boolean
  /** Whether anything can be written. It is tried where that is not known, or was not so the last time. */
  readonly works: () => Promise<boolean>
  /** Changes the row of a request, or makes it. `change` gets `undefined` when there is none yet; giving the same row back writes nothing. */
  readonly changeRequest: (request: string, change: (row: ExchangeRow | undefined) => ExchangeRow) => Promise<Change>
  /** Changes a row that exists. */
  readonly change: (id: string, change: (row: ExchangeRow) => ExchangeRow) => Promise<ExchangeRow | undefined>
  readonly get: (id: string) => Promise<ExchangeRow | undefined>
  readonly ofTab: (tab: string) => Promise<readonly ExchangeRow[]>
  /** Those of a tab's whose request began from `from` to `to`, both included: a row holds its evidence, and few are wanted. */
  readonly begunIn: (tab: string, from: number, to: number) => Promise<readonly ExchangeRow[]>
  readonly inState: (...states: readonly State[]) => Promise<readonly ExchangeRow[]>
  /** Exchanges with a service that have bad news which the user was not shown, of whichever tab and run of the browser. */
  readonly newsOf: (service: string) => Promise<readonly ExchangeRow[]>
  /** Counts the requests that left with a nonce, and writes the count into each of them. */
  readonly countNonce: (nonce: string) => Promise<readonly ExchangeRow[]>
  /** Remembers which exchange carried a receipt first, and says which it was. */
  readonly claimReceipt: (receipt: string, exchange: string) => Promise<string>
  /** Remembers that an exchange's answer was cut off, and says whether another one of the service was, not long before or after. */
  readonly recordCut: (exchange: string, cut: Cut) => Promise<boolean>
  readonly getKeys: (address: string) => Promise<CachedKeys | undefined>
  readonly putKeys: (address: string, keys: CachedKeys) => Promise<void>
  /** What a tab shows. */
  readonly shownIn: (tab: string) => Promise<Shown | undefined>
  readonly changeShown: (tab: string, change: (shown: Shown | undefined) => Shown | undefined) => Promise<void>
  /** Tabs of which it is known what they show. */
  readonly tabs: () => Promise<readonly string[]>
  /** How many exchanges are kept. */
  readonly count: () => Promise<number>
  /** Forgets every exchange but those that are to stay, every receipt, every cut and every fetched key. Gives how many exchanges stay. */
  readonly forget: (stays: (row: ExchangeRow) => boolean) => Promise<number>
}

export type Change = { readonly before: ExchangeRow | undefined; readonly after: ExchangeRow }
export type Cut = { readonly service: string; readonly at: number }
export type CachedKeys = { readonly document: string; readonly at: string; readonly freshUntil: string }

/** What a tab shows: a document whose capture script stands ready, or one without; and since when, in milliseconds since the epoch. */
export type Shown = { readonly document?: string; readonly since: number }

type Schema = DBSchema & {
  exchanges: {
    key: string
    value: ExchangeRow
    indexes: { request: string; tab: string; state: State; nonce: string; began: number; begun: [string, number]; news: string }
  }
  /** Replay memory: the exchange that first carried an authentic receipt. */
  receipts: { key: string; value: string }
  /** Exchanges whose answer was cut off where its receipt belonged: of which service, and when. */
  cuts: { key: string; value: Cut; indexes: { service: string } }
  /** Token issuers' keys as fetched, by address. */
  keys: { key: string; value: CachedKeys }
  shown: { key: string; value: Shown }
  probe: { key: string; value: string }
}

export type StoreOptions = {
  readonly lasting?: boolean
  readonly most?: number
  /** Called when it turns out that nothing can be written, and when something can again. */
  readonly turned?: (works: boolean) => void
}

/** Opens the store under a name. `lasting`: whether the browser keeps it; `most`: exchanges that it keeps. */
export function openStore(name: string, { lasting = true, most = MOST_EXCHANGES, turned = () => undefined }: StoreOptions = {}): Store {
  const health = healthTold(turned)
  const { read, write, writeAcross }: Database<Schema> = database<Schema>(
    name,
    4,
    (opened, from, transaction) => {
      if (from < 1) {
        const exchanges = opened.createObjectStore('exchanges', { keyPath: 'id' })
        exchanges.createIndex('request', 'request', { unique: true })
        exchanges.createIndex('tab', 'tab')
        exchanges.createIndex('state', 'state')
        exchanges.createIndex('nonce', 'dossier.asked.nonce')
        exchanges.createIndex('began', 'trace.beganAt')
        opened.createObjectStore('receipts')
        opened.createObjectStore('keys')
      }
      if (from < 2) {
        opened.createObjectStore('cuts').createIndex('service', 'service')
        opened.createObjectStore('shown')
        opened.createObjectStore('probe')
      }
      if (from < 3) transaction.objectStore('exchanges').createIndex('begun', ['tab', 'trace.beganAt'])
      if (from < 4) {
        const exchanges = transaction.objectStore('exchanges')
        exchanges.createIndex('news', 'news')
        markAll(exchanges).catch(() => transaction.abort())
      }
    },
    health,
  )

  return {
    lasting,
    works: () => tried(health, () => write('probe', (store) => store.put('x'.repeat(PROBE_LENGTH), 'x'))),
    async changeRequest(request, change) {
      const changed = await write('exchanges', async (store): Promise<Change> => {
        const before = await store.index('request').get(request)
        const after = markedWithNews(change(before))
        if (after !== before) await store.put(after)
        return { before, after }
      })
      if (changed.before === undefined) await prune()
      return changed
    },
    change: (id, change) =>
      write('exchanges', async (store) => {
        const before = await store.get(id)
        const after = before === undefined ? undefined : markedWithNews(change(before))
        if (after !== undefined && after !== before) await store.put(after)
        return after
      }),
    get: (id) => read('exchanges', (store) => store.get(id)),
    begunIn: (tab, from, to) =>
      // There is nothing in a range that ends before it begins, and the database refuses one.
      from > to
        ? Promise.resolve([])
        : read('exchanges', (store) => store.index('begun').getAll(IDBKeyRange.bound([tab, from], [tab, to]))),
    ofTab: (tab) => read('exchanges', (store) => store.index('tab').getAll(tab)),
    inState: (...states) =>
      read('exchanges', async (store) => (await Promise.all(states.map((state) => store.index('state').getAll(state)))).flat()),
    newsOf: (service) => read('exchanges', (store) => store.index('news').getAll(service)),
    countNonce: (nonce) =>
      write('exchanges', async (store) => {
        const rows = await store.index('nonce').getAll(nonce)
        const counted = rows.map((row) => withSharing(row, rows.length))
        if (rows.length > 1) await Promise.all(counted.map((row) => store.put(row)))
        return counted
      }),
    claimReceipt: (receipt, exchange) =>
      write('receipts', async (store) => {
        const first = await store.get(receipt)
        if (first === undefined) await store.put(exchange, receipt)
        return first ?? exchange
      }),
    recordCut: (exchange, cut) =>
      write('cuts', async (store) => {
        await store.put(cut, exchange)
        const index = store.index('service')
        const [keys, cuts] = await Promise.all([index.getAllKeys(cut.service), index.getAll(cut.service)])
        return cuts.some((other, position) => keys[position] !== exchange && isSoonAfter(other, cut))
      }),
    getKeys: (address) => read('keys', (store) => store.get(address)),
    putKeys: (address, keys) => write('keys', async (store) => void (await store.put(keys, address))),
    shownIn: (tab) => read('shown', (store) => store.get(tab)),
    changeShown: (tab, change) =>
      write('shown', async (store) => {
        const before = await store.get(tab)
        const after = change(before)
        if (after === before) return
        if (after === undefined) await store.delete(tab)
        else await store.put(after, tab)
      }),
    tabs: () => read('shown', (store) => store.getAllKeys()),
    count: () => read('exchanges', (store) => store.count()),
    forget: (stays) =>
      writeAcross(['exchanges', 'receipts', 'cuts', 'keys'], async (stores) => {
        await Promise.all([stores('receipts').clear(), stores('cuts').clear(), stores('keys').clear()])
        let staying = 0
        for (let cursor = await stores('exchanges').openCursor(); cursor !== null; cursor = await cursor.continue()) {
          if (stays(cursor.value)) staying += 1
          else await cursor.delete()
        }
        return staying
      }),
  }

  function prune(): Promise<void> {
    return write('exchanges', async (store) => {
      let surplus = (await store.count()) - most
      for (let cursor = await store.index('began').openCursor(); cursor !== null && surplus > 0; cursor = await cursor.continue()) {
        await cursor.delete()
        surplus -= 1
      }
    })
  }
}

/** Marks the rows of an earlier version, which knew no such mark. */
async function markAll(exchanges: IDBPObjectStore<Schema, StoreNames<Schema>[], 'exchanges', 'versionchange'>): Promise<void> {
  for (let cursor = await exchanges.openCursor(); cursor !== null; cursor = await cursor.continue()) {
    const marked = markedWithNews(cursor.value)
    if (marked !== cursor.value) await cursor.update(marked)
  }
}

/** Whether something can be written, by trying where the last time does not say so. */
export async function tried(health: Health, write: () => Promise<unknown>): Promise<boolean> {
  if (health.now() === true) return true
  try {
    await write()
    return true
  } catch (error) {
    if (error instanceof StorageFault) return false
    throw error
  }
}

export function withSharing(row: ExchangeRow, sharedBy: number): ExchangeRow {
  const { asked } = row.dossier
  return asked === undefined ? row : { ...row, dossier: { ...row.dossier, asked: { ...asked, sharedBy } } }
}

/** Whether two answers of a service were cut so near to each other that one makes the other suspicious. */
export function isSoonAfter(one: Cut, other: Cut): boolean {
  return Math.abs(one.at - other.at) <= CUTS_REMEMBERED_MS
}
