import type { Checks } from '../../claims/finding.ts'

/** The checks of an AMD SEV-SNP attestation report, and the role of each in the table of rules. */
export const CHECKS = {
  'snp.format': 'evidence.format',
  'snp.newer': 'evidence.platform',
  'snp.signature': 'evidence.signature',
  'snp.chain': 'evidence.chain',
  'snp.validity': 'evidence.time',
  'snp.revocation': 'evidence.revocation',
  'snp.signing-key': 'evidence.platform',
  'snp.product': 'evidence.platform',
  'snp.chip': 'evidence.platform',
  'snp.tcb': 'evidence.platform',
  'snp.tcb-order': 'evidence.platform',
  'snp.tcb-minimum': 'evidence.platform',
  'snp.firmware': 'evidence.platform',
  'snp.platform-info': 'evidence.platform',
  'snp.debug': 'evidence.debug',
  'snp.migration': 'evidence.platform',
  'snp.guest-policy': 'evidence.platform',
  'snp.vmpl': 'evidence.platform',
  'snp.age': 'workload.freshness',
} as const satisfies Checks<`snp.${string}`>

export type CheckName = keyof typeof CHECKS
