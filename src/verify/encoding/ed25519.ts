import { type Bytes, equalBytes } from './bytes.ts'
import { decodeHex } from './hex.ts'
import { importOnce } from './key-cache.ts'

/** Why a key and a signature are refused before any equation is looked at. */
export type Ed25519Fault =
  | 'ed25519-key-length'
  | 'ed25519-signature-length'
  | 'ed25519-s-range'
  | 'ed25519-key-encoding'
  | 'ed25519-key-order'
  | 'ed25519-r-encoding'
  | 'ed25519-r-order'

/**
 * Verifies an Ed25519 signature (RFC 8032 section 5.1.7) strictly. `publicKey` is the 32-octet encoding of A, `signature` the 64 octets
 * R ‖ S. False for anything malformed. WebCrypto decides; the guard before it only refuses.
 *
 * Why a guard: with A of small order anybody can sign anything. The text of WebCrypto has such points refused, yet Chromium 156
 * (BoringSSL), Firefox 153 (NSS, which calls HACL*) and Node 20 (OpenSSL) accept them. The equation itself is cofactorless,
 * [S]B = R + [k]A, in all three and in that text: a mixed-order signature that holds by the cofactored equation only is refused by each.
 * One whose torsion cancels out holds by both, takes the secret to make, and is accepted, as by `verify_strict` of ed25519-dalek.
 *
 * Rejects where the engine cannot do its part (no Ed25519, say): a check that was not made is not a bad signature.
 */
export async function verifyEd25519(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  if (ed25519Fault(publicKey, signature) !== undefined) return false
  try {
    const make = () => crypto.subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify'])
    const key = await importOnce('raw Ed25519', [publicKey], make)
    return await crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message)
  } catch (error) {
    if (isDataError(error)) return false
    throw error
  }
}

/** The engine's word for octets that are no key (a y that no point has): a verdict, not an inability. */
function isDataError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'DataError'
}

/**
 * What is wrong with a key and a signature whatever the message: a length, S ≥ L, an encoding of A or R that is not canonical (y ≥ p, or a
 * sign bit where x = 0), or a point of small order.
 */
export function ed25519Fault(publicKey: Bytes, signature: Bytes): Ed25519Fault | undefined {
  if (publicKey.length !== 32) return 'ed25519-key-length'
  if (signature.length !== 64) return 'ed25519-signature-length'
  if (!isBelow(signature.subarray(32), GROUP_ORDER)) return 'ed25519-s-range'
  const key = pointFault(publicKey)
  if (key !== undefined) return `ed25519-key-${key}`
  const r = pointFault(signature.subarray(0, 32))
  return r === undefined ? undefined : `ed25519-r-${r}`
}

/** L = 2^252 + 27742317777372353535851937790883648493 and p = 2^255 - 19, little-endian (RFC 8032 section 5.1). */
const GROUP_ORDER = constant('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')
const FIELD_PRIME = constant('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f')

/**
 * The canonical y coordinates of the eight points of small order: 1 and -1 (x = 0, orders 1 and 2), 0 (order 4), and two of order 8. The
 * same as in libsodium's block list; the test computes them anew.
 */
const IDENTITY_Y = constant('0100000000000000000000000000000000000000000000000000000000000000')
const MINUS_ONE_Y = constant('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f')
const SMALL_ORDER_Y = [
  IDENTITY_Y,
  MINUS_ONE_Y,
  constant('0000000000000000000000000000000000000000000000000000000000000000'),
  constant('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
  constant('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'),
]

function pointFault(encoded: Bytes): 'encoding' | 'order' | undefined {
  const sign = (encoded[31] ?? 0) & 0x80
  const y = encoded.map((octet, index) => (index === 31 ? octet & 0x7f : octet))
  if (!isBelow(y, FIELD_PRIME)) return 'encoding'
  if (sign !== 0 && (equalBytes(y, IDENTITY_Y) || equalBytes(y, MINUS_ONE_Y))) return 'encoding'
  return SMALL_ORDER_Y.some((small) => equalBytes(y, small)) ? 'order' : undefined
}

/** Compares two little-endian numbers of equal length. */
function isBelow(number: Bytes, bound: Bytes): boolean {
  for (let index = bound.length - 1; index >= 0; index -= 1) {
    const difference = (number[index] ?? 0) - (bound[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function constant(text: string): Bytes {
  const octets = decodeHex(text)
  return octets.ok ? octets.value : new Uint8Array(0)
}
