import { equalBytes } from '../encoding/bytes.ts'
import { readPublicKey } from '../encoding/der-spki.ts'
import type { Certificate } from './certificate.ts'
import { EXTENSION, type Extension, type KeyUsage } from './extensions.ts'
import type { PathErrorCode } from './path-error.ts'
import type { PathProfile } from './profile.ts'

/** What the leaf is to be used for; each is asked for only where the certificate limits it. */
export type LeafUse = {
  readonly keyUsage?: KeyUsage
  /** Object identifier of a purpose (RFC 5280 section 4.2.1.12). */
  readonly extendedKeyUsage?: string
}

const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0'
const MAX_SERIAL_OCTETS = 20

/**
 * The rules of RFC 5280 section 4 that hold for every certificate by itself, wherever it stands in a path. `isSelfSigned`: its own key
 * verifies it, so that it need not name its issuer's key.
 */
export function faultInContents(certificate: Certificate, profile: PathProfile, isSelfSigned: boolean): PathErrorCode | undefined {
  if (certificate.version !== 3) return 'version-not-3'
  if (!isSerialNumber(certificate, profile)) return 'serial-number'
  const isAuthority = certificate.basicConstraints?.ca === true
  const keyUsage = certificate.keyUsage
  if (certificate.subject.rdns.length === 0) {
    // Section 4.2.1.6: then the alternative name is the only name and must be understood.
    if (isAuthority || certificate.subjectAltName === undefined) return 'name-empty'
    if (certificate.extensions.get(EXTENSION.subjectAltName)?.critical !== true) return 'extension-criticality'
  }
  if (certificate.deviations.some((deviation) => !profile.accepts.has(deviation))) return 'key-usage'
  for (const extension of certificate.extensions.values()) {
    const fault = faultInCriticality(extension, profile)
    if (fault !== undefined) return fault
  }
  if (isAuthority && certificate.extensions.get(EXTENSION.basicConstraints)?.critical !== true) return 'extension-criticality'
  // Section 4.2.1.9: who is no authority signs no certificates, and a path length is only for those who do.
  if (keyUsage?.has('keyCertSign') === true && !isAuthority) return 'key-usage'
  if (certificate.basicConstraints?.pathLength !== undefined && keyUsage?.has('keyCertSign') === false) return 'key-usage'
  if (certificate.nameConstraints !== undefined && !isAuthority) return 'extension-misplaced'
  // Section 4.2.1.2: in all certificates of authorities.
  if (isAuthority && certificate.subjectKeyIdentifier === undefined && !profile.accepts.has('subject-key-identifier-missing')) {
    return 'key-identifier-missing'
  }
  return faultInAuthorityKeyIdentifier(certificate, profile, isSelfSigned)
}

/** Section 4.1.2.2: positive, at most 20 octets; an octet that only keeps the INTEGER positive is not counted. */
function isSerialNumber({ serial }: Certificate, profile: PathProfile): boolean {
  const [first = 0] = serial
  if (serial.length === 1 && first === 0) return profile.accepts.has('serial-number-zero')
  const octets = first === 0 ? serial.length - 1 : serial.length
  return first < 0x80 && octets <= MAX_SERIAL_OCTETS
}

/** Criticality that section 4.2 prescribes, and critical extensions that nobody here understands. */
function faultInCriticality({ oid, critical }: Extension, profile: PathProfile): PathErrorCode | undefined {
  switch (oid) {
    case EXTENSION.authorityKeyIdentifier:
    case EXTENSION.subjectKeyIdentifier:
    case EXTENSION.authorityInfoAccess:
      return critical ? 'extension-criticality' : undefined
    case EXTENSION.nameConstraints:
    case EXTENSION.policyConstraints:
    case EXTENSION.inhibitAnyPolicy:
      return critical ? undefined : 'extension-criticality'
    case EXTENSION.basicConstraints:
    case EXTENSION.keyUsage:
    case EXTENSION.extendedKeyUsage:
    case EXTENSION.subjectAltName:
    case EXTENSION.certificatePolicies:
      return undefined
    default:
      return critical && !profile.understoodExtensions.has(oid) ? 'unknown-critical-extension' : undefined
  }
}

function faultInAuthorityKeyIdentifier(certificate: Certificate, profile: PathProfile, isSelfSigned: boolean): PathErrorCode | undefined {
  const authority = certificate.authorityKeyIdentifier
  if (authority?.keyIdentifier === undefined) {
    // A self-signed certificate may leave the extension out, not the identifier inside it.
    const isExcused = (isSelfSigned && authority === undefined) || profile.accepts.has('authority-key-identifier-missing')
    return isExcused ? undefined : 'key-identifier-missing'
  }
  return isSelfSigned ? faultBetweenKeyIdentifiers(certificate, certificate) : undefined
}

/**
 * Section 4.2.1.2: the issuer's subjectKeyIdentifier is what the certificates that it issues name as their authority's. Nothing to compare
 * where either says nothing, or where the issuer is an anchor without certificate.
 */
export function faultBetweenKeyIdentifiers(certificate: Certificate, issuer: Certificate | undefined): PathErrorCode | undefined {
  const named = certificate.authorityKeyIdentifier?.keyIdentifier
  const own = issuer?.subjectKeyIdentifier
  return named === undefined || own === undefined || equalBytes(named, own) ? undefined : 'key-identifier-mismatch'
}

/** Section 6.1.4 (k) and (n): what a certificate needs to vouch for another. */
export function faultInAuthority(certificate: Certificate): PathErrorCode | undefined {
  if (certificate.basicConstraints?.ca !== true) return 'not-a-ca'
  return certificate.keyUsage === undefined || certificate.keyUsage.has('keyCertSign') ? undefined : 'key-usage'
}

/** Policies are not evaluated: a path that insists on one (section 6.1.4 i) cannot be decided here. */
export function faultInPolicies(certificate: Certificate): PathErrorCode | undefined {
  return certificate.policyConstraints?.requireExplicitPolicy === undefined ? undefined : 'policy-constraints-unsupported'
}

/** What the leaf needs to be used as asked, with a key that is fit to verify anything. */
export function faultInLeaf(certificate: Certificate, use: LeafUse): PathErrorCode | undefined {
  const key = readPublicKey(certificate.spki)
  if (!key.ok) return key.code
  if (use.keyUsage !== undefined && certificate.keyUsage !== undefined && !certificate.keyUsage.has(use.keyUsage)) return 'key-usage'
  return faultInPurpose(certificate, use)
}

/** Purposes in an authority's certificate limit what is below it, as every implementation has it (CA/Browser Forum 7.1.2.10.6). */
export function faultInPurpose({ extendedKeyUsage }: Certificate, use: LeafUse): PathErrorCode | undefined {
  if (use.extendedKeyUsage === undefined || extendedKeyUsage === undefined) return undefined
  const serves = extendedKeyUsage.includes(use.extendedKeyUsage) || extendedKeyUsage.includes(ANY_EXTENDED_KEY_USAGE)
  return serves ? undefined : 'extended-key-usage'
}

/** Section 4.1.2.5: from notBefore through notAfter, both included, in whole seconds: fractions of `at` do not count. */
export function faultInTime(validity: { readonly notBefore: Date; readonly notAfter: Date }, at: Date): PathErrorCode | undefined {
  const second = Math.floor(at.getTime() / 1000) * 1000
  if (second < validity.notBefore.getTime()) return 'not-yet-valid'
  return second > validity.notAfter.getTime() ? 'expired' : undefined
}
