import type { ExchangeRow } from './exchange.ts'
import { markedWithNews } from './news.ts'
import { type CachedKeys, type Cut, isSoonAfter, MOST_EXCHANGES, type Shown, type Store, withSharing } from './store.ts'

/** A store that is nowhere but in memory. */
export type MemoryStore = Store & { readonly clear: () => void }

/**
 * For private windows where the browser gives them no background of their own (Firefox knows no `incognito: split`): nothing of them may get
 * into a database. It goes with the background, and with the last private window.
 */
export function memoryStore(most = MOST_EXCHANGES): MemoryStore {
  const exchanges = new Map<string, ExchangeRow>()
  const receipts = new Map<string, string>()
  const cuts = new Map<string, Cut>()
  const keys = new Map<string, CachedKeys>()
  const shown = new Map<string, Shown>()
  const where = (holds: (row: ExchangeRow) => boolean): ExchangeRow[] => [...exchanges.values()].filter(holds)

  return {
    lasting: false,
    works: async () => true,
    async changeRequest(request, change) {
      const [before] = where((row) => row.request === request)
      const after = markedWithNews(change(before))
      exchanges.set(after.id, after)
      const oldest = [...exchanges.values()].sort((a, b) => a.trace.beganAt - b.trace.beganAt)
      for (const { id } of oldest.slice(0, Math.max(0, oldest.length - most))) exchanges.delete(id)
      return { before, after }
    },
    async change(id, change) {
      const before = exchanges.get(id)
      const after = before === undefined ? undefined : markedWithNews(change(before))
      if (after !== undefined) exchanges.set(id, after)
      return after
    },
    get: async (id) => exchanges.get(id),
    begunIn: async (tab, from, to) => where((row) => row.tab === tab && row.trace.beganAt >= from && row.trace.beganAt <= to),
    ofTab: async (tab) => where((row) => row.tab === tab),
    inState: async (...states) => where((row) => states.includes(row.state)),
    newsOf: async (service) => where(({ news }) => news === service),
    async countNonce(nonce) {
      const rows = where((row) => row.dossier.asked?.nonce === nonce)
      const counted = rows.map((row) => withSharing(row, rows.length))
      for (const row of counted) exchanges.set(row.id, row)
      return counted
    },
    async claimReceipt(receipt, exchange) {
      const owner = receipts.get(receipt) ?? exchange
      receipts.set(receipt, owner)
      return owner
    },
    async recordCut(exchange, cut) {
      cuts.set(exchange, cut)
      return [...cuts].some(([id, other]) => id !== exchange && other.service === cut.service && isSoonAfter(other, cut))
    },
    getKeys: async (address) => keys.get(address),
    putKeys: async (address, cached) => void keys.set(address, cached),
    shownIn: async (tab) => shown.get(tab),
    async changeShown(tab, change) {
      const after = change(shown.get(tab))
      if (after === undefined) shown.delete(tab)
      else shown.set(tab, after)
    },
    tabs: async () => [...shown.keys()],
    count: async () => exchanges.size,
    async forget(stays) {
      for (const memory of [receipts, cuts, keys]) memory.clear()
      for (const { id } of where((row) => !stays(row))) exchanges.delete(id)
      return exchanges.size
    },
    clear() {
      for (const memory of [exchanges, receipts, cuts, keys, shown]) memory.clear()
    },
  }
}
