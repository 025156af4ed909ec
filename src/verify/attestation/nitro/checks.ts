import type { Checks } from '../../claims/finding.ts'

/** The checks of an AWS Nitro Enclaves attestation document, and the role of each in the table of rules. */
export const CHECKS = {
  'nitro.format': 'evidence.format',
  'nitro.chain': 'evidence.chain',
  'nitro.signature': 'evidence.signature',
  'nitro.time': 'evidence.time',
  'nitro.moment': 'evidence.moment',
  'nitro.age': 'workload.freshness',
  'nitro.debug': 'evidence.debug',
  'nitro.enclave': 'evidence.platform',
} as const satisfies Checks<`nitro.${string}`>

export type CheckName = keyof typeof CHECKS
