import type { CollateralSeen, EvidenceSeen } from '../../dossier/types.ts'
import type { Sentence } from '../claims/sentence.ts'
import type { Finding } from '../claims/types.ts'
import type { Measurement, Policy } from '../policy/types.ts'
import type { TrustStore } from '../trust/types.ts'

/** A kind of attestation evidence (RFC 9334 section 4.2). Each lives in its own folder and stands in `registry.ts` with one line. */
export type AttestationKind = {
  readonly id: string
  /** The names by which receipts and endpoints call documents of this kind. The name decides, never the shape of the document. */
  readonly names: readonly string[]
  verify(input: AttestationInput): Promise<AttestationResult>
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

/** RATS calls this an attestation result, RFC 9334 section 4.3. */
export type AttestationResult = {
  readonly findings: readonly Finding[]
  /** Values the evidence commits to (nonces, report data), as text, empty unless the evidence is authentic. */
  readonly commits: readonly string[]
  /** Empty unless the evidence is authentic. */
  readonly measurements: readonly Measurement[]
  readonly platform?: Sentence
}
