import { sentence } from '../../claims/sentence.ts'
import type { Finding } from '../../claims/types.ts'
import type { Measurement } from '../../policy/types.ts'
import { pairGpu } from '../gpu-pairing.ts'
import type { CompositeInput } from '../types.ts'
import type { TinfoilDocument } from './document.ts'
import type { Log } from './verify.ts'

/** What other verifiers say, what may be measured by it, and what could not be told for now. */
export type Aside = {
  readonly findings: readonly Finding[]
  readonly measurements: readonly Measurement[]
  readonly unknown?: readonly string[]
}

export const NOTHING: Aside = { findings: [], measurements: [] }

/**
 * The GPUs that the document shows, by their own verifier, and whether they are the ones that the processor's report commits to: a
 * commitment to their very evidence, not only a nonce that both answered.
 */
export async function checkDevices(document: TinfoilDocument, input: CompositeInput, log: Log): Promise<Aside> {
  for (const device of document.devices) {
    if (device.kind === 'other') log.add('tinfoil.device', 'unchecked', sentence('tinfoil_device_unknown', device.format))
  }
  const gpus = document.devices.flatMap((device) => (device.kind === 'nvidia-gpu' ? [device.evidence] : []))
  if (gpus.length === 0) return NOTHING
  const result = await input.appraisePart({ kind: 'nvidia-payload', document: JSON.stringify({ evidence_list: gpus }) })
  if (result === undefined) {
    log.add('tinfoil.device', 'unchecked', 'tinfoil_gpu_unknown')
    return NOTHING
  }
  const answered = (result.authentic?.commits ?? []).flatMap(({ field, value }) => (field === 'nonce' ? [value] : []))
  if (answered.length > 0) {
    const same = answered.every((nonce) => nonce === document.nonce)
    const said = { passed: 'tinfoil_gpu_nonce_passed', failed: 'tinfoil_gpu_nonce_failed' } as const
    const compared = { expected: document.nonce, computed: [...new Set(answered)].join(', ') }
    log.decide('tinfoil.gpu-nonce', same, said, { at: 'evidence.gpu', ...compared })
  }
  const paired = pairGpu(result, { kind: 'commitment', holds: areGpusCommitted(log) }, input.hop)
  return { findings: paired.findings, measurements: paired.authentic?.measurements ?? [] }
}

/** Whether the hash over the devices' evidence held: where the document has none, nothing is committed to. */
function areGpusCommitted({ findings }: Log): boolean {
  const hashes = findings.filter(({ check }) => check === 'tinfoil.gpu-evidence' || check === 'tinfoil.device-evidence')
  return hashes.length > 0 && hashes.every(({ outcome }) => outcome === 'passed')
}
