import { encodeHex } from '../../encoding/hex.ts'
import { isPadding } from '../../encoding/padding.ts'
import type { Measurement } from '../../policy/types.ts'
import type { Pck } from './pck-certificate.ts'
import type { TdReport } from './td-report.ts'

/**
 * What an authentic quote says of the workload, under the names that policies use. MRTD and RTMR0 measure the firmware and the virtual hardware
 * that every workload of a provider shares, so matching them says nothing of what ran; RTMR1 to RTMR3 and the configuration do. The others
 * say how the domain is set up, under which module, and what whoever launched it wrote beside it: zeros there say nothing.
 */
export function measurementsOf(report: TdReport, { fmspc }: Pck): readonly Measurement[] {
  const { mrTd, rtmrs, mrConfigId, mrServiceTd, teeTcbSvn2 } = report
  const module = MODULES.get(encodeHex(report.mrSeam))
  return [
    shared('tdx.mrtd', mrTd),
    ...rtmrs.map((rtmr, index) => (index === 0 ? shared : code)(`tdx.rtmr${index}`, rtmr)),
    // Set by whoever launches the domain; all zero where nobody did, and then it measures nothing.
    ...(isPadding(mrConfigId) ? [] : [code('tdx.mr-config-id', mrConfigId)]),
    ...where('tdx.mr-owner', report.mrOwner),
    ...where('tdx.mr-owner-config', report.mrOwnerConfig),
    shared('tdx.td-attributes', report.tdAttributes),
    shared('tdx.xfam', report.xfam),
    shared('tdx.mr-seam', report.mrSeam),
    ...where('tdx.mr-signer-seam', report.mrSignerSeam),
    shared('tdx.tee-tcb-svn', report.teeTcbSvn),
    ...(teeTcbSvn2 === undefined ? [] : [shared('tdx.tee-tcb-svn2', teeTcbSvn2)]),
    ...(mrServiceTd === undefined ? [] : where('tdx.mr-service-td', mrServiceTd)),
    ...(module === undefined ? [] : [text('tdx.module-version', module)]),
    text('tdx.fmspc', fmspc),
    text('platform.hardware', 'INTEL_TDX'),
  ]
}

/**
 * Intel's releases of the TDX module by their SHA-384, as names and nothing else: genuine ones are missing. By Tinfoil's list of Intel's releases
 * (tinfoilsh/verifier); the test holds against a recorded quote what one can be held against.
 */
export const MODULES: ReadonlyMap<string, string> = new Map([
  ['49b66faa451d19ebbdbe89371b8daf2b65aa3984ec90110343e9e2eec116af08850fa20e3b1aa9a874d77a65380ee7e6', '1.5.08'],
  ['7bf063280e94fb051f5dd7b1fc59ce9aac42bb961df8d44b709c9b0ff87a7b4df648657ba6d1189589feab1d5a3c9a9d', '1.5.16'],
  ['685f891ea5c20e8fa27b151bf34bf3b50fbaf7143cc53662727cbdb167c0ad8385f1f6f3571539a91e104a1c96d75e04', '2.0.02'],
  ['476a2997c62bccc78370913d0a80b956e3721b24272bc66c4d6307ced4be2865c40e26afac75f12df3425b03eb59ea7c', '2.0.08'],
])

function code(name: string, octets: Uint8Array): Measurement {
  return { name, value: encodeHex(octets), kind: 'code' }
}

function shared(name: string, octets: Uint8Array): Measurement {
  return { name, value: encodeHex(octets), kind: 'identity' }
}

function text(name: string, value: string): Measurement {
  return { name, value, kind: 'identity' }
}

function where(name: string, octets: Uint8Array): readonly Measurement[] {
  return isPadding(octets) ? [] : [shared(name, octets)]
}
