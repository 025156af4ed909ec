import type { CollateralSeen } from '../../../dossier/types.ts'
import { type Base64urlCode, decodeBase64url } from '../../encoding/base64.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { isPadding } from '../../encoding/padding.ts'
import { type Result, success } from '../../encoding/result.ts'
import { anchorsFor } from '../../trust/anchors.ts'
import { type Certificate, parseCertificate } from '../../trust/certificate.ts'
import { type Name, parseName } from '../../trust/name.ts'
import { type ValidPath, validatePath } from '../../trust/path.ts'
import type { PathErrorCode } from '../../trust/path-error.ts'
import type { Deviation, PathProfile } from '../../trust/profile.ts'
import type { TrustStore } from '../../trust/types.ts'
import { type EndorsementKey, type EndorsementKeyCode, parseEndorsementKey } from './endorsement-key.ts'
import type { SnpReport } from './report.ts'
import { areLevelsEqual, patchLevelsOf } from './tcb.ts'

/** What anchors for these reports are marked with in the trust store: roots (ARK), and keys below them that issue others (ASK, ASVK). */
export const PURPOSE = 'sev-snp'

/**
 * What AMD's certificates need beyond RFC 5280, and nothing else: serial number 0 and no authority key identifier in those of chips, key
 * usage with trailing zeros, and RSASSA-PSS with its default trailer field spelled out.
 */
export const AMD: PathProfile = {
  id: 'amd-sev-snp',
  maxIntermediates: 1,
  accepts: new Set<Deviation>(['serial-number-zero', 'authority-key-identifier-missing', 'key-usage-trailing-zeros', 'pss-trailer-field']),
  understoodExtensions: new Set(),
}

/**
 * Picks the certificate of the key that signed: of several, the first that states the report's kind of key, patch levels and chip. Undefined
 * where none was obtained; where none can be read, what is wrong with the first.
 */
export function findEndorsementKey(report: SnpReport, collateral: readonly CollateralSeen[]): Result<EndorsementKey, KeyFault> | undefined {
  const read = collateral.filter(({ kind }) => kind === 'amd-vcek').map(({ document }) => readEndorsementKey(document))
  const keys = read.flatMap((result) => (result.ok ? [result.value] : []))
  const isFitting = (key: EndorsementKey) =>
    areLevelsCertified(report, key) &&
    chipOf(report, key) !== 'other' &&
    (report.signingKey === key.kind || report.signingKey === 'unknown')
  const fitting = keys.find(isFitting) ?? keys[0]
  return fitting === undefined ? read[0] : success(fitting)
}

export type KeyFault = EndorsementKeyCode | Base64urlCode

function readEndorsementKey(document: string): Result<EndorsementKey, KeyFault> {
  const der = decodeBase64url(document)
  return der.ok ? parseEndorsementKey(der.value) : der
}

/** Whether the key was made for the patch levels that the report says it was made for. */
export function areLevelsCertified({ reportedTcb }: SnpReport, { product, levels }: EndorsementKey): boolean {
  return areLevelsEqual(patchLevelsOf(reportedTcb, product), levels)
}

/**
 * Whether report and certificate name the same chip: Turin's identifiers are eight octets and padded with zeros in the report. A loaded key
 * (VLEK) is bound to no chip, and a host may hide which chip it is: then the identifier in the report is zero.
 */
export function chipOf({ chipId }: SnpReport, { hardwareId }: EndorsementKey): 'same' | 'other' | 'hidden' | 'not-certified' {
  if (hardwareId === undefined) return 'not-certified'
  if (isPadding(chipId)) return 'hidden'
  const length = hardwareId.length
  return equalBytes(chipId.subarray(0, length), hardwareId) && isPadding(chipId.subarray(length)) ? 'same' : 'other'
}

/**
 * The path from the key to AMD's: up to a root where the certificate between the two came along, and otherwise to the pinned key that issued
 * the signing key's certificate. Certificates that came along and cannot be read, or lead nowhere, vouch for nothing and are passed over.
 */
export async function validateEndorsement(
  { certificate }: EndorsementKey,
  collateral: readonly CollateralSeen[],
  { anchors }: TrustStore,
  at: Date,
): Promise<Result<ValidPath, PathErrorCode>> {
  const pinned = anchorsFor(anchors, PURPOSE)
  const authorities = collateral.filter(({ kind }) => kind === 'amd-ca').flatMap(({ document }) => parseBase64url(document) ?? [])
  const use = { keyUsage: 'digitalSignature' } as const
  const toRoot = await validatePath({
    leaf: certificate,
    intermediates: authorities,
    anchors: pinned.filter(({ name }) => !isNamed(name, certificate.issuer)),
    at,
    profile: AMD,
    use,
  })
  if (toRoot.ok) return toRoot
  const toPinned = await validatePath({ leaf: certificate, intermediates: [], anchors: pinned, at, profile: AMD, use })
  return !toPinned.ok && toPinned.code === 'issuer-missing' ? toRoot : toPinned
}

function isNamed(der: Bytes, name: Name): boolean {
  const read = parseName(der)
  return read.ok && read.value.key === name.key
}

function parseBase64url(document: string): Certificate | undefined {
  const der = decodeBase64url(document)
  const certificate = der.ok ? parseCertificate(der.value) : der
  return certificate.ok ? certificate.value : undefined
}

/** The octets of every revocation list of AMD's that was obtained and is base64url. */
export function revocationListsOf(collateral: readonly CollateralSeen[]): readonly Bytes[] {
  return collateral
    .filter(({ kind }) => kind === 'amd-crl')
    .flatMap(({ document }) => {
      const der = decodeBase64url(document)
      return der.ok ? [der.value] : []
    })
}
