import type { Measurement } from '../../policy/types.ts'
import { measurementOfAll } from '../gpu-measurements.ts'
import type { Bundle, DeviceToken } from './detached.ts'

/**
 * What NVIDIA's service says of the GPUs, under the names that their own reports have: `nvidia.gpu-count`, `nvidia.gpu-model`,
 * `nvidia.driver-version`, `nvidia.vbios-version`; and `nvidia.switch-count`.
 */
export function measurementsOf({ devices }: Bundle): readonly Measurement[] {
  const gpus = devices.filter(isGpu)
  const read = (claim: 'hwmodel' | 'x-nvidia-gpu-driver-version' | 'x-nvidia-gpu-vbios-version') =>
    gpus.map(({ claims }) => claims[claim] ?? undefined)
  return [
    { name: 'nvidia.gpu-count', value: String(gpus.length), kind: 'identity' },
    { name: 'nvidia.switch-count', value: String(devices.length - gpus.length), kind: 'identity' },
    ...measurementOfAll('nvidia.gpu-model', read('hwmodel')),
    ...measurementOfAll('nvidia.driver-version', read('x-nvidia-gpu-driver-version')),
    ...measurementOfAll('nvidia.vbios-version', read('x-nvidia-gpu-vbios-version')),
  ]
}

export function isGpu({ name }: DeviceToken): boolean {
  return name.startsWith('GPU-')
}
