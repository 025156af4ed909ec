import { encodeHex } from '../../encoding/hex.ts'
import type { Measurement } from '../../policy/types.ts'
import type { TdReport } from './td-report.ts'

/** What an authentic quote says of the workload, under the names that policies use. All are digests: of firmware, of what booted, of its configuration. */
export function measurementsOf({ mrTd, rtmrs, mrConfigId }: TdReport): readonly Measurement[] {
  return [
    code('tdx.mrtd', mrTd),
    ...rtmrs.map((rtmr, index) => code(`tdx.rtmr${index}`, rtmr)),
    // Set by whoever launches the domain; all zero where nobody did, and then it measures nothing.
    ...(mrConfigId.some((octet) => octet !== 0) ? [code('tdx.mr-config-id', mrConfigId)] : []),
    { name: 'platform.hardware', value: 'INTEL_TDX', kind: 'identity' },
  ]
}

function code(name: string, octets: Uint8Array): Measurement {
  return { name, value: encodeHex(octets), kind: 'code' }
}
