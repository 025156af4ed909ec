import { type Checks, makeFinding } from '../claims/finding.ts'
import { sentence } from '../claims/sentence.ts'
import type { AssumptionId, Finding } from '../claims/types.ts'
import type { Expectation, Measurement, Policy } from './types.ts'

const CHECKS = {
  'policy.measurement': 'workload.measurement',
  'policy.identity': 'workload.identity',
} as const satisfies Checks<`policy.${string}`>

/**
 * Compares what authentic evidence states with what the policy expects, by equality. `measured` is undefined where nothing authentic states
 * anything: then expectations are unchecked, not failed. Only an expectation about code can verify the workload; without one the finding says
 * "measured, not matched".
 */
export function matchPolicy(policy: Policy, measured: readonly Measurement[] | undefined): readonly Finding[] {
  if (measured === undefined) return [makeFinding(CHECKS, 'policy.measurement', 'unchecked', sentence('policy_nothing_measured'))]
  const findings = policy.expects.map((expectation) => matchOne(expectation, measured))
  const code = measured.find((measurement) => measurement.kind === 'code')
  if (findings.some((finding) => finding.role === 'workload.measurement')) return findings
  return [
    ...findings,
    makeFinding(
      CHECKS,
      'policy.measurement',
      'unchecked',
      code === undefined ? sentence('policy_no_code_measured') : sentence('policy_not_matched', code.value),
      { assumes: ['assume_measurement_unmatched'] },
    ),
  ]
}

function matchOne({ measurement: name, anyOf, source }: Expectation, measured: readonly Measurement[]): Finding {
  const stated = measured.filter((measurement) => measurement.name === name)
  const check = stated.some((measurement) => measurement.kind === 'code') ? 'policy.measurement' : 'policy.identity'
  const evidence = `measurements.${name}`
  const [first] = stated
  if (first === undefined) return makeFinding(CHECKS, check, 'failed', sentence('policy_not_stated', name), { evidence })
  const match = stated.find((measurement) => anyOf.includes(measurement.value))
  if (match === undefined) return makeFinding(CHECKS, check, 'failed', sentence('policy_mismatch', name, first.value), { evidence })
  const assumes: readonly AssumptionId[] = source === 'vendor' && check === 'policy.measurement' ? ['assume_published_by_vendor'] : []
  return makeFinding(CHECKS, check, 'passed', sentence('policy_match', name, match.value), { evidence, assumes })
}
