import type { Checks } from '../../claims/finding.ts'

/**
 * The checks of a token of NVIDIA's Remote Attestation Service, and the role of each in the table of rules. It speaks of devices beside the
 * processor: none plays a role by which the environment could be verified without the processor's own evidence.
 */
export const CHECKS = {
  'nras.format': 'evidence.format',
  'nras.digests': 'evidence.signature',
  'nras.signature': 'evidence.signature',
  'nras.key-source': 'evidence.anchor',
  'nras.issuer': 'evidence.anchor',
  'nras.validity': 'evidence.time',
  'nras.age': 'workload.freshness',
  'nras.refusal': 'evidence.format',
  'nras.result': 'device.state',
  'nras.nonce': 'device.state',
  'nras.measurements': 'device.state',
  'nras.secure-boot': 'device.state',
  'nras.debug': 'device.state',
  'nras.device-checks': 'device.state',
  'nras.revocation': 'device.state',
  'nras.warning': 'device.state',
} as const satisfies Checks<`nras.${string}`>

export type CheckName = keyof typeof CHECKS
