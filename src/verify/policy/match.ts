import { type Checks, makeFinding } from '../claims/finding.ts'
import { sentence } from '../claims/sentence.ts'
import type { AssumptionId, Finding } from '../claims/types.ts'
import { measurementInWords } from './names.ts'
import type { Expectation, Measurement, Policy } from './types.ts'

const CHECKS = {
  'policy.measurement': 'workload.measurement',
  'policy.identity': 'workload.identity',
} as const satisfies Checks<`policy.${string}`>

/** What is at hand to be compared. A side that is not authentic states nothing, which is not the same as stating something else. */
export type Measured = {
  readonly evidence: readonly Measurement[] | undefined
  readonly receipt: readonly Measurement[] | undefined
}

/** Measurements by this prefix are stated by receipts, all others by evidence. */
const OF_RECEIPT = 'receipt.'

/**
 * Compares what authentic evidence and receipts state with what the policy expects, by equality. Where the side that would state it is not
 * authentic, an expectation is unchecked, not failed. Only an expectation about code can verify the workload; without one the finding says
 * "measured, not matched".
 */
export function matchPolicy(policy: Policy, measured: Measured): readonly Finding[] {
  const findings = policy.expects.map((expectation) => matchOne(expectation, measured))
  if (findings.some((finding) => finding.role === 'workload.measurement')) return findings
  return [...findings, unmatched(measured.evidence)]
}

function unmatched(evidence: Measured['evidence']): Finding {
  if (evidence === undefined) return makeFinding(CHECKS, 'policy.measurement', 'unchecked', sentence('policy_nothing_measured'))
  const code = evidence.find((measurement) => measurement.kind === 'code')
  const said = code === undefined ? sentence('policy_no_code_measured') : sentence('policy_not_matched', code.value)
  return makeFinding(CHECKS, 'policy.measurement', 'unchecked', said, { assumes: ['assume_measurement_unmatched'] })
}

function matchOne({ measurement: name, anyOf, source }: Expectation, measured: Measured): Finding {
  const stating = name.startsWith(OF_RECEIPT) ? measured.receipt : measured.evidence
  const evidence = `measurements.${name}`
  const called = measurementInWords(name)
  if (stating === undefined) {
    const said = name.startsWith(OF_RECEIPT) ? sentence('policy_no_receipt') : sentence('policy_not_readable', called)
    return makeFinding(CHECKS, 'policy.identity', 'unchecked', said, { evidence })
  }
  const stated = stating.filter((measurement) => measurement.name === name)
  const check = stated.some((measurement) => measurement.kind === 'code') ? 'policy.measurement' : 'policy.identity'
  const [first] = stated
  if (first === undefined) return makeFinding(CHECKS, check, 'failed', sentence('policy_not_stated', called), { evidence })
  const match = stated.find((measurement) => anyOf.includes(measurement.value))
  if (match === undefined) return makeFinding(CHECKS, check, 'failed', sentence('policy_mismatch', called, first.value), { evidence })
  const assumes: readonly AssumptionId[] = source === 'vendor' && check === 'policy.measurement' ? ['assume_published_by_vendor'] : []
  return makeFinding(CHECKS, check, 'passed', sentence('policy_match', called, match.value), { evidence, assumes })
}
