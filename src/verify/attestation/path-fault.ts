import type { MessageId } from '../claims/sentence.ts'

/**
 * Why certificates do not vouch for a key, in words. `general` is the maker's own sentence ("does not lead to AMD's root"); which rule was
 * broken is the finding's code.
 */
export function pathFault(code: string, general: MessageId): MessageId {
  switch (code) {
    case 'no-anchor':
      return 'path_no_anchor'
    case 'expired':
    case 'not-yet-valid':
      return 'path_out_of_time'
    case 'engine-failed':
      return 'path_engine'
    default:
      return general
  }
}
