import type { Checks } from '../../claims/finding.ts'

/** The checks of HTTP message signatures, and the role of each in the table of rules. */
export const CHECKS = {
  'http-signature.format': 'receipt.format',
  'http-signature.key': 'receipt.key',
  'http-signature.algorithm': 'receipt.key',
  'http-signature.signature': 'receipt.signature',
  'http-signature.expires': 'receipt.signature',
  'http-signature.covers-answer': 'receipt.presence',
  'http-signature.created': 'workload.freshness',
  'http-signature.nonce': 'workload.freshness',
  'http-signature.request': 'exchange.request',
  'http-signature.response': 'exchange.response',
  'http-signature.model': 'model.artifact',
  'http-signature.evidence': 'evidence.presence',
  'http-signature.key-binding': 'evidence.binding',
} as const satisfies Checks<`http-signature.${string}`>

export type CheckName = keyof typeof CHECKS
