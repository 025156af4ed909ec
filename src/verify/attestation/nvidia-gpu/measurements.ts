import { encodeHex } from '../../encoding/hex.ts'
import type { Measurement } from '../../policy/types.ts'
import { measurementOfAll } from '../gpu-measurements.ts'
import type { Commitment } from '../types.ts'
import type { AuthenticGpu } from './gpu.ts'
import { driverVersionOf, firmwareIdOf, vbiosVersionOf } from './opaque-data.ts'

/**
 * What authentic reports say of their GPUs: `nvidia.gpu-count`, `nvidia.gpu-model`, `nvidia.driver-version`, `nvidia.vbios-version` and
 * `nvidia.firmware-id` (hexadecimal), none of it code of the service.
 */
export function measurementsOf(gpus: readonly AuthenticGpu[]): readonly Measurement[] {
  const ofAll = (name: string, read: (gpu: AuthenticGpu) => string | undefined) => measurementOfAll(name, gpus.map(read))
  return [
    { name: 'nvidia.gpu-count', value: String(gpus.length), kind: 'identity' },
    ...ofAll('nvidia.gpu-model', ({ device }) => device.model),
    ...ofAll('nvidia.driver-version', ({ report }) => driverVersionOf(report.opaqueData)),
    ...ofAll('nvidia.vbios-version', ({ report }) => vbiosVersionOf(report.opaqueData)),
    ...ofAll('nvidia.firmware-id', ({ report }) => {
      const id = firmwareIdOf(report.opaqueData)
      return id === undefined ? undefined : encodeHex(id)
    }),
  ]
}

/** The nonce that each GPU answered. */
export function commitmentsOf(gpus: readonly AuthenticGpu[]): readonly Commitment[] {
  return gpus.map(({ report }) => ({ field: 'nonce', value: encodeHex(report.nonce) }))
}
