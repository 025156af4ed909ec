import type { Checks } from '../../claims/finding.ts'

/**
 * The checks of Tinfoil's documents, and the role of each in the table of rules. What the processor's and the graphics cards' own evidence says
 * is checked by the verifiers of those, under their own names.
 */
export const CHECKS = {
  'tinfoil.format': 'evidence.format',
  'tinfoil.collateral': 'evidence.format',
  'tinfoil.report': 'evidence.format',
  'tinfoil.report-data': 'evidence.binding',
  'tinfoil.challenge': 'evidence.binding',
  'tinfoil.crypto-material': 'evidence.binding',
  'tinfoil.device-evidence': 'evidence.binding',
  'tinfoil.gpu-evidence': 'device.pairing',
  'tinfoil.gpu-nonce': 'device.pairing',
  'tinfoil.device': 'device.pairing',
  'tinfoil.switch-evidence': 'device.pairing',
  'tinfoil.nonce': 'workload.freshness',
  'tinfoil.certificate': 'evidence.binding',
  'tinfoil.tls-key': 'evidence.binding',
  'tinfoil.hpke-key': 'evidence.binding',
  'tinfoil.attestation-hash': 'evidence.binding',
  'tinfoil.domain': 'evidence.binding',
  'tinfoil.certificate-time': 'workload.freshness',
  'tinfoil.source': 'workload.identity',
  'tinfoil.release-digest': 'workload.identity',
  'tinfoil.code-measurement': 'workload.identity',
} as const satisfies Checks<`tinfoil.${string}`>

export type CheckName = keyof typeof CHECKS
