import { weightOf } from './judge.ts'
import type { Role } from './rules.ts'
import { type MessageId, type Sentence, sentence } from './sentence.ts'
import { CLAIM_IDS, type Claim, type ClaimId, type Deciding, type Finding, STANDINGS, type Standing } from './types.ts'

/**
 * Among rows that stand equally badly, the one whose news comes first. What is broken at the root is told before what hangs on it; where
 * nothing is broken, what the reader most likely believes without proof (which model answered) is told first.
 */
const ORDER: Readonly<Record<Exclude<Standing, 'verified'>, readonly ClaimId[]>> = {
  failed: ['environment', 'signature', 'exchange', 'workload', 'model'],
  absent: ['signature', 'environment', 'workload', 'model', 'exchange'],
  unchecked: ['environment', 'signature', 'exchange', 'workload', 'model'],
  assumed: ['signature', 'exchange', 'model', 'environment', 'workload'],
}

/** Where the check that decided has better words than its row. */
const BY_ROLE: { readonly [role in Role]?: MessageId } = {
  'evidence.debug': 'headline_debug',
  'evidence.binding': 'headline_other_key',
  'evidence.time': 'headline_evidence_expired',
  'receipt.delivery': 'headline_receipt_withheld',
  'receipt.replay': 'headline_replayed',
  'receipt.signature': 'headline_bad_signature',
  'workload.freshness': 'headline_not_fresh',
  'workload.measurement': 'headline_other_code',
  'exchange.request': 'headline_other_request',
  'exchange.response': 'headline_other_response',
}

/** Whose news comes first: the row, how it stands, and the check that decided it, if one did. Nothing where all is verified. */
export function decidingOf(claims: readonly Claim[], decidedBy: Readonly<Record<ClaimId, Finding | undefined>>): Deciding | undefined {
  const worst = STANDINGS[Math.min(...claims.map(weightOf))] ?? 'unchecked'
  if (worst === 'verified') return undefined
  const isWorst = (claim: Claim) => STANDINGS[weightOf(claim)] === worst
  const worstRows = ORDER[worst].filter((candidate) => claims.some((row) => row.id === candidate && isWorst(row)))
  // A hash of the model that only lacks proven ground is no news of its own: what the ground lacks is.
  const claim = worstRows.find((candidate) => candidate !== 'model' || decidedBy.model !== undefined) ?? worstRows[0] ?? 'signature'
  // Where what was sent cannot be read, the row ranks with those that were offered nothing, and says what it is.
  const row = claims.find(({ id }) => id === claim)
  const role = decidedBy[claim]?.role
  return {
    claim,
    standing: row === undefined || row.standing === 'verified' ? worst : row.standing,
    ...(role === undefined ? {} : { role }),
    ...(row?.theirs === undefined ? {} : { theirs: row.theirs }),
  }
}

/** The worst news in one sentence. There is no headline that says "secure". */
export function headlineOf(deciding: Deciding | undefined): Sentence {
  if (deciding === undefined) return sentence('headline_all_verified')
  const { claim, standing, role } = deciding
  const better = standing === 'failed' || standing === 'absent' ? role && BY_ROLE[role] : undefined
  const general: MessageId = `headline_${claim}_${standing}`
  return sentence(better ?? general)
}

/** "3 of 5 claims verified, 1 failed, 1 only assumed". */
export function countOf(claims: readonly Claim[]): Sentence {
  const total = String(CLAIM_IDS.length)
  const having = (standing: Standing) => claims.filter((claim) => claim.standing === standing).length
  const parts = STANDINGS.filter((standing) => standing !== 'verified' && having(standing) > 0).map((standing): Sentence => {
    const id: MessageId = `count_${standing}`
    return sentence(id, String(having(standing)))
  })
  return parts.reduce((before, next) => sentence('count_join', before, next), sentence('count_verified', String(having('verified')), total))
}
