import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { oid, sequence, tlv } from '../../../test/support/der-writer.ts'
import type { Bytes } from './bytes.ts'
import { readPublicKey } from './der-spki.ts'
import { ecdsaSignatureFromDer, verifyRsaPkcs1Sha256, verifyWithSpki } from './signatures.ts'

const MESSAGE = new TextEncoder().encode('what was said')
const RSA = '1.2.840.113549.1.1.1'
const EC = '1.2.840.10045.2.1'

const rsaSpki = (modulus: readonly number[], exponent: readonly number[] = [1, 0, 1], parameters: Uint8Array = tlv(0x05)) =>
  sequence(sequence(oid(RSA), parameters), tlv(0x03, [0], sequence(tlv(0x02, modulus), tlv(0x02, exponent))))
/** A positive odd INTEGER of so many octets, its first bit set. */
const modulusOf = (bytes: number) => [0x00, 0x80, ...Array.from({ length: bytes - 2 }, () => 0x55), 0x01]

async function keyPair(algorithm: RsaHashedKeyGenParams | EcKeyGenParams) {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  return { privateKey: keys.privateKey, spki: new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey)) }
}

const rsaParams = (name: string): RsaHashedKeyGenParams => ({
  name,
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
})

let rsa: Awaited<ReturnType<typeof keyPair>>
let rsaSignature: Bytes
beforeAll(async () => {
  rsa = await keyPair(rsaParams('RSASSA-PKCS1-v1_5'))
  rsaSignature = new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', rsa.privateKey, MESSAGE))
})

describe('readPublicKey', () => {
  it('reads RSA, EC and Ed25519', async () => {
    expect(readPublicKey(rsa.spki)).toEqual({ ok: true, value: { kty: 'RSA', modulusBytes: 256, spki: rsa.spki } })
    const ec = await keyPair({ name: 'ECDSA', namedCurve: 'P-521' })
    expect(readPublicKey(ec.spki)).toEqual({ ok: true, value: { kty: 'EC', crv: 'P-521', coordinateBytes: 66, spki: ec.spki } })
    const raw = Uint8Array.from({ length: 32 }, (_, index) => index)
    const spki = sequence(sequence(oid('1.3.101.112')), tlv(0x03, [0], raw))
    expect(readPublicKey(spki)).toEqual({ ok: true, value: { kty: 'OKP', crv: 'Ed25519', raw, spki } })
  })

  const point = (curve: string, octets: readonly number[]) => sequence(sequence(oid(EC), oid(curve)), tlv(0x03, [0], octets))
  const P256 = '1.2.840.10045.3.1.7'
  const cases: readonly (readonly [string, string, Uint8Array])[] = [
    ['key-malformed', 'something that is not DER', Uint8Array.of(0x30, 0x80)],
    ['key-malformed', 'another type', tlv(0x31)],
    ['key-malformed', 'a key that does not end on an octet', sequence(sequence(oid(RSA), tlv(0x05)), tlv(0x03, [1, 0]))],
    ['key-malformed', 'RSA without NULL', rsaSpki(modulusOf(256), [1, 0, 1], new Uint8Array())],
    ['key-malformed', 'RSA with other parameters', rsaSpki(modulusOf(256), [1, 0, 1], oid('1.2.3'))],
    ['key-malformed', 'an even modulus', rsaSpki([...modulusOf(256).slice(0, -1), 0x02])],
    ['key-malformed', 'an even exponent', rsaSpki(modulusOf(256), [4])],
    ['key-malformed', 'a negative modulus', rsaSpki(modulusOf(256).slice(1))],
    ['key-malformed', 'parameters behind the parameters', sequence(sequence(oid(RSA), tlv(0x05), tlv(0x05)), tlv(0x03, [0]))],
    ['key-too-weak', '2040 bits', rsaSpki(modulusOf(255))],
    ['key-too-weak', '2047 bits', rsaSpki([0x40, ...modulusOf(256).slice(2)])],
    ['key-too-weak', 'exponent 1', rsaSpki(modulusOf(256), [1])],
    ['key-unsupported', '2052 bits', rsaSpki([0x08, ...modulusOf(256).slice(1)])],
    ['key-unsupported', '8200 bits', rsaSpki(modulusOf(1025))],
    ['key-unsupported', 'an exponent of five octets', rsaSpki(modulusOf(256), [1, 0, 0, 0, 1])],
    ['key-unsupported', 'another algorithm', sequence(sequence(oid('1.2.840.113549.1.1.10')), tlv(0x03, [0]))],
    ['key-unsupported', 'secp256k1', point('1.3.132.0.10', [4, ...new Uint8Array(64)])],
    ['key-unsupported', 'explicit curve parameters', sequence(sequence(oid(EC), sequence()), tlv(0x03, [0, 4], new Uint8Array(64)))],
    ['key-malformed', 'a compressed point', point(P256, [2, ...new Uint8Array(32)])],
    ['key-malformed', 'a compressed point as long as another', point(P256, [2, ...new Uint8Array(64)])],
    ['key-malformed', 'a point of another curve', point(P256, [4, ...new Uint8Array(96)])],
    ['key-malformed', 'Ed25519 with parameters', sequence(sequence(oid('1.3.101.112'), tlv(0x05)), tlv(0x03, [0], new Uint8Array(32)))],
    ['key-malformed', 'Ed25519 of 31 octets', sequence(sequence(oid('1.3.101.112')), tlv(0x03, [0], new Uint8Array(31)))],
  ]
  it.each(cases)('says %s for %s', (code, _, spki) => {
    expect(readPublicKey(Uint8Array.from(spki))).toMatchObject({ ok: false, code })
  })

  it.each([256, 1024])('takes a modulus of %i octets', (bytes) => {
    expect(readPublicKey(rsaSpki(modulusOf(bytes)))).toMatchObject({ ok: true, value: { modulusBytes: bytes } })
  })

  it('takes exponent 3', () => {
    expect(readPublicKey(rsaSpki(modulusOf(256), [3])).ok).toBe(true)
  })
})

describe('verifyWithSpki', () => {
  it('verifies RSASSA-PKCS1-v1_5 and tells forgeries', async () => {
    expect(await verifyRsaPkcs1Sha256(rsa.spki, rsaSignature, MESSAGE)).toBe(true)
    expect(await verifyRsaPkcs1Sha256(rsa.spki, rsaSignature, new TextEncoder().encode('something else'))).toBe(false)
    const scheme = { kind: 'rsa-pkcs1', hash: 'SHA-256' } as const
    expect(await verifyWithSpki(rsa.spki, { ...scheme, hash: 'SHA-384' }, rsaSignature, MESSAGE)).toMatchObject({
      code: 'signature-invalid',
    })
    expect(await verifyWithSpki(rsa.spki, scheme, rsaSignature.subarray(1), MESSAGE)).toMatchObject({ code: 'signature-malformed' })
    expect(await verifyWithSpki(rsa.spki, scheme, Uint8Array.of(0, ...rsaSignature), MESSAGE)).toMatchObject({
      code: 'signature-malformed',
    })
  })

  it('verifies RSASSA-PSS with the salt length that is asked for, and no other', async () => {
    const pss = await keyPair(rsaParams('RSA-PSS'))
    const signature = new Uint8Array(await crypto.subtle.sign({ name: 'RSA-PSS', saltLength: 32 }, pss.privateKey, MESSAGE))
    const scheme = { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 } as const
    expect(await verifyWithSpki(pss.spki, scheme, signature, MESSAGE)).toEqual({ ok: true, value: true })
    expect(await verifyWithSpki(pss.spki, { ...scheme, saltLength: 20 }, signature, MESSAGE)).toMatchObject({ code: 'signature-invalid' })
    expect(await verifyWithSpki(pss.spki, scheme, signature.subarray(1), MESSAGE)).toMatchObject({ code: 'signature-malformed' })
    expect(await verifyWithSpki(pss.spki, { kind: 'rsa-pkcs1', hash: 'SHA-256' }, signature, MESSAGE)).toMatchObject({
      code: 'signature-invalid',
    })
  })

  it.each(['P-256', 'P-384', 'P-521'])('verifies ECDSA on %s', async (namedCurve) => {
    const ec = await keyPair({ name: 'ECDSA', namedCurve })
    const raw = new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-512' }, ec.privateKey, MESSAGE))
    const half = raw.length / 2
    const signature = sequence(positive(raw.subarray(0, half)), positive(raw.subarray(half)))
    expect(ecdsaSignatureFromDer(signature, half)).toEqual(raw)
    expect(await verifyWithSpki(ec.spki, { kind: 'ecdsa', hash: 'SHA-512' }, signature, MESSAGE)).toEqual({ ok: true, value: true })
    expect(await verifyWithSpki(ec.spki, { kind: 'ecdsa', hash: 'SHA-256' }, signature, MESSAGE)).toMatchObject({
      code: 'signature-invalid',
    })
    expect(await verifyWithSpki(ec.spki, { kind: 'ecdsa', hash: 'SHA-512' }, raw, MESSAGE)).toMatchObject({ code: 'signature-malformed' })
  })

  it('does not use a key for the scheme of another kind', async () => {
    const ec = await keyPair({ name: 'ECDSA', namedCurve: 'P-256' })
    expect(await verifyWithSpki(ec.spki, { kind: 'rsa-pkcs1', hash: 'SHA-256' }, rsaSignature, MESSAGE)).toMatchObject({
      code: 'key-does-not-fit',
    })
    expect(await verifyWithSpki(ec.spki, { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 }, rsaSignature, MESSAGE)).toMatchObject({
      code: 'key-does-not-fit',
    })
    expect(await verifyWithSpki(rsa.spki, { kind: 'ecdsa', hash: 'SHA-256' }, rsaSignature, MESSAGE)).toMatchObject({
      code: 'key-does-not-fit',
    })
    expect(await verifyWithSpki(rsa.spki, { kind: 'ed25519' }, rsaSignature, MESSAGE)).toMatchObject({ code: 'key-does-not-fit' })
  })

  it('verifies Ed25519', async () => {
    const keys = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify'])
    if (!('publicKey' in keys)) throw new Error('no key pair')
    const spki = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey))
    const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', keys.privateKey, MESSAGE))
    expect(await verifyWithSpki(spki, { kind: 'ed25519' }, signature, MESSAGE)).toEqual({ ok: true, value: true })
    expect(await verifyWithSpki(spki, { kind: 'ed25519' }, signature, MESSAGE.subarray(1))).toMatchObject({ code: 'signature-invalid' })
    expect(await verifyWithSpki(spki, { kind: 'ed25519' }, signature.subarray(1), MESSAGE)).toMatchObject({ code: 'signature-malformed' })
  })

  it('says key-malformed for a point that is not on its curve', async () => {
    const spki = sequence(sequence(oid(EC), oid('1.2.840.10045.3.1.7')), tlv(0x03, [0, 4], new Uint8Array(64).fill(1)))
    const signature = sequence(tlv(0x02, [1]), tlv(0x02, [1]))
    expect(await verifyWithSpki(spki, { kind: 'ecdsa', hash: 'SHA-256' }, signature, MESSAGE)).toMatchObject({ code: 'key-malformed' })
  })

  it('says engine-failed where the engine does not do its part', async () => {
    const scheme = { kind: 'rsa-pkcs1', hash: 'SHA-256' } as const
    const importKey = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new DOMException('no', 'NotSupportedError'))
    // Another modulus: a key that was imported before is not imported again.
    const unseen = rsa.spki.map((octet, index) => (index === 100 ? octet ^ 1 : octet))
    expect(await verifyWithSpki(unseen, scheme, rsaSignature, MESSAGE)).toMatchObject({
      code: 'engine-failed',
      detail: 'NotSupportedError',
    })
    importKey.mockRestore()
    const verify = vi.spyOn(crypto.subtle, 'verify').mockRejectedValue(new DOMException('no', 'OperationError'))
    expect(await verifyWithSpki(rsa.spki, scheme, rsaSignature, MESSAGE)).toMatchObject({ code: 'engine-failed', detail: 'OperationError' })
    verify.mockRestore()
  })

  it('never throws and accepts no mutated signature', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 255 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const mutated = rsaSignature.slice()
        mutated[at] = (mutated[at] ?? 0) ^ flip
        expect(await verifyRsaPkcs1Sha256(rsa.spki, mutated, MESSAGE)).toBe(false)
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }), async (spki, signature) => {
        expect(await verifyRsaPkcs1Sha256(Uint8Array.from(spki), Uint8Array.from(signature), MESSAGE)).toBe(false)
      }),
    )
  })
})

describe('ecdsaSignatureFromDer', () => {
  it.each([
    ['zero', sequence(tlv(0x02, [0]), tlv(0x02, [1]))],
    ['a negative number', sequence(tlv(0x02, [1]), tlv(0x02, [0x80]))],
    ['a padded number', sequence(tlv(0x02, [0, 1]), tlv(0x02, [1]))],
    ['a number that is too long', sequence(tlv(0x02, [1, ...new Uint8Array(32)]), tlv(0x02, [1]))],
    ['a third number', sequence(tlv(0x02, [1]), tlv(0x02, [1]), tlv(0x02, [1]))],
    ['one number', sequence(tlv(0x02, [1]))],
    ['a byte behind', Uint8Array.from([...sequence(tlv(0x02, [1]), tlv(0x02, [1])), 0])],
    ['another type', tlv(0x31, tlv(0x02, [1]), tlv(0x02, [1]))],
  ])('refuses %s', (_, signature) => {
    expect(ecdsaSignatureFromDer(signature, 32)).toBeUndefined()
  })

  it('pads on the left', () => {
    expect(ecdsaSignatureFromDer(sequence(tlv(0x02, [5]), tlv(0x02, [0, 0x86])), 4)).toEqual(Uint8Array.of(0, 0, 0, 5, 0, 0, 0, 0x86))
  })
})

function positive(magnitude: Uint8Array): Bytes {
  const trimmed = magnitude.subarray(magnitude.findIndex((octet) => octet !== 0))
  return tlv(0x02, (trimmed[0] ?? 0) >= 0x80 ? [0] : [], trimmed)
}
