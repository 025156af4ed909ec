import type { ExchangeRow } from '../../src/background/exchange.ts'

/** A connection to a database as the first version of the extension made it, with these rows in it. */
export function olderStore(name: string, rows: readonly ExchangeRow[] = []): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1)
    opening.onupgradeneeded = () => {
      const exchanges = opening.result.createObjectStore('exchanges', { keyPath: 'id' })
      exchanges.createIndex('request', 'request', { unique: true })
      for (const index of ['tab', 'state']) exchanges.createIndex(index, index)
      exchanges.createIndex('nonce', 'dossier.asked.nonce')
      exchanges.createIndex('began', 'trace.beganAt')
      opening.result.createObjectStore('receipts')
      opening.result.createObjectStore('keys')
      for (const row of rows) exchanges.put(row)
    }
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => resolve(opening.result)
  })
}
