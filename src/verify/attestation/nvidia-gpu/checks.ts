import type { Checks } from '../../claims/finding.ts'

/**
 * The checks of NVIDIA GPU evidence, and the role of each in the table of rules. A GPU is a device beside the processor: its evidence plays none
 * of the roles `evidence.debug`, `evidence.platform` and `evidence.binding`, so that it never verifies an environment by itself.
 */
export const CHECKS = {
  'nvidia-gpu.presence': 'device.state',
  'nvidia-gpu.format': 'evidence.format',
  'nvidia-gpu.signature': 'evidence.signature',
  'nvidia-gpu.chain': 'evidence.chain',
  'nvidia-gpu.validity': 'evidence.time',
  'nvidia-gpu.device': 'evidence.format',
  'nvidia-gpu.architecture': 'device.state',
  'nvidia-gpu.firmware-id': 'device.state',
  'nvidia-gpu.nonce': 'device.state',
  'nvidia-gpu.distinct': 'device.state',
  'nvidia-gpu.firmware': 'device.state',
  'nvidia-gpu.revocation': 'device.state',
} as const satisfies Checks<`nvidia-gpu.${string}`>

export type CheckName = keyof typeof CHECKS
