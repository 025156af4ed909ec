import type { Bytes } from '../encoding/bytes.ts'
import { type DerValue, readDer, TAG } from '../encoding/der.ts'
import { fieldsOf, readBoolean, readNamedBits, readOid, readSmallInteger } from '../encoding/der-read.ts'
import { failure, type Result, success } from '../encoding/result.ts'
import { type GeneralName, generalNamesOf } from './general-name.ts'
import { type NameConstraints, nameConstraintsOf } from './name-constraints.ts'
import type { Deviation } from './profile.ts'

/** An extension as it stands in the certificate: `value` is what its OCTET STRING holds, as received. */
export type Extension = { readonly oid: string; readonly critical: boolean; readonly value: Bytes }

/** Object identifiers of the extensions of RFC 5280 that are read here. */
export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
} as const

/** Names of the key usage bits, in their order (RFC 5280 section 4.2.1.3). */
export const KEY_USAGES = [
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

export type BasicConstraints = { readonly ca: boolean; readonly pathLength?: number }
export type AuthorityKeyIdentifier = { readonly keyIdentifier?: Bytes; readonly namesIssuer: boolean }
export type PolicyConstraints = { readonly requireExplicitPolicy?: number; readonly inhibitPolicyMapping?: number }

/** What the extensions of a certificate say; a field is absent where its extension is. */
export type DecodedExtensions = {
  /** Deviations in how they are encoded, which the profile of the path accepts or not. */
  readonly deviations: readonly Deviation[]
  readonly basicConstraints?: BasicConstraints
  readonly keyUsage?: ReadonlySet<KeyUsage>
  /** Object identifiers of the purposes. */
  readonly extendedKeyUsage?: readonly string[]
  readonly subjectAltName?: readonly GeneralName[]
  readonly nameConstraints?: NameConstraints
  readonly subjectKeyIdentifier?: Bytes
  readonly authorityKeyIdentifier?: AuthorityKeyIdentifier
  /** Object identifiers of the policies. */
  readonly certificatePolicies?: readonly string[]
  readonly policyConstraints?: PolicyConstraints
  readonly inhibitAnyPolicy?: number
}

const MAX_EXTENSIONS = 64
const MAX_PURPOSES = 64

type Draft = { -readonly [Field in keyof DecodedExtensions]: DecodedExtensions[Field] }

/** Reads Extensions: SEQUENCE SIZE (1..MAX) OF Extension, none of them twice (RFC 5280 section 4.2). */
export function extensionsOf(value: DerValue): Result<ReadonlyMap<string, Extension>, 'extension-malformed' | 'extension-duplicate'> {
  const extensions = new Map<string, Extension>()
  if (value.tag !== TAG.sequence || value.children.length === 0 || value.children.length > MAX_EXTENSIONS) {
    return failure('extension-malformed')
  }
  for (const child of value.children) {
    const fields = fieldsOf(child)
    const oid = readOid(fields.take(TAG.oid))
    const critical = fields.option(TAG.boolean)
    const octets = fields.take(TAG.octetString)
    // critical DEFAULT FALSE: DER leaves a FALSE out.
    const isFalseSpelledOut = critical !== undefined && readBoolean(critical) === false
    if (child.tag !== TAG.sequence || oid === undefined || octets === undefined || !fields.done() || isFalseSpelledOut) {
      return failure('extension-malformed', oid)
    }
    if (extensions.has(oid)) return failure('extension-duplicate', oid)
    extensions.set(oid, { oid, critical: critical !== undefined, value: octets.content })
  }
  return success(extensions)
}

/** Decodes the extensions that path validation knows. One of them malformed spoils the certificate; unknown ones are left alone. */
export function decodeExtensions(extensions: ReadonlyMap<string, Extension>): Result<DecodedExtensions, 'extension-malformed'> {
  const decoded: Draft = { deviations: [] }
  for (const { oid, value } of extensions.values()) {
    if (!KNOWN.has(oid)) continue
    const der = readDer(value)
    if (!der.ok || !decodeInto(decoded, oid, der.value)) return failure('extension-malformed', oid)
  }
  return success(decoded)
}

const KNOWN: ReadonlySet<string> = new Set(Object.values(EXTENSION))

function decodeInto(decoded: Draft, oid: string, value: DerValue): boolean {
  switch (oid) {
    case EXTENSION.basicConstraints:
      return isRead(basicConstraintsOf(value), (read) => (decoded.basicConstraints = read))
    case EXTENSION.keyUsage:
      return isRead(keyUsageOf(value), (read) => {
        decoded.keyUsage = read.usages
        decoded.deviations = read.isTrimmed ? [] : ['key-usage-trailing-zeros']
      })
    case EXTENSION.extendedKeyUsage:
      return isRead(oidsOf(value), (read) => (decoded.extendedKeyUsage = read))
    case EXTENSION.subjectAltName:
      return isRead(value.tag === TAG.sequence ? generalNamesOf(value) : undefined, (read) => (decoded.subjectAltName = read))
    case EXTENSION.nameConstraints:
      return isRead(nameConstraintsOf(value), (read) => (decoded.nameConstraints = read))
    case EXTENSION.subjectKeyIdentifier:
      return isRead(keyIdentifierOf(value, TAG.octetString), (read) => (decoded.subjectKeyIdentifier = read))
    case EXTENSION.authorityKeyIdentifier:
      return isRead(authorityKeyIdentifierOf(value), (read) => (decoded.authorityKeyIdentifier = read))
    case EXTENSION.certificatePolicies:
      return isRead(certificatePoliciesOf(value), (read) => (decoded.certificatePolicies = read))
    case EXTENSION.policyConstraints:
      return isRead(policyConstraintsOf(value), (read) => (decoded.policyConstraints = read))
    case EXTENSION.inhibitAnyPolicy:
      return isRead(readSmallInteger(value), (read) => (decoded.inhibitAnyPolicy = read))
    case EXTENSION.authorityInfoAccess:
      return isAuthorityInfoAccess(value)
    default:
      return false
  }
}

function isRead<Value>(value: Value | undefined, keep: (value: Value) => void): boolean {
  if (value === undefined) return false
  keep(value)
  return true
}

/** RFC 5280 section 4.2.1.9. cA DEFAULT FALSE: DER leaves a FALSE out. A path length without cA means nothing and is refused. */
function basicConstraintsOf(value: DerValue): BasicConstraints | undefined {
  if (value.tag !== TAG.sequence) return undefined
  const fields = fieldsOf(value)
  const ca = fields.option(TAG.boolean)
  const pathLength = fields.option(TAG.integer)
  if (!fields.done() || (ca !== undefined && readBoolean(ca) !== true)) return undefined
  if (pathLength === undefined) return { ca: ca !== undefined }
  const length = readSmallInteger(pathLength)
  return ca === undefined || length === undefined ? undefined : { ca: true, pathLength: length }
}

/** RFC 5280 section 4.2.1.3: at least one bit, no bits without a name. */
function keyUsageOf(value: DerValue): { readonly usages: ReadonlySet<KeyUsage>; readonly isTrimmed: boolean } | undefined {
  const named = readNamedBits(value)
  if (named === undefined || named.bits.length === 0) return undefined
  const usages = new Set<KeyUsage>()
  for (const bit of named.bits) {
    const usage = KEY_USAGES[bit]
    if (usage === undefined) return undefined
    usages.add(usage)
  }
  return { usages, isTrimmed: named.isTrimmed }
}

/** SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER, as in RFC 5280 section 4.2.1.12. */
function oidsOf(value: DerValue): readonly string[] | undefined {
  if (value.tag !== TAG.sequence || value.children.length === 0 || value.children.length > MAX_PURPOSES) return undefined
  const oids = value.children.map(readOid).filter((oid) => oid !== undefined)
  return oids.length === value.children.length ? oids : undefined
}

function keyIdentifierOf(value: DerValue, tag: number): Bytes | undefined {
  return value.tag === tag && value.content.length > 0 ? value.content : undefined
}

/** RFC 5280 section 4.2.1.1: [0] keyIdentifier, [1] authorityCertIssuer, [2] authorityCertSerialNumber; the last two go together. */
function authorityKeyIdentifierOf(value: DerValue): AuthorityKeyIdentifier | undefined {
  if (value.tag !== TAG.sequence) return undefined
  const fields = fieldsOf(value)
  const key = fields.option(0x80)
  const issuer = fields.option(0xa1)
  const serial = fields.option(0x82)
  if (!fields.done() || (issuer === undefined) !== (serial === undefined)) return undefined
  if (issuer !== undefined && generalNamesOf(issuer) === undefined) return undefined
  if (key === undefined) return { namesIssuer: issuer !== undefined }
  const keyIdentifier = keyIdentifierOf(key, 0x80)
  return keyIdentifier === undefined ? undefined : { keyIdentifier, namesIssuer: issuer !== undefined }
}

/** RFC 5280 section 4.2.1.4: at least one policy, none twice. Qualifiers are not looked into: no decision here rests on them. */
function certificatePoliciesOf(value: DerValue): readonly string[] | undefined {
  if (value.tag !== TAG.sequence || value.children.length === 0) return undefined
  const policies = new Set<string>()
  for (const information of value.children) {
    const fields = fieldsOf(information)
    const policy = readOid(fields.take(TAG.oid))
    const qualifiers = fields.option(TAG.sequence)
    if (information.tag !== TAG.sequence || policy === undefined || !fields.done() || policies.has(policy)) return undefined
    if (qualifiers !== undefined && qualifiers.children.length === 0) return undefined
    policies.add(policy)
  }
  return [...policies]
}

/** RFC 5280 section 4.2.1.11: not empty. */
function policyConstraintsOf(value: DerValue): PolicyConstraints | undefined {
  if (value.tag !== TAG.sequence || value.children.length === 0) return undefined
  const fields = fieldsOf(value)
  const explicit = fields.option(0x80)
  const mapping = fields.option(0x81)
  const requireExplicitPolicy = readSmallInteger(explicit, 0x80)
  const inhibitPolicyMapping = readSmallInteger(mapping, 0x81)
  if (!fields.done()) return undefined
  if ((explicit === undefined) !== (requireExplicitPolicy === undefined)) return undefined
  if ((mapping === undefined) !== (inhibitPolicyMapping === undefined)) return undefined
  return {
    ...(requireExplicitPolicy === undefined ? {} : { requireExplicitPolicy }),
    ...(inhibitPolicyMapping === undefined ? {} : { inhibitPolicyMapping }),
  }
}

/** RFC 5280 section 4.2.2.1: only its form is checked; nothing is ever fetched by it. */
function isAuthorityInfoAccess(value: DerValue): boolean {
  return (
    value.tag === TAG.sequence &&
    value.children.length > 0 &&
    value.children.every((access) => {
      const [method, location, ...more] = access.children
      return (
        access.tag === TAG.sequence &&
        readOid(method) !== undefined &&
        location !== undefined &&
        (location.tag & 0xc0) === 0x80 &&
        more.length === 0
      )
    })
  )
}
