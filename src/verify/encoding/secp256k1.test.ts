import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bytes, concatBytes } from './bytes.ts'
import { decodeHex, encodeHex } from './hex.ts'
import { keccak256 } from './keccak.ts'
import { addressOfKey, eip191Digest, recoverAddress, recoverPublicKey, verifySecp256k1 } from './secp256k1.ts'
import { encodeUtf8 } from './utf8.ts'

const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const P = 2n ** 256n - 2n ** 32n - 977n

function hex(text: string): Bytes {
  const bytes = decodeHex(text)
  if (!bytes.ok) throw new Error(text)
  return bytes.value
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${encodeHex(bytes)}`)
}

function octets32(value: bigint): Bytes {
  return hex(value.toString(16).padStart(64, '0'))
}

type Signed = { readonly key: Bytes; readonly digest: Bytes; readonly r: Bytes; readonly s: Bytes; readonly id: number }

/** Signs with low s, as the library does. */
function signed(secret: Bytes, digest: Bytes): Signed {
  const signature = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' })
  return {
    key: Uint8Array.from(secp256k1.getPublicKey(secret)),
    digest,
    r: signature.slice(1, 33),
    s: signature.slice(33),
    id: signature[0] ?? 0,
  }
}

/** The same signature by its other spelling. */
function flipped(one: Signed): Signed {
  return { ...one, s: octets32(N - number(one.s)), id: one.id ^ 1 }
}

function signature64(one: Signed): Bytes {
  return concatBytes(one.r, one.s)
}

function signature65(one: Signed, v: number): Bytes {
  return concatBytes(one.r, one.s, Uint8Array.of(v))
}

const SAMPLE = signed(octets32(7n), keccak256(encodeUtf8('sample')))
const HIGH = flipped(SAMPLE)
const anyDigest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Uint8Array.from(bytes))
const anySecret = fc.bigInt({ min: 1n, max: N - 1n }).map(octets32)

describe('known answers', () => {
  it('the addresses of the keys 1 and 2', () => {
    const addresses = [1n, 2n].map((secret) => addressOfKey(Uint8Array.from(secp256k1.getPublicKey(octets32(secret)))))
    expect(addresses.map((address) => address && encodeHex(address))).toEqual([
      '7e5f4552091a69125d5dfcb7b8c2659029395bdf',
      '2b5ad5c4795c026514f8317c7a215e218dccd6cf',
    ])
  })

  it("the example of Ethereum's ecrecover precompile", () => {
    const digest = hex('456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3')
    const signature = hex(
      '9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac80388256084f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada1c',
    )
    expect(recoverAddress(digest, signature)).toEqual({ ok: true, value: hex('7156526fbd7a3c72969b54f64e42c10fbb768c8a') })
  })

  it('the example of web3.eth.accounts.sign: EIP-191', () => {
    const digest = eip191Digest(encodeUtf8('Some data'))
    expect(encodeHex(digest)).toBe('1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655')
    const signature = hex(
      'b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c',
    )
    expect(recoverAddress(digest, signature)).toEqual({ ok: true, value: hex('2c7536e3605d9c16a7a3d7b1898e529396a65c23') })
  })

  it('counts octets, not characters, in the EIP-191 prefix', () => {
    const message = encodeUtf8('é')
    expect(eip191Digest(message)).toEqual(keccak256(concatBytes(encodeUtf8('\x19Ethereum Signed Message:\n2'), message)))
  })
})

describe('what was signed verifies and gives back its key', () => {
  it('for any key and digest, in both spellings', () => {
    fc.assert(
      fc.property(anySecret, anyDigest, (secret, digest) => {
        const low = signed(secret, digest)
        const uncompressed = Uint8Array.from(secp256k1.Point.fromBytes(low.key).toBytes(false))
        for (const one of [low, flipped(low)]) {
          expect(verifySecp256k1(one.key, digest, signature64(one))).toBe(true)
          expect(verifySecp256k1(uncompressed, digest, signature64(one))).toBe(true)
          expect(recoverPublicKey(digest, signature65(one, one.id))).toEqual({ ok: true, value: one.key })
          expect(recoverPublicKey(digest, signature65(one, one.id + 27))).toEqual({ ok: true, value: one.key })
          expect(recoverAddress(digest, signature65(one, one.id + 27))).toEqual({ ok: true, value: addressOfKey(one.key) })
        }
      }),
      { numRuns: 12 },
    )
  })

  it('with an x of R beyond n: recovery ids 2 and 3', () => {
    // The smallest x > n that lies on the curve; s and the digest are free, so that some key fits.
    let x = N + 1n
    while (!isOnCurve(x)) x += 1n
    const r = octets32(x - N)
    const keys = [29, 30, 2, 3].map((v) => recoverPublicKey(SAMPLE.digest, concatBytes(r, octets32(1n), Uint8Array.of(v))))
    expect(keys[0]).toEqual(keys[2])
    expect(keys[1]).toEqual(keys[3])
    expect(keys[0]).not.toEqual(keys[1])
    for (const key of keys) {
      if (!key.ok) throw new Error(key.code)
      expect(verifySecp256k1(key.value, SAMPLE.digest, concatBytes(r, octets32(1n)))).toBe(true)
    }
    // ids 0 and 1 say that x is r itself, which makes other keys, or none.
    expect(recoverPublicKey(SAMPLE.digest, concatBytes(r, octets32(1n), Uint8Array.of(0)))).not.toEqual(keys[0])
  })
})

function isOnCurve(x: bigint): boolean {
  return power((x ** 3n + 7n) % P, (P - 1n) / 2n) === 1n
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % P) {
    if (rest & 1n) result = (result * square) % P
  }
  return result
}

describe('what is refused', () => {
  const { r, s } = SAMPLE
  const v = SAMPLE.id + 27

  it.each([
    ['r = 0', octets32(0n), s, 'secp256k1-r-range'],
    ['r = n', octets32(N), s, 'secp256k1-r-range'],
    ['r + n where it still fits', octets32(N + 1n), s, 'secp256k1-r-range'],
    ['s = 0', r, octets32(0n), 'secp256k1-s-range'],
    ['s = n', r, octets32(N), 'secp256k1-s-range'],
    ['s at the top', r, octets32(2n ** 256n - 1n), 'secp256k1-s-range'],
  ])('%s', (_name, badR, badS, code) => {
    expect(recoverAddress(SAMPLE.digest, concatBytes(badR, badS, Uint8Array.of(v)))).toEqual({ ok: false, code })
    expect(recoverPublicKey(SAMPLE.digest, concatBytes(badR, badS, Uint8Array.of(v)))).toEqual({ ok: false, code })
    expect(verifySecp256k1(SAMPLE.key, SAMPLE.digest, concatBytes(badR, badS))).toBe(false)
  })

  it('high s, only where low s is asked for', () => {
    const high = signature65(HIGH, HIGH.id + 27)
    expect(recoverAddress(HIGH.digest, high, { lowS: true })).toEqual({ ok: false, code: 'secp256k1-high-s' })
    expect(recoverPublicKey(HIGH.digest, high, { lowS: true })).toEqual({ ok: false, code: 'secp256k1-high-s' })
    expect(verifySecp256k1(HIGH.key, HIGH.digest, signature64(HIGH), { lowS: true })).toBe(false)
    expect(verifySecp256k1(SAMPLE.key, SAMPLE.digest, signature64(SAMPLE), { lowS: true })).toBe(true)
    // n/2 rounded down is the last low one.
    const code = (value: bigint) => {
      const recovered = recoverPublicKey(SAMPLE.digest, concatBytes(r, octets32(value), Uint8Array.of(0)), { lowS: true })
      return recovered.ok ? 'recovered' : recovered.code
    }
    expect([code(N / 2n), code(N / 2n + 1n)]).toEqual(['recovered', 'secp256k1-high-s'])
  })

  it('every v but 0, 1, 27 and 28 for an address; 0 to 3 and 27 to 30 for a key', () => {
    const accepted = (recover: typeof recoverAddress) =>
      Array.from({ length: 256 }, (_, id) => id).filter((id) => {
        const result = recover(SAMPLE.digest, signature65(SAMPLE, id))
        return result.ok || result.code !== 'secp256k1-recovery-id'
      })
    expect(accepted(recoverAddress)).toEqual([0, 1, 27, 28])
    expect(accepted(recoverPublicKey)).toEqual([0, 1, 2, 3, 27, 28, 29, 30])
  })

  it('an x that is on no point', () => {
    let x = 2n
    while (isOnCurve(x)) x += 1n
    const result = recoverPublicKey(SAMPLE.digest, concatBytes(octets32(x), octets32(1n), Uint8Array.of(0)))
    expect(result).toMatchObject({ ok: false, code: 'secp256k1-no-key' })
  })

  it('an x of r + n beyond the field', () => {
    const result = recoverPublicKey(SAMPLE.digest, concatBytes(r, s, Uint8Array.of(2)))
    expect(result).toMatchObject({ ok: false, code: 'secp256k1-no-key' })
  })

  it('a key that would be the point at infinity', () => {
    // With R = G and s = e the key is r^-1 (e G - e G).
    const g = Uint8Array.from(secp256k1.Point.BASE.toBytes(true))
    const result = recoverPublicKey(octets32(5n), concatBytes(g.slice(1), octets32(5n), Uint8Array.of((g[0] ?? 0) - 2)))
    expect(result).toMatchObject({ ok: false, code: 'secp256k1-no-key' })
  })

  it('other lengths of digest and signature', () => {
    for (const length of [0, 31, 33, 64]) {
      expect(recoverAddress(new Uint8Array(length), signature65(SAMPLE, v))).toEqual({ ok: false, code: 'secp256k1-digest-length' })
      expect(verifySecp256k1(SAMPLE.key, new Uint8Array(length), signature64(SAMPLE))).toBe(false)
    }
    for (const length of [0, 64, 66, 130]) {
      expect(recoverAddress(SAMPLE.digest, new Uint8Array(length).fill(27))).toEqual({ ok: false, code: 'secp256k1-signature-length' })
    }
    expect(verifySecp256k1(SAMPLE.key, SAMPLE.digest, signature65(SAMPLE, v))).toBe(false)
  })

  it('keys in any form but the two of SEC 1, and points off the curve', () => {
    const uncompressed = Uint8Array.from(secp256k1.Point.fromBytes(SAMPLE.key).toBytes(false))
    const last = uncompressed.length - 1
    const keys = {
      hybrid: uncompressed.map((octet, index) => (index === 0 ? 6 + ((uncompressed[last] ?? 0) & 1) : octet)),
      raw: uncompressed.slice(1),
      infinity: new Uint8Array(1),
      'off the curve': uncompressed.map((octet, index) => (index === last ? octet ^ 1 : octet)),
      'x beyond the field': concatBytes(Uint8Array.of(2), octets32(P + 1n)),
      'compressed as uncompressed': SAMPLE.key.map((octet, index) => (index === 0 ? 4 : octet)),
    }
    for (const key of Object.values(keys)) {
      expect(verifySecp256k1(key, SAMPLE.digest, signature64(SAMPLE))).toBe(false)
      expect(addressOfKey(key)).toBeUndefined()
    }
    expect(addressOfKey(uncompressed)).toEqual(addressOfKey(SAMPLE.key))
  })

  it('any flipped bit', () => {
    const whole = concatBytes(SAMPLE.key, SAMPLE.digest, signature64(SAMPLE))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length * 8 - 1 }), (bit) => {
        const bad = whole.map((octet, index) => (index === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet))
        expect(verifySecp256k1(bad.slice(0, 33), bad.slice(33, 65), bad.slice(65))).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  it('random octets, without an exception', () => {
    const bytes = fc.uint8Array({ maxLength: 70 }).map((octets) => Uint8Array.from(octets))
    fc.assert(
      fc.property(bytes, bytes, bytes, (key, digest, signature) => {
        expect(verifySecp256k1(key, digest, signature)).toBe(false)
        recoverAddress(digest, signature)
        recoverPublicKey(digest, signature)
        addressOfKey(key)
      }),
    )
  })
})
