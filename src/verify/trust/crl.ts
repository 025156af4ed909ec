import { type Bytes, equalBytes } from '../encoding/bytes.ts'
import { type DerErrorCode, type DerLimits, type DerValue, readDer, TAG } from '../encoding/der.ts'
import { fieldsOf, readOctetsOfBitString, readSmallInteger, readTime } from '../encoding/der-read.ts'
import { encodeHex } from '../encoding/hex.ts'
import { failure, type Result, success } from '../encoding/result.ts'
import { type SignatureErrorCode, verifyWithSpki } from '../encoding/signatures.ts'
import { signatureSchemeOf } from './algorithms.ts'
import type { Certificate } from './certificate.ts'
import { type Extension, extensionsOf, type KeyUsage } from './extensions.ts'
import { type Name, nameOf, parseName } from './name.ts'
import { type PathProfile, RFC5280 } from './profile.ts'
import type { TrustAnchor } from './types.ts'

/** A complete certificate revocation list (RFC 5280 section 5): every revocation of one issuer, whatever the reason. */
export type Crl = {
  /** TBSCertList: what is signed. */
  readonly tbs: Bytes
  readonly signatureAlgorithm: Bytes
  readonly signature: Bytes
  readonly issuer: Name
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  readonly authorityKeyIdentifier?: Bytes
  /** Whether it has a number, and not a critical one (section 5.2.3). Some vendors' lists are used without; `checkPathRevocation` insists. */
  readonly numbered: 'as-it-must' | 'critical' | 'absent'
  /** When each certificate was revoked, by the contents octets of its serial number in hexadecimal. */
  readonly revoked: ReadonlyMap<string, Date>
}

export type CrlErrorCode =
  | DerErrorCode
  | 'crl-malformed'
  | 'crl-version'
  | 'crl-time-malformed'
  /** RFC 5280 section 5.1.2.5 wants it; without it a list would be current for ever. */
  | 'crl-next-update-missing'
  | 'crl-extension-malformed'
  /** A critical extension that is not understood, of the list or of an entry: the list must not be used (section 5.2). */
  | 'crl-critical-extension'
  /** A delta list, a list for some reasons or some certificates, or one that speaks for other issuers. */
  | 'crl-partial'
  | 'signature-algorithm-mismatch'
  | 'name-malformed'

/** Why a list is not its issuer's. `engine-failed` says that nothing could be checked. */
export type CrlSignatureCode =
  | 'crl-issuer-name'
  | 'crl-issuer-key-usage'
  | 'crl-issuer-key-identifier'
  | 'signature-algorithm-unsupported'
  | SignatureErrorCode

export type CrlTimeCode = 'crl-not-yet-valid' | 'crl-expired'

/** Lists may be long: about 100 octets and 8 values an entry. */
const LIMITS: DerLimits = { maxBytes: 1_048_576, maxDepth: 12, maxValues: 131_072 }

const OID = {
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  authorityKeyIdentifier: '2.5.29.35',
} as const

/** Parses one list: one value in strict DER, of the structure of RFC 5280 section 5.1. Nothing in it is true before `verifyCrl` says so. */
export function parseCrl(der: Bytes): Result<Crl, CrlErrorCode> {
  const gate = readDer(der, LIMITS)
  return gate.ok ? readCrl(gate.value) : gate
}

function readCrl(value: DerValue): Result<Crl, CrlErrorCode> {
  const outer = fieldsOf(value)
  const tbs = outer.take(TAG.sequence)
  const signatureAlgorithm = outer.take(TAG.sequence)
  const signature = readOctetsOfBitString(outer.take(TAG.bitString))
  if (value.tag !== TAG.sequence || tbs === undefined || signatureAlgorithm === undefined || signature === undefined || !outer.done()) {
    return failure('crl-malformed')
  }

  const fields = fieldsOf(tbs)
  // Version 2 is written as 1; a list without it is version 1 and has no extensions, and no conforming authority issues one.
  if (readSmallInteger(fields.option(TAG.integer)) !== 1) return failure('crl-version')
  const innerAlgorithm = fields.take(TAG.sequence)
  const issuerValue = fields.take(TAG.sequence)
  const thisUpdate = readTime(fields.any())
  const nextUpdateValue = fields.option(TAG.utcTime) ?? fields.option(TAG.generalizedTime)
  const revokedValue = fields.option(TAG.sequence)
  const wrappedExtensions = fields.option(0xa0)
  if (innerAlgorithm === undefined || issuerValue === undefined || !fields.done()) return failure('crl-malformed')
  if (!equalBytes(innerAlgorithm.encoding, signatureAlgorithm.encoding)) return failure('signature-algorithm-mismatch')
  const issuer = nameOf(issuerValue)
  if (!issuer.ok) return issuer
  if (thisUpdate === undefined) return failure('crl-time-malformed')
  if (nextUpdateValue === undefined) return failure('crl-next-update-missing')
  const nextUpdate = readTime(nextUpdateValue)
  if (nextUpdate === undefined || nextUpdate < thisUpdate) return failure('crl-time-malformed')

  const revoked = revokedOf(revokedValue)
  if (!revoked.ok) return revoked
  const extensions = listExtensionsOf(wrappedExtensions)
  if (!extensions.ok) return extensions
  return success({
    tbs: tbs.encoding,
    signatureAlgorithm: signatureAlgorithm.encoding,
    signature,
    issuer: issuer.value,
    thisUpdate,
    nextUpdate,
    ...extensions.value,
    revoked: revoked.value,
  })
}

/** revokedCertificates: absent when there are none (section 5.1.2.6). */
function revokedOf(value: DerValue | undefined): Result<ReadonlyMap<string, Date>, CrlErrorCode> {
  const revoked = new Map<string, Date>()
  if (value === undefined) return success(revoked)
  if (value.children.length === 0) return failure('crl-malformed')
  for (const entry of value.children) {
    const fields = fieldsOf(entry)
    const serial = fields.take(TAG.integer)
    const at = readTime(fields.any())
    const entryExtensions = fields.option(TAG.sequence)
    if (entry.tag !== TAG.sequence || serial === undefined || !fields.done()) return failure('crl-malformed')
    if (at === undefined) return failure('crl-time-malformed')
    if (entryExtensions !== undefined) {
      const extensions = extensionsOf(entryExtensions)
      if (!extensions.ok) return failure('crl-extension-malformed')
      const fault = faultInEntry(extensions.value)
      if (fault !== undefined) return failure(fault)
    }
    const key = encodeHex(serial.content)
    if (!revoked.has(key)) revoked.set(key, at)
  }
  return success(revoked)
}

function faultInEntry(extensions: ReadonlyMap<string, Extension>): CrlErrorCode | undefined {
  for (const { oid, critical, value } of extensions.values()) {
    if (oid === OID.certificateIssuer) return 'crl-partial'
    // removeFromCRL (8) exists in delta lists only (section 5.3.1).
    if (oid === OID.reasonCode && value[value.length - 1] === 8) return 'crl-partial'
    if (critical && oid !== OID.reasonCode && oid !== OID.invalidityDate) return 'crl-critical-extension'
  }
  return undefined
}

function listExtensionsOf(wrapped: DerValue | undefined): Result<Pick<Crl, 'authorityKeyIdentifier' | 'numbered'>, CrlErrorCode> {
  if (wrapped === undefined) return success({ numbered: 'absent' })
  const [list, ...more] = wrapped.children
  if (list === undefined || more.length > 0) return failure('crl-extension-malformed')
  const extensions = extensionsOf(list)
  if (!extensions.ok) return failure('crl-extension-malformed')
  for (const { oid, critical } of extensions.value.values()) {
    if (oid === OID.deltaCrlIndicator || oid === OID.issuingDistributionPoint) return failure('crl-partial')
    if (critical && oid !== OID.crlNumber && oid !== OID.authorityKeyIdentifier) return failure('crl-critical-extension')
  }
  const number = extensions.value.get(OID.crlNumber)
  const numbered = number === undefined ? 'absent' : number.critical ? 'critical' : 'as-it-must'
  const authority = extensions.value.get(OID.authorityKeyIdentifier)
  if (authority === undefined) return success({ numbered })
  const der = readDer(authority.value)
  if (!der.ok || der.value.tag !== TAG.sequence) return failure('crl-extension-malformed')
  const [identifier] = der.value.children
  return success(identifier?.tag === 0x80 ? { authorityKeyIdentifier: identifier.content, numbered } : { numbered })
}

/** Who signs a list: the authority whose certificates it revokes. */
export type CrlIssuer = {
  readonly name: Name
  readonly spki: Bytes
  readonly keyUsage?: ReadonlySet<KeyUsage>
  readonly subjectKeyIdentifier?: Bytes
}

/** An authority out of a valid path as the signer of its list. */
export function crlIssuerOf({ subject, spki, keyUsage, subjectKeyIdentifier }: Certificate): CrlIssuer {
  return {
    name: subject,
    spki,
    ...(keyUsage === undefined ? {} : { keyUsage }),
    ...(subjectKeyIdentifier === undefined ? {} : { subjectKeyIdentifier }),
  }
}

/** A trust anchor, which is a name and a key, as the signer of its list. */
export function crlIssuerOfAnchor({ name, spki }: TrustAnchor): Result<CrlIssuer, 'name-malformed'> {
  const read = parseName(name)
  return read.ok ? success({ name: read.value, spki }) : read
}

/**
 * Whether the list is the issuer's own: same name, a key that may sign lists (section 6.3.3 f) and is the one that the list names, and its
 * signature over the octets as received. Time is the question of `faultInCrlTime`.
 */
export async function verifyCrl(crl: Crl, issuer: CrlIssuer, profile: PathProfile = RFC5280): Promise<Result<true, CrlSignatureCode>> {
  if (crl.issuer.key !== issuer.name.key) return failure('crl-issuer-name', crl.issuer.text)
  if (issuer.keyUsage !== undefined && !issuer.keyUsage.has('cRLSign')) return failure('crl-issuer-key-usage')
  const { authorityKeyIdentifier: named } = crl
  const { subjectKeyIdentifier: own } = issuer
  if (named !== undefined && own !== undefined && !equalBytes(named, own)) return failure('crl-issuer-key-identifier')
  const scheme = signatureSchemeOf(crl.signatureAlgorithm, profile)
  if (scheme === undefined) return failure('signature-algorithm-unsupported')
  return verifyWithSpki(issuer.spki, scheme, crl.signature, crl.tbs)
}

/** Whether a list spoke at an instant: from thisUpdate through nextUpdate, both included. */
export function faultInCrlTime({ thisUpdate, nextUpdate }: Crl, at: Date): CrlTimeCode | undefined {
  const second = Math.floor(at.getTime() / 1000) * 1000
  if (second < thisUpdate.getTime()) return 'crl-not-yet-valid'
  return second > nextUpdate.getTime() ? 'crl-expired' : undefined
}

/** When the list says that a certificate of its issuer was revoked; undefined when it does not list it. */
export function revokedAt({ revoked }: Crl, { serial }: Certificate): Date | undefined {
  return revoked.get(encodeHex(serial))
}
