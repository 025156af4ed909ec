import type { CollateralSeen, EvidenceSeen } from '../../src/dossier/types.ts'
import { ATTESTATION_KINDS } from '../../src/verify/attestation/registry.ts'
import type { AttestationKind, AttestationResult, CompositeInput } from '../../src/verify/attestation/types.ts'
import { verifyProvenance } from '../../src/verify/provenance/sigstore/verify.ts'
import type { SigstoreRoot } from '../../src/verify/trust/sigstore-root.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import { NO_POLICY } from './tdx.ts'

export type Situation = {
  readonly kind: string
  readonly usedAt: Date
  readonly anchors: readonly TrustAnchor[]
  readonly root?: SigstoreRoot
  readonly nonce?: string
  readonly provenance?: EvidenceSeen['provenance']
  readonly collateral?: readonly CollateralSeen[]
  readonly kinds?: readonly AttestationKind[]
}

/** Verifies a document with all its parts, as `appraise` does: each part by the verifier of its kind. */
export function verifyWhole(document: string, situation: Situation): Promise<AttestationResult> {
  const { kind, usedAt, anchors, root, nonce, provenance = 'fetched', kinds = ATTESTATION_KINDS } = situation
  const run = async (name: string, text: string, collateral: readonly CollateralSeen[]): Promise<AttestationResult | undefined> => {
    const evidence: EvidenceSeen = {
      kind: name,
      document: text,
      source: 'test',
      at: '',
      provenance,
      ...(nonce === undefined ? {} : { nonce }),
    }
    const input: CompositeInput = {
      evidence,
      collateral,
      trust: { anchors, issuerKeys: [] },
      policy: NO_POLICY,
      usedAt,
      hop: 0,
      appraisePart: (part) => run(part.kind, part.document, [...(part.collateral ?? []), ...collateral]),
      ...(root === undefined
        ? {}
        : { verifyProvenance: (asked) => verifyProvenance({ ...asked, trustedRoot: root, now: usedAt, hop: 0 }) }),
    }
    return kinds.find(({ names }) => names.includes(name))?.verify(input)
  }
  return run(kind, document, situation.collateral ?? []).then((result) => {
    if (result === undefined) throw new Error(`no verifier for ${kind}`)
    return result
  })
}
