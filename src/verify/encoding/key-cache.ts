import type { Bytes } from './bytes.ts'

/** Most keys that are kept. */
const MAX_KEYS = 64

const keys = new Map<string, CryptoKey>()

/**
 * A public key as the engine holds it, imported once: roots and issuers come again with every piece of evidence, and an import takes up to
 * 0.2 ms. `use` names the algorithm and whatever else the import depends on, `parts` are the octets of the key. The same arguments would
 * give an equal key again, so that nothing that is decided depends on what is kept. A failed import is not kept; `make` may reject.
 */
export async function importOnce(use: string, parts: readonly Bytes[], make: () => Promise<CryptoKey>): Promise<CryptoKey> {
  const id = [use, ...parts.map((part) => `${part.length}:${characters(part)}`)].join('|')
  const known = keys.get(id)
  if (known !== undefined) return known
  const key = await make()
  const [oldest] = keys.keys()
  if (keys.size >= MAX_KEYS && oldest !== undefined) keys.delete(oldest)
  keys.set(id, key)
  return key
}

/** Octets as characters of the same numbers: no two octet strings give the same text. */
function characters(octets: Bytes): string {
  return Reflect.apply(String.fromCharCode, undefined, octets)
}
