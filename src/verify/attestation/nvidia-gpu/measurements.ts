import { encodeHex } from '../../encoding/hex.ts'
import type { Measurement } from '../../policy/types.ts'
import type { Commitment } from '../types.ts'
import type { AuthenticGpu } from './gpu.ts'
import { driverVersionOf, firmwareIdOf, vbiosVersionOf } from './opaque-data.ts'

/**
 * What authentic reports say of their GPUs: `nvidia.gpu-count`, `nvidia.gpu-model`, `nvidia.driver-version`, `nvidia.vbios-version` and
 * `nvidia.firmware-id` (hexadecimal), none of it code of the service. Where GPUs differ, a measurement is all their values, sorted and joined by a comma, so that a
 * policy that names one value is not met by one GPU of several.
 */
export function measurementsOf(gpus: readonly AuthenticGpu[]): readonly Measurement[] {
  return [
    identity('nvidia.gpu-count', String(gpus.length)),
    ...ofAll('nvidia.gpu-model', gpus, ({ device }) => device.model),
    ...ofAll('nvidia.driver-version', gpus, ({ report }) => driverVersionOf(report.opaqueData)),
    ...ofAll('nvidia.vbios-version', gpus, ({ report }) => vbiosVersionOf(report.opaqueData)),
    ...ofAll('nvidia.firmware-id', gpus, ({ report }) => {
      const id = firmwareIdOf(report.opaqueData)
      return id === undefined ? undefined : encodeHex(id)
    }),
  ]
}

/** The nonce that each GPU answered. */
export function commitmentsOf(gpus: readonly AuthenticGpu[]): readonly Commitment[] {
  return gpus.map(({ report }) => ({ field: 'nonce', value: encodeHex(report.nonce) }))
}

/** Nothing where a GPU does not state it: the others cannot speak for it. */
function ofAll(name: string, gpus: readonly AuthenticGpu[], read: (gpu: AuthenticGpu) => string | undefined): readonly Measurement[] {
  const values = gpus.map(read).filter((value) => value !== undefined)
  return values.length < gpus.length ? [] : [identity(name, [...new Set(values)].sort().join(', '))]
}

function identity(name: string, value: string): Measurement {
  return { name, value, kind: 'identity' }
}
