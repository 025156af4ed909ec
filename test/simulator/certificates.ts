import { createHash } from 'node:crypto'
import {
  bitString,
  boolean,
  integer,
  namedBits,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  taggedPrimitive,
  time,
  utf8String,
} from './der.ts'
import { type Hash, type KeyKind, makeKey, type SigningKey, sign } from './keys.ts'
import { flipBit, join, type Octets, octets } from './octets.ts'
import { DEFAULT_SEED, randomFrom } from './random.ts'

/** Relative distinguished names in order: `[['C', 'US'], ['CN', 'Some CA']]`. */
export type DistinguishedName = readonly (readonly [attribute: keyof typeof ATTRIBUTES, value: string])[]

const ATTRIBUTES = { CN: '2.5.4.3', C: '2.5.4.6', L: '2.5.4.7', ST: '2.5.4.8', O: '2.5.4.10', OU: '2.5.4.11' } as const

/** RFC 5280 section 4.2.1.3; the position is the bit. */
const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const
export type KeyUsage = (typeof KEY_USAGES)[number]

export type Extension = { readonly oid: string; readonly critical: boolean; readonly value: Uint8Array }

/** Everything about one certificate. Each member has an honest default; each is a knob. */
export type CertificateOptions = {
  readonly subject: DistinguishedName
  /** Default: the subject of the issuer. */
  readonly issuer?: DistinguishedName
  readonly key: SigningKey
  readonly notBefore: Date
  readonly notAfter: Date
  readonly serial?: Uint8Array
  readonly version?: 1 | 3
  readonly basicConstraints?: { readonly ca: boolean; readonly pathLength?: number; readonly critical?: boolean } | 'absent'
  readonly keyUsage?: readonly KeyUsage[] | 'absent'
  readonly extendedKeyUsage?: readonly string[]
  readonly keyIdentifiers?: 'derived' | 'absent'
  readonly extensions?: readonly Extension[]
  readonly hash?: Hash
  /** Signs with this key and not with the issuer's. */
  readonly signWith?: SigningKey
  readonly signature?: 'intact' | 'flipped'
  /** The algorithm that the part outside of the signature names (RFC 5280 section 4.1.1.2 wants the same as inside). */
  readonly outerHash?: Hash
  /** Last word on the octets that are signed. */
  readonly rewrite?: (tbsCertificate: Octets) => Octets
}

export type Certificate = {
  readonly der: Octets
  readonly pem: string
  readonly subject: DistinguishedName
  /** DER of the subject Name. */
  readonly name: Octets
  /** DER of the SubjectPublicKeyInfo. */
  readonly spki: Octets
  readonly key: SigningKey
  readonly notBefore: Date
  readonly notAfter: Date
}

/** Issues a certificate; without an issuer, a self-signed one. */
export function issueCertificate(options: CertificateOptions, issuer?: Certificate): Certificate {
  const { subject, key, notBefore, notAfter, version = 3, signature = 'intact', rewrite = (tbs) => tbs } = options
  const signer = options.signWith ?? issuer?.key ?? key
  const hash = options.hash ?? (signer.kind === 'ec-p384' ? 'sha384' : 'sha256')
  const name = encodeName(subject)
  const issuerName = options.issuer === undefined ? (issuer?.name ?? name) : encodeName(options.issuer)
  const tbs = rewrite(
    sequence(
      ...(version === 3 ? [tagged(0, integer(2))] : []),
      integer(options.serial ?? serialFrom(key, notBefore)),
      algorithmIdentifier(signer, hash),
      issuerName,
      sequence(time(notBefore), time(notAfter)),
      name,
      key.spki,
      ...(version === 3 ? [tagged(3, sequence(...extensionsOf(options, issuer?.key ?? key).map(encodeExtension)))] : []),
    ),
  )
  const value = sign(signer, hash, tbs)
  const der = sequence(
    tbs,
    algorithmIdentifier(signer, options.outerHash ?? hash),
    bitString(signature === 'flipped' ? flipBit(value) : value),
  )
  return { der, pem: toPem(der), subject, name, spki: key.spki, key, notBefore, notAfter }
}

/** PEM (RFC 7468) with the line breaks that the real token's header has: 64 characters a line, one after the last. */
export function toPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

export function encodeName(name: DistinguishedName): Octets {
  return sequence(...name.map(([attribute, value]) => set(sequence(objectIdentifier(ATTRIBUTES[attribute]), utf8String(value)))))
}

function serialFrom(key: SigningKey, notBefore: Date): Octets {
  const serial = octets(createHash('sha256').update(key.spki).update(notBefore.toISOString()).digest().subarray(0, 19))
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01
  return serial
}

function algorithmIdentifier(key: SigningKey, hash: Hash): Octets {
  switch (key.kind) {
    case 'rsa-2048':
    case 'rsa-4096':
      return sequence(objectIdentifier(`1.2.840.113549.1.1.${{ sha1: 5, sha256: 11, sha384: 12, sha512: 13 }[hash]}`), nothing())
    case 'ec-p256':
    case 'ec-p384':
      return sequence(
        objectIdentifier(hash === 'sha1' ? '1.2.840.10045.4.1' : `1.2.840.10045.4.3.${{ sha256: 2, sha384: 3, sha512: 4 }[hash]}`),
      )
    case 'ed25519':
      return sequence(objectIdentifier('1.3.101.112'))
  }
}

function extensionsOf(options: CertificateOptions, issuerKey: SigningKey): readonly Extension[] {
  const {
    basicConstraints = { ca: false },
    keyUsage = 'absent',
    extendedKeyUsage = [],
    keyIdentifiers = 'derived',
    extensions = [],
  } = options
  const found: Extension[] = []
  if (keyUsage !== 'absent') {
    found.push({ oid: '2.5.29.15', critical: true, value: namedBits(keyUsage.map((usage) => KEY_USAGES.indexOf(usage))) })
  }
  if (extendedKeyUsage.length > 0) {
    found.push({ oid: '2.5.29.37', critical: false, value: sequence(...extendedKeyUsage.map(objectIdentifier)) })
  }
  if (basicConstraints !== 'absent') {
    const { ca, pathLength, critical = true } = basicConstraints
    const limit = pathLength === undefined ? [] : [integer(pathLength)]
    found.push({ oid: '2.5.29.19', critical, value: sequence(...(ca ? [boolean(true)] : []), ...limit) })
  }
  if (keyIdentifiers === 'derived') {
    found.push({ oid: '2.5.29.14', critical: false, value: octetString(keyIdentifier(options.key)) })
    found.push({ oid: '2.5.29.35', critical: false, value: sequence(taggedPrimitive(0, keyIdentifier(issuerKey))) })
  }
  return [...found, ...extensions]
}

function encodeExtension({ oid, critical, value }: Extension): Octets {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(value))
}

/** RFC 7093 section 2, method 1: the leftmost 160 bits of SHA-256, here over the whole SubjectPublicKeyInfo. */
function keyIdentifier(key: SigningKey): Octets {
  return octets(createHash('sha256').update(key.spki).digest().subarray(0, 20))
}

/** What a verifier needs to be given to trust this root: RFC 5280 section 6.1.1 (d), and nothing that the certificate says about itself. */
export type Anchor = { readonly name: Octets; readonly spki: Octets; readonly notBefore: Date; readonly notAfter: Date }

export function anchorOf({ name, spki, notBefore, notAfter }: Certificate): Anchor {
  return { name, spki, notBefore, notAfter }
}

export type ChainOptions = {
  readonly seed?: string
  /** An instant at which all three are valid. */
  readonly at: Date
  readonly keyKind?: KeyKind
  readonly leafKeyKind?: KeyKind
  readonly root?: Partial<CertificateOptions>
  readonly intermediate?: Partial<CertificateOptions>
  readonly leaf?: Partial<CertificateOptions>
}

export type Chain = { readonly root: Certificate; readonly intermediate: Certificate; readonly leaf: Certificate; readonly anchor: Anchor }

const DAY = 24 * 60 * 60 * 1000

/** Root, intermediate and leaf with the lifetimes and extensions of Google's attestation chain, under made-up names. */
export function makeChain({ seed = DEFAULT_SEED, at, keyKind = 'rsa-2048', leafKeyKind = 'rsa-2048', ...knobs }: ChainOptions): Chain {
  const from = (days: number) => new Date(Math.floor(at.getTime() / 1000) * 1000 + days * DAY)
  const authority = { basicConstraints: { ca: true }, keyUsage: ['keyCertSign', 'cRLSign'] } as const
  const root = issueCertificate({
    subject: simulatedName('Simulated Confidential Space Root CA'),
    key: makeKey(keyKind, `${seed}/root`),
    notBefore: from(-300),
    notAfter: from(3350),
    ...authority,
    ...knobs.root,
  })
  const intermediate = issueCertificate(
    {
      subject: simulatedName('Simulated Confidential Space Intermediate CA'),
      key: makeKey(keyKind, `${seed}/intermediate`),
      notBefore: from(-290),
      notAfter: from(800),
      extendedKeyUsage: ['2.23.133.8.1'],
      extensions: [issuerAddress('root'), revocationListAddress('root')],
      ...authority,
      ...knobs.intermediate,
    },
    root,
  )
  const leaf = issueCertificate(
    {
      subject: simulatedName('Simulated Confidential Space Leaf Certificate'),
      key: makeKey(leafKeyKind, `${seed}/leaf`),
      notBefore: from(-3),
      notAfter: from(32),
      extensions: [issuerAddress('intermediate')],
      ...knobs.leaf,
    },
    intermediate,
  )
  return { root, intermediate, leaf, anchor: anchorOf(root) }
}

function simulatedName(commonName: string): DistinguishedName {
  return [
    ['C', 'US'],
    ['O', 'Inference Receipt Checker'],
    ['OU', 'Simulator, not real hardware'],
    ['CN', commonName],
  ]
}

/** RFC 5280 section 4.2.2.1: where the issuer's certificate is said to be. The host does not exist. */
function issuerAddress(issuer: string): Extension {
  const location = taggedPrimitive(6, octets(Buffer.from(`http://ca.invalid/${issuer}/ca.crt`)))
  const value = sequence(sequence(objectIdentifier('1.3.6.1.5.5.7.48.2'), location))
  return { oid: '1.3.6.1.5.5.7.1.1', critical: false, value }
}

/** RFC 5280 section 4.2.1.13. */
function revocationListAddress(issuer: string): Extension {
  const location = taggedPrimitive(6, octets(Buffer.from(`http://ca.invalid/${issuer}/crl.crl`)))
  return { oid: '2.5.29.31', critical: false, value: sequence(sequence(tagged(0, tagged(0, location)))) }
}

/** An extension that no verifier knows; critical, it has to be refused (RFC 5280 section 4.2). */
export function unknownExtension(critical: boolean, seed: string = DEFAULT_SEED): Extension {
  return { oid: '1.3.6.1.4.1.99999.1', critical, value: join(octetString(randomFrom(seed)(8))) }
}
