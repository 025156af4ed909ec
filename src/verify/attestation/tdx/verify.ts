import { FindingLog } from '../../claims/finding.ts'
import { type Sentence, sentence } from '../../claims/sentence.ts'
import { decodeBase64url } from '../../encoding/base64.ts'
import { encodeHex } from '../../encoding/hex.ts'
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
  const malformed = (because: Sentence): AttestationResult => {
    log.add('tdx.format', 'failed', because)
    return { findings: log.findings }
  }
  const bytes = decodeBase64url(input.evidence.document, Math.ceil((QUOTE_LIMIT * 4) / 3))
  if (!bytes.ok) return malformed(sentence('tdx_format_failed', bytes.code))
  const parsed = parseQuote(bytes.value)
  if (!parsed.ok) return malformed(formatSentence(parsed.code))
  const quote = parsed.value

  const chain = await checkAuthenticity(quote, input, log)
  if (chain === undefined) return { findings: log.findings }
  checkDomain(quote.report, log)
  if (input.policy.maxEvidenceAge !== undefined) log.add('tdx.age', 'unchecked', sentence('tdx_age_unknown'))
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

function formatSentence(code: QuoteErrorCode): Sentence {
  switch (code) {
    case 'quote-not-tdx':
      return sentence('tdx_not_tdx')
    case 'quote-uncertified':
      return sentence('tdx_uncertified')
    case 'quote-synthetic':
      return sentence('tdx_synthetic')
    default:
      return sentence('tdx_format_failed', code)
  }
}

/** How the trust domain is set up. */
function checkDomain(report: TdReport, log: Log): void {
  const at = 'evidence.body.td-attributes'
  const isDebug = isUnderDebug(report)
  log.add('tdx.debug', isDebug ? 'failed' : 'passed', sentence(isDebug ? 'tdx_debug_failed' : 'tdx_debug_passed'), { at })
  const fault = faultInAttributes(report)
  if (fault === undefined) log.add('tdx.attributes', 'passed', sentence('tdx_attributes_passed'), { at })
  else log.add('tdx.attributes', 'failed', attributeSentence(fault), { at })
  if (report.mrServiceTd === undefined) return
  const isBound = report.mrServiceTd.some((octet) => octet !== 0)
  log.add('tdx.service-td', isBound ? 'failed' : 'passed', sentence(isBound ? 'tdx_service_td_failed' : 'tdx_service_td_passed'), {
    at: 'evidence.body.mr-service-td',
  })
}

function attributeSentence(fault: AttributeFault): Sentence {
  switch (fault) {
    case 'reserved-bits':
      return sentence('tdx_attributes_reserved')
    case 'migratable':
      return sentence('tdx_attributes_migratable')
    case 'sept-ve':
      return sentence('tdx_attributes_sept_ve')
  }
}
