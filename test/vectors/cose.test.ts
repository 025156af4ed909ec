import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { expect, it } from 'vitest'
import { type CoseAlgorithm, parseCoseSign1, verifyCoseSign1 } from '../../src/verify/encoding/cose.ts'
import { decodeHex } from '../../src/verify/encoding/hex.ts'
import { describeVectors, vectorText } from './files.ts'

type Sign1 = {
  readonly key: { readonly kty: string; readonly crv: string; readonly x_hex?: string; readonly x?: string; readonly y?: string }
  readonly external?: string
}
type Example = { readonly input: { readonly sign0: Sign1 }; readonly output: { readonly cbor: string } }

/** What each has to come to here, and why where that is not "valid". The names are those of the COSE working group's files. */
const EXPECTED: Readonly<Record<string, readonly [alg: CoseAlgorithm, verdict: string]>> = {
  'ecdsa-examples/ecdsa-sig-01': ['ES256', 'valid'],
  'ecdsa-examples/ecdsa-sig-02': ['ES384', 'valid'],
  'eddsa-examples/eddsa-sig-01': ['EdDSA', 'valid'],
  // Valid for the working group: its algorithm stands in the header that nobody signed, which is no algorithm here.
  'sign1-tests/sign-pass-01': ['ES256', 'cose-algorithm'],
  'sign1-tests/sign-pass-02': ['ES256', 'valid'],
  'sign1-tests/sign-pass-03': ['ES256', 'valid'],
  'sign1-tests/sign-fail-01': ['ES256', 'cbor-type'],
  'sign1-tests/sign-fail-02': ['ES256', 'signature-invalid'],
  'sign1-tests/sign-fail-03': ['ES256', 'cose-algorithm'],
  'sign1-tests/sign-fail-04': ['ES256', 'cose-algorithm'],
  'sign1-tests/sign-fail-06': ['ES256', 'signature-invalid'],
  'sign1-tests/sign-fail-07': ['ES256', 'signature-invalid'],
  // Algorithms that no format here has: SHA-512 with either curve, and Ed448.
  'ecdsa-examples/ecdsa-sig-03': ['ES256', 'cose-algorithm'],
  'ecdsa-examples/ecdsa-sig-04': ['ES256', 'cose-algorithm'],
  'eddsa-examples/eddsa-sig-02': ['ES256', 'cose-algorithm'],
}

function octets(hex: string): Uint8Array<ArrayBuffer> {
  const decoded = decodeHex(hex)
  if (!decoded.ok) throw new Error(decoded.code)
  return decoded.value
}

function spkiOf({ key }: Sign1): Uint8Array<ArrayBuffer> {
  const x = key.x_hex === undefined ? key.x : Buffer.from(key.x_hex, 'hex').toString('base64url')
  const jwk: JsonWebKey = { kty: key.kty, crv: key.crv, ...(x === undefined ? {} : { x }), ...(key.y === undefined ? {} : { y: key.y }) }
  return new Uint8Array(createPublicKey({ format: 'jwk', key: jwk }).export({ type: 'spki', format: 'der' }))
}

describeVectors('the working group’s COSE_Sign1 examples', () => {
  it.each(Object.entries(EXPECTED))('%s', async (name, [alg, expected]) => {
    const example: Example = JSON.parse(vectorText(`cose-wg/${name}.json`))
    const { sign0 } = example.input
    const message = parseCoseSign1(octets(example.output.cbor), 'either')
    if (!message.ok) return expect(message.code).toBe(expected)
    const verdict = await verifyCoseSign1(message.value, { alg, spki: spkiOf(sign0) }, octets(sign0.external ?? ''))
    expect(verdict.ok ? 'valid' : verdict.code).toBe(expected)
  })
})
