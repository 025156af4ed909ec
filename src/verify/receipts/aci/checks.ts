import type { Checks } from '../../claims/finding.ts'

/** The checks of `aci/1`, and the role of each in the table of rules. Sections are those of the ACI specification. */
export const CHECKS = {
  'aci.receipt-format': 'receipt.format',
  'aci.api-version': 'receipt.format',
  'aci.event-order': 'receipt.format',
  'aci.signature': 'receipt.signature',
  'aci.keyset-reference': 'receipt.key',
  'aci.key-id': 'receipt.key',
  'aci.key-role': 'receipt.key',
  'aci.report': 'evidence.presence',
  'aci.report-format': 'evidence.format',
  'aci.keyset-digest': 'evidence.format',
  'aci.keyset-expiry': 'evidence.time',
  'aci.report-data': 'evidence.binding',
  'aci.report-data-tail': 'evidence.binding',
  'aci.report-data-restated': 'evidence.binding',
  'aci.key-custody': 'evidence.binding',
  'aci.nonce': 'workload.freshness',
  'aci.served-at': 'workload.freshness',
  'aci.request-hash': 'exchange.request',
  'aci.endpoint': 'exchange.request',
  'aci.rewrite': 'exchange.request',
  'aci.response-hash': 'exchange.response',
  'aci.response-id': 'exchange.response',
  'aci.upstream': 'host.vouched',
  'aci.upstream-evidence': 'evidence.presence',
  'aci.session': 'host.vouched',
  'aci.session-id': 'host.vouched',
  'aci.session-evidence-digest': 'host.vouched',
  'aci.session-window': 'host.vouched',
  'aci.session-claim': 'host.vouched',
  'aci.session-channel': 'evidence.binding',
  'aci.session-nonce': 'workload.freshness',
  'aci.model': 'model.artifact',
} as const satisfies Checks<`aci.${string}`>

export type CheckName = keyof typeof CHECKS
