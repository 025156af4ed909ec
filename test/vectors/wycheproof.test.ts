import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { Bytes } from '../../src/verify/encoding/bytes.ts'
import { verifyEd25519 } from '../../src/verify/encoding/ed25519.ts'
import { decodeHex } from '../../src/verify/encoding/hex.ts'
import { joseKey, parseCompactJws, parseFlattenedJws, parseJwk, verifyJws } from '../../src/verify/encoding/jose.ts'
import { verifyRsaPkcs1Sha256 } from '../../src/verify/encoding/signatures.ts'

// Project Wycheproof (github.com/C2SP/wycheproof), read from $VECTORS_DIR/wycheproof. Without VECTORS_DIR these tests are skipped; with it, a
// missing file is a failure.
const directory = process.env['VECTORS_DIR']
const title = directory === undefined ? 'Wycheproof (skipped: VECTORS_DIR is not set)' : 'Wycheproof'

const Verdict = v.picklist(['valid', 'invalid', 'acceptable'])
const SignatureTest = v.object({ tcId: v.number(), result: Verdict, flags: v.array(v.string()), msg: v.string(), sig: v.string() })
const Ed25519File = v.object({
  numberOfTests: v.number(),
  testGroups: v.array(v.object({ publicKey: v.object({ pk: v.string() }), tests: v.array(SignatureTest) })),
})
const RsaFile = v.object({
  numberOfTests: v.number(),
  testGroups: v.array(v.object({ publicKeyDer: v.string(), keyJwk: v.unknown(), tests: v.array(SignatureTest) })),
})
const JwsFile = v.object({
  numberOfTests: v.number(),
  testGroups: v.array(
    v.object({
      public: v.optional(v.unknown()),
      private: v.unknown(),
      tests: v.array(v.object({ tcId: v.number(), result: Verdict, jws: v.unknown() })),
    }),
  ),
})

function read<Schema extends v.GenericSchema>(name: string, schema: Schema): v.InferOutput<Schema> {
  return v.parse(schema, JSON.parse(readFileSync(join(directory ?? '', 'wycheproof', name), 'utf8')))
}

function hex(text: string): Bytes {
  const bytes = decodeHex(text)
  if (!bytes.ok) throw new Error(bytes.code)
  return bytes.value
}

/** Test numbers by what the door said and what the file says. */
class Tally {
  readonly accepted = { valid: [] as number[], invalid: [] as number[], acceptable: [] as number[] }
  readonly refused = { valid: [] as number[], invalid: [] as number[], acceptable: [] as number[] }

  add({ tcId, result }: { tcId: number; result: v.InferOutput<typeof Verdict> }, accepted: boolean): void {
    const side = accepted ? this.accepted : this.refused
    side[result].push(tcId)
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

describe.skipIf(directory === undefined)(title, () => {
  it('ed25519: every valid signature, and no other', async () => {
    const file = read('ed25519_test.json', Ed25519File)
    const tally = new Tally()
    for (const { publicKey, tests } of file.testGroups) {
      for (const test of tests) tally.add(test, await verifyEd25519(hex(publicKey.pk), hex(test.sig), hex(test.msg)))
    }
    expect(tally.accepted.invalid).toEqual([])
    expect(tally.refused.valid).toEqual([])
    expect([tally.accepted.valid.length, tally.refused.invalid.length, file.numberOfTests]).toEqual([88, 63, 151])
  })

  // "Acceptable" is one test, a DigestInfo without its NULL. RFC 8017 section 9.2 has one encoding, compared octet for octet: refused.
  describe('rsa_signature_2048_sha256: every valid signature, and no other', () => {
    const doors = {
      'by SubjectPublicKeyInfo': (spki: string, _jwk: unknown, signature: Bytes, message: Bytes) =>
        verifyRsaPkcs1Sha256(hex(spki), signature, message),
      'by JWK': async (_spki: string, value: unknown, signature: Bytes, signingInput: Bytes) => {
        const jwk = parseJwk(value)
        const key = jwk.ok ? joseKey(jwk.value, 'RS256') : undefined
        if (key === undefined) throw new Error('the key does not parse')
        const jws = { protectedText: '', header: { alg: 'RS256' }, payloadBytes: new Uint8Array(0), signature, signingInput }
        return verifyJws(jws, key)
      },
    }
    it.each(Object.entries(doors))('%s', async (_name, verify) => {
      const file = read('rsa_signature_2048_sha256_test.json', RsaFile)
      const tally = new Tally()
      for (const { publicKeyDer, keyJwk, tests } of file.testGroups) {
        for (const test of tests) tally.add(test, await verify(publicKeyDer, keyJwk, hex(test.sig), hex(test.msg)))
      }
      expect(tally.accepted.invalid).toEqual([])
      expect(tally.refused.valid).toEqual([])
      expect([tally.accepted.acceptable, tally.refused.acceptable]).toEqual([[], [8]])
      expect([tally.accepted.valid.length, tally.refused.invalid.length, file.numberOfTests]).toEqual([9, 249, 259])
    })
  })

  describe('json_web_signature', () => {
    // Refused although "valid", by design:
    const MAC = [1, 348, 352, 357, 358, 359, 372, 373, 376, 377] // HMAC: keys are shared secrets, so a MAC proves nothing to a third party
    const OTHER_ALGORITHM = [346, 350] // the key's entry says PS256, the message PS384: the key decides
    const P_521 = [347, 351] // no format here uses the curve (and the key names an algorithm that does not exist, ES521)

    it('every valid signature in scope, and no other', async () => {
      const file = read('json_web_signature_test.json', JwsFile)
      const tally = new Tally()
      for (const group of file.testGroups) {
        const jwk = parseJwk(group.public ?? group.private)
        for (const test of group.tests) {
          const jws = typeof test.jws === 'string' ? parseCompactJws(test.jws) : parseFlattenedJws(test.jws)
          // A key that names no algorithm must not get this far: only the key may choose.
          const key = jwk.ok && jwk.value.alg !== undefined ? joseKey(jwk.value, jwk.value.alg) : undefined
          if (jwk.ok && key === undefined) throw new Error(`test ${test.tcId} has a key without an algorithm`)
          tally.add(test, jws.ok && key !== undefined && (await verifyJws(jws.value, key)))
        }
      }
      expect(tally.accepted.invalid).toEqual([])
      expect(tally.refused.valid).toEqual([...MAC, ...OTHER_ALGORITHM, ...P_521].sort((a, b) => a - b))
      expect([tally.accepted.valid.length, tally.refused.invalid.length, file.numberOfTests]).toEqual([32, 355, 401])
    })

    it('refuses each key that is out of scope for its own reason', () => {
      const { testGroups } = read('json_web_signature_test.json', JwsFile)
      const refused: Record<string, number[]> = {}
      for (const group of testGroups) {
        const jwk = parseJwk(group.public ?? group.private)
        if (jwk.ok) continue
        refused[jwk.code] = [...(refused[jwk.code] ?? []), ...group.tests.map((test) => test.tcId)]
      }
      expect(refused).toEqual({
        // HMAC 1 to 17, 348, 352, 357 to 377; P-521 347 and 351.
        'jwk-unsupported': [...range(1, 17), 347, 348, 351, 352, ...range(357, 377)],
        // Keys for encryption.
        'jwk-use': [353, 354, 355, 356],
      })
    })

    it('refuses every private key', () => {
      const { testGroups } = read('json_web_signature_test.json', JwsFile)
      const codes = testGroups.map((group) => parseJwk(group.private)).map((jwk) => (jwk.ok ? 'accepted' : jwk.code))
      expect(codes.filter((code) => code !== 'jwk-private' && code !== 'jwk-unsupported')).toEqual([])
      expect(codes.filter((code) => code === 'jwk-private')).toHaveLength(17)
    })

    it('refuses every spelling that is not strict base64url, whatever the algorithm', () => {
      const { testGroups } = read('json_web_signature_test.json', JwsFile)
      const tests = testGroups.flatMap((group) => group.tests)
      const refused = tests.filter((test) => test.tcId >= 357 && test.tcId <= 377 && !parseCompactJws(String(test.jws)).ok)
      // 372 and 373 are "valid" in the file: a '?' in the text, which some decoders skip. RFC 7515 section 2 has no such character. 367 and
      // 370 are "invalid" for their padding, but the file spells them without, octet for octet like the valid 357.
      expect(refused.map((test) => test.tcId)).toEqual([360, 361, 362, 363, 364, 365, 366, 368, 369, 371, 372, 373, 374, 375])
      const [valid, ...same] = [357, 367, 370].map((tcId) => tests.find((test) => test.tcId === tcId)?.jws)
      expect(same).toEqual([valid, valid])
    })
  })
})
