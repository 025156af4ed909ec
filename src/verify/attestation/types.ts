import type { CollateralSeen, EvidenceSeen } from '../../dossier/types.ts'
import type { Sentence } from '../claims/sentence.ts'
import type { Finding } from '../claims/types.ts'
import type { Measurement, Policy } from '../policy/types.ts'
import type { ProvenanceInput, ProvenanceResult } from '../provenance/types.ts'
import type { TrustStore } from '../trust/types.ts'

/** A kind of attestation evidence (RFC 9334 section 4.2). Each lives in its own folder and stands in `registry.ts` with one line. */
export type AttestationKind = {
  readonly id: string
  /** The names by which receipts and endpoints call documents of this kind. The name decides, never the shape of the document. */
  readonly names: readonly string[]
  verify(input: CompositeInput): Promise<AttestationResult>
}

export type AttestationInput = {
  readonly evidence: EvidenceSeen
  readonly collateral: readonly CollateralSeen[]
  readonly trust: TrustStore
  readonly policy: Policy
  /** The instant at which the evidence had to be valid: when the receipt was signed, or the moment of the verdict. */
  readonly usedAt: Date
  /** Which hop the evidence speaks for. */
  readonly hop: number
}

/** What verifiers of documents that hold others are given besides. */
export type CompositeInput = AttestationInput & {
  /**
   * Hands a part of a composite document (the quote in a dstack report, the GPU evidence in a Tinfoil document) to the verifier of its own
   * kind, with the same time, trust, policy and hop. Undefined where no such kind is known, or where parts are nested too deep.
   */
  readonly appraisePart: (part: EvidencePart) => Promise<AttestationResult | undefined>
  /** Hands what connects a measurement to source to the verifier of provenance, at the same time. Absent where no Sigstore root is trusted. */
  readonly verifyProvenance?: (asked: ProvenanceAsked) => Promise<ProvenanceResult>
}

/** What is asked of a Sigstore bundle. Without a repository, any will do: the result names it, and a policy may expect it. */
export type ProvenanceAsked = Omit<ProvenanceInput, 'repository' | 'trustedRoot' | 'now' | 'hop'> & { readonly repository?: string }

/** A part of a composite document. `collateral` is what the document itself brings for this part, beside what was gathered. */
export type EvidencePart = { readonly kind: string; readonly document: string; readonly collateral?: readonly CollateralSeen[] }

/** RATS calls this an attestation result, RFC 9334 section 4.3. */
export type AttestationResult = {
  readonly findings: readonly Finding[]
  /** Absent unless the evidence's own signature holds: then nothing in it exists for anybody. */
  readonly authentic?: AuthenticEvidence
}

export type AuthenticEvidence = {
  readonly commits: readonly Commitment[]
  readonly measurements: readonly Measurement[]
  /** Names of measurements that would be stated, had what they rest on been at hand: to a policy these are unknown, not another value. */
  readonly unknown?: readonly string[]
  /** What the evidence says it is, in words: shown as the hop's reason once everything about it is verified. */
  readonly platform: Sentence
}

/** A value that whoever made the evidence put into it, by the field that holds it. Octets as lower-case hex, text as it is. */
export type Commitment =
  | { readonly field: 'nonce' | 'report-data' | 'user-data' | 'public-key'; readonly value: string }
  /** One of the claims that the attested environment wrote itself, by its name. */
  | { readonly field: 'runtime-claim'; readonly name: string; readonly value: string }
