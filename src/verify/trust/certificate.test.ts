import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  authorityExtensions,
  authorityKeyIdentifier,
  basicConstraints,
  CA,
  type CertificateSpec,
  certificate,
  dnsName,
  ECDSA_SHA256,
  type ExtensionSpec,
  keyUsage,
  leafExtensions,
  type Party,
  party,
  pathLength,
  subjectAltName,
} from '../../../test/support/certificates.ts'
import { commonName, oid, sequence, text, tlv } from '../../../test/support/der-writer.ts'
import { concatBytes } from '../encoding/bytes.ts'
import { parseCertificate } from './certificate.ts'

let root: Party
let leaf: Party
beforeAll(async () => {
  root = await party('root')
  leaf = await party('leaf')
})

async function parse(changes: Partial<CertificateSpec> = {}) {
  return parseCertificate(await certificate({ subject: leaf, issuer: root, extensions: leafExtensions(leaf, root), ...changes }))
}

const withExtension = (extension: ExtensionSpec) => parse({ extensions: [extension] })

describe('parseCertificate', () => {
  it('gives the fields as received', async () => {
    const alternative = subjectAltName(dnsName('A.example.com'), tlv(0x87, [127, 0, 0, 1]))
    const parsed = await parse({
      serial: [0x00, 0xaa],
      extensions: [...leafExtensions(leaf, root), alternative],
      notAfter: '99991231235959Z',
    })
    if (!parsed.ok) throw new Error(parsed.code)
    expect(parsed.value).toMatchObject({
      version: 3,
      serial: Uint8Array.of(0x00, 0xaa),
      signatureAlgorithm: ECDSA_SHA256,
      spki: leaf.spki,
      issuer: { der: root.name, text: 'CN=root' },
      subject: { der: leaf.name, text: 'CN=leaf' },
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date('9999-12-31T23:59:59Z'),
      subjectKeyIdentifier: leaf.keyId,
      authorityKeyIdentifier: { keyIdentifier: root.keyId, namesIssuer: false },
      keyUsage: new Set(['digitalSignature']),
      subjectAltName: [
        { kind: 'dns', name: 'a.example.com' },
        { kind: 'ip', address: Uint8Array.of(127, 0, 0, 1) },
      ],
      deviations: [],
    })
    expect(parsed.value.extensions.get('2.5.29.17')).toEqual({ oid: '2.5.29.17', critical: false, value: alternative.value })
    expect([...parsed.value.extensions.keys()]).toEqual(['2.5.29.15', '2.5.29.14', '2.5.29.35', '2.5.29.17'])
    expect(parsed.value.basicConstraints).toBeUndefined()
  })

  it('reads an authority', async () => {
    const parsed = await parse({ extensions: [basicConstraints(CA, pathLength(3)), ...authorityExtensions(leaf, root).slice(1)] })
    expect(parsed).toMatchObject({ ok: true, value: { basicConstraints: { ca: true, pathLength: 3 }, keyUsage: new Set(['keyCertSign']) } })
  })

  it('says what DER fault it has', async () => {
    const der = await certificate({ subject: leaf, issuer: root, extensions: [] })
    expect(parseCertificate(concatBytes(der, Uint8Array.of(0)))).toMatchObject({ code: 'der-trailing-bytes' })
    expect(parseCertificate(der.subarray(0, -1))).toMatchObject({ code: 'der-truncated' })
    expect(await parse({ serial: [0x00, 0x01] })).toMatchObject({ code: 'der-integer' })
  })

  it('refuses what is not a certificate', () => {
    expect(parseCertificate(sequence())).toMatchObject({ code: 'certificate-malformed' })
    expect(parseCertificate(tlv(0x31))).toMatchObject({ code: 'certificate-malformed' })
    expect(parseCertificate(sequence(sequence(), sequence(), tlv(0x03, [0])))).toMatchObject({ code: 'certificate-malformed' })
  })

  it.each([
    ['v1 spelled out', tlv(0xa0, [0x02, 0x01, 0x00])],
    ['version 4', tlv(0xa0, [0x02, 0x01, 0x03])],
    ['v2 with extensions', tlv(0xa0, [0x02, 0x01, 0x01])],
    ['v1 with extensions', new Uint8Array()],
  ])('refuses %s', async (_, version) => {
    expect(await parse({ version })).toMatchObject({ code: 'certificate-version' })
  })

  it('reads v1 without extensions, for a profile to judge', async () => {
    expect(await parse({ version: new Uint8Array(), extensions: [] })).toMatchObject({ ok: true, value: { version: 1 } })
  })

  it('wants the algorithm inside and outside to be the same, parameters included', async () => {
    const withNull = sequence(oid('1.2.840.10045.4.3.2'), tlv(0x05))
    expect(await parse({ innerAlgorithm: withNull, outerAlgorithm: ECDSA_SHA256 })).toMatchObject({ code: 'signature-algorithm-mismatch' })
  })

  it.each([
    ['GeneralizedTime before 2050', '20240101000000Z'],
    ['30 February', '240230000000Z'],
    ['no seconds', '2401010000Z'],
  ])('refuses %s', async (_, notBefore) => {
    expect(await parse({ notBefore })).toMatchObject({ code: 'time-malformed' })
  })

  it('refuses malformed names', async () => {
    const empty = { ...leaf, name: sequence(tlv(0x31)) }
    const noValue = { ...leaf, name: sequence(tlv(0x31, sequence(oid('2.5.4.3')))) }
    expect(await parse({ subject: empty })).toMatchObject({ code: 'name-malformed' })
    expect(await parse({ issuer: { ...root, name: noValue.name } })).toMatchObject({ code: 'name-malformed' })
    const many = { ...leaf, name: sequence(...Array.from({ length: 65 }, (_, index) => commonName(`${index}`).subarray(2))) }
    expect(await parse({ subject: many })).toMatchObject({ code: 'name-malformed' })
  })

  it('refuses an extension that is there twice', async () => {
    const [usage, ...rest] = leafExtensions(leaf, root)
    if (usage === undefined) throw new Error('no extension')
    expect(await parse({ extensions: [usage, ...rest, usage] })).toMatchObject({ code: 'extension-duplicate', detail: '2.5.29.15' })
  })

  it('leaves unknown extensions alone, whatever they hold', async () => {
    const parsed = await withExtension({ id: '1.2.3.4', critical: true, value: Uint8Array.of(0xff, 0xff) })
    expect(parsed).toMatchObject({ ok: true })
    if (parsed.ok)
      expect(parsed.value.extensions.get('1.2.3.4')).toEqual({ oid: '1.2.3.4', critical: true, value: Uint8Array.of(0xff, 0xff) })
  })

  it('tells key usage with trailing zeros from proper one', async () => {
    expect(await withExtension(keyUsage(0x04, 0))).toMatchObject({
      ok: true,
      value: { keyUsage: new Set(['keyCertSign']), deviations: ['key-usage-trailing-zeros'] },
    })
  })

  const MALFORMED: readonly (readonly [string, ExtensionSpec])[] = [
    ['basicConstraints with cA FALSE spelled out', basicConstraints([0x01, 0x01, 0x00])],
    ['basicConstraints with a path length and no cA', basicConstraints(pathLength(0))],
    ['basicConstraints with a negative path length', basicConstraints(CA, [0x02, 0x01, 0xff])],
    ['basicConstraints with something more', basicConstraints(CA, [0x05, 0x00])],
    ['keyUsage without a bit', { id: '2.5.29.15', value: tlv(0x03, [0]) }],
    ['keyUsage with a tenth bit', { id: '2.5.29.15', value: tlv(0x03, [6, 0x00, 0x40]) }],
    ['extendedKeyUsage without a purpose', { id: '2.5.29.37', value: sequence() }],
    ['extendedKeyUsage with something else', { id: '2.5.29.37', value: sequence([0x05, 0x00]) }],
    ['no alternative names', subjectAltName()],
    ['an alternative name that is no GeneralName', subjectAltName(tlv(0x0c, [0x61]))],
    ['alternative names that are not DER', { id: '2.5.29.17', value: new TextEncoder().encode('example.com') }],
    ['an address of five octets', subjectAltName(tlv(0x87, [1, 2, 3, 4, 5]))],
    ['a DNS name with an underscore', subjectAltName(dnsName('a_b.example.com'))],
    ['a DNS name beyond ASCII', subjectAltName(dnsName('é.example.com'))],
    ['a DNS name with a wildcard inside', subjectAltName(dnsName('a.*.example.com'))],
    ['a DNS name with an empty label', subjectAltName(dnsName('a..example.com'))],
    ['a DNS name of 254 characters', subjectAltName(dnsName(`${'a.'.repeat(126)}aa`))],
    ['a DNS name with a label of 64 characters', subjectAltName(dnsName('a'.repeat(64)))],
    ['an address as DNS name', subjectAltName(dnsName('8.8.8.8'))],
    ['a wildcard alone', subjectAltName(dnsName('*'))],
    ['a mailbox with two at signs', subjectAltName(text(0x81, 'a@b@example.com'))],
    ['a URI without a scheme', subjectAltName(text(0x86, '//example.com'))],
    ['an empty subjectKeyIdentifier', { id: '2.5.29.14', value: tlv(0x04) }],
    ['an authorityKeyIdentifier with a serial and no issuer', { id: '2.5.29.35', value: sequence(tlv(0x80, [1]), tlv(0x82, [1])) }],
    ['an authorityKeyIdentifier with an issuer and no serial', { id: '2.5.29.35', value: sequence(tlv(0xa1, tlv(0x82, [0x61]))) }],
    ['an empty authorityKeyIdentifier key', { id: '2.5.29.35', value: sequence(tlv(0x80)) }],
    ['empty name constraints', { id: '2.5.29.30', value: sequence() }],
    ['an empty list of permitted names', { id: '2.5.29.30', value: sequence(tlv(0xa0)) }],
    ['a subtree with a minimum', { id: '2.5.29.30', value: sequence(tlv(0xa0, sequence(dnsName('a.example'), tlv(0x80, [1])))) }],
    ['a constraint with a leading dot', { id: '2.5.29.30', value: sequence(tlv(0xa0, sequence(dnsName('.example')))) }],
    ['a constraint with a wildcard', { id: '2.5.29.30', value: sequence(tlv(0xa0, sequence(dnsName('*.example')))) }],
    ['a network without a mask', { id: '2.5.29.30', value: sequence(tlv(0xa0, sequence(tlv(0x87, [10, 0, 0, 0])))) }],
    ['a mask with a hole', { id: '2.5.29.30', value: sequence(tlv(0xa0, sequence(tlv(0x87, [10, 0, 0, 0, 255, 0, 255, 0])))) }],
    ['no policies', { id: '2.5.29.32', value: sequence() }],
    ['a policy twice', { id: '2.5.29.32', value: sequence(sequence(oid('1.2.3')), sequence(oid('1.2.3'))) }],
    ['empty policy constraints', { id: '2.5.29.36', value: sequence() }],
    ['inhibitAnyPolicy below zero', { id: '2.5.29.54', value: tlv(0x02, [0xff]) }],
    ['an empty authorityInfoAccess', { id: '1.3.6.1.5.5.7.1.1', value: sequence() }],
    ['authorityInfoAccess without a location', { id: '1.3.6.1.5.5.7.1.1', value: sequence(sequence(oid('1.3.6.1.5.5.7.48.2'))) }],
  ]
  it.each(MALFORMED)('refuses %s', async (_, extension) => {
    expect(await withExtension(extension)).toMatchObject({ ok: false, code: 'extension-malformed', detail: extension.id })
  })

  it('takes DNS names up to 253 characters', async () => {
    expect((await withExtension(subjectAltName(dnsName(`${'a.'.repeat(126)}a`)))).ok).toBe(true)
  })

  it('refuses more names than anybody needs', async () => {
    const names = (count: number) => subjectAltName(...Array.from({ length: count }, () => dnsName('a.example')))
    expect((await withExtension(names(1024))).ok).toBe(true)
    expect(await withExtension(names(1025))).toMatchObject({ code: 'extension-malformed' })
  })

  it('refuses criticality FALSE spelled out', async () => {
    const extension = sequence(oid('1.2.3.4'), [0x01, 0x01, 0x00], tlv(0x04))
    const der = await certificate({ subject: leaf, issuer: root, extensions: [authorityKeyIdentifier(root)] })
    const parsed = parseCertificate(der)
    if (!parsed.ok) throw new Error(parsed.code)
    const tbs = sequence(
      tlv(0xa0, [0x02, 0x01, 0x02]),
      tlv(0x02, [1]),
      ECDSA_SHA256,
      root.name,
      sequence(text(0x17, '200101000000Z'), text(0x17, '300101000000Z')),
      leaf.name,
      leaf.spki,
      tlv(0xa3, sequence(extension)),
    )
    expect(parseCertificate(sequence(tbs, ECDSA_SHA256, tlv(0x03, [0, 1])))).toMatchObject({ code: 'extension-malformed' })
  })

  it('never throws', async () => {
    const der = await certificate({ subject: leaf, issuer: root, extensions: leafExtensions(leaf, root) })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) => {
        expect(parseCertificate(Uint8Array.from(random)).ok).toBe(false)
      }),
    )
    fc.assert(
      fc.property(fc.nat({ max: der.length - 1 }), fc.uint8Array({ maxLength: 4 }), fc.nat({ max: 4 }), (at, insert, remove) => {
        const mutated = concatBytes(der.subarray(0, at), insert, der.subarray(at + remove))
        expect(typeof parseCertificate(mutated).ok).toBe('boolean')
      }),
    )
  })
})
