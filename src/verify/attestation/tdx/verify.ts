import { FindingLog, faultIn } from '../../claims/finding.ts'
import { type MessageId, sentence } from '../../claims/sentence.ts'
import { decodeBase64url } from '../../encoding/base64.ts'
import { encodeHex } from '../../encoding/hex.ts'
import type { Failure } from '../../encoding/result.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { checkAuthenticity } from './authenticity.ts'
import { checkCollateral } from './check-collateral.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { measurementsOf } from './measurements.ts'
import { parseQuote, QUOTE_LIMIT, type QuoteErrorCode } from './quote.ts'
import { type AttributeFault, faultInAttributes, isUnderDebug, type TdReport } from './td-report.ts'

export type Log = FindingLog<CheckName>

/**
 * Verifies a TDX quote (Intel DCAP): the quote under its attestation key, that key under the quoting enclave, the enclave under the
 * platform's PCK certificate, and that up to Intel's pinned root; then, with Intel's collateral, whether the platform is revoked and how
 * secure Intel says it is. Without collateral the last two are unchecked. The quote itself carries no time.
 */
export async function verify(input: AttestationInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const malformed = (because: MessageId, fault: Failure<string>): AttestationResult => {
    log.add('tdx.format', 'failed', because, faultIn('evidence', fault))
    return { findings: log.findings }
  }
  const bytes = decodeBase64url(input.evidence.document, Math.ceil((QUOTE_LIMIT * 4) / 3))
  if (!bytes.ok) return malformed('tdx_format_failed', bytes)
  const parsed = parseQuote(bytes.value)
  if (!parsed.ok) return malformed(formatWords(parsed.code), parsed)
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
      measurements: measurementsOf(quote.report),
      platform: sentence('tdx_platform'),
    },
  }
}

function formatWords(code: QuoteErrorCode): MessageId {
  switch (code) {
    case 'quote-not-tdx':
      return 'tdx_not_tdx'
    case 'quote-uncertified':
      return 'tdx_uncertified'
    case 'quote-synthetic':
      return 'tdx_synthetic'
    default:
      return 'tdx_format_failed'
  }
}

/** How the trust domain is set up. */
function checkDomain(report: TdReport, log: Log): void {
  const at = 'evidence.body.td-attributes'
  log.decide('tdx.debug', !isUnderDebug(report), { passed: 'tdx_debug_passed', failed: 'tdx_debug_failed' }, { at })
  const fault = faultInAttributes(report)
  if (fault === undefined) log.add('tdx.attributes', 'passed', 'tdx_attributes_passed', { at })
  else log.add('tdx.attributes', 'failed', ATTRIBUTE_WORDS[fault], { at, code: fault })
  if (report.mrServiceTd === undefined) return
  const isBound = report.mrServiceTd.some((octet) => octet !== 0)
  log.decide(
    'tdx.service-td',
    !isBound,
    { passed: 'tdx_service_td_passed', failed: 'tdx_service_td_failed' },
    { at: 'evidence.body.mr-service-td', computed: encodeHex(report.mrServiceTd) },
  )
}

const ATTRIBUTE_WORDS = {
  'reserved-bits': 'tdx_attributes_reserved',
  migratable: 'tdx_attributes_migratable',
  'sept-ve': 'tdx_attributes_sept_ve',
} as const satisfies Record<AttributeFault, MessageId>
