import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  authorityExtensions,
  authorityKeyIdentifier,
  basicConstraints,
  CA,
  CERT_SIGN,
  type CertificateSpec,
  certificate,
  DIGITAL_SIGNATURE,
  dnsName,
  type ExtensionSpec,
  excludedNames,
  keyUsage,
  leafExtensions,
  type Party,
  party,
  pathLength,
  permittedNames,
  renamed,
  subjectAltName,
  subjectKeyIdentifier,
} from '../../../test/support/certificates.ts'
import { oid, sequence, text, tlv } from '../../../test/support/der-writer.ts'
import { type Bytes, concatBytes } from '../encoding/bytes.ts'
import { anchorFromCertificate } from './anchors.ts'
import { type Certificate, parseCertificate } from './certificate.ts'
import { type PathInput, validatePath } from './path.ts'
import { RFC5280 } from './profile.ts'
import type { TrustAnchor } from './types.ts'

const AT = new Date('2025-06-01T00:00:00Z')
const NAMED = { id: 'test-root', purpose: 'test', publishedAt: '' }

let root: Party
let middle: Party
let leaf: Party
let anchor: TrustAnchor
let rootCertificate: Certificate
let middleCertificate: Certificate
let leafCertificate: Certificate

function parsed(der: Bytes): Certificate {
  const result = parseCertificate(der)
  if (!result.ok) throw new Error(`${result.code} ${result.detail}`)
  return result.value
}

async function issue(subject: Party, issuer: Party, extensions: readonly ExtensionSpec[], more: Partial<CertificateSpec> = {}) {
  return parsed(await certificate({ subject, issuer, extensions, ...more }))
}

/** Extensions with some of them replaced (same id), added (new id) or, with undefined, left out. */
function changed(extensions: readonly ExtensionSpec[], changes: Readonly<Record<string, ExtensionSpec | undefined>>): ExtensionSpec[] {
  const kept = extensions.filter(({ id }) => !(id in changes))
  return [...kept, ...Object.values(changes).filter((extension) => extension !== undefined)]
}

const middleWith = (changes: Record<string, ExtensionSpec | undefined>, more: Partial<CertificateSpec> = {}) =>
  issue(middle, root, changed(authorityExtensions(middle, root), changes), more)
const leafWith = (changes: Record<string, ExtensionSpec | undefined>, more: Partial<CertificateSpec> = {}) =>
  issue(leaf, middle, changed(leafExtensions(leaf, middle), changes), more)
const rootWith = (changes: Record<string, ExtensionSpec | undefined>, more: Partial<CertificateSpec> = {}) =>
  issue(root, root, changed(authorityExtensions(root, root), changes), more)

async function validate(input: Partial<PathInput> = {}) {
  return validatePath({ leaf: leafCertificate, intermediates: [middleCertificate], anchors: [anchor], at: AT, ...input })
}

async function codeOf(input: Partial<PathInput>) {
  const result = await validate(input)
  return result.ok ? 'valid' : result.code
}

beforeAll(async () => {
  root = await party('root')
  middle = await party('middle')
  leaf = await party('leaf')
  rootCertificate = await rootWith({})
  middleCertificate = await middleWith({})
  leafCertificate = await leafWith({})
  anchor = anchorFromCertificate(rootCertificate, NAMED)
})

describe('a valid path', () => {
  it('is found from the leaf to the anchor', async () => {
    expect(await validate()).toEqual({ ok: true, value: { certificates: [leafCertificate, middleCertificate], anchor } })
  })

  it('is found with the root presented too, in any order, with strangers and duplicates among them', async () => {
    const stranger = await issue(leaf, root, leafExtensions(leaf, root))
    const intermediates = [stranger, rootCertificate, middleCertificate, middleCertificate, leafCertificate]
    expect(await validate({ intermediates })).toMatchObject({
      ok: true,
      value: { certificates: [leafCertificate, middleCertificate], anchorCertificate: rootCertificate },
    })
  })

  it('is found for a leaf right under the anchor', async () => {
    const direct = await issue(leaf, root, leafExtensions(leaf, root))
    expect(await codeOf({ leaf: direct, intermediates: [] })).toBe('valid')
  })

  it('is found among candidates that fail', async () => {
    const expired = await middleWith({}, { notAfter: '240101000000Z' })
    const impostor = await party('middle')
    const forged = await issue(impostor, root, authorityExtensions(impostor, root))
    expect(await codeOf({ intermediates: [expired, forged, middleCertificate] })).toBe('valid')
    expect(await codeOf({ intermediates: [forged, expired] })).toBe('expired')
  })

  it('is found for certificates that @peculiar/x509 makes', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }
    const rootKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const leafKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const validity = { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2060-01-01T00:00:00Z') }
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity,
      serialNumber: '01',
      name: 'CN=Made, O=Test',
      keys: rootKeys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(rootKeys.publicKey),
      ],
    })
    const below = await x509.X509CertificateGenerator.create({
      ...validity,
      serialNumber: '02',
      subject: 'CN=Below',
      issuer: made.subject,
      publicKey: leafKeys.publicKey,
      signingKey: rootKeys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey)],
    })
    const madeRoot = parsed(new Uint8Array(made.rawData))
    const input = {
      leaf: parsed(new Uint8Array(below.rawData)),
      intermediates: [madeRoot],
      anchors: [anchorFromCertificate(madeRoot, NAMED)],
    }
    expect(await codeOf(input)).toBe('valid')
  })

  it.each([
    ['RSASSA-PKCS1-v1_5', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }],
    ['Ed25519', { name: 'Ed25519' }],
  ])('is found over %s signatures', async (_, algorithm) => {
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    if (!('publicKey' in keys)) throw new Error('no key pair')
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: 'CN=Made',
      keys,
      signingAlgorithm: algorithm,
      notBefore: AT,
      notAfter: AT,
      extensions: [new x509.BasicConstraintsExtension(true, 0, true), await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)],
    })
    const self = parsed(new Uint8Array(made.rawData))
    const own = anchorFromCertificate(self, NAMED)
    const below = await x509.X509CertificateGenerator.create({
      serialNumber: '02',
      subject: 'CN=Below',
      issuer: 'CN=Made',
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      notBefore: AT,
      notAfter: AT,
      extensions: [await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey)],
    })
    expect(await codeOf({ leaf: parsed(new Uint8Array(below.rawData)), intermediates: [self], anchors: [own] })).toBe('valid')
    const forged = new Uint8Array(below.rawData)
    forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1
    expect(await codeOf({ leaf: parsed(forged), intermediates: [self], anchors: [own] })).toBe('signature-invalid')
  })
})

describe('where no names lead to an anchor', () => {
  const stranger = async () => {
    const other = await party('other root')
    return { other, certificate: await issue(other, other, authorityExtensions(other, other)) }
  }

  it('a certificate in between that was not presented is missing, by its name', async () => {
    const { other, certificate: otherRoot } = await stranger()
    const middleOfOther = await issue(middle, other, authorityExtensions(middle, other))
    for (const intermediates of [[], [rootCertificate], [otherRoot, rootCertificate]]) {
      expect(await validate({ intermediates })).toMatchObject({ code: 'issuer-missing', detail: leafCertificate.issuer.text })
    }
    expect(await validate({ intermediates: [middleOfOther] })).toMatchObject({ code: 'issuer-missing', detail: middleOfOther.issuer.text })
  })

  it('a complete chain ends in somebody else’s root, by its name', async () => {
    const { other, certificate: otherRoot } = await stranger()
    const middleOfOther = await issue(middle, other, authorityExtensions(middle, other))
    expect(await validate({ intermediates: [otherRoot, middleOfOther] })).toMatchObject({
      code: 'foreign-root',
      detail: otherRoot.subject.text,
    })
    expect(await codeOf({ leaf: otherRoot, intermediates: [] })).toBe('foreign-root')
  })

  it('an issuer that did not sign is no missing one, unless the key identifiers name another', async () => {
    const { other } = await stranger()
    const impostor = await party('middle')
    const sameIdentifier = changed(authorityExtensions(impostor, other), { '2.5.29.14': subjectKeyIdentifier(middle) })
    expect(await codeOf({ intermediates: [await issue(impostor, other, sameIdentifier)] })).toBe('signature-invalid')
    expect(await codeOf({ intermediates: [await issue(impostor, other, authorityExtensions(impostor, other))] })).toBe('issuer-missing')
  })

  it('a missing certificate is told before a foreign root: another way may lead on', async () => {
    const { other, certificate: otherRoot } = await stranger()
    const nobody = await party('nobody')
    const ways = [
      await issue(middle, other, authorityExtensions(middle, other)),
      await issue(middle, nobody, authorityExtensions(middle, nobody)),
    ]
    expect(await codeOf({ intermediates: [...ways, otherRoot] })).toBe('issuer-missing')
  })
})

describe('anchors', () => {
  it('are needed', async () => {
    expect(await codeOf({ anchors: [] })).toBe('issuer-missing')
    expect(await codeOf({ anchors: [], intermediates: [middleCertificate, rootCertificate] })).toBe('foreign-root')
    expect(await codeOf({ intermediates: [] })).toBe('issuer-missing')
  })

  it('are a name and a key: a root of the same name with another key is none', async () => {
    const impostor = await party('root')
    const forgedRoot = await issue(impostor, impostor, authorityExtensions(impostor, impostor))
    const forgedMiddle = await issue(middle, impostor, authorityExtensions(middle, impostor))
    expect(await codeOf({ intermediates: [forgedMiddle, forgedRoot] })).toBe('signature-invalid')
  })

  it('are a name and a key: the same key under another name is none', async () => {
    const other = { ...anchor, name: renamed(root, 'other').name }
    expect(await codeOf({ anchors: [other], intermediates: [middleCertificate] })).toBe('issuer-missing')
    expect(await codeOf({ anchors: [other], intermediates: [middleCertificate, rootCertificate] })).toBe('foreign-root')
  })

  it('with the same name are tried one after another', async () => {
    const impostor = await party('root')
    expect(await codeOf({ anchors: [{ ...anchor, spki: impostor.spki }, anchor] })).toBe('valid')
  })

  it('are refused when their name is malformed or empty', async () => {
    expect(await codeOf({ anchors: [{ ...anchor, name: sequence() }] })).toBe('anchor-malformed')
    expect(await codeOf({ anchors: [{ ...anchor, name: anchor.name.subarray(1) }] })).toBe('anchor-malformed')
  })

  it('have a time too', async () => {
    expect(await codeOf({ anchors: [{ ...anchor, notAfter: new Date('2025-05-31T23:59:59Z') }] })).toBe('expired')
    expect(await codeOf({ anchors: [{ ...anchor, notBefore: new Date('2025-06-01T00:00:01Z') }] })).toBe('not-yet-valid')
  })

  it('have the same name when it differs only in case and spaces', async () => {
    const shouting = await party('  ROOT ')
    expect(await codeOf({ anchors: [{ ...anchor, name: shouting.name }] })).toBe('valid')
  })
})

describe('the certificate of an anchor, when presented, is held to the rules', () => {
  const cases: readonly (readonly [string, Record<string, ExtensionSpec | undefined>, Partial<CertificateSpec>])[] = [
    ['unknown-critical-extension', { '1.2.3': { id: '1.2.3', critical: true, value: tlv(0x05) } }, {}],
    ['not-a-ca', { '2.5.29.19': undefined }, {}],
    ['key-usage', { '2.5.29.15': DIGITAL_SIGNATURE }, {}],
    ['key-identifier-missing', { '2.5.29.14': undefined }, {}],
    ['key-identifier-missing', { '2.5.29.35': { id: '2.5.29.35', value: sequence() } }, {}],
    ['key-identifier-mismatch', { '2.5.29.35': { id: '2.5.29.35', value: sequence(tlv(0x80, [1])) } }, {}],
    ['extension-criticality', { '2.5.29.19': { ...basicConstraints(CA), critical: false } }, {}],
    ['path-too-long', { '2.5.29.19': basicConstraints(CA, pathLength(0)) }, {}],
    ['expired', {}, { notAfter: '250531235959Z' }],
    ['name-constraints-violated', { '2.5.29.30': excludedNames(tlv(0xa4, renamedName())) }, {}],
  ]
  it.each(cases)('%s', async (code, changes, more) => {
    expect(await codeOf({ intermediates: [middleCertificate, await rootWith(changes, more)] })).toBe(code)
  })

  it('which excuse a self-signed one from naming its issuer', async () => {
    expect(await codeOf({ intermediates: [middleCertificate, await rootWith({ '2.5.29.35': undefined })] })).toBe('valid')
  })

  it('which do not excuse one that another issued', async () => {
    const other = await party('other')
    const cross = async (extensions: readonly ExtensionSpec[]) =>
      codeOf({ intermediates: [middleCertificate, await issue(root, other, extensions)] })
    expect(await cross(authorityExtensions(root, other))).toBe('valid')
    expect(await cross(changed(authorityExtensions(root, other), { '2.5.29.35': undefined }))).toBe('key-identifier-missing')
  })

  it('and to its own signature', async () => {
    const forged = rootCertificate.der.slice()
    forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1
    expect(await codeOf({ intermediates: [middleCertificate, parsed(forged)] })).toBe('signature-invalid')
  })

  it('where there are several, one that keeps them is enough', async () => {
    const expired = await rootWith({}, { notAfter: '250531235959Z' })
    expect(await codeOf({ intermediates: [middleCertificate, expired, rootCertificate] })).toBe('valid')
  })
})

/** CN=middle, as a constraint on names. */
function renamedName() {
  return sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x0c, new TextEncoder().encode('MIDDLE')))))
}

describe('each broken aspect has its code', () => {
  it('signature-invalid: a signature by another key', async () => {
    const impostor = await party('middle')
    expect(await codeOf({ leaf: await issue(leaf, impostor, leafExtensions(leaf, middle)) })).toBe('signature-invalid')
    const forgedMiddle = await issue(middle, { ...impostor, name: root.name }, authorityExtensions(middle, root))
    expect(await codeOf({ intermediates: [forgedMiddle] })).toBe('signature-invalid')
  })

  it('signature-malformed: not r and s', async () => {
    const garbled = { ...middle, sign: async () => tlv(0x04, [1, 2, 3]) }
    expect(await codeOf({ leaf: await issue(leaf, garbled, leafExtensions(leaf, middle)) })).toBe('signature-malformed')
  })

  it('signature-algorithm-unsupported: SHA-1', async () => {
    const sha1 = sequence(oid('1.2.840.10045.4.1'))
    expect(await codeOf({ leaf: await leafWith({}, { innerAlgorithm: sha1 }) })).toBe('signature-algorithm-unsupported')
  })

  it('key-does-not-fit: an RSA signature under an EC key', async () => {
    const rsa = sequence(oid('1.2.840.113549.1.1.11'), tlv(0x05))
    expect(await codeOf({ leaf: await leafWith({}, { innerAlgorithm: rsa }) })).toBe('key-does-not-fit')
  })

  it('key-too-weak: an RSA leaf of 1024 bits', async () => {
    const keys = await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent: Uint8Array.of(1, 0, 1) },
      true,
      ['sign', 'verify'],
    )
    const weak = { ...leaf, spki: new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey)) }
    expect(await codeOf({ leaf: await issue(weak, middle, leafExtensions(weak, middle)) })).toBe('key-too-weak')
  })

  it('key-unsupported: a curve nobody here knows', async () => {
    const spki = sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.10')), tlv(0x03, [0, 4], new Uint8Array(64)))
    const exotic = { ...leaf, spki }
    expect(await codeOf({ leaf: await issue(exotic, middle, leafExtensions(exotic, middle)) })).toBe('key-unsupported')
  })

  it('expired and not-yet-valid, in whole seconds, both ends included', async () => {
    const short = await leafWith({}, { notBefore: '250601000010Z', notAfter: '250601000020Z' })
    const at = (seconds: string) => codeOf({ leaf: short, at: new Date(`2025-06-01T00:00:${seconds}Z`) })
    expect(await at('09.999')).toBe('not-yet-valid')
    expect(await at('10')).toBe('valid')
    expect(await at('20')).toBe('valid')
    expect(await at('20.999')).toBe('valid')
    expect(await at('21')).toBe('expired')
    expect(await codeOf({ intermediates: [await middleWith({}, { notAfter: '250531235959Z' })] })).toBe('expired')
    expect(await codeOf({ intermediates: [await middleWith({}, { notBefore: '250601000001Z' })] })).toBe('not-yet-valid')
  })

  it('time-invalid: a date that is none', async () => {
    expect(await codeOf({ at: new Date(Number.NaN) })).toBe('time-invalid')
  })

  it('not-a-ca: an issuer without the right', async () => {
    expect(await codeOf({ intermediates: [await middleWith({ '2.5.29.19': undefined, '2.5.29.15': undefined })] })).toBe('not-a-ca')
    expect(await codeOf({ intermediates: [await middleWith({ '2.5.29.19': basicConstraints() })] })).toBe('not-a-ca')
    const grandchild = await issue(await party('below'), leaf, leafExtensions(leaf, leaf))
    expect(await codeOf({ leaf: grandchild, intermediates: [leafCertificate, middleCertificate] })).toBe('not-a-ca')
  })

  it('key-usage: an issuer or a leaf whose key is for something else', async () => {
    expect(await codeOf({ intermediates: [await middleWith({ '2.5.29.15': DIGITAL_SIGNATURE })] })).toBe('key-usage')
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.15': CERT_SIGN }) })).toBe('key-usage')
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.19': basicConstraints(CA) }) })).toBe('valid')
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.19': basicConstraints(CA, pathLength(0)) }) })).toBe('key-usage')
    expect(await codeOf({ use: { keyUsage: 'digitalSignature' } })).toBe('valid')
    expect(await codeOf({ use: { keyUsage: 'keyAgreement' } })).toBe('key-usage')
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.15': undefined }), use: { keyUsage: 'keyAgreement' } })).toBe('valid')
  })

  it('extended-key-usage: a purpose that leaf or issuer do not have', async () => {
    const purposes = (...oids: string[]): ExtensionSpec => ({ id: '2.5.29.37', value: sequence(...oids.map(oid)) })
    const signing = await leafWith({ '2.5.29.37': purposes('1.3.6.1.5.5.7.3.3') })
    const use = { extendedKeyUsage: '1.3.6.1.5.5.7.3.3' }
    expect(await codeOf({ leaf: signing, use })).toBe('valid')
    expect(await codeOf({ use })).toBe('valid')
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.37': purposes('2.5.29.37.0') }), use })).toBe('valid')
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.37': purposes('1.3.6.1.5.5.7.3.1') }), use })).toBe('extended-key-usage')
    const limited = await middleWith({ '2.5.29.37': purposes('1.3.6.1.5.5.7.3.1') })
    expect(await codeOf({ leaf: signing, intermediates: [limited], use })).toBe('extended-key-usage')
    expect(await codeOf({ leaf: signing, intermediates: [limited] })).toBe('valid')
  })

  it('path-too-long: more authorities than a path length allows, self-issued ones not counted', async () => {
    const lower = await party('lower')
    const low = await issue(lower, middle, authorityExtensions(lower, middle))
    const under = await issue(leaf, lower, leafExtensions(leaf, lower))
    const limited = (length: number) => middleWith({ '2.5.29.19': basicConstraints(CA, pathLength(length)) })
    expect(await codeOf({ leaf: under, intermediates: [low, await limited(0)] })).toBe('path-too-long')
    expect(await codeOf({ leaf: under, intermediates: [low, await limited(1)] })).toBe('valid')
    expect(await codeOf({ intermediates: [await limited(0)] })).toBe('valid')

    const lowest = await party('lowest')
    const bottom = await issue(lowest, lower, authorityExtensions(lowest, lower))
    const farUnder = await issue(leaf, lowest, leafExtensions(leaf, lowest))
    expect(await codeOf({ leaf: farUnder, intermediates: [bottom, low, await limited(1)] })).toBe('path-too-long')
    expect(await codeOf({ leaf: farUnder, intermediates: [bottom, low, await limited(2)] })).toBe('valid')

    const successor = await party('middle')
    const rollover = await issue(successor, middle, authorityExtensions(successor, middle))
    const newLeaf = await issue(leaf, successor, leafExtensions(leaf, successor))
    expect(await codeOf({ leaf: newLeaf, intermediates: [rollover, await limited(0)] })).toBe('valid')
  })

  it('path-too-deep: more authorities than the profile allows', async () => {
    expect(await codeOf({ profile: { ...RFC5280, maxIntermediates: 1 } })).toBe('valid')
    expect(await codeOf({ profile: { ...RFC5280, maxIntermediates: 0 } })).toBe('path-too-deep')
    const lower = await party('lower')
    const low = await issue(lower, middle, authorityExtensions(lower, middle))
    const deep = { leaf: await issue(leaf, lower, leafExtensions(leaf, lower)), intermediates: [low, middleCertificate] }
    expect(await codeOf({ ...deep, profile: { ...RFC5280, maxIntermediates: 2 } })).toBe('valid')
    expect(await codeOf({ ...deep, profile: { ...RFC5280, maxIntermediates: 1 } })).toBe('path-too-deep')
  })

  it('name-mismatch: the key identifiers fit and the names do not', async () => {
    const misnamed = await issue(leaf, renamed(middle, 'someone'), leafExtensions(leaf, middle))
    expect(await codeOf({ leaf: misnamed })).toBe('name-mismatch')
  })

  it('name-empty: an authority, issuer or leaf without any name', async () => {
    const nameless = { ...middle, name: sequence() }
    const namelessAuthority = await issue(nameless, root, authorityExtensions(middle, root))
    const below = await issue(leaf, nameless, leafExtensions(leaf, middle))
    expect(await codeOf({ leaf: below, intermediates: [namelessAuthority] })).toBe('name-empty')
    const anonymous = { ...leaf, name: sequence() }
    const named = { ...subjectAltName(dnsName('a.example')), critical: true }
    expect(await codeOf({ leaf: await issue(anonymous, middle, leafExtensions(leaf, middle)) })).toBe('name-empty')
    expect(await codeOf({ leaf: await issue(anonymous, middle, [...leafExtensions(leaf, middle), named]) })).toBe('valid')
    expect(await codeOf({ leaf: await issue(anonymous, middle, [...leafExtensions(leaf, middle), { ...named, critical: false }]) })).toBe(
      'extension-criticality',
    )
  })

  it('unknown-critical-extension: wherever it stands, unless the profile understands it', async () => {
    const odd = { '1.2.3': { id: '1.2.3', critical: true, value: tlv(0x05) } }
    expect(await codeOf({ leaf: await leafWith(odd) })).toBe('unknown-critical-extension')
    expect(await codeOf({ intermediates: [await middleWith(odd)] })).toBe('unknown-critical-extension')
    const understanding = { ...RFC5280, understoodExtensions: new Set(['1.2.3']) }
    expect(await codeOf({ leaf: await leafWith(odd), profile: understanding })).toBe('valid')
    expect(await codeOf({ leaf: await leafWith({ '1.2.3': { id: '1.2.3', value: tlv(0x05) } }) })).toBe('valid')
  })

  it('extension-criticality: what must not be critical, and what must', async () => {
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.35': { ...authorityKeyIdentifier(middle), critical: true } }) })).toBe(
      'extension-criticality',
    )
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.14': { ...subjectKeyIdentifier(leaf), critical: true } }) })).toBe(
      'extension-criticality',
    )
    const access: ExtensionSpec = {
      id: '1.3.6.1.5.5.7.1.1',
      critical: true,
      value: sequence(sequence(oid('1.3.6.1.5.5.7.48.2'), tlv(0x86, [0x61]))),
    }
    expect(await codeOf({ leaf: await leafWith({ [access.id]: access }) })).toBe('extension-criticality')
    for (const extension of [
      { ...basicConstraints(CA), critical: false },
      { ...permittedNames(dnsName('example')), critical: false },
      { id: '2.5.29.36', value: sequence(tlv(0x81, [0])) },
      { id: '2.5.29.54', value: tlv(0x02, [0]) },
    ]) {
      expect(await codeOf({ intermediates: [await middleWith({ [extension.id]: extension })] })).toBe('extension-criticality')
    }
  })

  it('extension-misplaced: name constraints in an end entity', async () => {
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.30': permittedNames(dnsName('example')) }) })).toBe('extension-misplaced')
  })

  it('policy-constraints-unsupported: a path that insists on a policy', async () => {
    const constraints = (value: Bytes): ExtensionSpec => ({ id: '2.5.29.36', critical: true, value })
    expect(await codeOf({ intermediates: [await middleWith({ '2.5.29.36': constraints(sequence(tlv(0x80, [0]))) })] })).toBe(
      'policy-constraints-unsupported',
    )
    expect(await codeOf({ intermediates: [await middleWith({ '2.5.29.36': constraints(sequence(tlv(0x81, [0]))) })] })).toBe('valid')
  })

  it('key-identifier-missing and key-identifier-mismatch', async () => {
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.35': undefined }) })).toBe('key-identifier-missing')
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.35': { id: '2.5.29.35', value: sequence() } }) })).toBe('key-identifier-missing')
    expect(await codeOf({ intermediates: [await middleWith({ '2.5.29.14': undefined })] })).toBe('key-identifier-missing')
    expect(await codeOf({ leaf: await leafWith({ '2.5.29.35': authorityKeyIdentifier(root) }) })).toBe('key-identifier-mismatch')
    expect(await codeOf({ intermediates: [await middleWith({ '2.5.29.35': authorityKeyIdentifier(leaf) }), rootCertificate] })).toBe(
      'key-identifier-mismatch',
    )
  })

  it('serial-number: zero, negative, or above 20 octets', async () => {
    const numbered = async (...serial: number[]) => codeOf({ leaf: await leafWith({}, { serial }) })
    expect(await numbered(0x00)).toBe('serial-number')
    expect(await numbered(0xff)).toBe('serial-number')
    expect(await numbered(...Array.from({ length: 20 }, () => 0x7f))).toBe('valid')
    expect(await numbered(0x00, ...Array.from({ length: 20 }, () => 0x80))).toBe('valid')
    expect(await numbered(...Array.from({ length: 21 }, () => 0x7f))).toBe('serial-number')
  })

  it('version-not-3', async () => {
    const old = parsed(await certificate({ subject: leaf, issuer: middle, extensions: [], version: new Uint8Array() }))
    expect(await codeOf({ leaf: old })).toBe('version-not-3')
  })
})

describe('a profile accepts what it names, and nothing else', () => {
  it.each([
    ['serial-number-zero', 'serial-number', () => leafWith({}, { serial: [0] })],
    ['authority-key-identifier-missing', 'key-identifier-missing', () => leafWith({ '2.5.29.35': undefined })],
    ['key-usage-trailing-zeros', 'key-usage', () => leafWith({ '2.5.29.15': keyUsage(0x80, 0) })],
  ] as const)('%s', async (deviation, code, make) => {
    const deviant = await make()
    expect(await codeOf({ leaf: deviant })).toBe(code)
    expect(await codeOf({ leaf: deviant, profile: { ...RFC5280, accepts: new Set([deviation]) } })).toBe('valid')
  })
})

describe('name constraints', () => {
  const under = async (constraint: ExtensionSpec, names: readonly Uint8Array[]) =>
    codeOf({
      intermediates: [await middleWith({ '2.5.29.30': constraint })],
      leaf: await leafWith(names.length === 0 ? {} : { '2.5.29.17': subjectAltName(...names) }),
    })

  it('bind the leaf', async () => {
    expect(await under(permittedNames(dnsName('example.com')), [dnsName('a.example.com')])).toBe('valid')
    expect(await under(permittedNames(dnsName('example.com')), [dnsName('a.example.com'), dnsName('example.org')])).toBe(
      'name-constraints-violated',
    )
    expect(await under(excludedNames(dnsName('example.com')), [dnsName('a.example.com')])).toBe('name-constraints-violated')
    expect(await under(excludedNames(dnsName('example.com')), [])).toBe('valid')
  })

  it('bind the subject, and the mailboxes in it', async () => {
    const mailbox = sequence(oid('1.2.840.113549.1.9.1'), text(0x16, 'a@example.com'))
    const writer = { ...leaf, name: sequence(tlv(0x31, mailbox)) }
    const written = await issue(writer, middle, leafExtensions(writer, middle))
    const boundTo = async (constraint: ExtensionSpec) =>
      codeOf({ leaf: written, intermediates: [await middleWith({ '2.5.29.30': constraint })] })
    expect(await boundTo(excludedNames(text(0x81, 'example.com')))).toBe('name-constraints-violated')
    expect(await boundTo(permittedNames(text(0x81, 'example.org')))).toBe('name-constraints-violated')
    expect(await boundTo(permittedNames(text(0x81, 'example.com')))).toBe('valid')
    expect(await under(permittedNames(tlv(0xa4, leaf.name)), [])).toBe('valid')
    expect(await under(permittedNames(tlv(0xa4, root.name)), [])).toBe('name-constraints-violated')
  })

  it('bind authorities below, but for those that issued themselves anew', async () => {
    const constrained = await middleWith({ '2.5.29.30': permittedNames(dnsName('example.com')) })
    const named = subjectAltName(dnsName('example.org'))
    const successor = await party('middle')
    const rollover = await issue(successor, middle, [...authorityExtensions(successor, middle), named])
    const afterRollover = await issue(leaf, successor, leafExtensions(leaf, successor))
    expect(await codeOf({ leaf: afterRollover, intermediates: [rollover, constrained] })).toBe('valid')
    const lower = await party('lower')
    const low = await issue(lower, middle, [...authorityExtensions(lower, middle), named])
    const below = await issue(leaf, lower, leafExtensions(leaf, lower))
    expect(await codeOf({ leaf: below, intermediates: [low, constrained] })).toBe('name-constraints-violated')
  })

  it('narrow from authority to authority and never widen', async () => {
    const lower = await party('lower')
    const low = await issue(lower, middle, [
      ...authorityExtensions(lower, middle),
      permittedNames(dnsName('b.example'), dnsName('a.example')),
    ])
    const top = await middleWith({ '2.5.29.30': permittedNames(dnsName('b.example')) })
    const named = (name: string) => issue(leaf, lower, [...leafExtensions(leaf, lower), subjectAltName(dnsName(name))])
    expect(await codeOf({ leaf: await named('a.example'), intermediates: [low, top] })).toBe('name-constraints-violated')
    expect(await codeOf({ leaf: await named('b.example'), intermediates: [low, top] })).toBe('valid')
  })
})

describe('a search', () => {
  /** Authorities of one name, each able to have issued every other; the first is issued by `top`. */
  async function twins(count: number, top: Party) {
    const parties = await Promise.all(Array.from({ length: count }, () => party('twin')))
    const [first] = parties
    if (first === undefined) throw new Error('no twin')
    const certificates = await Promise.all(
      parties.map((twin, index) => {
        const issuer = parties[index - 1] ?? top
        return issue(twin, issuer, authorityExtensions(twin, issuer))
      }),
    )
    const last = parties.at(-1) ?? first
    return { parties, certificates, leaf: await issue(leaf, last, leafExtensions(leaf, last)) }
  }

  it('ends, whatever could have issued what', async () => {
    const impostor = await party('root')
    const crossed = await twins(24, impostor)
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const started = performance.now()
    expect(await codeOf({ leaf: crossed.leaf, intermediates: crossed.certificates })).toBe('search-exhausted')
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(verify.mock.calls.length).toBeLessThanOrEqual(64)
    verify.mockRestore()
  })

  it('ends also where no way ever arrives', async () => {
    const { parties, certificates } = await twins(24, root)
    const [first, second] = parties
    if (first === undefined || second === undefined) throw new Error('no twins')
    // Only the first twin leads out, and it may not be passed: it is the leaf.
    expect(await codeOf({ leaf: await issue(first, second, authorityExtensions(first, second)), intermediates: certificates })).toBe(
      'search-exhausted',
    )
  })

  it('ends soon where no names lead to an anchor', async () => {
    const lost = await twins(24, await party('nobody'))
    expect(await codeOf({ leaf: lost.leaf, intermediates: lost.certificates })).toBe('foreign-root')
  })

  it('goes up to twelve certificates, and says when there are more', async () => {
    const line = async (count: number) => {
      const steps = await Promise.all(Array.from({ length: count }, (_, index) => party(`step ${index}`)))
      const certificates = await Promise.all(
        steps.map((step, index) => issue(step, steps[index - 1] ?? root, authorityExtensions(step, steps[index - 1] ?? root))),
      )
      const bottom = steps.at(-1) ?? root
      const profile = { ...RFC5280, maxIntermediates: 20 }
      return codeOf({ leaf: await issue(leaf, bottom, leafExtensions(leaf, bottom)), intermediates: certificates, profile })
    }
    expect(await line(11)).toBe('valid')
    expect(await line(12)).toBe('search-exhausted')
  })

  it('goes through an anchor that changed its key', async () => {
    const successor = await party('root')
    const rollover = await issue(successor, root, authorityExtensions(successor, root))
    const under = await issue(leaf, successor, leafExtensions(leaf, successor))
    expect(await validate({ leaf: under, intermediates: [rollover] })).toMatchObject({
      ok: true,
      value: { certificates: [under, rollover] },
    })
  })

  it('looks at no more than 128 certificates', async () => {
    const many = (count: number) => Array.from({ length: count }, () => middleCertificate)
    expect(await codeOf({ intermediates: many(128) })).toBe('valid')
    expect(await codeOf({ intermediates: many(129) })).toBe('search-too-many-certificates')
  })

  it('judges no more than 256 candidates', async () => {
    const anchors = (count: number) => Array.from({ length: count }, () => ({ ...anchor, notAfter: new Date(0) }))
    expect(await codeOf({ anchors: [...anchors(255), anchor] })).toBe('valid')
    expect(await codeOf({ anchors: [...anchors(256), anchor] })).toBe('search-exhausted')
  })

  it('does not go round in circles', async () => {
    const other = await party('other')
    const there = await issue(other, middle, authorityExtensions(other, middle))
    const back = await issue(middle, other, authorityExtensions(middle, other))
    expect(await codeOf({ intermediates: [there, back] })).toBe('issuer-missing')
    expect(await codeOf({ intermediates: [there, back, middleCertificate] })).toBe('valid')
    // Had it gone round, there would be longer chains that it left unseen.
    expect(await codeOf({ intermediates: [there, back, await middleWith({}, { notAfter: '240101000000Z' })] })).toBe('expired')
  })

  it('verifies each signature once', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify')
    const outdated = { ...anchor, id: 'outdated', notAfter: new Date(0) }
    expect(await codeOf({ intermediates: [middleCertificate, rootCertificate], anchors: [outdated, anchor] })).toBe('valid')
    expect(verify).toHaveBeenCalledTimes(3)
    verify.mockRestore()
  })
})

describe('what the engine cannot do is not a verdict', () => {
  it('engine-failed', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify').mockRejectedValue(new DOMException('no', 'OperationError'))
    expect(await codeOf({})).toBe('engine-failed')
    verify.mockRestore()
  })

  it('unless something else is certain, on this path and on every other', async () => {
    const sha1 = sequence(oid('1.2.840.10045.4.1'))
    const unsupported = await leafWith({}, { innerAlgorithm: sha1 })
    const impostor = await party('root')
    const verify = vi.spyOn(crypto.subtle, 'verify').mockRejectedValue(new DOMException('no', 'OperationError'))
    expect(await codeOf({ leaf: unsupported })).toBe('signature-algorithm-unsupported')
    verify.mockRestore()
    const once = vi.spyOn(crypto.subtle, 'verify').mockRejectedValueOnce(new DOMException('no', 'OperationError'))
    expect(await codeOf({ anchors: [anchor, { ...anchor, spki: impostor.spki }] })).toBe('engine-failed')
    once.mockRestore()
  })
})

describe('no mutation', () => {
  it('of any octet of leaf or intermediate is accepted', async () => {
    const run = async (which: 'leaf' | 'middle', at: number, flip: number) => {
      const original = which === 'leaf' ? leafCertificate : middleCertificate
      const mutated = original.der.slice()
      mutated[at % mutated.length] = (mutated[at % mutated.length] ?? 0) ^ flip
      const certificate = parseCertificate(mutated)
      if (!certificate.ok) return
      const input = which === 'leaf' ? { leaf: certificate.value } : { intermediates: [certificate.value] }
      expect(await codeOf(input)).not.toBe('valid')
    }
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('leaf' as const, 'middle' as const), fc.nat(), fc.integer({ min: 1, max: 255 }), run),
      { numRuns: 400 },
    )
  })

  it('by octets put in or taken out is accepted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: leafCertificate.der.length }),
        fc.uint8Array({ minLength: 1, maxLength: 3 }),
        fc.nat({ max: 3 }),
        async (at, insert, remove) => {
          const mutated = concatBytes(leafCertificate.der.subarray(0, at), insert, leafCertificate.der.subarray(at + remove))
          fc.pre(Buffer.compare(mutated, leafCertificate.der) !== 0)
          const certificate = parseCertificate(mutated)
          if (certificate.ok) expect(await codeOf({ leaf: certificate.value })).not.toBe('valid')
        },
      ),
    )
  })
})
