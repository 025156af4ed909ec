import type { Checks } from '../../claims/finding.ts'

/** The checks of OpenGradient's signed answers, and the role of each in the table of rules. */
export const CHECKS = {
  'opengradient.format': 'receipt.format',
  'opengradient.position': 'receipt.format',
  'opengradient.signing-key': 'receipt.key',
  'opengradient.signature': 'receipt.signature',
  'opengradient.key-commitment': 'evidence.binding',
  'opengradient.evidence-nonce': 'workload.freshness',
  'opengradient.request-hash': 'exchange.request',
  'opengradient.response-hash': 'exchange.response',
  'opengradient.issued-at': 'workload.freshness',
  'opengradient.upstream': 'evidence.presence',
  'opengradient.model': 'model.artifact',
} as const satisfies Checks<`opengradient.${string}`>

export type CheckName = keyof typeof CHECKS
