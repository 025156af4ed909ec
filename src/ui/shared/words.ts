import type { MessageId } from '../../verify/claims/sentence.ts'
import {
  type ChainNode,
  type Claim,
  type ClaimId,
  type Hop,
  type HopRole,
  type Outcome,
  STANDINGS,
  type Standing,
} from '../../verify/claims/types.ts'
import type { Report } from '../../verify/report.ts'
import { text } from './text.ts'

/** What a row asks: its heading at a glance. */
export const QUESTIONS = {
  environment: 'row_environment',
  workload: 'row_workload',
  model: 'row_model',
  exchange: 'row_exchange',
  signature: 'row_signature',
} as const satisfies Record<ClaimId, MessageId>

/** The claim's own name, for the details. */
export const CLAIM_NAMES = {
  environment: 'claim_environment',
  workload: 'claim_workload',
  model: 'claim_model',
  exchange: 'claim_exchange',
  signature: 'claim_signature',
} as const satisfies Record<ClaimId, MessageId>

/** How the two sides of a row's comparison are called. */
export const VALUE_WORDS = {
  environment: { expected: 'value_expected', computed: 'value_found' },
  workload: { expected: 'value_expected', computed: 'value_measured' },
  model: { expected: 'value_expected', computed: 'value_found' },
  exchange: { expected: 'value_signed', computed: 'value_computed_here' },
  signature: { expected: 'value_expected', computed: 'value_found' },
} as const satisfies Record<ClaimId, Readonly<Record<'expected' | 'computed', MessageId>>>

export const STANDING_WORDS = {
  verified: 'standing_verified',
  failed: 'standing_failed',
  assumed: 'standing_assumed',
  absent: 'standing_absent',
  unchecked: 'standing_unchecked',
} as const satisfies Record<Standing, MessageId>

/** Where a standing must be short: a row at a glance, a hop's mark, a line of a list. */
export const SHORT_STANDING_WORDS = { ...STANDING_WORDS, assumed: 'standing_assumed_short' } as const satisfies Record<Standing, MessageId>

export const OUTCOME_HEADINGS = {
  failed: 'outcome_failed',
  unchecked: 'outcome_unchecked',
  passed: 'outcome_passed',
} as const satisfies Record<Outcome, MessageId>

export const OUTCOME_WORDS = {
  failed: 'technical_failed',
  unchecked: 'technical_unchecked',
  passed: 'technical_passed',
} as const satisfies Record<Outcome, MessageId>

export const ROLE_NAMES = {
  service: 'hop_service',
  gateway: 'hop_gateway',
  'model-host': 'hop_model_host',
} as const satisfies Record<HopRole, MessageId>

export const NODE_NAMES = {
  hardware: 'node_hardware',
  evidence: 'node_evidence',
  'receipt-key': 'node_receipt_key',
  receipt: 'node_receipt',
  'your-bytes': 'node_your_bytes',
} as const satisfies Record<ChainNode, MessageId>

export const LINK_WORDS = {
  verified: 'link_verified',
  failed: 'link_failed',
  assumed: 'link_assumed',
  absent: 'link_absent',
  unchecked: 'link_unchecked',
} as const satisfies Record<Standing, MessageId>

/** What no receipt shows, whatever its rows say. */
export const LIMITS = [
  'limits_perfect',
  'limits_side_channels',
  'limits_deletion',
  'limits_behaviour',
] as const satisfies readonly MessageId[]

export const MOMENT_SENTENCES = {
  'captured-here': 'moment_captured_here',
  now: 'moment_now',
  given: 'moment_given',
  'as-issued': 'moment_as_issued',
} as const satisfies Record<Report['moment']['basis'], MessageId>

/**
 * The word of a row. A receipt that this browser asked for and did not get is said apart from one that nobody offered:
 * stripping it is an attack.
 */
export function standingWord({ id, standing }: Claim, { findings }: Report): MessageId {
  const withheld = findings.some((finding) => finding.role === 'receipt.delivery' && finding.outcome === 'failed')
  return id === 'signature' && standing === 'absent' && withheld ? 'standing_withheld' : SHORT_STANDING_WORDS[standing]
}

/**
 * The worst standing among a report's rows: what a list or an icon shows for the whole. Nothing at all is never good
 * news.
 */
export function worstStanding(report: Report): Standing {
  return STANDINGS.find((standing) => report.claims.some((claim) => claim.standing === standing)) ?? 'unchecked'
}

/** "Gateway api.example.com". A web origin is named by its host. */
export function hopName({ role, name }: Hop): string {
  const short = name.replace(/^https:\/\//, '')
  return short === '' ? text(ROLE_NAMES[role]) : text('hop_named', text(ROLE_NAMES[role]), short)
}
