import type { AttestationInput, AttestationResult } from '../../src/verify/attestation/types.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import type { SimulatedTdx } from '../simulator/tdx.ts'

export const NO_POLICY: Policy = {
  format: 'inference-receipt-checker/policy',
  version: 1,
  id: 'none',
  name: '',
  service: '',
  expects: [],
  receiptKeys: [],
}

/** What the verifier is given for a quote. */
export function tdxInput(
  quote: Uint8Array,
  collateral: readonly string[],
  anchors: readonly TrustAnchor[],
  usedAt: Date,
  policy: Partial<Policy> = {},
): AttestationInput {
  const seen = { source: '', at: '', provenance: 'fetched' } as const
  return {
    evidence: { kind: 'tdx-quote', document: Buffer.from(quote).toString('base64url'), ...seen },
    collateral: collateral.map((document) => ({ kind: 'dcap', issuer: 'intel', document, ...seen })),
    trust: { anchors, issuerKeys: [] },
    policy: { ...NO_POLICY, ...policy },
    usedAt,
    hop: 0,
  }
}

/** The simulator's root as an anchor that the user added. */
export function tdxAnchor({ anchor }: SimulatedTdx): TrustAnchor {
  return { id: 'simulated', purpose: 'intel-sgx', publishedAt: '', addedBy: 'user', ...anchor }
}

/** Every finding that did not pass, with the name of its sentence: `failed tdx.debug tdx_debug_failed`. */
export function notPassed({ findings }: AttestationResult): readonly string[] {
  return findings.filter(({ outcome }) => outcome !== 'passed').map(({ outcome, check, because }) => `${outcome} ${check} ${because.id}`)
}
