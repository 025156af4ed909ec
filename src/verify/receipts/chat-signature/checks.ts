import type { Checks } from '../../claims/finding.ts'

/** The checks of chat signatures, and the role of each in the table of rules. */
export const CHECKS = {
  'chat-signature.availability': 'receipt.presence',
  'chat-signature.format': 'receipt.format',
  'chat-signature.signature': 'receipt.signature',
  'chat-signature.kind': 'receipt.key',
  'chat-signature.time': 'workload.freshness',
  'chat-signature.request-hash': 'exchange.request',
  'chat-signature.request-rewritten': 'exchange.request-told',
  'chat-signature.response-hash': 'exchange.response',
  'chat-signature.model': 'model.artifact',
  'chat-signature.report': 'evidence.presence',
  'chat-signature.report-format': 'evidence.format',
  'chat-signature.hop-evidence': 'evidence.presence',
  'chat-signature.key-commitment': 'evidence.binding',
  'chat-signature.nonce': 'workload.freshness',
  'chat-signature.ohttp-key': 'evidence.beside',
} as const satisfies Checks<`chat-signature.${string}`>

export type CheckName = keyof typeof CHECKS
