import type { Bytes } from '../../encoding/bytes.ts'
import { encodeHex } from '../../encoding/hex.ts'
import type { Measurement } from '../../policy/types.ts'
import { isZero, type SnpReport } from './report.ts'

/**
 * What an authentic report says of the workload, in hexadecimal. Only the launch measurement counts as code. Host data is whatever the host
 * put beside the guest at launch, so that it tells of code only to those who know what the measured code does with it. Digests of keys
 * that signed the launch, and the ids that they gave it, tell who; the policy and the patch level tell how.
 */
export function measurementsOf(report: SnpReport): readonly Measurement[] {
  return [
    { name: 'snp.measurement', value: encodeHex(report.measurement), kind: 'code' },
    identity('snp.host-data', report.hostData),
    ...where('snp.id-key-digest', report.idKeyDigest),
    ...where('snp.author-key-digest', report.authorKeyDigest),
    ...where('snp.family-id', report.familyId),
    ...where('snp.image-id', report.imageId),
    { name: 'snp.vmpl', value: String(report.vmpl), kind: 'identity' },
    identity('snp.guest-policy', report.guestPolicy.octets),
    identity('snp.reported-tcb', report.reportedTcb),
    ...where('snp.chip-id', report.chipId),
  ]
}

function identity(name: string, octets: Bytes): Measurement {
  return { name, value: encodeHex(octets), kind: 'identity' }
}

/** Stated only where it is set: zeros mean that there is none. */
function where(name: string, octets: Bytes): readonly Measurement[] {
  return isZero(octets) ? [] : [identity(name, octets)]
}
