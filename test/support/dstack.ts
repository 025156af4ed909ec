import { dstack } from '../../src/verify/attestation/dstack/index.ts'
import { nvidiaPayload } from '../../src/verify/attestation/nvidia-gpu/index.ts'
import { tdx } from '../../src/verify/attestation/tdx/index.ts'
import type { AttestationKind, AttestationResult, CompositeInput } from '../../src/verify/attestation/types.ts'
import type { Expectation, Policy } from '../../src/verify/policy/types.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import { NO_POLICY } from './tdx.ts'

export type DstackSituation = {
  readonly anchors: readonly TrustAnchor[]
  /** JSON texts of kind `dcap`. */
  readonly collateral: readonly string[]
  readonly usedAt: Date
  readonly policy?: Partial<Policy>
  /** Whose parts are known. */
  readonly kinds?: readonly AttestationKind[]
}

/** Verifies a document of kind `dstack-evidence`, its parts by their own verifiers, as `appraise` does. */
export function verifyDstack(document: string, situation: DstackSituation): Promise<AttestationResult> {
  const { anchors, collateral, usedAt, policy = {}, kinds = [tdx, nvidiaPayload] } = situation
  const seen = { source: '', at: '', provenance: 'fetched' } as const
  const inputOf = (kind: string, part: string): CompositeInput => ({
    evidence: { kind, document: part, ...seen },
    collateral: collateral.map((text) => ({ kind: 'dcap', issuer: 'intel', document: text, ...seen })),
    trust: { anchors, issuerKeys: [] },
    policy: { ...NO_POLICY, ...policy },
    usedAt,
    hop: 1,
    appraisePart: async (asked) => kinds.find(({ names }) => names.includes(asked.kind))?.verify(inputOf(asked.kind, asked.document)),
  })
  return dstack.verify(inputOf('dstack-evidence', document))
}

/** "These measurements are these values", pinned by the user. */
export function expecting(values: Readonly<Record<string, string>>): readonly Expectation[] {
  return Object.entries(values).map(([measurement, value]) => ({ measurement, anyOf: [value], source: 'user' }))
}

/** The value of a measurement. */
export function measured({ authentic }: AttestationResult, name: string): readonly string[] {
  return (authentic?.measurements ?? []).flatMap((measurement) => (measurement.name === name ? [measurement.value] : []))
}
