import type { Checks } from '../../claims/finding.ts'

/** The checks of AIR receipts, and the role of each in the table of rules. Which check of the draft each is stands in `draft.ts`. */
export const CHECKS = {
  'air.delivery': 'receipt.format',
  'air.size': 'receipt.format',
  'air.cose': 'receipt.format',
  'air.unprotected-header': 'receipt.format',
  'air.alg': 'receipt.format',
  'air.content-type': 'receipt.format',
  'air.protected-header': 'receipt.format',
  'air.payload': 'receipt.format',
  'air.profile': 'receipt.format',
  'air.map-order': 'receipt.format',
  'air.key': 'receipt.key',
  'air.signature': 'receipt.signature',
  'air.claims': 'receipt.format',
  'air.cti': 'receipt.format',
  'air.model-hash': 'receipt.format',
  'air.model-hash-scheme': 'receipt.format',
  'air.measurements': 'receipt.format',
  'air.measurement-type': 'receipt.format',
  'air.security-mode': 'receipt.format',
  'air.freshness': 'workload.freshness',
  'air.nonce': 'workload.freshness',
  'air.production': 'workload.identity',
  'air.request-hash': 'exchange.request',
  'air.response-hash': 'exchange.response',
  'air.gateway': 'evidence.presence',
  'air.evidence': 'evidence.presence',
  'air.envelope': 'evidence.format',
  'air.attestation-document': 'evidence.binding',
  'air.key-binding': 'evidence.binding',
  'air.evidence-measurements': 'evidence.binding',
} as const satisfies Checks<`air.${string}`>

export type CheckName = keyof typeof CHECKS
