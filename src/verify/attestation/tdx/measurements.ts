import { encodeHex } from '../../encoding/hex.ts'
import type { Measurement } from '../../policy/types.ts'
import type { TdReport } from './td-report.ts'

/**
 * What an authentic quote says of the workload, under the names that policies use. MRTD and RTMR0 measure the firmware and the virtual hardware
 * that every workload of a provider shares, so matching them says nothing of what ran; RTMR1 to RTMR3 and the configuration do.
 */
export function measurementsOf({ mrTd, rtmrs, mrConfigId }: TdReport): readonly Measurement[] {
  return [
    shared('tdx.mrtd', mrTd),
    ...rtmrs.map((rtmr, index) => (index === 0 ? shared : code)(`tdx.rtmr${index}`, rtmr)),
    // Set by whoever launches the domain; all zero where nobody did, and then it measures nothing.
    ...(mrConfigId.some((octet) => octet !== 0) ? [code('tdx.mr-config-id', mrConfigId)] : []),
    { name: 'platform.hardware', value: 'INTEL_TDX', kind: 'identity' },
  ]
}

function code(name: string, octets: Uint8Array): Measurement {
  return { name, value: encodeHex(octets), kind: 'code' }
}

function shared(name: string, octets: Uint8Array): Measurement {
  return { name, value: encodeHex(octets), kind: 'identity' }
}
