import type { Checks } from '../../claims/finding.ts'

/** The checks of OpenSecret's attestation endpoint, beside those of the Nitro document in it. */
export const CHECKS = {
  'opensecret.format': 'evidence.format',
  'opensecret.nonce': 'workload.freshness',
  'opensecret.session-key': 'evidence.binding',
  'opensecret.pcr-history': 'workload.identity',
} as const satisfies Checks<`opensecret.${string}`>

export type CheckName = keyof typeof CHECKS
