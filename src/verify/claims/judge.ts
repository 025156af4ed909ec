import { ROLES, type Role, RULES, type Rule } from './rules.ts'
import { type MessageId, type Sentence, sentence } from './sentence.ts'
import { type AssumptionId, type CheckId, type ClaimId, type Finding, STANDINGS, type Standing } from './types.ts'

/** How a row, or one hop of it, stands, and what decided that. */
export type Judgement = {
  readonly standing: Standing
  /** Unchecked by what the other side sent. */
  readonly theirs?: true
  readonly because: Sentence
  /** The finding that decided; absent where a rule or a missing check did, and where all is verified. */
  readonly decidedBy?: Finding
  readonly findings: readonly CheckId[]
  readonly assumes: readonly AssumptionId[]
}

/** The worse of two standings. */
export function worse(a: Standing, b: Standing): Standing {
  return STANDINGS.find((standing) => standing === a || standing === b) ?? a
}

/** A standing, and for `unchecked` whose doing it is. */
type Weighed = { readonly standing: Standing; readonly theirs?: true }

/**
 * How bad news is, least worst. What was sent and cannot be read weighs as much as nothing sent: otherwise whoever has bad evidence
 * would garble it.
 */
export function weightOf({ standing, theirs }: Weighed): number {
  return STANDINGS.indexOf(standing === 'unchecked' && theirs === true ? 'absent' : standing)
}

/** What a row says where a check that it needs was never made. */
const NOT_MADE = {
  environment: 'rule_not_made_environment',
  workload: 'rule_not_made_workload',
  model: 'rule_not_made_model',
  exchange: 'rule_not_made_exchange',
  signature: 'rule_not_made_signature',
} as const satisfies Record<ClaimId, MessageId>

/**
 * Judges one claim by the findings that concern it. `needed` are the roles without which it cannot be verified; `verified` is what the row
 * says when everything passed. The first of the worst findings decides, and its sentence is the row's.
 */
export function judge(claim: ClaimId, findings: readonly Finding[], needed: readonly Role[], verified: Sentence): Judgement {
  const concerned = findings.filter((finding) => concerns(finding.role, claim))
  let worst: Weighed = { standing: 'verified' }
  let because = verified
  let decidedBy: Finding | undefined
  for (const finding of concerned) {
    const says = weighed(finding)
    if (weightOf(says) < weightOf(worst)) {
      worst = says
      because = finding.because
      decidedBy = finding
    }
  }
  const missing = needed.find((role) => !concerned.some((finding) => standsFor(finding.role, role)))
  if (missing !== undefined && weightOf({ standing: 'unchecked' }) < weightOf(worst)) {
    worst = { standing: 'unchecked' }
    because = sentence(NOT_MADE[claim])
    decidedBy = undefined
  }
  return {
    ...worst,
    because,
    ...(decidedBy === undefined ? {} : { decidedBy }),
    findings: unique(concerned.map((finding) => finding.check)),
    assumes: unique(concerned.flatMap((finding) => finding.assumes)),
  }
}

/** Keeps a judgement from standing better than `limit`; where it did, `because` is what the row says from now on. */
export function cap(judgement: Judgement, limit: Standing, because: Sentence): Judgement {
  if (worse(judgement.standing, limit) === judgement.standing) return judgement
  return { standing: limit, because, findings: judgement.findings, assumes: judgement.assumes }
}

/** The roles that a claim needs. */
export function neededFor(claim: ClaimId): readonly Role[] {
  return ROLES.filter((role) => RULES[role].needed && concerns(role, claim))
}

/** Whether a finding of one role answers for a check of another. */
function standsFor(role: Role, needed: Role): boolean {
  const rule: Rule = RULES[role]
  return role === needed || rule.insteadOf === needed
}

function concerns(role: Role, claim: ClaimId): boolean {
  const claims: readonly ClaimId[] = RULES[role].claims
  return claims.includes(claim)
}

/** Whose doing it is counts only where the row comes out unchecked by it. */
function weighed(finding: Finding): Weighed {
  const standing = standingOf(finding)
  return standing === 'unchecked' && finding.theirs === true ? { standing, theirs: true } : { standing }
}

function standingOf(finding: Finding): Standing {
  switch (finding.outcome) {
    case 'passed':
      return 'verified'
    case 'failed':
      return RULES[finding.role].failed
    case 'unchecked':
      return RULES[finding.role].unchecked
  }
}

function unique<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)]
}
