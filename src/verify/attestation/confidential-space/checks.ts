import type { Checks } from '../../claims/finding.ts'

/** The checks of a Google Confidential Space token, and the role of each in the table of rules. */
export const CHECKS = {
  'confidential-space.format': 'evidence.format',
  'confidential-space.signature': 'evidence.signature',
  'confidential-space.chain': 'evidence.chain',
  'confidential-space.key-source': 'evidence.anchor',
  'confidential-space.issuer': 'evidence.anchor',
  'confidential-space.validity': 'evidence.time',
  'confidential-space.age': 'workload.freshness',
  'confidential-space.debug': 'evidence.debug',
  'confidential-space.hardware': 'evidence.platform',
  'confidential-space.attester': 'evidence.platform',
  'confidential-space.tcb': 'evidence.platform',
  'confidential-space.secure-boot': 'evidence.platform',
  'confidential-space.software': 'evidence.platform',
  'confidential-space.image-support': 'evidence.platform',
  'confidential-space.gpu': 'device.state',
} as const satisfies Checks<`confidential-space.${string}`>

export type CheckName = keyof typeof CHECKS
