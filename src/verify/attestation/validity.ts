import { windowInFields } from '../claims/compared.ts'
import type { Because, FindingMore } from '../claims/finding.ts'
import { sentence } from '../claims/sentence.ts'
import { span } from '../claims/span.ts'
import type { Outcome } from '../claims/types.ts'

/** Clocks that disagree by this much are forgiven at the start of validity; the end is exact. */
const SKEW_SECONDS = 60

/** What a check came to, to be logged under the format's own id. */
export type Said = readonly [outcome: Outcome, because: Because, more: FindingMore]

/** A token's own times, in seconds since the epoch. */
export type TokenTimes = { readonly iat: number; readonly nbf: number; readonly exp: number }

/** Was a token valid at the instant of use (RFC 7519 sections 4.1.4 to 4.1.6)? How old it was then is the policy's question. */
export function checkTokenTimes({ iat, nbf, exp }: TokenTimes, usedAt: Date): Said {
  const used = usedAt.getTime() / 1000
  const more = { expected: windowInFields(nbf, exp), computed: usedAt.toISOString() }
  if (used < Math.max(nbf, iat) - SKEW_SECONDS) return ['failed', 'evidence_early', { ...more, code: 'not-yet-valid' }]
  if (used >= exp) return ['failed', sentence('evidence_expired', span(used - exp)), { ...more, code: 'expired' }]
  return ['passed', sentence('evidence_valid', span(exp - used)), more]
}

/** Was evidence young enough for the policy when it was used? */
export function checkAge(madeAt: number, usedAt: Date, limit: number): Said {
  const age = Math.max(0, Math.round(usedAt.getTime() / 1000 - madeAt))
  const said = age <= limit ? 'evidence_age_passed' : 'evidence_age_failed'
  const more = { expected: `at most ${limit} s`, computed: `${age} s` }
  return [age <= limit ? 'passed' : 'failed', sentence(said, span(age), span(limit)), more]
}
