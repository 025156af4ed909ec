import type { FindingMore } from '../claims/finding.ts'
import type { MessageId } from '../claims/sentence.ts'
import type { Outcome } from '../claims/types.ts'
import type { Failure } from '../encoding/result.ts'
import type { PathErrorCode } from '../trust/path-error.ts'

/** Who has to bring the certificates between a key and its maker's root: the evidence itself, or whoever gathers what it is checked with. */
export type ChainBringer = 'evidence' | 'gatherer'

/** What a path that was not found says of the evidence: outcome, words, and the fields of the finding. */
export type PathOutcome = { readonly outcome: Outcome; readonly because: MessageId; readonly more: FindingMore }

/**
 * Judges a path that was not found (RFC 5280 section 6). It fails where the certificates contradict what they are to show: a signature that
 * does not hold, a certificate that may not do what it does or was out of time, a root that is not the maker's. What is missing, cannot be
 * checked by this browser, or is newer than this verifier contradicts nothing. `general` is the maker's own sentence ("does not lead to
 * AMD's root"); which rule was broken is the finding's code.
 */
export function pathOutcome({ code, detail }: Failure<PathErrorCode>, general: MessageId, broughtBy: ChainBringer): PathOutcome {
  const more = { code, computed: detail }
  switch (code) {
    case 'engine-failed':
      return { outcome: 'unchecked', because: 'path_engine', more }
    case 'time-invalid':
    case 'anchor-malformed':
      return { outcome: 'unchecked', because: 'path_not_made', more }
    case 'issuer-missing':
      return { outcome: 'unchecked', because: 'path_issuer_missing', more: { ...more, theirs: broughtBy === 'evidence' } }
    // Nobody honest needs so many certificates, and nothing was found out about these.
    case 'search-too-many-certificates':
    case 'search-exhausted':
      return { outcome: 'unchecked', because: 'path_too_many', more: { ...more, theirs: true } }
    case 'signature-algorithm-unsupported':
    case 'unknown-critical-extension':
    case 'policy-constraints-unsupported':
      return { outcome: 'unchecked', because: 'path_newer', more: { ...more, theirs: true } }
    case 'foreign-root':
      return { outcome: 'failed', because: 'path_foreign_root', more }
    case 'expired':
    case 'not-yet-valid':
      return { outcome: 'failed', because: 'path_out_of_time', more }
    default:
      return { outcome: 'failed', because: general, more }
  }
}
