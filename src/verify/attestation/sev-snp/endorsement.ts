import type { CollateralSeen } from '../../../dossier/types.ts'
import { decodeBase64url } from '../../encoding/base64.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { anchorsFor } from '../../trust/anchors.ts'
import { type Certificate, parseCertificate } from '../../trust/certificate.ts'
import { type Name, parseName } from '../../trust/name.ts'
import { type ValidPath, validatePath } from '../../trust/path.ts'
import type { PathErrorCode } from '../../trust/path-error.ts'
import type { Deviation, PathProfile } from '../../trust/profile.ts'
import type { TrustStore } from '../../trust/types.ts'
import { type EndorsementKey, parseEndorsementKey } from './endorsement-key.ts'
import { isZero, type SnpReport } from './report.ts'
import { areLevelsEqual, patchLevelsOf } from './tcb.ts'

/** What anchors for these reports are marked with in the trust store: roots (ARK), and keys between root and chip (ASK). */
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
 * Picks the certificate of the key that signed: of several, the first that states the report's chip and patch levels. Undefined where none
 * was obtained; where none can be read, what is wrong with the first.
 */
export function findEndorsementKey(report: SnpReport, collateral: readonly CollateralSeen[]): Result<EndorsementKey, string> | undefined {
  const read = collateral.filter(({ kind }) => kind === 'amd-vcek').map(({ document }) => readEndorsementKey(document))
  const keys = read.flatMap((result) => (result.ok ? [result.value] : []))
  const fitting = keys.find((key) => areLevelsCertified(report, key) && chipOf(report, key) === 'same') ?? keys[0]
  return fitting === undefined ? read[0] : success(fitting)
}

function readEndorsementKey(document: string): Result<EndorsementKey, string> {
  const der = decodeBase64url(document)
  if (!der.ok) return der
  const key = parseEndorsementKey(der.value)
  return key.ok ? key : failure(key.code, key.detail)
}

/** Whether the key was made for the patch levels that the report says it was made for. */
export function areLevelsCertified({ reportedTcb }: SnpReport, { product, levels }: EndorsementKey): boolean {
  return areLevelsEqual(patchLevelsOf(reportedTcb, product), levels)
}

/** Whether report and certificate name the same chip: Turin's identifiers are eight octets and padded with zeros in the report. */
export function chipOf({ chipId, isChipMasked }: SnpReport, { hardwareId }: EndorsementKey): 'same' | 'other' | 'hidden' | 'not-certified' {
  if (isChipMasked !== isZero(chipId)) return 'other'
  if (hardwareId === undefined) return 'not-certified'
  if (isChipMasked) return 'hidden'
  const length = hardwareId.length
  return equalBytes(chipId.subarray(0, length), hardwareId) && isZero(chipId.slice(length)) ? 'same' : 'other'
}

/**
 * The path from the key to AMD's. Certificates between root and chip that came along are verified up to a root; only where none did does the
 * path end at the pinned key that issued the chip's certificate.
 */
export async function validateEndorsement(
  { certificate }: EndorsementKey,
  collateral: readonly CollateralSeen[],
  { anchors }: TrustStore,
  at: Date,
): Promise<Result<ValidPath, PathErrorCode | 'authority-malformed'>> {
  const own = anchorsFor(anchors, PURPOSE)
  const authorities: Certificate[] = []
  for (const { kind, document } of collateral) {
    if (kind !== 'amd-ca') continue
    const authority = parseBase64url(document)
    if (authority === undefined) return failure('authority-malformed')
    authorities.push(authority)
  }
  return validatePath({
    leaf: certificate,
    intermediates: authorities,
    anchors: authorities.length === 0 ? own : own.filter(({ name }) => !isNamed(name, certificate.issuer)),
    at,
    profile: AMD,
    use: { keyUsage: 'digitalSignature' },
  })
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

/** The octets of every revocation list of AMD's that was obtained; undefined for one that is no base64url. */
export function revocationListsOf(collateral: readonly CollateralSeen[]): readonly (Bytes | undefined)[] {
  return collateral
    .filter(({ kind }) => kind === 'amd-crl')
    .map(({ document }) => {
      const der = decodeBase64url(document)
      return der.ok ? der.value : undefined
    })
}
