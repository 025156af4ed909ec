import type { MessageId } from '../../claims/sentence.ts'
import { isJsonObject } from '../../encoding/json.ts'
import { parseWith } from '../../encoding/schema.ts'
import { certificateStatus, refusal } from './schema.ts'

/** Without these the token would speak of a report that the service did not check. */
const REQUIRED = ['attestation-report-parsed', 'attestation-report-signature-verified', 'attestation-report-nonce-match'] as const
const CERTIFICATES = /-cert-chain$/

/** Claims about a device begin with its kind. `name`: `GPU-0`, `SWITCH-0`. */
function prefixOf(name: string): string {
  return name.startsWith('GPU-') ? 'x-nvidia-gpu-' : 'x-nvidia-switch-'
}

/**
 * The first of the service's own checks of a device that failed, or that had to be made and is not said to have passed; undefined where there
 * is none. Every claim about the device that is a truth value is such a check.
 */
export function failedCheckOf(name: string, payload: unknown): string | undefined {
  const claims = new Map(claimsAbout(name, payload))
  const missing = REQUIRED.map((check) => prefixOf(name) + check).find((claim) => claims.get(claim) !== true)
  return missing ?? [...claims].find(([, value]) => value === false)?.[0]
}

/** `good`: valid and not withdrawn, all of them. `not-stated`: older tokens say nothing of it. Otherwise what is wrong first. */
export function certificatesOf(
  name: string,
  payload: unknown,
): { readonly kind: 'good' | 'not-stated' } | { readonly kind: 'bad'; readonly why: string } {
  const chains = claimsAbout(name, payload).filter(([claim]) => CERTIFICATES.test(claim))
  for (const [claim, value] of chains) {
    const status = parseWith(certificateStatus, value)
    const validity = status.ok ? status.value['x-nvidia-cert-status'] : undefined
    const answer = status.ok ? status.value['x-nvidia-cert-ocsp-status'] : undefined
    if (validity !== 'valid' || answer !== 'good') return { kind: 'bad', why: `${claim}: ${validity ?? '-'}, ${answer ?? '-'}` }
  }
  return { kind: chains.length === 0 ? 'not-stated' : 'good' }
}

/** Why the service did not judge a device: its number for the reason, and its own word for it. */
export type Refusal = { readonly code: number; readonly reason: string }

export function refusalOf(payload: unknown): Refusal | undefined {
  const parsed = parseWith(refusal, payload)
  if (!parsed.ok) return undefined
  const { code, message, description } = parsed.value['x-nvidia-error-details']
  return { code, reason: message ?? description ?? '' }
}

/** What the service saw contradicts what is claimed: another nonce, or a signature that does not hold. Any other reason judges nothing. */
export function isContradiction({ code }: Refusal): boolean {
  return code === ERROR.nonceOfRequest || code === ERROR.nonce || code === ERROR.signature
}

export function refusalWords({ code }: Refusal): MessageId {
  switch (code) {
    case ERROR.nonceOfRequest:
    case ERROR.nonce:
      return 'nras_refused_nonce'
    case ERROR.signature:
      return 'nras_refused_signature'
    case ERROR.chain:
    case ERROR.chainOfReport:
    case ERROR.chainRevoked:
      return 'nras_refused_chain'
    default:
      return 'nras_refused'
  }
}

/** NVIDIA's numbers for the reasons that are told apart here. */
const ERROR = { nonceOfRequest: 4003, chain: 4007, nonce: 4010, signature: 4013, chainOfReport: 4014, chainRevoked: 4015 } as const

function claimsAbout(name: string, payload: unknown): readonly (readonly [string, unknown])[] {
  return isJsonObject(payload) ? Object.entries(payload).filter(([claim]) => claim.startsWith(prefixOf(name))) : []
}
