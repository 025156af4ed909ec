import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Bytes, concatBytes } from './bytes.ts'
import { ed25519Fault, verifyEd25519 } from './ed25519.ts'
import { decodeHex, encodeHex } from './hex.ts'
import { encodeUtf8 } from './utf8.ts'

const { Point } = ed25519
type CurvePoint = InstanceType<typeof Point>
const P = 2n ** 255n - 19n
const L = 2n ** 252n + 27742317777372353535851937790883648493n

/** The fourteen encodings of the eight points of small order: those that RFC 8032 decodes and those it does not. As in libsodium's block list. */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]
const SMALL_ORDER = SMALL_ORDER_Y.flatMap((y) => [hex(y), withSignBit(hex(y))])

// RFC 8032 section 7.1.
const RFC_VECTORS = [
  {
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
]

function hex(text: string): Bytes {
  const bytes = decodeHex(text)
  if (!bytes.ok) throw new Error(text)
  return bytes.value
}

function withSignBit(bytes: Bytes): Bytes {
  return bytes.map((byte, index) => (index === 31 ? byte | 0x80 : byte))
}

function littleEndian(number: bigint): Bytes {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((number >> BigInt(8 * index)) & 255n))
}

function encoded(point: CurvePoint): Bytes {
  return Uint8Array.from(point.toBytes())
}

function challenge(r: Uint8Array, key: Uint8Array, message: Uint8Array): bigint {
  return BigInt(`0x${encodeHex(sha512(concatBytes(r, key, message)).reverse())}`) % L
}

/** [8]([S]B - R - [k]A) = 0, the cofactored equation, or without the eight. */
function equationHolds(cofactored: boolean, key: CurvePoint, r: CurvePoint, signature: Bytes, message: Bytes): boolean {
  const s = BigInt(`0x${encodeHex(signature.slice(32).reverse())}`)
  const k = challenge(signature.subarray(0, 32), encoded(key), message)
  const rest = multiply(Point.BASE, s).subtract(r).subtract(multiply(key, k))
  return (cofactored ? rest.clearCofactor() : rest).is0()
}

function multiply(point: CurvePoint, scalar: bigint): CurvePoint {
  return scalar === 0n ? Point.ZERO : point.multiplyUnsafe(scalar)
}

/** Signs as the holder of `secret` and `nonce` who adds points of small order to his public key and to R. */
function signWithTorsion(secret: bigint, nonce: bigint, keyTorsion: CurvePoint, rTorsion: CurvePoint, message: Bytes) {
  const key = multiply(Point.BASE, secret).add(keyTorsion)
  const r = multiply(Point.BASE, nonce).add(rTorsion)
  const s = (nonce + challenge(encoded(r), encoded(key), message) * secret) % L
  return { key, r, publicKey: encoded(key), signature: concatBytes(encoded(r), littleEndian(s)) }
}

async function engineAccepts(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify'])
  return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message)
}

/** Another key: one that was imported before is not imported again. */
function unseen(key: Bytes): Bytes {
  return key.map((octet, index) => (index === 7 ? octet ^ 1 : octet))
}

/** The first of many messages for which something holds. */
function messageWhere(holds: (message: Bytes) => boolean): Bytes {
  for (let count = 0; count < 1000; count++) {
    const message = encodeUtf8(`message ${count}`)
    if (holds(message)) return message
  }
  throw new Error('no message found')
}

const SECRET = 1234567890123456789012345678901234567890n
const NONCE = 9876543210987654321098765432109876543210n
const TORSION = ED25519_TORSION_SUBGROUP.map((point) => Point.fromHex(point))
const ORDER_8 = TORSION.find((point) => !point.double().double().is0()) ?? Point.ZERO

afterEach(() => vi.restoreAllMocks())

describe('verifyEd25519', () => {
  it.each(RFC_VECTORS)('accepts the RFC 8032 signature of "$message" and no changed one', async ({ key, message, signature }) => {
    expect(await verifyEd25519(hex(key), hex(signature), hex(message))).toBe(true)
    expect(await verifyEd25519(hex(key), hex(signature), hex(`${message}00`))).toBe(false)
    for (const other of RFC_VECTORS)
      if (other.key !== key) expect(await verifyEd25519(hex(other.key), hex(signature), hex(message))).toBe(false)
  })

  it('accepts honest signatures and refuses each with a bit flipped anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 1 }),
        fc.nat(),
        async (seed, message, position) => {
          const publicKey = Uint8Array.from(ed25519.getPublicKey(seed))
          const signature = Uint8Array.from(ed25519.sign(message, seed))
          expect(await verifyEd25519(publicKey, signature, message)).toBe(true)
          const flip = (bytes: Bytes) =>
            bytes.map((byte, index) => (index === (position >> 3) % bytes.length ? byte ^ (1 << (position & 7)) : byte))
          expect(await verifyEd25519(flip(publicKey), signature, message)).toBe(false)
          expect(await verifyEd25519(publicKey, flip(signature), message)).toBe(false)
          expect(await verifyEd25519(publicKey, signature, flip(message))).toBe(false)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('gives false, never an exception, on any octets', async () => {
    const sized = (length: number) => fc.oneof(fc.uint8Array({ minLength: length, maxLength: length }), fc.uint8Array({ maxLength: 100 }))
    await fc.assert(
      fc.asyncProperty(sized(32), sized(64), fc.uint8Array(), async (key, signature, message) => {
        expect(await verifyEd25519(key, signature, message)).toBe(false)
      }),
    )
  })

  it('refuses S + L, which says the same as S', async () => {
    const [vector] = RFC_VECTORS
    const signature = hex(vector?.signature ?? '')
    const s = BigInt(`0x${encodeHex(signature.slice(32).reverse())}`)
    const malleable = concatBytes(signature.subarray(0, 32), littleEndian(s + L))
    expect(ed25519Fault(hex(vector?.key ?? ''), malleable)).toBe('ed25519-s-range')
    expect(await verifyEd25519(hex(vector?.key ?? ''), malleable, new Uint8Array(0))).toBe(false)
  })

  it('refuses a key of small order, under which anybody can sign', async () => {
    for (const publicKey of SMALL_ORDER) {
      const key = Point.fromBytes(publicKey, true)
      const r = multiply(Point.BASE, NONCE)
      const signature = concatBytes(encoded(r), littleEndian(NONCE))
      // The forgery is real: without any secret, the strictest equation holds as soon as the key's order divides k.
      const forged = messageWhere((message) => multiply(key, challenge(encoded(r), publicKey, message)).is0())
      expect(ed25519Fault(publicKey, signature)).toMatch(/^ed25519-key-(order|encoding)$/)
      expect(await verifyEd25519(publicKey, signature, forged)).toBe(false)
    }
  })

  it('refuses an R of small order', async () => {
    const message = encodeUtf8('message')
    const publicKey = encoded(multiply(Point.BASE, SECRET))
    for (const r of SMALL_ORDER) {
      const signature = concatBytes(r, littleEndian((challenge(r, publicKey, message) * SECRET) % L))
      expect(ed25519Fault(publicKey, signature)).toMatch(/^ed25519-r-(order|encoding)$/)
      expect(await verifyEd25519(publicKey, signature, message)).toBe(false)
    }
    // With the identity as R even the cofactorless equation holds.
    const { key, r, signature } = signWithTorsion(SECRET, 0n, Point.ZERO, Point.ZERO, message)
    expect(equationHolds(false, key, r, signature, message)).toBe(true)
    expect(ed25519Fault(publicKey, signature)).toBe('ed25519-r-order')
  })

  it('refuses mixed-order signatures that hold by the cofactored equation only, and so does the engine by itself', async () => {
    for (const [keyTorsion, rTorsion] of [
      [ORDER_8, Point.ZERO],
      [Point.ZERO, ORDER_8],
      [ORDER_8, ORDER_8],
    ] as const) {
      const message = messageWhere((candidate) => {
        const { key, r, signature } = signWithTorsion(SECRET, NONCE, keyTorsion, rTorsion, candidate)
        return !equationHolds(false, key, r, signature, candidate)
      })
      const { key, r, publicKey, signature } = signWithTorsion(SECRET, NONCE, keyTorsion, rTorsion, message)
      expect(equationHolds(true, key, r, signature, message)).toBe(true)
      expect(ed25519.verify(signature, message, publicKey, { zip215: true })).toBe(true)
      expect(await engineAccepts(publicKey, signature, message)).toBe(false)
      expect(await verifyEd25519(publicKey, signature, message)).toBe(false)
    }
  })

  it('accepts, with the engine, mixed-order signatures whose torsion cancels out: they take the secret to make', async () => {
    for (const rTorsion of [Point.ZERO, ORDER_8]) {
      const message = messageWhere((candidate) => {
        const { key, r, signature } = signWithTorsion(SECRET, NONCE, ORDER_8, rTorsion, candidate)
        return equationHolds(false, key, r, signature, candidate)
      })
      const { publicKey, signature } = signWithTorsion(SECRET, NONCE, ORDER_8, rTorsion, message)
      expect(await engineAccepts(publicKey, signature, message)).toBe(true)
      expect(await verifyEd25519(publicKey, signature, message)).toBe(true)
    }
  })

  it('refuses a key that is no point, whether the engine says so on import or on verification', async () => {
    const [vector] = RFC_VECTORS
    const noPoint = littleEndian(2n)
    expect(() => Point.fromBytes(noPoint, true)).toThrow()
    expect(await verifyEd25519(noPoint, hex(vector?.signature ?? ''), new Uint8Array(0))).toBe(false)
    vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new DOMException('no key', 'DataError'))
    expect(await verifyEd25519(unseen(hex(vector?.key ?? '')), hex(vector?.signature ?? ''), new Uint8Array(0))).toBe(false)
  })

  it('rejects, and does not say false, where the engine cannot check', async () => {
    const [vector] = RFC_VECTORS
    vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new DOMException('no such algorithm', 'NotSupportedError'))
    await expect(verifyEd25519(unseen(hex(vector?.key ?? '')), hex(vector?.signature ?? ''), new Uint8Array(0))).rejects.toThrow(
      'no such algorithm',
    )
  })
})

describe('ed25519Fault', () => {
  const good = signWithTorsion(SECRET, NONCE, Point.ZERO, Point.ZERO, encodeUtf8('message'))
  const goodR = good.signature.subarray(0, 32)
  const goodS = good.signature.subarray(32)

  it('finds nothing wrong with an honest signature, nor with S = L - 1', () => {
    expect(ed25519Fault(good.publicKey, good.signature)).toBeUndefined()
    expect(ed25519Fault(good.publicKey, concatBytes(goodR, littleEndian(L - 1n)))).toBeUndefined()
  })

  it('names lengths', () => {
    for (const length of [0, 31, 33, 64]) expect(ed25519Fault(new Uint8Array(length), good.signature)).toBe('ed25519-key-length')
    for (const length of [0, 32, 63, 65]) expect(ed25519Fault(good.publicKey, new Uint8Array(length))).toBe('ed25519-signature-length')
  })

  it('names S of L and above', () => {
    for (const s of [L, L + 1n, 2n ** 253n, 2n ** 256n - 1n]) {
      expect(ed25519Fault(good.publicKey, concatBytes(goodR, littleEndian(s)))).toBe('ed25519-s-range')
    }
  })

  it('names every encoding with y of p and above', () => {
    for (let y = P; y < 2n ** 255n; y++) {
      for (const point of [littleEndian(y), withSignBit(littleEndian(y))]) {
        expect(ed25519Fault(point, good.signature)).toBe('ed25519-key-encoding')
        expect(ed25519Fault(good.publicKey, concatBytes(point, goodS))).toBe('ed25519-r-encoding')
      }
    }
  })

  it('names a sign bit where x = 0', () => {
    for (const y of [1n, P - 1n]) {
      const point = withSignBit(littleEndian(y))
      expect(ed25519Fault(point, good.signature)).toBe('ed25519-key-encoding')
      expect(ed25519Fault(good.publicKey, concatBytes(point, goodS))).toBe('ed25519-r-encoding')
    }
  })

  it('names all eight points of small order, and no others', () => {
    expect(new Set(TORSION.map((point) => point.toHex())).size).toBe(8)
    for (const torsion of TORSION) {
      expect(ed25519Fault(encoded(torsion), good.signature)).toBe('ed25519-key-order')
      expect(ed25519Fault(good.publicKey, concatBytes(encoded(torsion), goodS))).toBe('ed25519-r-order')
      if (torsion.is0()) continue
      expect(ed25519Fault(encoded(good.key.add(torsion)), good.signature)).toBeUndefined()
    }
  })
})
