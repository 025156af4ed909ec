import type { Because } from '../claims/finding.ts'
import type { PathErrorCode } from '../trust/path-error.ts'

/**
 * Why certificates do not vouch for a key, in words. `authority-malformed`: one that was gathered cannot be read. `general` is the maker's own sentence ("does not lead to AMD's root"); which rule was
 * broken is the finding's code.
 */
export function pathFault(code: PathErrorCode | 'authority-malformed', general: Because): Because {
  switch (code) {
    case 'issuer-missing':
      return 'path_issuer_missing'
    case 'foreign-root':
      return 'path_foreign_root'
    case 'expired':
    case 'not-yet-valid':
      return 'path_out_of_time'
    case 'engine-failed':
      return 'path_engine'
    default:
      return general
  }
}
