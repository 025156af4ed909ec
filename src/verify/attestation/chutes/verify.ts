import { FindingLog, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import { decodeBase64, encodeBase64url } from '../../encoding/base64.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { parseCertificate } from '../../trust/certificate.ts'
import { pairGpu } from '../gpu-pairing.ts'
import type { AttestationResult, AuthenticEvidence, Commitment, CompositeInput } from '../types.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { type Instance, parseInstance } from './schema.ts'

type Log = FindingLog<CheckName>

/**
 * Verifies what one instance of Chutes shows of itself. The quote is handed to its own verifier. Its report data is then the SHA-256 of the nonce
 * and of the encryption key, both hashed as the text that they are; the graphics cards answer that same hash. There is no event log and
 * no compose file: what runs is known by the registers alone.
 */
export async function verify(input: CompositeInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const parsed = parseInstance(input.evidence.document)
  if (!parsed.ok) {
    log.add('chutes.format', 'unchecked', 'chutes_format_failed', { ...faultIn('evidence', parsed), theirs: true })
    return { findings: log.findings }
  }
  log.add('chutes.format', 'passed', 'chutes_format_passed')
  const instance = parsed.value
  const quote = await input.appraisePart({ kind: 'tdx-quote', document: encodeBase64url(instance.quote) })
  if (quote?.authentic === undefined) {
    if (quote === undefined) log.add('chutes.quote', 'unchecked', 'dstack_quote_unchecked')
    return { findings: [...log.findings, ...(quote?.findings ?? [])] }
  }
  const reportData = reportDataOf(quote.authentic)
  const named = await checkKey(instance, reportData.subarray(0, 32), log)
  await checkCertificate(instance, reportData.subarray(32), log)
  const gpu = await checkGpus(instance, named, input, log)
  const { commits, measurements, platform } = quote.authentic
  const claims: readonly Commitment[] =
    named === undefined || instance.nonce === undefined ? [] : [{ field: 'runtime-claim', name: 'chutes:nonce', value: instance.nonce }]
  return {
    findings: [...log.findings, ...quote.findings, ...(gpu?.findings ?? [])],
    authentic: {
      commits: [...commits, ...claims],
      measurements: [
        ...measurements,
        ...(gpu?.authentic?.measurements ?? []).map((measurement) => ({ ...measurement, kind: 'identity' as const })),
      ],
      platform: gpu?.authentic === undefined ? platform : sentence('dstack_platform_gpu', platform, gpu.authentic.platform),
    },
  }
}

function reportDataOf({ commits }: AuthenticEvidence): Bytes {
  const octets = decodeHex(commits.find(({ field }) => field === 'report-data')?.value ?? '')
  return octets.ok ? octets.value : new Uint8Array()
}

/** The hash that the quote holds, if it is the one over the nonce and the key. */
async function checkKey({ nonce, key }: Instance, held: Bytes, log: Log): Promise<Bytes | undefined> {
  const at = 'evidence.e2e_pubkey'
  if (nonce === undefined || key === undefined) {
    log.add('chutes.key', 'unchecked', 'chutes_key_none', { at, theirs: true })
    return undefined
  }
  const hash = await sha256(encodeUtf8(nonce + key))
  const said = { passed: 'chutes_key_passed', failed: 'chutes_key_failed' } as const
  const isHeld = log.decide('chutes.key', equalBytes(hash, held), said, { at, expected: encodeHex(held), computed: encodeHex(hash) })
  return isHeld ? hash : undefined
}

/** The second half of the report data is the SHA-256 of the key in the instance's own certificate, which not everybody hands on. */
async function checkCertificate({ certificate }: Instance, held: Bytes, log: Log): Promise<void> {
  if (certificate === undefined) return
  const at = 'evidence.certificate'
  const der = decodeBase64(certificate.trim())
  const parsed = der.ok ? parseCertificate(der.value) : der
  if (!parsed.ok) {
    log.add('chutes.certificate', 'unchecked', 'chutes_certificate_unreadable', { ...faultIn(at, parsed), theirs: true })
    return
  }
  const hash = await sha256(parsed.value.spki)
  const said = { passed: 'chutes_certificate_passed', failed: 'chutes_certificate_failed' } as const
  log.decide('chutes.certificate', equalBytes(hash, held), said, { at, expected: encodeHex(held), computed: encodeHex(hash) })
}

/** The graphics cards answer the hash that the quote holds. An instance without any is not one that Chutes runs models on. */
async function checkGpus(
  { gpuEvidence }: Instance,
  named: Bytes | undefined,
  { appraisePart, hop }: CompositeInput,
  log: Log,
): Promise<AttestationResult | undefined> {
  const at = 'evidence.gpu_evidence'
  const isNone = gpuEvidence === undefined || (Array.isArray(gpuEvidence) && gpuEvidence.length === 0)
  if (isNone) {
    log.add('chutes.gpu-evidence', 'unchecked', 'chutes_gpu_none', { at, theirs: true })
    return undefined
  }
  const gpu = await appraisePart({ kind: 'nvidia-payload', document: JSON.stringify({ evidence_list: gpuEvidence }) })
  if (gpu === undefined) {
    log.add('chutes.gpu-evidence', 'unchecked', 'dstack_gpu_unchecked', { at })
    return undefined
  }
  if (gpu.authentic === undefined) return gpu
  return pairGpu(gpu, named === undefined ? { kind: 'none' } : { kind: 'nonce', nonce: encodeHex(named) }, hop)
}
