import { keccak_256 } from '@noble/hashes/sha3.js'
import type { Bytes } from './bytes.ts'

/**
 * Keccak-256 as Ethereum uses it: 32 octets. The padding is that of the Keccak submission (0x01), so it is not SHA3-256 (FIPS 202, 0x06).
 * WebCrypto has neither.
 */
export function keccak256(bytes: Bytes): Bytes {
  return new Uint8Array(keccak_256(bytes))
}
