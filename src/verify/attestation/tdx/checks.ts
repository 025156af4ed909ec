import type { Checks } from '../../claims/finding.ts'

/** The checks of a TDX quote, and the role of each in the table of rules. */
export const CHECKS = {
  'tdx.format': 'evidence.format',
  'tdx.quote-signature': 'evidence.signature',
  'tdx.attestation-key': 'evidence.signature',
  'tdx.qe-report-signature': 'evidence.signature',
  'tdx.pck-chain': 'evidence.chain',
  'tdx.pck-validity': 'evidence.time',
  'tdx.age': 'workload.freshness',
  'tdx.debug': 'evidence.debug',
  'tdx.attributes': 'evidence.platform',
  'tdx.service-td': 'evidence.platform',
  'tdx.collateral': 'evidence.platform',
  'tdx.tcb-info-signature': 'evidence.platform',
  'tdx.qe-identity-signature': 'evidence.platform',
  'tdx.root-crl': 'evidence.revocation',
  'tdx.pck-crl': 'evidence.revocation',
  'tdx.revocation': 'evidence.revocation',
  'tdx.collateral-time': 'evidence.time',
  'tdx.tcb-evaluation': 'evidence.platform',
  'tdx.qe-identity': 'evidence.platform',
  'tdx.platform': 'evidence.platform',
  'tdx.module': 'evidence.platform',
  'tdx.tcb-level': 'evidence.platform',
  'tdx.tcb-status': 'evidence.platform',
} as const satisfies Checks<`tdx.${string}`>

export type CheckName = keyof typeof CHECKS
