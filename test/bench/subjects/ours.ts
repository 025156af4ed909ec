import type { CollateralSeen } from '../../../src/dossier/types.ts'
import type { AttestationInput, AttestationResult } from '../../../src/verify/attestation/types.ts'
import { presetFor } from '../../../src/verify/policy/presets.ts'
import { SHIPPED_ANCHORS } from '../../../src/verify/trust/anchors.ts'
import type { IssuerKeys } from '../../../src/verify/trust/types.ts'

type Given = {
  readonly document: string
  readonly at: string
  readonly collateral?: readonly Pick<CollateralSeen, 'kind' | 'issuer' | 'document'>[]
  readonly issuerKeys?: readonly IssuerKeys[]
}

/** What a verifier of ours is given: no policy, the shipped anchors. */
export function inputOf(kind: string, given: Given): AttestationInput {
  const seen = { source: '', at: '', provenance: 'fetched' } as const
  return {
    evidence: { kind, document: given.document, ...seen },
    collateral: (given.collateral ?? []).map((item) => ({ ...item, ...seen })),
    trust: { anchors: SHIPPED_ANCHORS, issuerKeys: given.issuerKeys ?? [] },
    policy: presetFor(''),
    usedAt: new Date(given.at),
    hop: 0,
  }
}

/** `accepted` where every check passed but for those that the recording has nothing for; otherwise the others. */
export function verdictOf({ findings }: AttestationResult, open: readonly string[] = []): string {
  const others = findings.filter(({ check, outcome }) => outcome !== 'passed' && !open.includes(check))
  return others.length === 0 && findings.length > 0 ? 'accepted' : others.map(({ check, outcome }) => `${outcome} ${check}`).join(', ')
}

export function base64url(octets: Uint8Array): string {
  return btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
