import { expect, it } from 'vitest'
import type { EvidenceSeen } from '../../src/dossier/types.ts'
import { checkGpuPairing, pairGpu } from '../../src/verify/attestation/gpu-pairing.ts'
import { type GpuReport, parseReport } from '../../src/verify/attestation/nvidia-gpu/report.ts'
import { verifyOne, verifyPayload } from '../../src/verify/attestation/nvidia-gpu/verify.ts'
import { parseQuote } from '../../src/verify/attestation/tdx/quote.ts'
import type { AttestationInput, AttestationResult } from '../../src/verify/attestation/types.ts'
import { encodeBase64 } from '../../src/verify/encoding/base64.ts'
import { decodeHex, encodeHex } from '../../src/verify/encoding/hex.ts'
import { encodeUtf8 } from '../../src/verify/encoding/utf8.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import type { Certificate } from '../../src/verify/trust/certificate.ts'
import { parsePemChain } from '../../src/verify/trust/pem.ts'
import { makeGpuItem, makeGpuPayload } from '../simulator/nvidia-gpu.ts'
import { flipOneBitPerOctet } from '../support/bits.ts'
import { describeVectors, vectorText } from './files.ts'

type Row = { readonly id: string; readonly files: readonly string[]; readonly outcome: string; readonly because: string }

const SAMPLES = 'nvidia/sample_attestation_data/gpu/'
const PAYLOAD = 'dstack/near/private-ai-verifier_nvidia_payload.json'
const QUOTE = 'dstack/near/private-ai-verifier_intel_quote.hex'

function octets(hex: string): Uint8Array<ArrayBuffer> {
  const decoded = decodeHex(hex.trim())
  if (!decoded.ok) throw new Error(decoded.code)
  return decoded.value
}

const report = (name: string) => octets(vectorText(`${SAMPLES}hopperAttestationReport${name}.txt`))
const chain = (name: string) => vectorText(`${SAMPLES}hopperCertChain${name}.txt`)

function inputOf(kind: string, document: string, at = '2026-03-12T07:20:00Z'): AttestationInput {
  const evidence: EvidenceSeen = { kind, document, source: '', at: '', provenance: 'given' }
  return {
    evidence,
    collateral: [],
    trust: { anchors: SHIPPED_ANCHORS, issuerKeys: [] },
    policy: presetFor(''),
    usedAt: new Date(at),
    hop: 0,
  }
}

function judge(reportOctets: Uint8Array, pem: string, more: Readonly<Record<string, string>> = {}): Promise<AttestationResult> {
  const item = { certificate: encodeBase64(encodeUtf8(pem)), evidence: encodeBase64(reportOctets), arch: 'HOPPER', ...more }
  return verifyOne(inputOf('nvidia-gpu-evidence', JSON.stringify(item)))
}

const outcomes = ({ findings }: AttestationResult) => Object.fromEntries(findings.map(({ check, outcome }) => [check, outcome]))
const failed = ({ findings }: AttestationResult) =>
  findings.filter(({ outcome }) => outcome === 'failed').map(({ check, because }) => [check, because.id])
const rows = (): readonly Row[] => JSON.parse(vectorText('EXPECTED.json')).rows

/** What a genuine GPU says where everything is there to be checked, alone. */
const GENUINE = {
  'nvidia-gpu.format': 'passed',
  'nvidia-gpu.signature': 'passed',
  'nvidia-gpu.chain': 'passed',
  'nvidia-gpu.validity': 'passed',
  'nvidia-gpu.device': 'passed',
  'nvidia-gpu.architecture': 'passed',
  'nvidia-gpu.firmware-id': 'passed',
  'nvidia-gpu.firmware': 'unchecked',
  'nvidia-gpu.revocation': 'unchecked',
  'gpu.pairing': 'unchecked',
}

describeVectors('real NVIDIA GPU reports', () => {
  it('gpu-gh100: signature, five certificates to the pinned root; firmware not compared', async () => {
    expect(rows().find(({ id }) => id === 'gpu-gh100')).toMatchObject({
      outcome: 'accept',
      files: [`${SAMPLES}hopperAttestationReport.txt`, `${SAMPLES}hopperCertChain.txt`],
    })
    const result = await judge(report(''), chain(''))
    // The firmware of 2023 does not state its id in the report: the certificate's is compared with nothing.
    expect(outcomes(result)).toEqual({ ...GENUINE, 'nvidia-gpu.firmware-id': 'unchecked' })
    expect(result.findings.find(({ check }) => check === 'nvidia-gpu.firmware')?.because).toEqual({
      id: 'nvidia_firmware_not_compared',
      args: ['GPU-0'],
    })
    expect(result.authentic?.commits).toEqual([
      { field: 'nonce', value: '27a328247bf7935c993341cf587be6f05986ccce4fe7ba2c54100bd616a58f66' },
    ])
    expect(Object.fromEntries(result.authentic?.measurements.map(({ name, value }) => [name, value]) ?? [])).toEqual({
      'nvidia.gpu-count': '1',
      'nvidia.gpu-model': 'GH100 A01 GSP BROM',
      'nvidia.driver-version': '535.86.09',
      'nvidia.vbios-version': '96.00.5E.00.01',
    })
  })

  it('gpu-gh100-bad: an invalid signature', async () => {
    expect(rows().find(({ id }) => id === 'gpu-gh100-bad')?.outcome).toBe('reject')
    const result = await judge(report('InvalidSignature'), chain('Expired'))
    expect(failed(result)).toEqual([['nvidia-gpu.signature', 'nvidia_signature_failed']])
    expect(result.authentic).toBeUndefined()
  })

  it('gpu-gh100-bad: what NVIDIA calls expired is the reference values for its driver, not its certificates', async () => {
    // NVIDIA's suite uses the pair for a driver RIM whose certificate ran out. Report and certificates (to the year 9999) are genuine.
    const result = await judge(report('Expired'), chain('Expired'))
    expect(outcomes(result)).toEqual(GENUINE)
    expect(result.authentic?.measurements).toContainEqual({ name: 'nvidia.driver-version', value: '570.124.03', kind: 'identity' })
  })

  it('is refused under the certificates of another GPU, and under no root', async () => {
    expect(failed(await judge(report(''), chain('Expired')))).toEqual([['nvidia-gpu.signature', 'nvidia_signature_failed']])
    const input = inputOf('nvidia-payload', vectorText(PAYLOAD))
    expect(failed(await verifyPayload({ ...input, trust: { anchors: [], issuerKeys: [] } }))).toEqual([['nvidia-gpu.chain', 'nvidia_of']])
  })

  it('as services publish it: each GPU named, its nonce the stated one, its firmware id the certified one', async () => {
    const result = await verifyPayload(inputOf('nvidia-payload', vectorText(PAYLOAD)))
    expect(outcomes(result)).toEqual({ ...GENUINE, 'nvidia-gpu.nonce': 'passed' })
    expect(Object.fromEntries(result.authentic?.measurements.map(({ name, value }) => [name, value]) ?? [])).toMatchObject({
      'nvidia.driver-version': '570.172.08',
      'nvidia.vbios-version': '96.00.D0.00.03',
      'nvidia.firmware-id': 'e9960d6a289c80281e29b85287ca5ec342297589d2f5a95aef82cf3fd2520f3370756e5d63633c2b2c9c1f10e7775033',
    })
    expect(result.authentic?.platform).toEqual({ id: 'nvidia_platform', args: ['GH100 A01 GSP BROM'] })
  })

  it('is not judged valid before its certificates were', async () => {
    const early = await verifyPayload(inputOf('nvidia-payload', vectorText(PAYLOAD), '2021-11-04T23:59:59Z'))
    expect(failed(early)).toEqual([['nvidia-gpu.validity', 'nvidia_validity_failed']])
    expect(failed(await verifyPayload(inputOf('nvidia-payload', vectorText(PAYLOAD), '9999-12-31T23:59:59Z')))).toEqual([])
  })

  it('gpu-nonce-mismatch: the GPU’s nonce is not the quote’s', async () => {
    expect(rows().find(({ id }) => id === 'gpu-nonce-mismatch')).toMatchObject({ outcome: 'reject', files: [QUOTE, PAYLOAD] })
    const quote = parseQuote(octets(vectorText(QUOTE)))
    if (!quote.ok) throw new Error(quote.code)
    // Report data: address, zeros, nonce.
    const nonce = encodeHex(quote.value.report.reportData.subarray(32))
    const gpu = await verifyPayload(inputOf('nvidia-payload', vectorText(PAYLOAD)))
    const paired = pairGpu(gpu, { kind: 'nonce', nonce }, 0)
    expect(failed(paired)).toEqual([['gpu.pairing', 'gpu_pairing_other_nonce']])
    const own = gpu.authentic?.commits.map(({ value }) => value) ?? []
    expect(checkGpuPairing(own, { kind: 'nonce', nonce: own[0] ?? '' }, 0).outcome).toBe('passed')
  })

  it('is refused with any single bit flipped: no octet of it is unsigned and unused', async () => {
    const pem = chain('')
    const accepted: string[] = []
    for (const { octets: flipped, at } of flipOneBitPerOctet(report(''))) {
      if ((await judge(flipped, pem)).authentic !== undefined) accepted.push(at)
    }
    expect(accepted).toEqual([])
  }, 600_000)
})

describeVectors('the simulator’s GPU evidence', () => {
  const { item, report: simulated } = makeGpuItem()
  const real = () => {
    const { evidence_list: list }: { evidence_list: { certificate: string; evidence: string }[] } = JSON.parse(vectorText(PAYLOAD))
    return { certificate: list[0]?.certificate ?? '', evidence: list[0]?.evidence ?? '' }
  }

  it('has the members of the real payload', () => {
    const ours = JSON.parse(makeGpuPayload([item]))
    const theirs = JSON.parse(vectorText(PAYLOAD))
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort())
    expect(Object.keys(ours.evidence_list[0])).toEqual(Object.keys(theirs.evidence_list[0]))
  })

  it('has the real report’s layout: all its octets that are no values', () => {
    const theirs = parsed(new Uint8Array(Buffer.from(real().evidence, 'base64')))
    const ours = parsed(simulated)
    expect(simulated.length).toBe(Buffer.from(real().evidence, 'base64').length)
    expect([...ours.measurements].map(([index, { length }]) => [index, length])).toEqual(
      [...theirs.measurements].map(([index, { length }]) => [index, length]),
    )
    expect([...ours.opaqueData].map(([type, { length }]) => [type, length])).toEqual(
      [...theirs.opaqueData].map(([type, { length }]) => [type, length]),
    )
    for (const type of [3, 6, 11, 13, 15, 16, 17, 18, 19, 21]) expect(ours.opaqueData.get(type)).toEqual(theirs.opaqueData.get(type))
  })

  it('has certificates with the real ones’ extensions and usages, in the same text form', () => {
    const theirs = certificatesOf(Buffer.from(real().certificate, 'base64').toString('utf8'))
    const ours = certificatesOf(Buffer.from(String(item['certificate']), 'base64').toString('utf8'))
    const inShort = (certificates: readonly Certificate[]) =>
      certificates.map(({ extensions, keyUsage, basicConstraints, notBefore, notAfter }) => ({
        // Addresses of revocation services: the simulator names none.
        extensions: [...extensions.keys()].filter((oid) => oid !== '2.5.29.31' && oid !== '1.3.6.1.5.5.7.1.1').sort(),
        keyUsage: [...(keyUsage ?? [])],
        basicConstraints,
        notBefore,
        notAfter,
      }))
    expect(inShort(ours)).toEqual(inShort(theirs))
    const [ourFwid, theirFwid] = [ours, theirs].map(([leaf]) => leaf?.extensions.get('2.23.133.5.4.1')?.value ?? new Uint8Array(0))
    // The same structure: everything but the key and the digest.
    expect(ourFwid?.length).toBe(theirFwid?.length)
    expect(ourFwid?.subarray(0, 30)).toEqual(theirFwid?.subarray(0, 30))
    expect(ourFwid?.subarray(-63, -48)).toEqual(theirFwid?.subarray(-63, -48))
  })
})

function parsed(report: Uint8Array<ArrayBuffer>): GpuReport {
  const read = parseReport(report)
  if (!read.ok) throw new Error(read.code)
  return read.value
}

function certificatesOf(pem: string): readonly Certificate[] {
  const read = parsePemChain(pem)
  if (!read.ok) throw new Error(read.code)
  return read.value
}
