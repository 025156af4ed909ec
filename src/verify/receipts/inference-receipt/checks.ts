import type { Checks } from '../../claims/finding.ts'

/** The checks of `inference-receipt/1`, and the role of each in the table of rules. */
export const CHECKS = {
  'inference-receipt.format': 'receipt.format',
  'inference-receipt.position': 'receipt.format',
  'inference-receipt.signature': 'receipt.signature',
  'inference-receipt.key-id': 'receipt.key',
  'inference-receipt.key-revocation': 'receipt.key',
  'inference-receipt.key-commitment': 'evidence.binding',
  'inference-receipt.evidence': 'evidence.presence',
  'inference-receipt.evidence-digest': 'evidence.format',
  'inference-receipt.response-id': 'exchange.response',
  'inference-receipt.request-hash': 'exchange.request',
  'inference-receipt.response-hash': 'exchange.response',
  'inference-receipt.nonce': 'workload.freshness',
  'inference-receipt.issued-at': 'workload.freshness',
  'inference-receipt.upstream-vouched': 'host.vouched',
  'inference-receipt.upstream-evidence': 'evidence.presence',
  'inference-receipt.model-artifact': 'model.artifact',
} as const satisfies Checks<`inference-receipt.${string}`>

export type CheckName = keyof typeof CHECKS
