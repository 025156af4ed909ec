import { type Checks, makeFinding } from '../claims/finding.ts'
import type { Finding } from '../claims/types.ts'
import { decodeHexText, encodeHex } from '../encoding/hex.ts'
import type { AttestationResult } from './types.ts'

/** Whether GPU and processor belong together is asked beside both: neither's evidence knows of the other. */
export const CHECKS = { 'gpu.pairing': 'device.pairing' } as const satisfies Checks<`gpu.${string}`>
export type CheckName = keyof typeof CHECKS

/**
 * What the processor's evidence says of GPUs. `nonce`: it answered this nonce (hexadecimal). `commitment`: it commits to some GPU evidence, and
 * whether that is this evidence was recomputed by whoever knows the layout. `none`: it says nothing.
 */
export type ProcessorLink =
  | { readonly kind: 'nonce'; readonly nonce: string }
  | { readonly kind: 'commitment'; readonly holds: boolean }
  | { readonly kind: 'none' }

/**
 * Is a GPU in the machine of the hop's processor? Each of `gpuNonces` (hexadecimal) is what one GPU answered; none, where its evidence is not
 * authentic. An equal nonce shows that both answered the same question, not that they sit in one machine, and is passed with that
 * assumption. Nothing to compare is unchecked.
 */
export function checkGpuPairing(gpuNonces: readonly string[], link: ProcessorLink, hop: number): Finding {
  if (gpuNonces.length === 0 || link.kind === 'none') return makeFinding(CHECKS, 'gpu.pairing', 'unchecked', 'gpu_pairing_none', { hop })
  if (link.kind === 'commitment') {
    return link.holds
      ? makeFinding(CHECKS, 'gpu.pairing', 'passed', 'gpu_pairing_committed', { hop })
      : makeFinding(CHECKS, 'gpu.pairing', 'failed', 'gpu_pairing_other_evidence', { hop })
  }
  const nonce = decodeHexText(link.nonce)
  const isAnswered = (answered: string) => nonce.ok && encodeHex(nonce.value) === answered.toLowerCase()
  return gpuNonces.every(isAnswered)
    ? makeFinding(CHECKS, 'gpu.pairing', 'passed', 'gpu_pairing_nonce', { hop, assumes: ['assume_gpu_same_machine'] })
    : makeFinding(CHECKS, 'gpu.pairing', 'failed', 'gpu_pairing_other_nonce', { hop })
}

/**
 * The result of verifying GPU evidence, once more is known of the processor. Verifiers of GPU evidence leave the pairing unchecked, so that a
 * document that forgets to ask never reads as paired.
 */
export function pairGpu(result: AttestationResult, link: ProcessorLink, hop: number): AttestationResult {
  const nonces = (result.authentic?.commits ?? []).flatMap(({ field, value }) => (field === 'nonce' ? [value] : []))
  const others = result.findings.filter(({ check }) => check !== 'gpu.pairing')
  return { ...result, findings: [...others, checkGpuPairing(nonces, link, hop)] }
}
