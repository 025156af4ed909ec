import { type Checks, faultIn, makeFinding } from '../claims/finding.ts'
import { type Sentence, sentence } from '../claims/sentence.ts'
import type { AssumptionId, Finding, HopRole } from '../claims/types.ts'
import type { Failure } from '../encoding/result.ts'
import { measurementInWords } from './names.ts'
import type { Expectation, Measurement, Policy } from './types.ts'

export const CHECKS = {
  'policy.measurement': 'workload.measurement',
  'policy.identity': 'workload.identity',
  'policy.hop': 'workload.identity',
  'policy.readable': 'policy.readable',
} as const satisfies Checks<`policy.${string}`>
export type CheckName = keyof typeof CHECKS

/** What is at hand to be compared. A side that is not authentic states nothing, which is not the same as stating something else. */
export type Measured = {
  readonly evidence: readonly Measurement[] | undefined
  readonly receipt: readonly Measurement[] | undefined
  /** What the evidence would state, had what it rests on been at hand. */
  readonly unknown?: readonly string[] | undefined
}

/** Measurements by this prefix are stated by receipts, all others by evidence. */
const OF_RECEIPT = 'receipt.'

/** The hop whose expectations are asked: its place, its kind, and whether it is the one that signed. */
export type MatchedHop = { readonly index: number; readonly role: HopRole; readonly isSigner: boolean }

/**
 * Compares what a hop's authentic evidence and the receipt state with what the policy expects of it, by equality. Where the side that would
 * state it is not authentic, an expectation is unchecked, not failed. Only an expectation about code can verify the workload; without one
 * the finding says "measured, not matched".
 */
export function matchPolicy(policy: Policy, hop: MatchedHop, measured: Measured): readonly Finding[] {
  if (policy.unreadable !== undefined) return [unreadable(policy.unreadable, hop.index)]
  const concerned = policy.expects.filter((expectation) => (expectation.hop === undefined ? hop.isSigner : expectation.hop === hop.role))
  const findings = concerned.map((expectation) => matchOne(expectation, hop.index, measured))
  if (findings.some((finding) => finding.role === 'workload.measurement')) return findings
  return [...findings, unmatched(measured.evidence, hop.index)]
}

function unreadable(fault: Failure<string>, hop: number): Finding {
  return makeFinding(CHECKS, 'policy.readable', 'unchecked', 'policy_unreadable', { ...faultIn('policy', fault), hop })
}

/** A hop as far as expectations about it are concerned. `asked`: whether `matchPolicy` was asked about it. */
export type ExpectedHop = { readonly role: HopRole; readonly asked: boolean }

/**
 * Expectations about hops that are not there, or that show nothing to compare: each is a finding of its own, at the hop where there is one and
 * at the signer's otherwise. To leave a party out of the picture must not leave what was expected of it unasked. A policy that speaks of both
 * shapes of a service, one that runs its model itself and one behind a gateway, is asked in the shape that is there.
 */
export function unaskedExpectations(policy: Policy, hops: readonly ExpectedHop[], signer: number): readonly Finding[] {
  const expected = new Set(policy.expects.flatMap(({ hop }) => (hop === undefined ? [] : [hop])))
  return policy.expects.flatMap(({ measurement, hop: role }) => {
    if (role === undefined || hops.some((hop) => hop.role === role && hop.asked)) return []
    const called = measurementInWords(measurement)
    const silent = hops.findIndex((hop) => hop.role === role)
    if (silent < 0 && isOtherShape(role, hops, expected)) return []
    const said = silent < 0 ? sentence('policy_hop_absent', called, ROLE_WORDS[role]) : sentence('policy_hop_silent', called)
    const more = { hop: silent < 0 ? signer : silent, at: `measurements.${measurement}` as const }
    return [makeFinding(CHECKS, 'policy.hop', 'unchecked', said, more)]
  })
}

/** Who takes part where a service runs its model itself, and where a gateway stands before the host that does. */
const SHAPES: readonly (readonly HopRole[])[] = [['service'], ['gateway', 'model-host']]

/** Whether nobody of a role's shape is there, and the policy was asked about somebody of the other. */
function isOtherShape(role: HopRole, hops: readonly ExpectedHop[], expected: ReadonlySet<HopRole>): boolean {
  const own = SHAPES.find((shape) => shape.includes(role)) ?? []
  if (hops.some((hop) => own.includes(hop.role))) return false
  return hops.some((hop) => hop.asked && expected.has(hop.role))
}

const ROLE_WORDS: Readonly<Record<HopRole, Sentence>> = {
  service: sentence('policy_role_service'),
  gateway: sentence('policy_role_gateway'),
  'model-host': sentence('policy_role_model_host'),
}

function unmatched(evidence: Measured['evidence'], hop: number): Finding {
  if (evidence === undefined) return makeFinding(CHECKS, 'policy.measurement', 'unchecked', 'policy_nothing_measured', { hop })
  const code = evidence.find((measurement) => measurement.kind === 'code')
  const said = code === undefined ? 'policy_no_code_measured' : sentence('policy_not_matched', code.value)
  const more = { hop, assumes: ['assume_measurement_unmatched'], computed: code && `${code.name} ${code.value}` } as const
  return makeFinding(CHECKS, 'policy.measurement', 'unchecked', said, more)
}

function matchOne({ measurement: name, anyOf, source }: Expectation, hop: number, measured: Measured): Finding {
  const stating = name.startsWith(OF_RECEIPT) ? measured.receipt : measured.evidence
  const at = `measurements.${name}` as const
  const called = measurementInWords(name)
  const expected = anyOf.join(', ')
  const isUnknown = measured.unknown?.includes(name) === true && !stating?.some((measurement) => measurement.name === name)
  if (stating === undefined || isUnknown) {
    const lacking = stating === undefined ? 'policy_not_readable' : 'policy_not_at_hand'
    const said = name.startsWith(OF_RECEIPT) ? 'policy_no_receipt' : sentence(lacking, called)
    return makeFinding(CHECKS, 'policy.identity', 'unchecked', said, { at, hop, expected })
  }
  const stated = stating.filter((measurement) => measurement.name === name)
  const check = stated.some((measurement) => measurement.kind === 'code') ? 'policy.measurement' : 'policy.identity'
  const [first] = stated
  if (first === undefined) return makeFinding(CHECKS, check, 'failed', sentence('policy_not_stated', called), { at, hop, expected })
  // Several values (audiences, images) are all in force: one that is allowed does not speak for its neighbours.
  const other = stated.find((measurement) => !anyOf.includes(measurement.value))
  const compared = { at, hop, expected, computed: stated.map(({ value }) => value).join(', ') }
  if (other !== undefined) {
    return makeFinding(CHECKS, check, 'failed', sentence('policy_mismatch', called, other.value), compared)
  }
  const assumes: readonly AssumptionId[] = source === 'vendor' && check === 'policy.measurement' ? ['assume_published_by_vendor'] : []
  return makeFinding(CHECKS, check, 'passed', sentence('policy_match', called, first.value), { ...compared, assumes })
}
