import { isPrivateProcess } from '../platform/private.ts'
import { browserSession } from '../platform/session.ts'
import { isPrivateTab } from '../platform/tabs.ts'
import { type Documents, documentsIn } from './documents.ts'
import { type Exchanges, exchangesIn } from './exchanges.ts'
import { type Losses, lossesIn, privateMemory, runMemory } from './losses.ts'
import { memoryStore } from './memory-store.ts'
import { openStore, type Store } from './store.ts'

/** A store, and what works on it. */
export type Vault = {
  readonly store: Store
  readonly losses: Losses
  readonly exchanges: Exchanges
  readonly documents: Documents
}

/**
 * Where exchanges are kept. Those of private windows are kept apart from all others, in memory alone. Where the browser gives private windows a
 * background of their own (Chromium, `incognito: split`), its database is that already. Where one background is told of both (Firefox), a second
 * vault holds what is private, and nothing else may.
 */
export type Vaults = {
  readonly of: (incognito: boolean) => Vault
  readonly ofTab: (tabId: number) => Promise<Vault>
  /** The one that has this exchange. */
  readonly ofExchange: (id: string) => Promise<Vault | undefined>
  readonly all: readonly Vault[]
  /** The last private window is closed: what was in them is forgotten. */
  readonly forgetPrivate: () => void
}

export type VaultEvents = {
  /** The exchanges of a tab changed. */
  readonly changed: (tabId: number) => void
  /** It turned out that nothing can be recorded, or that something can again. */
  readonly turned: (works: boolean) => void
}

export function openVaults(name: string, { changed, turned }: VaultEvents): Vaults {
  const isPrivate = isPrivateProcess()
  const memory = memoryStore()
  const regular = vaultOf(openStore(name, { lasting: !isPrivate, turned }), lossesIn(isPrivate ? privateMemory() : runMemory), changed)
  const apart = vaultOf(memory, lossesIn(privateMemory()), changed)
  const of = (incognito: boolean): Vault => (incognito && !isPrivate ? apart : regular)
  return {
    of,
    ofTab: async (tabId) => of(await isPrivateTab(tabId)),
    async ofExchange(id) {
      if ((await memory.get(id)) !== undefined) return apart
      return (await regular.store.get(id)) === undefined ? undefined : regular
    },
    all: [regular, apart],
    forgetPrivate: () => memory.clear(),
  }
}

function vaultOf(store: Store, losses: Losses, changed: (tabId: number) => void): Vault {
  const exchanges = exchangesIn(store, losses, changed)
  return { store, losses, exchanges, documents: documentsIn(store, browserSession, exchanges.leave) }
}
