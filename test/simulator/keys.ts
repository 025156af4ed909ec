import {
  checkPrimeSync,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign as nodeSign,
} from 'node:crypto'
import { p256, p384 } from '@noble/curves/nist.js'
import { base64url, hex, join, type Octets, octets } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

export type KeyKind = 'rsa-2048' | 'rsa-4096' | 'ec-p256' | 'ec-p384' | 'ed25519'

/** A key pair made from a seed: the same seed gives the same key, in every process. */
export type SigningKey = {
  readonly kind: KeyKind
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** DER of the SubjectPublicKeyInfo. */
  readonly spki: Octets
}

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512'

/** RSA keys take from tenths of a second (2048 bits) to seconds (4096), so each is made once in a process. */
const cache = new Map<string, SigningKey>()

export function makeKey(kind: KeyKind, seed: string = DEFAULT_SEED): SigningKey {
  const name = `${kind}/${seed}`
  const known = cache.get(name)
  if (known !== undefined) return known
  const privateKey = makePrivateKey(kind, name)
  const publicKey = createPublicKey(privateKey)
  const key = { kind, privateKey, publicKey, spki: octets(publicKey.export({ type: 'spki', format: 'der' })) }
  cache.set(name, key)
  return key
}

/** RSASSA-PKCS1-v1_5, ECDSA (DER encoded, as X.509 wants it) or Ed25519 (which has its own hash). */
export function sign(key: SigningKey, hash: Hash, input: Uint8Array): Octets {
  switch (key.kind) {
    case 'ec-p256':
    case 'ec-p384':
      return signEcdsa(key, hash, input, 'der')
    case 'rsa-2048':
    case 'rsa-4096':
      return octets(nodeSign(hash, input, key.privateKey))
    case 'ed25519':
      return octets(nodeSign(null, input, key.privateKey))
  }
}

const CURVES = { 'ec-p256': p256, 'ec-p384': p384 } as const

/**
 * ECDSA whose nonce follows from key and message (RFC 6979), which Node does not offer: the same evidence in every run. `compact`: both numbers
 * one after the other (IEEE P1363, as COSE and JOSE have it).
 */
export function signEcdsa(key: SigningKey, hash: Hash, input: Uint8Array, format: 'der' | 'compact'): Octets {
  if (key.kind !== 'ec-p256' && key.kind !== 'ec-p384') throw new TypeError(`no ECDSA with ${key.kind}`)
  const { d = '' } = key.privateKey.export({ format: 'jwk' })
  const digest = createHash(hash).update(input).digest()
  return octets(CURVES[key.kind].sign(digest, Buffer.from(d, 'base64url'), { prehash: false, lowS: false, format }))
}

function makePrivateKey(kind: KeyKind, seed: string): KeyObject {
  switch (kind) {
    case 'rsa-2048':
      return createPrivateKey({ format: 'jwk', key: rsaJwk(2048, seed) })
    case 'rsa-4096':
      return createPrivateKey({ format: 'jwk', key: rsaJwk(4096, seed) })
    case 'ec-p256':
      return createPrivateKey({ format: 'jwk', key: ecJwk('P-256', 'prime256v1', 32, seed) })
    case 'ec-p384':
      return createPrivateKey({ format: 'jwk', key: ecJwk('P-384', 'secp384r1', 48, seed) })
    case 'ed25519':
      return createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.from(ed25519Pkcs8(randomFrom(seed)(32))) })
  }
}

/** RFC 8410 section 7: PrivateKeyInfo of an Ed25519 seed. */
function ed25519Pkcs8(privateSeed: Octets): Octets {
  return join(Buffer.from('302e020100300506032b657004220420', 'hex'), privateSeed)
}

/** The first octet is cleared of its top bit, so that the scalar is below the order of either curve. */
function ecJwk(crv: string, nodeName: string, length: number, seed: string): JsonWebKey {
  const scalar = randomFrom(seed)(length)
  scalar[0] = (scalar[0] ?? 0) & 0x7f
  const ecdh = createECDH(nodeName)
  ecdh.setPrivateKey(scalar)
  const point = ecdh.getPublicKey()
  return {
    kty: 'EC',
    crv,
    d: base64url(scalar),
    x: base64url(point.subarray(1, 1 + length)),
    y: base64url(point.subarray(1 + length)),
  }
}

const PUBLIC_EXPONENT = 65537n

/** RFC 8017 section 3.2. The top two bits of both primes are set, so that the modulus has exactly `bits` bits. */
function rsaJwk(bits: number, seed: string): JsonWebKey {
  const random = randomFrom(seed)
  const p = prime(random(bits / 16))
  const q = prime(random(bits / 16))
  const d = inverse(PUBLIC_EXPONENT, (p - 1n) * (q - 1n))
  const fields = { n: p * q, e: PUBLIC_EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  return { kty: 'RSA', ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, base64url(unsigned(value))])) }
}

/** The first prime from the start upwards for which the public exponent has an inverse. */
function prime(start: Octets): bigint {
  start[0] = (start[0] ?? 0) | 0xc0
  const last = start.length - 1
  start[last] = (start[last] ?? 0) | 1
  let candidate = BigInt(`0x${hex(start)}`)
  while (candidate % PUBLIC_EXPONENT === 1n || !checkPrimeSync(candidate)) candidate += 2n
  return candidate
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [low, high] = [value % modulus, modulus]
  let [x, y] = [1n, 0n]
  while (low > 1n) {
    const quotient = high / low
    ;[low, high] = [high - quotient * low, low]
    ;[x, y] = [y - quotient * x, x]
  }
  return ((x % modulus) + modulus) % modulus
}

function unsigned(value: bigint): Octets {
  const digits = value.toString(16)
  return octets(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'))
}
