import type { Bytes } from '../../encoding/bytes.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { isPadding } from '../../encoding/padding.ts'
import type { Measurement } from '../../policy/types.ts'
import type { EndorsementKey } from './endorsement-key.ts'
import type { SnpReport } from './report.ts'

/**
 * What an authentic report says of the workload, octets in hexadecimal as they were signed. Only the launch measurement counts as code. Host
 * data is whatever the host put beside the guest at launch, so that it tells of code only to those who know what the measured code does with
 * it. Digests of keys that signed the launch, and the ids that they gave it, tell who; policy, platform, patch levels and firmware tell how.
 */
export function measurementsOf(report: SnpReport, key: EndorsementKey): readonly Measurement[] {
  const { mitigations } = report
  return [
    { name: 'snp.measurement', value: encodeHex(report.measurement), kind: 'code' },
    identity('snp.host-data', report.hostData),
    ...where('snp.id-key-digest', report.idKeyDigest),
    ...where('snp.author-key-digest', report.authorKeyDigest),
    ...where('snp.family-id', report.familyId),
    ...where('snp.image-id', report.imageId),
    text('snp.guest-svn', String(report.guestSvn)),
    text('snp.vmpl', String(report.vmpl)),
    identity('snp.guest-policy', report.guestPolicy.octets),
    identity('snp.platform-info', report.platformInfo.octets),
    text('snp.product', key.product),
    identity('snp.reported-tcb', report.reportedTcb),
    identity('snp.current-tcb', report.currentTcb),
    identity('snp.committed-tcb', report.committedTcb),
    identity('snp.launch-tcb', report.launchTcb),
    text('snp.firmware', report.currentFirmware),
    text('snp.committed-firmware', report.committedFirmware),
    ...(mitigations === undefined
      ? []
      : [identity('snp.launch-mitigations', mitigations.launch), identity('snp.current-mitigations', mitigations.current)]),
    ...where('snp.chip-id', chipIdOf(report, key)),
    ...(key.provider === undefined ? [] : [text('snp.cloud-provider', key.provider)]),
  ]
}

/** As AMD's key service calls the chip: Turin's identifiers are eight octets, and padded in the report. */
function chipIdOf({ chipId }: SnpReport, { hardwareId }: EndorsementKey): Bytes {
  return hardwareId === undefined ? chipId : chipId.subarray(0, hardwareId.length)
}

function identity(name: string, octets: Bytes): Measurement {
  return { name, value: encodeHex(octets), kind: 'identity' }
}

function text(name: string, value: string): Measurement {
  return { name, value, kind: 'identity' }
}

/** Stated only where it is set: zeros mean that there is none. */
function where(name: string, octets: Bytes): readonly Measurement[] {
  return isPadding(octets) ? [] : [identity(name, octets)]
}
