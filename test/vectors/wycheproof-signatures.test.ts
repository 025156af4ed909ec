import * as v from 'valibot'
import { expect, it } from 'vitest'
import { type Bytes, concatBytes } from '../../src/verify/encoding/bytes.ts'
import { sha256 } from '../../src/verify/encoding/digest.ts'
import { decodeHex } from '../../src/verify/encoding/hex.ts'
import { addressOfKey, recoverPublicKey, verifySecp256k1 } from '../../src/verify/encoding/secp256k1.ts'
import { ecdsaSignatureFromDer, type SignatureScheme, verifyWithSpki } from '../../src/verify/encoding/signatures.ts'
import { describeVectors, vectorText } from './files.ts'

/** Project Wycheproof (https://github.com/C2SP/wycheproof): the schemes that certificates are signed with, through
 * `verifyWithSpki`; secp256k1, which no certificate here is signed with, through its own door. */
const File = v.object({
  numberOfTests: v.number(),
  testGroups: v.array(
    v.object({
      publicKey: v.object({ uncompressed: v.optional(v.string()) }),
      publicKeyDer: v.string(),
      tests: v.array(
        v.object({
          tcId: v.number(),
          comment: v.string(),
          msg: v.string(),
          sig: v.string(),
          result: v.picklist(['valid', 'invalid', 'acceptable']),
        }),
      ),
    }),
  ),
})

type Suite = {
  readonly file: string
  readonly scheme: SignatureScheme
  readonly tests: number
  /** Cases that may be judged either way and are accepted here. */
  readonly acceptable: readonly number[]
}

const SUITES: readonly Suite[] = [
  { file: 'ecdsa_secp256r1_sha256', scheme: { kind: 'ecdsa', hash: 'SHA-256' }, tests: 484, acceptable: [] },
  { file: 'ecdsa_secp384r1_sha384', scheme: { kind: 'ecdsa', hash: 'SHA-384' }, tests: 504, acceptable: [] },
  { file: 'ecdsa_secp256r1_sha256_p1363', scheme: { kind: 'ecdsa-raw', hash: 'SHA-256' }, tests: 262, acceptable: [] },
  { file: 'ecdsa_secp384r1_sha384_p1363', scheme: { kind: 'ecdsa-raw', hash: 'SHA-384' }, tests: 280, acceptable: [] },
  { file: 'rsa_signature_2048_sha256', scheme: { kind: 'rsa-pkcs1', hash: 'SHA-256' }, tests: 259, acceptable: [] },
  { file: 'rsa_signature_4096_sha384', scheme: { kind: 'rsa-pkcs1', hash: 'SHA-384' }, tests: 259, acceptable: [] },
  { file: 'rsa_pss_2048_sha256_mgf1_32', scheme: { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 }, tests: 108, acceptable: [] },
  { file: 'rsa_pss_4096_sha384_mgf1_48', scheme: { kind: 'rsa-pss', hash: 'SHA-384', saltLength: 48 }, tests: 141, acceptable: [] },
]

function octets(hex: string) {
  const decoded = decodeHex(hex)
  if (!decoded.ok) throw new Error(decoded.code)
  return decoded.value
}

describeVectors('Wycheproof signatures', () => {
  it.each(SUITES)('$file: no invalid accepted, no valid refused', async ({ file, scheme, tests, acceptable }) => {
    const read = v.parse(File, JSON.parse(vectorText(`wycheproof/${file}_test.json`)))
    expect(read.numberOfTests).toBe(tests)
    const accepted = { valid: 0, invalid: [] as string[], acceptable: [] as number[] }
    const refusedValid: string[] = []
    const unchecked: string[] = []
    for (const group of read.testGroups) {
      const spki = octets(group.publicKeyDer)
      for (const { tcId, comment, msg, sig, result } of group.tests) {
        const verdict = await verifyWithSpki(spki, scheme, octets(sig), octets(msg))
        if (!verdict.ok && verdict.code === 'engine-failed') unchecked.push(`${tcId} ${comment}`)
        if (result === 'valid' && !verdict.ok) refusedValid.push(`${tcId} ${comment}: ${verdict.code}`)
        if (result === 'valid' && verdict.ok) accepted.valid += 1
        if (result === 'invalid' && verdict.ok) accepted.invalid.push(`${tcId} ${comment}`)
        if (result === 'acceptable' && verdict.ok) accepted.acceptable.push(tcId)
      }
    }
    expect({ accepted: accepted.invalid, refusedValid, unchecked }).toEqual({ accepted: [], refusedValid: [], unchecked: [] })
    expect(accepted.acceptable).toEqual(acceptable)
    expect(accepted.valid).toBeGreaterThan(0)
  })
})

describeVectors('Wycheproof secp256k1', () => {
  const SUITES = [
    { file: 'ecdsa_secp256k1_sha256', raw: (signature: Bytes) => ecdsaSignatureFromDer(signature, 32), tests: 476, valid: 168 },
    { file: 'ecdsa_secp256k1_sha256_p1363', raw: (signature: Bytes) => signature, tests: 252, valid: 167 },
  ]

  it.each(SUITES)('$file: no invalid accepted, no valid refused; the key comes back out', async ({ file, raw, tests, valid }) => {
    const read = v.parse(File, JSON.parse(vectorText(`wycheproof/${file}_test.json`)))
    expect(read.numberOfTests).toBe(tests)
    const acceptedInvalid: string[] = []
    const refusedValid: string[] = []
    const notRecovered: string[] = []
    let accepted = 0
    for (const group of read.testGroups) {
      const key = octets(group.publicKey.uncompressed ?? '')
      for (const { tcId, comment, msg, sig, result } of group.tests) {
        const signature = raw(octets(sig))
        const digest = await sha256(octets(msg))
        const isAccepted = signature !== undefined && verifySecp256k1(key, digest, signature)
        if (isAccepted) accepted += 1
        if (isAccepted !== (result === 'valid')) (isAccepted ? acceptedInvalid : refusedValid).push(`${tcId} ${comment}`)
        const recovered = [0, 1, 2, 3].some((id) => {
          const found = signature && recoverPublicKey(digest, concatBytes(signature, Uint8Array.of(id)))
          return found?.ok === true && addressOfKey(found.value)?.join() === addressOfKey(key)?.join()
        })
        if (recovered !== (result === 'valid')) notRecovered.push(`${tcId} ${comment}`)
      }
    }
    expect({ acceptedInvalid, refusedValid, notRecovered, accepted }).toEqual({
      acceptedInvalid: [],
      refusedValid: [],
      notRecovered: [],
      accepted: valid,
    })
  })
})
