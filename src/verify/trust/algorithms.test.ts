import { describe, expect, it } from 'vitest'
import { oid, sequence, tlv } from '../../../test/support/der-writer.ts'
import { signatureSchemeOf } from './algorithms.ts'
import { RFC5280 } from './profile.ts'

const NULL = tlv(0x05)
const SHA256 = '2.16.840.1.101.3.4.2.1'
const SHA384 = '2.16.840.1.101.3.4.2.2'
const SHA512 = '2.16.840.1.101.3.4.2.3'
const scheme = (...parts: Uint8Array[]) => signatureSchemeOf(sequence(...parts), RFC5280)

function pssParameters(hash: string, mgfHash: string, salt: number, ...more: Uint8Array[]) {
  const algorithm = (id: string) => sequence(oid(id), NULL)
  const mask = sequence(oid('1.2.840.113549.1.1.8'), algorithm(mgfHash))
  return sequence(tlv(0xa0, algorithm(hash)), tlv(0xa1, mask), tlv(0xa2, tlv(0x02, [salt])), ...more)
}
const pss = (...parameters: Parameters<typeof pssParameters>) => [oid('1.2.840.113549.1.1.10'), pssParameters(...parameters)]

describe('signatureSchemeOf', () => {
  it('knows RSASSA-PKCS1-v1_5, ECDSA, RSASSA-PSS and Ed25519', () => {
    expect(scheme(oid('1.2.840.113549.1.1.11'), NULL)).toEqual({ kind: 'rsa-pkcs1', hash: 'SHA-256' })
    expect(scheme(oid('1.2.840.113549.1.1.12'), NULL)).toEqual({ kind: 'rsa-pkcs1', hash: 'SHA-384' })
    expect(scheme(oid('1.2.840.113549.1.1.13'), NULL)).toEqual({ kind: 'rsa-pkcs1', hash: 'SHA-512' })
    expect(scheme(oid('1.2.840.10045.4.3.2'))).toEqual({ kind: 'ecdsa', hash: 'SHA-256' })
    expect(scheme(oid('1.2.840.10045.4.3.3'))).toEqual({ kind: 'ecdsa', hash: 'SHA-384' })
    expect(scheme(oid('1.2.840.10045.4.3.4'))).toEqual({ kind: 'ecdsa', hash: 'SHA-512' })
    expect(scheme(...pss(SHA256, SHA256, 32))).toEqual({ kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 })
    expect(scheme(...pss(SHA384, SHA384, 48))).toEqual({ kind: 'rsa-pss', hash: 'SHA-384', saltLength: 48 })
    expect(scheme(...pss(SHA512, SHA512, 64))).toEqual({ kind: 'rsa-pss', hash: 'SHA-512', saltLength: 64 })
    expect(scheme(oid('1.3.101.112'))).toEqual({ kind: 'ed25519' })
  })

  it.each([
    ['MD5 with RSA', [oid('1.2.840.113549.1.1.4'), NULL]],
    ['SHA-1 with RSA', [oid('1.2.840.113549.1.1.5'), NULL]],
    ['SHA-1 with ECDSA', [oid('1.2.840.10045.4.1')]],
    ['RSA without NULL', [oid('1.2.840.113549.1.1.11')]],
    ['ECDSA with NULL', [oid('1.2.840.10045.4.3.2'), NULL]],
    ['Ed25519 with NULL', [oid('1.3.101.112'), NULL]],
    ['PSS with defaults', [oid('1.2.840.113549.1.1.10'), sequence()]],
    ['PSS with two hashes', pss(SHA256, SHA384, 32)],
    ['PSS with another salt', pss(SHA256, SHA256, 20)],
    ['PSS with its trailer field', pss(SHA384, SHA384, 48, tlv(0xa3, tlv(0x02, [1])))],
  ])('refuses %s', (_, parts) => {
    expect(scheme(...parts)).toBeUndefined()
  })

  it('takes the trailer field of PSS where the profile does', () => {
    const profile = { ...RFC5280, accepts: new Set(['pss-trailer-field'] as const) }
    const with1 = sequence(...pss(SHA384, SHA384, 48, tlv(0xa3, tlv(0x02, [1]))))
    const with2 = sequence(...pss(SHA384, SHA384, 48, tlv(0xa3, tlv(0x02, [2]))))
    expect(signatureSchemeOf(with1, profile)).toEqual({ kind: 'rsa-pss', hash: 'SHA-384', saltLength: 48 })
    expect(signatureSchemeOf(with2, profile)).toBeUndefined()
    expect(signatureSchemeOf(sequence(...pss(SHA256, SHA256, 32)), profile)).toEqual({ kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 })
  })
})
