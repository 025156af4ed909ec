import { FindingLog, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import { type Base64urlCode, decodeBase64url } from '../../encoding/base64.ts'
import { encodeHex } from '../../encoding/hex.ts'
import type { Failure } from '../../encoding/result.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { checkAuthenticity } from './authenticity.ts'
import { checkCollateral } from './check-collateral.ts'
import { checkDomain } from './check-domain.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { measurementsOf } from './measurements.ts'
import { parseQuote, QUOTE_LIMIT, type QuoteErrorCode } from './quote.ts'

export type Log = FindingLog<CheckName>

/**
 * Verifies a TDX quote (Intel DCAP): the quote under its attestation key, that key under the quoting enclave, the enclave under the
 * platform's PCK certificate, and that up to Intel's pinned root; then, with Intel's collateral, whether the platform is revoked and how
 * secure Intel says it is. Without collateral the last two are unchecked. The quote itself carries no time.
 */
export async function verify(input: AttestationInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const bytes = decodeBase64url(input.evidence.document, Math.ceil((QUOTE_LIMIT * 4) / 3))
  const parsed = bytes.ok ? parseQuote(bytes.value) : bytes
  if (!parsed.ok) {
    reportForm(parsed, log)
    return { findings: log.findings }
  }
  const quote = parsed.value

  const chain = await checkAuthenticity(quote, input, log)
  if (chain === undefined) return { findings: log.findings }
  checkDomain(quote.report, log)
  if (input.policy.maxEvidenceAge !== undefined) log.add('tdx.age', 'unchecked', 'tdx_age_unknown')
  const isIntelsEnclave = await checkCollateral(quote, chain, input, log)
  if (!isIntelsEnclave) return { findings: log.findings }
  return {
    findings: log.findings,
    authentic: {
      commits: [{ field: 'report-data', value: encodeHex(quote.report.reportData) }],
      measurements: measurementsOf(quote.report, chain.pck),
      platform: sentence('tdx_platform'),
    },
  }
}

/**
 * What is no TDX quote at all, or one that nobody vouches for, contradicts what it was called. What cannot be read, or is newer than this
 * verifier by its own label, which nobody signed, contradicts nothing, and is the sender's doing.
 */
function reportForm(fault: Failure<QuoteErrorCode | Base64urlCode>, log: Log): void {
  const more = faultIn('evidence', fault)
  switch (fault.code) {
    case 'quote-not-tdx':
      log.add('tdx.format', 'failed', 'tdx_not_tdx', more)
      return
    case 'quote-uncertified':
      log.add('tdx.format', 'failed', 'tdx_uncertified', more)
      return
    case 'quote-stub':
      log.add('tdx.format', 'failed', 'tdx_stub', more)
      return
    case 'quote-synthetic':
      log.add('tdx.format', 'failed', 'tdx_synthetic', more)
      return
    case 'quote-version':
      log.add('tdx.format', 'unchecked', sentence('tdx_newer_version', fault.detail ?? ''), { ...more, theirs: true })
      return
    case 'quote-key-type':
    case 'quote-tee-type':
    case 'quote-vendor':
    case 'quote-body-type':
      log.add('tdx.format', 'unchecked', sentence(NEWER[fault.code], fault.detail ?? ''), { ...more, theirs: true })
      return
    default:
      log.add('tdx.format', 'unchecked', 'tdx_format_failed', { ...more, theirs: true })
  }
}

const NEWER = {
  'quote-key-type': 'tdx_newer_key',
  'quote-tee-type': 'tdx_newer_tee',
  'quote-vendor': 'tdx_newer_vendor',
  'quote-body-type': 'tdx_newer_body',
} as const
