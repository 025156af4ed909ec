import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** The hash of a leaf of a Merkle tree over SHA-256 (RFC 6962 section 2.1). */
export function leafHash(body: Bytes): Promise<Bytes> {
  return sha256(concatBytes(LEAF, body))
}

/**
 * Whether `path` leads from the leaf with the number `index` to the root of a tree of `size` leaves (RFC 9162 section 2.1.3.2). The path has
 * exactly the hashes that it takes. Numbers up to 2^53 - 1, hence division in place of shifts.
 */
export async function isIncluded(leaf: Bytes, index: number, size: number, path: readonly Bytes[], root: Bytes): Promise<boolean> {
  if (index >= size) return false
  let node = leaf
  let number = index
  let last = size - 1
  for (const sibling of path) {
    if (last === 0) return false
    if (number % 2 === 1 || number === last) {
      node = await sha256(concatBytes(NODE, sibling, node))
      // Where the node is the last one and a left child, its parents are itself until it is a right child.
      while (number % 2 === 0 && number > 0) {
        number /= 2
        last = Math.floor(last / 2)
      }
    } else {
      node = await sha256(concatBytes(NODE, node, sibling))
    }
    number = Math.floor(number / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && equalBytes(node, root)
}
