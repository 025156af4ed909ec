import { verify, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type CertificateOptions, issueCertificate, makeChain, unknownExtension } from './certificates.ts'
import { nothing, objectIdentifier, tlv } from './der.ts'
import { makeKey } from './keys.ts'
import { freshSeed } from './random.ts'

const at = new Date('2026-11-16T10:20:30Z')
const parsed = (certificate: { der: Uint8Array }) => new X509Certificate(certificate.der)

describe('certificates', () => {
  it('makes a chain that verifies link by link, for every kind of key', () => {
    for (const keyKind of ['rsa-2048', 'ec-p256', 'ec-p384', 'ed25519'] as const) {
      const { root, intermediate, leaf } = makeChain({ at, keyKind, leafKeyKind: keyKind })
      const [r, i, l] = [parsed(root), parsed(intermediate), parsed(leaf)]
      expect([r.verify(r.publicKey), i.verify(r.publicKey), l.verify(i.publicKey)]).toEqual([true, true, true])
      expect([i.checkIssued(r), l.checkIssued(i), r.ca, i.ca, l.ca]).toEqual([true, true, true, true, false])
      expect(new X509Certificate(leaf.pem).raw).toEqual(Buffer.from(leaf.der))
    }
  })

  it('gives the same octets for the same seed, others for another, and fresh seeds that differ', () => {
    const der = (seed: string) => Buffer.from(makeChain({ at, seed }).leaf.der).toString('hex')
    expect(der('a')).toBe(der('a'))
    expect(der('a')).not.toBe(der('b'))
    expect(freshSeed()).not.toBe(freshSeed())
    expect(makeKey('rsa-2048', 'a')).toBe(makeKey('rsa-2048', 'a'))
  })

  it('exports the root as name and key', () => {
    const { root, anchor } = makeChain({ at })
    expect(Buffer.from(root.der).includes(Buffer.from(anchor.name))).toBe(true)
    expect(Buffer.from(anchor.spki)).toEqual(parsed(root).publicKey.export({ type: 'spki', format: 'der' }))
  })

  it.each<[string, Partial<CertificateOptions>, (leaf: X509Certificate, issuer: X509Certificate) => boolean]>([
    ['a flipped signature', { signature: 'flipped' }, (leaf, issuer) => !leaf.verify(issuer.publicKey) && leaf.checkIssued(issuer)],
    ['another signer', { signWith: makeKey('rsa-2048', 'stranger') }, (leaf, issuer) => !leaf.verify(issuer.publicKey)],
    [
      'another issuer name',
      { issuer: [['CN', 'Somebody else']] },
      (leaf, issuer) => !leaf.checkIssued(issuer) && leaf.issuer === 'CN=Somebody else',
    ],
    ['dates', { notAfter: new Date('2027-01-02T03:04:05Z') }, (leaf) => leaf.validTo === 'Jan  2 03:04:05 2027 GMT'],
    ['a date after 2049', { notAfter: new Date('2051-01-02T03:04:05Z') }, (leaf) => leaf.validTo === 'Jan  2 03:04:05 2051 GMT'],
    ['the CA flag', { basicConstraints: { ca: true, pathLength: 0 } }, (leaf) => leaf.ca],
    ['no constraints', { basicConstraints: 'absent' }, (leaf) => !leaf.ca && !contains(leaf, '2.5.29.19')],
    ['key usage', { keyUsage: ['digitalSignature'] }, (leaf) => contains(leaf, '2.5.29.15')],
    ['extended key usage', { extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] }, (leaf) => leaf.keyUsage?.join() === '1.3.6.1.5.5.7.3.1'],
    ['an unknown extension', { extensions: [unknownExtension(true)] }, (leaf) => contains(leaf, '1.3.6.1.4.1.99999.1')],
    ['a serial number', { serial: Buffer.from('0102', 'hex') }, (leaf) => leaf.serialNumber === '0102'],
    ['SHA-1', { hash: 'sha1' }, (leaf, issuer) => contains(leaf, '1.2.840.113549.1.1.5') && leaf.verify(issuer.publicKey)],
    ['version 1', { version: 1 }, (leaf, issuer) => leaf.verify(issuer.publicKey) && !contains(leaf, '2.5.29.14')],
  ])('has a knob for %s', (_name, leaf, holds) => {
    const chain = makeChain({ at })
    const options = { subject: [['CN', 'Leaf']] as const, key: makeKey('ec-p256'), notBefore: at, notAfter: new Date(at.getTime() + 1e9) }
    const made = issueCertificate({ ...options, ...leaf }, chain.intermediate)
    expect(holds(parsed(made), parsed(chain.intermediate))).toBe(true)
  })

  it('signs octets that were rewritten at will', () => {
    const { leaf, intermediate } = makeChain({ at, leaf: { rewrite: () => tlv(0x30, nothing()) } })
    expect(leaf.der.slice(4, 8)).toEqual(tlv(0x30, nothing()))
    expect(verify('sha256', tlv(0x30, nothing()), intermediate.key.publicKey, leaf.der.slice(-256))).toBe(true)
    expect(() => parsed(leaf)).toThrow()
  })

  it('can name another algorithm outside of the signature than inside', () => {
    const { leaf } = makeChain({ at, leaf: { outerHash: 'sha512' } })
    expect(contains(parsed(leaf), '1.2.840.113549.1.1.11')).toBe(true)
    expect(contains(parsed(leaf), '1.2.840.113549.1.1.13')).toBe(true)
  })
})

function contains(certificate: X509Certificate, oid: string): boolean {
  return certificate.raw.includes(Buffer.from(objectIdentifier(oid)))
}
