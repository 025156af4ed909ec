import { weierstrass } from '@noble/curves/abstract/weierstrass.js'
import { type Bytes, concatBytes } from './bytes.ts'
import { decodeHex, encodeHex } from './hex.ts'
import { keccak256 } from './keccak.ts'
import { failure, type Result, success } from './result.ts'
import { encodeUtf8 } from './utf8.ts'

/**
 * Why no key comes out of a signature. `secp256k1-no-key`: all numbers are in range, but no point has this x coordinate, or the key would
 * be the point at infinity.
 */
export type RecoveryErrorCode = Secp256k1Fault | 'secp256k1-recovery-id' | 'secp256k1-no-key'

export type Secp256k1Fault =
  | 'secp256k1-digest-length'
  | 'secp256k1-signature-length'
  | 'secp256k1-r-range'
  | 'secp256k1-s-range'
  | 'secp256k1-high-s'

/**
 * `lowS`: refuse s > n/2, where the format demands it. Anybody can turn (r, s) into (r, n - s) with the other recovery id, which signs the same digest
 * under the same key: never a forgery, but two spellings of one signature.
 */
export type Secp256k1Options = { readonly lowS: boolean }

const ANY_S: Secp256k1Options = { lowS: false }

/** The group's order n and its half, big-endian (SEC 2 version 2 section 2.4.1). */
const ORDER = constant('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141')
const HALF_ORDER = constant('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0')

/**
 * Verifies an ECDSA signature on secp256k1 (SEC 1 version 2 section 4.1.4), which WebCrypto does not know. `publicKey` is a point in SEC 1
 * form (section 2.3.3): 33 octets, 02 or 03 ‖ x, or 65, 04 ‖ x ‖ y. `digest` is the 32 octets that were signed, `signature` the 64 of r ‖ s, big-endian.
 * False for anything malformed.
 */
export function verifySecp256k1(publicKey: Bytes, digest: Bytes, signature: Bytes, options: Secp256k1Options = ANY_S): boolean {
  if (signature.length !== 64 || faultOf(digest, signature, options) !== undefined) return false
  const key = pointOf(publicKey)
  if (key === undefined) return false
  const [r, s] = numbersOf(signature)
  const inverse = Point.Fn.inv(s)
  const sum = Point.BASE.mulAddUnsafe(Point.Fn.create(number(digest) * inverse), key, Point.Fn.create(r * inverse))
  return !sum.is0() && Point.Fn.create(sum.toAffine().x) === r
}

/**
 * The key whose holder made this signature (SEC 1 version 2 section 4.1.6), compressed to 33 octets. `signature` is r ‖ s ‖ v, 32 + 32 + 1 octets; v is
 * 0 to 3, or the same plus 27: bit 0 says whether y of R is odd, bit 1 whether its x lies beyond n. Every digest gives some key:
 * a result proves nothing until it is compared with a key that is known.
 */
export function recoverPublicKey(digest: Bytes, signature: Bytes, options: Secp256k1Options = ANY_S): Result<Bytes, RecoveryErrorCode> {
  const v = signature[64]
  const point = recover(digest, signature, v !== undefined && v >= 27 ? v - 27 : v, options)
  return point.ok ? success(new Uint8Array(point.value.toBytes(true))) : point
}

/**
 * The Ethereum address whose key made this signature: the last 20 octets of keccak-256 over x ‖ y. `signature` is r ‖ s ‖ v as `personal_sign` and
 * `eth_sign` give it: v is 27 or 28, or 0 or 1 where the signer's library does not add Ethereum's 27. Proves nothing until it is compared
 * with an address that is known.
 */
export function recoverAddress(digest: Bytes, signature: Bytes, options: Secp256k1Options = ANY_S): Result<Bytes, RecoveryErrorCode> {
  const point = recover(digest, signature, ADDRESS_RECOVERY_IDS.get(signature[64] ?? -1), options)
  return point.ok ? success(addressOfPoint(point.value.toBytes(false))) : point
}

/** What an Ethereum signer writes last, and which of the two points it means. */
const ADDRESS_RECOVERY_IDS: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [1, 1],
  [27, 0],
  [28, 1],
])

/** The Ethereum address of a public key in SEC 1 form, 33 or 65 octets; undefined where it is no point of the curve. */
export function addressOfKey(publicKey: Bytes): Bytes | undefined {
  const point = pointOf(publicKey)
  return point === undefined ? undefined : addressOfPoint(point.toBytes(false))
}

/** The digest that `personal_sign` signs (EIP-191 version 0x45): keccak-256 over the prefix, the message's length in decimal octets, the message. */
export function eip191Digest(message: Bytes): Bytes {
  return keccak256(concatBytes(encodeUtf8(`\x19Ethereum Signed Message:\n${message.length}`), message))
}

/** The curve (SEC 2 version 2 section 2.4.1). The library computes; what is computed, and what is refused before, is ours: its signer weighs as much again. */
const Point = weierstrass({
  p: BigInt('0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f'),
  n: BigInt('0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'),
  h: 1n,
  a: 0n,
  b: 7n,
  Gx: BigInt('0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'),
  Gy: BigInt('0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8'),
})
type CurvePoint = InstanceType<typeof Point>

function recover(
  digest: Bytes,
  signature: Bytes,
  recoveryId: number | undefined,
  options: Secp256k1Options,
): Result<CurvePoint, RecoveryErrorCode> {
  if (signature.length !== 65) return failure('secp256k1-signature-length')
  const fault = faultOf(digest, signature.subarray(0, 64), options)
  if (fault !== undefined) return failure(fault)
  if (recoveryId === undefined || recoveryId > 3) return failure('secp256k1-recovery-id')
  const [r, s] = numbersOf(signature)
  const x = recoveryId >= 2 ? r + Point.Fn.ORDER : r
  if (x >= Point.Fp.ORDER) return failure('secp256k1-no-key', 'x beyond the field')
  const nonce = pointOf(concatBytes(Uint8Array.of(2 + (recoveryId & 1)), new Uint8Array(Point.Fp.toBytes(x))))
  if (nonce === undefined) return failure('secp256k1-no-key', 'x on no point')
  const inverse = Point.Fn.inv(r)
  const key = Point.BASE.mulAddUnsafe(Point.Fn.create(-number(digest) * inverse), nonce, Point.Fn.create(s * inverse))
  return key.is0() ? failure('secp256k1-no-key', 'point at infinity') : success(key)
}

/** A point in SEC 1 form: undefined where it is none of the curve. */
function pointOf(encoded: Bytes): CurvePoint | undefined {
  if (!isSec1Point(encoded)) return undefined
  try {
    return Point.fromBytes(encoded)
  } catch {
    // The library's only word for "not on the curve".
    return undefined
  }
}

function numbersOf(signature: Bytes): readonly [r: bigint, s: bigint] {
  return [number(signature.subarray(0, 32)), number(signature.subarray(32, 64))]
}

function number(octets: Bytes): bigint {
  return BigInt(`0x${encodeHex(octets)}`)
}

/** What is wrong with a digest and r ‖ s whatever the key. */
function faultOf(digest: Bytes, signature: Bytes, options: Secp256k1Options): Secp256k1Fault | undefined {
  if (digest.length !== 32) return 'secp256k1-digest-length'
  const r = signature.subarray(0, 32)
  const s = signature.subarray(32)
  if (isZero(r) || compare(r, ORDER) >= 0) return 'secp256k1-r-range'
  if (isZero(s) || compare(s, ORDER) >= 0) return 'secp256k1-s-range'
  return options.lowS && compare(s, HALF_ORDER) > 0 ? 'secp256k1-high-s' : undefined
}

/** By form only: the hybrid forms (06, 07) and the point at infinity (00) are none. */
function isSec1Point(publicKey: Bytes): boolean {
  const [form] = publicKey
  return publicKey.length === 33 ? form === 2 || form === 3 : publicKey.length === 65 && form === 4
}

function addressOfPoint(uncompressed: Uint8Array): Bytes {
  return keccak256(new Uint8Array(uncompressed.subarray(1))).slice(12)
}

function isZero(number: Bytes): boolean {
  return number.every((octet) => octet === 0)
}

/** Compares two big-endian numbers of equal length: negative, zero or positive. */
function compare(a: Bytes, b: Bytes): number {
  for (const [index, octet] of a.entries()) {
    const difference = octet - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function constant(text: string): Bytes {
  const octets = decodeHex(text)
  return octets.ok ? octets.value : new Uint8Array(0)
}
