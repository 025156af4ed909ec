import type { Explained } from '../claims/explained.ts'
import type { CheckName } from './match.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'policy.measurement': { compares: 'each measurement of code with the values that the policy allows', section: 'docs/POLICY.md' },
  'policy.identity': {
    compares: 'issuer, project, host and other names with the values that the policy allows',
    section: 'docs/POLICY.md',
  },
  'policy.hop': {
    compares: 'each expectation about a party with that party being there and showing something',
    section: 'docs/CLAIMS.md, How claims follow from each other, 6',
  },
  'policy.readable': { compares: 'the policy with its own form', section: 'docs/POLICY.md' },
} as const satisfies Readonly<Record<CheckName, Explained>>
