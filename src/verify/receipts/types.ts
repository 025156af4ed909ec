import type { Asked, BodyDigest, EvidenceSeen, Exchange, ReceiptSeen } from '../../dossier/types.ts'
import type { Commitment } from '../attestation/types.ts'
import type { Finding, HopFact, Moment } from '../claims/types.ts'
import type { Bytes } from '../encoding/bytes.ts'
import type { Measurement, Policy } from '../policy/types.ts'

/** A receipt format. Each lives in its own folder and stands in `registry.ts` with one line. */
export type ReceiptFormat = {
  readonly id: string
  /** Looks for receipts of this format in a response and digests the octets over the domains that the format hashes. */
  observe(response: ResponseOctets): Promise<Observation>
  verify(input: ReceiptInput): Promise<ReceiptResult>
}

/** A response as captured. `headers`: names in lower case. `provenance` is that of the body; headers come from the browser. */
export type ResponseOctets = {
  readonly body: Bytes
  readonly contentType: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly bodyProvenance: ReceiptSeen['provenance']
  readonly headerProvenance: ReceiptSeen['provenance']
}

export type Observation = {
  readonly receipts: readonly ReceiptSeen[]
  readonly digests: readonly BodyDigest[]
  readonly ids: readonly string[]
}

export type ReceiptInput = {
  readonly receipt: ReceiptSeen
  readonly exchange: Exchange
  readonly asked?: Asked
  readonly policy: Policy
  readonly moment: Moment
  /** Evidence that was gathered apart from the receipt. */
  readonly evidence: readonly EvidenceSeen[]
}

/**
 * What a receipt's verification says. `authentic` is absent when the signature does not hold: then nothing of the payload exists for anybody,
 * and only findings speak.
 */
export type ReceiptResult = {
  readonly findings: readonly Finding[]
  /** Evidence that the receipt points to: embedded in it, or picked out of the gathered by its digest. */
  readonly evidence?: EvidenceSeen
  /** Whether the evidence commits to the key that signed. Formats say what is committed and how, the evidence says what it commits to. */
  bindsKey(commits: readonly Commitment[]): Finding
  readonly authentic?: AuthenticReceipt
}

export type AuthenticReceipt = {
  /** Identifies the receipt for replay memory: base64url SHA-256 of the signed payload. */
  readonly id: string
  /** base64url SHA-256 of the raw public key. */
  readonly keyId: string
  readonly issuedAt: Date
  /** Whether the time of issue agrees with what this verdict knows of time; otherwise evidence is judged at the verdict's own moment. */
  readonly issuedInTime: boolean
  /** From your bytes to the model; the first is the one that signed. */
  readonly hops: readonly HopFact[]
  readonly measurements: readonly Measurement[]
}
