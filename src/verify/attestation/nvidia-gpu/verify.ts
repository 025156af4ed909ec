import type * as v from 'valibot'
import { faultIn, makeFinding } from '../../claims/finding.ts'
import { type Sentence, sentence } from '../../claims/sentence.ts'
import type { Finding } from '../../claims/types.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { parseForeignJson } from '../../encoding/json.ts'
import { type Failure, failure } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { checkGpuPairing } from '../gpu-pairing.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { CHECKS } from './checks.ts'
import { type AuthenticGpu, type GpuVerdict, type Stated, verifyGpu } from './gpu.ts'
import { commitmentsOf, measurementsOf } from './measurements.ts'
import { type GpuItem, gpuSchema, payloadSchema } from './schema.ts'

/** The evidence of one GPU, as JSON text. See `gpuSchema`. */
export async function verifyOne(input: AttestationInput): Promise<AttestationResult> {
  const item = read(input, gpuSchema)
  if (!item.ok) return malformed(item, input)
  return conclude([await verifyGpu(item.value, statedOf(item.value), nameOf(0), 'evidence', input)], input)
}

/** The evidence of all GPUs of a service, as JSON text, each verified by itself. See `payloadSchema`. An empty list offers nothing, and that is said. */
export async function verifyPayload(input: AttestationInput): Promise<AttestationResult> {
  const payload = read(input, payloadSchema)
  if (!payload.ok) return malformed(payload, input)
  const { evidence_list: items, nonce, arch } = payload.value
  if (items.length === 0) {
    const none = makeFinding(CHECKS, 'nvidia-gpu.presence', 'unchecked', 'nvidia_presence_none', {
      hop: input.hop,
      assumes: ['assume_gpu_unattested'],
    })
    return { findings: [none] }
  }
  const verdicts = items.map((entry, index) => verifyEntry(entry, index, { nonce, arch }, input))
  return conclude(await Promise.all(verdicts), input)
}

async function verifyEntry(entry: unknown, index: number, beside: Beside, input: AttestationInput): Promise<GpuVerdict> {
  const at = `evidence.evidence_list[${index}]` as const
  const item = parseWith(gpuSchema, entry)
  if (item.ok) return verifyGpu(item.value, statedOf(item.value, beside), nameOf(index), at, input)
  const more = { ...faultIn(at, item), hop: input.hop, theirs: true }
  return { findings: [makeFinding(CHECKS, 'nvidia-gpu.format', 'unchecked', sentence('nvidia_format_failed', nameOf(index)), more)] }
}

function read<Schema extends v.GenericSchema>({ evidence }: AttestationInput, schema: Schema) {
  const json = parseForeignJson(evidence.document)
  return json.ok ? parseWith(schema, json.value) : failure(json.code)
}

/** As NVIDIA's own tokens name them. */
function nameOf(index: number): string {
  return `GPU-${index}`
}

type Beside = { readonly nonce?: string | undefined; readonly arch?: string | undefined }

function statedOf(item: GpuItem, all: Beside = {}): Stated {
  const given = (values: readonly (string | undefined)[]) => values.filter((value) => value !== undefined)
  return { nonces: given([item.nonce, all.nonce]), architectures: given([item.arch, all.arch]) }
}

function malformed(fault: Failure<string>, { hop }: AttestationInput): AttestationResult {
  const more = { ...faultIn('evidence', fault), hop, theirs: true }
  return { findings: [makeFinding(CHECKS, 'nvidia-gpu.format', 'unchecked', 'nvidia_payload_failed', more)] }
}

/** All together: authentic only where every one is. Which machine they are in is left open here. */
function conclude(verdicts: readonly GpuVerdict[], { hop }: AttestationInput): AttestationResult {
  const gpus = verdicts.flatMap(({ gpu }) => (gpu === undefined ? [] : [gpu]))
  const commits = commitmentsOf(gpus)
  const findings: readonly Finding[] = [
    ...verdicts.flatMap((verdict) => verdict.findings),
    ...checkDistinct(gpus, hop),
    checkGpuPairing([], { kind: 'none' }, hop),
  ]
  if (gpus.length < verdicts.length) return { findings }
  return { findings, authentic: { commits, measurements: measurementsOf(gpus), platform: platformOf(gpus) } }
}

/** One GPU's answer, listed several times, would pass for several GPUs. */
function checkDistinct(gpus: readonly AuthenticGpu[], hop: number): readonly Finding[] {
  if (gpus.length < 2) return []
  const distinct = new Set(gpus.map(({ leaf }) => encodeHex(leaf.spki))).size
  const passed = distinct === gpus.length
  const said = passed ? sentence('nvidia_distinct_passed', String(distinct)) : sentence('nvidia_distinct_failed')
  return [makeFinding(CHECKS, 'nvidia-gpu.distinct', passed ? 'passed' : 'failed', said, { hop })]
}

function platformOf(gpus: readonly AuthenticGpu[]): Sentence {
  const models = [...new Set(gpus.map(({ device }) => device.model))].join(', ')
  return sentence(gpus.some(({ isUnderUserRoot }) => isUnderUserRoot) ? 'nvidia_platform_user_root' : 'nvidia_platform', models)
}
