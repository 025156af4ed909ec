import { FindingLog, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import { span } from '../../claims/span.ts'
import { decodeBase64url } from '../../encoding/base64.ts'
import { encodeHex } from '../../encoding/hex.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { checkAuthenticity } from './check-authenticity.ts'
import { checkGuest } from './check-guest.ts'
import { checkKey } from './check-key.ts'
import { checkFirmware, checkLevels } from './check-levels.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { measurementsOf } from './measurements.ts'
import { parseReport, type SnpReport } from './report.ts'

export type Log = FindingLog<CheckName>

/** Base64url characters of the largest buffer that a report is handed over in. */
const MAX_TEXT = 87_384

/**
 * Verifies an AMD SEV-SNP attestation report: its signature under the key of the chip (VCEK) or the cloud provider (VLEK), that key to
 * AMD's pinned ones at the instant of use, the list of revoked keys, then what the report says of itself against that key's certificate and
 * against what is safe. The certificates and the list are taken from the collateral.
 */
export async function verify(input: AttestationInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const octets = decodeBase64url(input.evidence.document, MAX_TEXT)
  const parsed = octets.ok ? parseReport(octets.value) : octets
  if (!parsed.ok) {
    log.add('snp.format', 'unchecked', 'snp_format_failed', { ...faultIn('evidence', parsed), theirs: true })
    return { findings: log.findings }
  }
  const report = parsed.value
  log.add('snp.format', 'passed', sentence('snp_format_passed', String(report.version)))
  if (isUnsigned(report, log)) return { findings: log.findings }

  const key = await checkAuthenticity(report, input, log)
  if (key === undefined) return { findings: log.findings }
  checkNewer(report, log)
  checkKey(report, key, log)
  checkLevels(report, key, input.policy, log)
  checkFirmware(report, key, input.policy, log)
  checkGuest(report, log)
  checkAge(input, log)
  return {
    findings: log.findings,
    authentic: {
      commits: [{ field: 'report-data', value: encodeHex(report.reportData) }],
      measurements: measurementsOf(report, key),
      platform: sentence('snp_platform', String(key.product)),
    },
  }
}

/**
 * Firmware that was told not to sign (MASK_CHIP_KEY, or no signing key at all) writes zeros in the signature's place (AMD 56860,
 * "ATTESTATION_REPORT"): by its own word, nobody vouches for such a report.
 */
function isUnsigned({ isKeyMasked, signingKey }: SnpReport, log: Log): boolean {
  if (!isKeyMasked && signingKey !== 'none') return false
  const code = isKeyMasked ? 'key-masked' : 'no-signing-key'
  log.add('snp.signing-key', 'failed', 'snp_unsigned', { at: 'evidence.key_info', code })
  return true
}

/** What a later firmware states and this verifier has no name for is signed, and says nothing here. */
function checkNewer({ version, newer }: SnpReport, log: Log): void {
  if (newer.length === 0) return
  const isVersion = newer.includes(`version-${version}`)
  log.add('snp.newer', 'unchecked', isVersion ? sentence('snp_newer_version', String(version)) : 'snp_newer_field', {
    at: 'evidence',
    code: 'newer',
    computed: newer.join(', '),
  })
}

/** A report carries no time: how old it is cannot be told from it. */
function checkAge({ policy }: AttestationInput, log: Log): void {
  if (policy.maxEvidenceAge === undefined) return
  log.add('snp.age', 'unchecked', sentence('snp_age_unknown', span(policy.maxEvidenceAge)), { assumes: ['assume_snp_no_time'] })
}
