import { FindingLog, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { AssumptionId, Finding, Place } from '../../claims/types.ts'
import { decodeBase64 } from '../../encoding/base64.ts'
import { equalBytes } from '../../encoding/bytes.ts'
import { decodeHexText, encodeHex } from '../../encoding/hex.ts'
import { type Failure, type Result, success } from '../../encoding/result.ts'
import { verifyWithSpki } from '../../encoding/signatures.ts'
import { decodeUtf8 } from '../../encoding/utf8.ts'
import { anchorsFor } from '../../trust/anchors.ts'
import type { Certificate } from '../../trust/certificate.ts'
import { type ValidPath, validatePath } from '../../trust/path.ts'
import { parsePemChain } from '../../trust/pem.ts'
import { pathOutcome } from '../path-outcome.ts'
import type { AttestationInput } from '../types.ts'
import { type Device, deviceOf } from './architecture.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { certifiedFirmwareId } from './firmware-id.ts'
import { firmwareIdOf } from './opaque-data.ts'
import { type GpuReport, parseReport } from './report.ts'
import type { GpuItem } from './schema.ts'

type Log = FindingLog<CheckName>

/** What anchors for GPUs are marked with in the trust store. */
export const PURPOSE = 'nvidia-gpu'

/** What is stated beside the report, of one GPU or of all: it must be what was signed. */
export type Stated = { readonly nonces: readonly string[]; readonly architectures: readonly string[] }

/** A GPU whose signature and certificates hold. */
export type AuthenticGpu = {
  readonly report: GpuReport
  readonly leaf: Certificate
  readonly device: Device
  /** Whether a root that the user added vouches for it. */
  readonly isUnderUserRoot: boolean
}

export type GpuVerdict = { readonly findings: readonly Finding[]; readonly gpu?: AuthenticGpu }

/**
 * Verifies the evidence of one GPU: its ECDSA P-384 signature over the report, its certificates to NVIDIA's pinned root at the instant of use, then
 * what the report says against the certificate and against what is stated beside it. NVIDIA's reference values and its revocation service
 * are not asked, and the findings say so. `name` is what the GPU is called in the findings, `at` where it stands in the document.
 */
export async function verifyGpu(item: GpuItem, stated: Stated, name: string, at: Place, input: AttestationInput): Promise<GpuVerdict> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const read = readItem(item)
  if (!read.ok) {
    reportForm(read, name, at, log)
    return { findings: log.findings }
  }
  const { report, leaf, authorities } = read.value
  const count = String(report.measurements.size)
  log.add('nvidia-gpu.format', 'passed', sentence('nvidia_format_passed', name, count), { at })

  // Certificates beside a report that their key did not sign are nobody's: whose they are is not asked.
  if (!(await checkSignature(report, leaf, name, at, log))) return { findings: log.findings }
  const path = await checkChain(leaf, authorities, name, at, input, log)
  const device = path === undefined ? undefined : checkDevice(path, name, at, log)
  if (path === undefined || device === undefined) return { findings: log.findings }
  const isUnderUserRoot = path.anchor.addedBy === 'user'
  checkArchitecture(device, stated, name, at, log)
  checkFirmwareId(report, leaf, device, name, at, log)
  checkNonce(report, stated, name, at, log)
  log.add(
    'nvidia-gpu.firmware',
    'unchecked',
    sentence(isUnderUserRoot ? 'nvidia_firmware_user_root' : 'nvidia_firmware_not_compared', name),
    {
      assumes: ['assume_nvidia_firmware'],
      at,
    },
  )
  log.add('nvidia-gpu.revocation', 'unchecked', sentence('nvidia_revocation_not_obtained', name), {
    assumes: ['assume_nvidia_revocation'],
    at,
  })
  return { findings: log.findings, gpu: { report, leaf, device, isUnderUserRoot } }
}

/** What cannot be read, or is newer by a label that nobody signed, contradicts nothing, and is the sender's doing. */
function reportForm(fault: Failure<string>, name: string, at: Place, log: Log): void {
  const more = { ...faultIn(at, fault), theirs: true }
  const isNewer = fault.code === 'report-version'
  const said = isNewer ? sentence('nvidia_format_newer', name, fault.detail ?? '') : sentence('nvidia_format_failed', name)
  log.add('nvidia-gpu.format', 'unchecked', said, more)
}

type ReadItem = { readonly report: GpuReport; readonly leaf: Certificate; readonly authorities: readonly Certificate[] }

function readItem({ certificate, evidence }: GpuItem): Result<ReadItem, string> {
  const octets = decodeBase64(evidence)
  if (!octets.ok) return { ...octets, path: 'evidence' }
  const report = parseReport(octets.value)
  if (!report.ok) return report
  const pem = decodeBase64(certificate)
  if (!pem.ok) return { ...pem, path: 'certificate' }
  const text = decodeUtf8(pem.value)
  const chain = text.ok ? parsePemChain(text.value) : text
  if (!chain.ok) return { ...chain, path: 'certificate' }
  const [leaf, ...authorities] = chain.value
  return success({ report: report.value, leaf, authorities })
}

async function checkSignature(
  { signed, signature }: GpuReport,
  { spki }: Certificate,
  name: string,
  at: Place,
  log: Log,
): Promise<boolean> {
  const verdict = await verifyWithSpki(spki, { kind: 'ecdsa-raw', hash: 'SHA-384' }, signature, signed)
  if (verdict.ok) log.add('nvidia-gpu.signature', 'passed', sentence('nvidia_signature_passed', name), { at })
  else {
    const { code } = verdict
    if (code === 'engine-failed') log.add('nvidia-gpu.signature', 'unchecked', sentence('nvidia_signature_engine', name), { at, code })
    else log.add('nvidia-gpu.signature', 'failed', sentence('nvidia_signature_failed', name), { at, code })
  }
  return verdict.ok
}

/** What every verdict on these reports rests on. */
const BASIS: readonly AssumptionId[] = ['assume_hardware_vendor', 'assume_side_channels']
/** Firmware, boot ROM, provisioner, chip; the root comes on top. */
const CERTIFICATES_BELOW_ROOT = 4

/** A path fails by its dates only where all its signatures hold: then only the time is wrong. */
async function checkChain(
  leaf: Certificate,
  authorities: readonly Certificate[],
  name: string,
  at: Place,
  { trust, usedAt }: AttestationInput,
  log: Log,
): Promise<ValidPath | undefined> {
  const anchors = anchorsFor(trust.anchors, PURPOSE)
  const path = await validatePath({ leaf, intermediates: authorities, anchors, at: usedAt, use: { keyUsage: 'digitalSignature' } })
  if (!path.ok) {
    const { code, detail } = path
    if (code === 'expired' || code === 'not-yet-valid') {
      const expected = `at ${usedAt.toISOString()}`
      log.add('nvidia-gpu.validity', 'failed', sentence('nvidia_validity_failed', name), { at, code, computed: detail, expected })
    } else {
      const { outcome, because, more } = pathOutcome(path, 'nvidia_chain_failed', 'evidence')
      const said = because === 'nvidia_chain_failed' ? sentence(because, name) : sentence('nvidia_of', name, sentence(because))
      log.add('nvidia-gpu.chain', outcome, said, { ...more, at })
    }
    return undefined
  }
  const own = path.value.anchor.addedBy === 'user'
  log.add('nvidia-gpu.chain', 'passed', sentence(own ? 'nvidia_chain_user_root' : 'nvidia_chain_passed', name), {
    assumes: own ? ['assume_user_added_root'] : BASIS,
    at,
  })
  log.add('nvidia-gpu.validity', 'passed', sentence('nvidia_validity_passed', name), { at })
  return path.value
}

/**
 * Which device NVIDIA certified. Its root stands above switches, other processors, and keys in between too: what is no GPU by a shape and name
 * that are known here is named, and nothing of it is judged.
 */
function checkDevice({ certificates }: ValidPath, name: string, at: Place, log: Log): Device | undefined {
  const [leaf, bootRom] = certificates
  const isOfGpu = certificates.length === CERTIFICATES_BELOW_ROOT
  const device = isOfGpu && bootRom !== undefined ? deviceOf(bootRom) : undefined
  if (device === undefined) {
    const subject = isOfGpu && bootRom !== undefined ? bootRom.subject.text : leaf.subject.text
    log.add('nvidia-gpu.device', 'unchecked', sentence('nvidia_device_unknown', name, commonName(subject)), {
      at,
      code: isOfGpu ? 'device-unknown' : 'not-a-gpu-chain',
      computed: subject,
    })
  } else log.add('nvidia-gpu.device', 'passed', sentence('nvidia_device_passed', name, device.model), { at })
  return device
}

/** `GH100 A01 GSP BROM` of `CN=GH100 A01 GSP BROM, O=NVIDIA Corporation, C=US`. */
function commonName(subject: string): string {
  return /^CN=([^,]*)/.exec(subject)?.[1] ?? subject
}

function checkArchitecture({ architecture, model }: Device, { architectures }: Stated, name: string, at: Place, log: Log): void {
  if (architectures.length === 0) return
  const other = architectures.find((stated) => stated.toUpperCase() !== architecture)
  const compared = { at, expected: other ?? architecture, computed: `${architecture} (${model})` }
  if (other === undefined) log.add('nvidia-gpu.architecture', 'passed', sentence('nvidia_architecture_passed', name), compared)
  else log.add('nvidia-gpu.architecture', 'failed', sentence('nvidia_architecture_failed', name), compared)
}

function checkFirmwareId({ opaqueData }: GpuReport, leaf: Certificate, { architecture }: Device, name: string, at: Place, log: Log): void {
  const reported = firmwareIdOf(opaqueData)
  const certified = certifiedFirmwareId(leaf, architecture)
  if (reported === undefined) {
    log.add('nvidia-gpu.firmware-id', 'unchecked', sentence('nvidia_fwid_not_stated', name), {
      assumes: ['assume_nvidia_firmware'],
      at,
    })
    return
  }
  const compared = { at, expected: certified && encodeHex(certified), computed: encodeHex(reported) }
  const isCertified = certified !== undefined && equalBytes(reported, certified)
  const said = { passed: sentence('nvidia_fwid_passed', name), failed: sentence('nvidia_fwid_failed', name) }
  log.decide('nvidia-gpu.firmware-id', isCertified, said, compared)
}

function checkNonce({ nonce }: GpuReport, { nonces }: Stated, name: string, at: Place, log: Log): void {
  if (nonces.length === 0) return
  const passed = nonces.every((text) => {
    const stated = decodeHexText(text)
    return stated.ok && equalBytes(stated.value, nonce)
  })
  const said = { passed: sentence('nvidia_nonce_passed', name), failed: sentence('nvidia_nonce_failed', name) }
  log.decide('nvidia-gpu.nonce', passed, said, { at, expected: nonces.join(', '), computed: encodeHex(nonce) })
}
