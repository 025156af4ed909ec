import type { CollateralSeen, EvidenceSeen } from '../../src/dossier/types.ts'
import { ATTESTATION_KINDS } from '../../src/verify/attestation/registry.ts'
import type { AttestationKind, AttestationResult, CompositeInput, ProvenanceAsked } from '../../src/verify/attestation/types.ts'
import { makeFinding } from '../../src/verify/claims/finding.ts'
import { sentence } from '../../src/verify/claims/sentence.ts'
import { verifySigstoreBundle } from '../../src/verify/provenance/sigstore/verify-bundle.ts'
import type { ProvenanceResult, WorkflowSigner } from '../../src/verify/provenance/types.ts'
import type { SigstoreRoot } from '../../src/verify/trust/sigstore-root.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import { NO_POLICY } from './tdx.ts'

export type Situation = {
  readonly kind: string
  readonly usedAt: Date
  readonly anchors: readonly TrustAnchor[]
  readonly root?: SigstoreRoot
  readonly repository?: string
  readonly nonce?: string
  readonly provenance?: EvidenceSeen['provenance']
  readonly collateral?: readonly CollateralSeen[]
  readonly kinds?: readonly AttestationKind[]
}

/** Verifies a document with all its parts, as `appraise` does: each part by the verifier of its kind. */
export function verifyWhole(document: string, situation: Situation): Promise<AttestationResult> {
  const { kind, usedAt, anchors, nonce, provenance = 'fetched', kinds = ATTESTATION_KINDS } = situation
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
      ...(situation.root === undefined ? {} : { verifyProvenance: (asked) => provenanceOf(asked, situation) }),
    }
    return kinds.find(({ names }) => names.includes(name))?.verify(input)
  }
  return run(kind, document, situation.collateral ?? []).then((result) => {
    if (result === undefined) throw new Error(`no verifier for ${kind}`)
    return result
  })
}

const CHECKS = { 'provenance.bundle': 'workload.identity' } as const

async function provenanceOf(asked: ProvenanceAsked, { root, repository = '', usedAt }: Situation): Promise<ProvenanceResult> {
  if (root === undefined) return { findings: [] }
  const { bundle, digest, workflow, ref, runner } = asked
  const verified = await verifySigstoreBundle(bundle, {
    root,
    policy: {
      kind: 'github-workflow',
      repository,
      ...(workflow === undefined ? {} : { workflow }),
      ...(ref === undefined ? {} : { ref }),
      ...(runner === undefined ? {} : { runner }),
    },
    ...(digest === undefined ? {} : { artifact: { sha256: digest } }),
    now: usedAt,
  })
  if (!verified.ok) {
    return { findings: [makeFinding(CHECKS, 'provenance.bundle', 'failed', sentence('receipt_unknown_format', verified.code))] }
  }
  const { signer, times, statement } = verified.value
  if (signer.kind !== 'certificate' || !isWorkflow(signer) || statement === undefined) return { findings: [] }
  return { findings: [], provenance: { signer, times, statement } }
}

function isWorkflow(signer: { readonly workflow: { readonly sourceRepository?: string } }): signer is WorkflowSigner {
  return signer.workflow.sourceRepository !== undefined
}
