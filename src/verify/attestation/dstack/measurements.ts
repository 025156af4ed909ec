import { encodeHex } from '../../encoding/hex.ts'
import type { Measurement } from '../../policy/types.ts'
import type { BootFacts } from './boot-events.ts'

/** The registers of the quote that a dstack workload is measured in, as the quote's own verifier names them; lower-case hex. */
export type Registers = { readonly rtmrs: readonly string[]; readonly configId?: string }

/** The registers that fix the operating system and the virtual hardware it was started on. */
export const OS_REGISTERS = ['tdx.mrtd', 'tdx.rtmr0', 'tdx.rtmr1', 'tdx.rtmr2'] as const

/** Reads the registers off what the quote's verifier says was measured. Undefined where one is missing. */
export function registersOf(measurements: readonly Measurement[]): Registers | undefined {
  const value = (name: string) => measurements.find((measurement) => measurement.name === name)?.value
  const rtmrs = [0, 1, 2, 3].flatMap((index) => value(`tdx.rtmr${index}`) ?? [])
  const configId = value('tdx.mr-config-id')
  return rtmrs.length === 4 ? { rtmrs, ...(configId === undefined ? {} : { configId }) } : undefined
}

/**
 * What the quote measures, for a workload of dstack: RTMR1 and RTMR2 hold kernel, command line and initial file system of dstack itself, the
 * same for all its customers, so that matching them says nothing of the application.
 */
export function ofQuote(measurements: readonly Measurement[]): readonly Measurement[] {
  return measurements.map((measurement) =>
    OS_REGISTERS.some((name) => name === measurement.name) ? { ...measurement, kind: 'identity' } : measurement,
  )
}

/** What evidence beside the compose file measures says which machine it is, not what runs: matching it must not verify the workload. */
export function asIdentity(measurements: readonly Measurement[]): readonly Measurement[] {
  return measurements.map((measurement) => ({ ...measurement, kind: 'identity' }))
}

/** What the events say. The compose hash stands for all that the application is. */
export function ofBoot({ appId, instanceId, keyProvider, osImageHash, gpuPolicyHash }: BootFacts): readonly Measurement[] {
  return [
    identity('dstack.app-id', encodeHex(appId)),
    ...(instanceId.length === 0 ? [] : [identity('dstack.instance-id', encodeHex(instanceId))]),
    identity('dstack.key-provider', keyProvider.id === '' ? keyProvider.name : `${keyProvider.name}:${keyProvider.id}`),
    ...(osImageHash === undefined ? [] : [identity('dstack.os-image-hash', encodeHex(osImageHash))]),
    ...(gpuPolicyHash === undefined ? [] : [identity('dstack.gpu-policy-hash', encodeHex(gpuPolicyHash))]),
  ]
}

export function composeHash(hash: Uint8Array): Measurement {
  return { name: 'dstack.compose-hash', value: encodeHex(hash), kind: 'code' }
}

/** One image of several: matching it alone does not say what ran. */
export function image(digest: string): Measurement {
  return identity('dstack.image', digest)
}

export function kmsRoot(key: string): Measurement {
  return identity('dstack.kms-root', key)
}

function identity(name: string, value: string): Measurement {
  return { name, value, kind: 'identity' }
}
