import type { Asked, BodyDigest, EvidenceSeen, Exchange, ReceiptSeen } from '../../dossier/types.ts'
import type { AuthenticEvidence } from '../attestation/types.ts'
import type { Sentence } from '../claims/sentence.ts'
import type { AssumptionId, Finding, HopFact, Moment, Place } from '../claims/types.ts'
import type { Bytes } from '../encoding/bytes.ts'
import type { Measurement, Policy } from '../policy/types.ts'

/** A receipt format. Each lives in its own folder and stands in `registry.ts` with one line. */
export type ReceiptFormat = {
  readonly id: string
  /** Request header by which a receipt of this format is asked for, in lower case. Absent: such receipts come unasked. */
  readonly optIn?: string
  /** Counts only where no other format finds a receipt: it says less than any of them. */
  readonly fallback?: true
  /** Looks for receipts of this format in a response and digests the octets over the domains that the format hashes. */
  observe(response: ResponseOctets): Promise<Observation>
  /** Digests of a request's octets over the domains that the format hashes besides `body`. */
  observeRequest?(request: RequestOctets): Promise<readonly BodyDigest[]>
  /** What an answer that came without such a receipt says of one in its headers: that there is one, say, and that it was not delivered. */
  announced?(exchange: Exchange): Sentence | undefined
  /** What a service shows of itself in reports that this format reads, where there is no receipt: evidence about no answer in particular. */
  unpack?(evidence: readonly EvidenceSeen[]): Promise<readonly HopEvidence[]>
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

/** A request as captured: its octets and its content type, empty where none is known. */
export type RequestOctets = { readonly body: Bytes; readonly contentType: string }

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
  /**
   * Evidence about the hops: embedded in the receipt, picked out of the gathered by its digest, or unpacked from a service's report. One
   * document for each machine that may have answered; a composite one holds the rest.
   */
  readonly evidence: readonly HopEvidence[]
  readonly authentic?: AuthenticReceipt
}

/** Evidence that speaks for one hop. */
export type HopEvidence = {
  readonly hop: number
  readonly document: EvidenceSeen
  /** The receipt itself holds this document, or names it by its digest: it is the one that was there when the receipt was signed. */
  readonly named?: true
  /**
   * Whether the evidence, once authentic, commits to the key that signed, and to what else it has to be about (a nonce, the measurements that
   * the receipt repeats). Formats say what is committed and how; the evidence says what it commits to. At least one finding of the role
   * `evidence.binding` for this hop.
   */
  binds(evidence: AuthenticEvidence): readonly Finding[] | Promise<readonly Finding[]>
}

export type AuthenticReceipt = {
  /** Identifies the receipt for replay memory: base64url SHA-256 of the signed payload. */
  readonly id: string
  /** base64url SHA-256 of the raw public key. */
  readonly keyId: string
  /** The policy itself holds the key, in full: it was taken from there, neither from the receipt nor from its evidence. */
  readonly keyFromPolicy?: boolean
  /** Absent where the receipt states no time: evidence is then judged at the verdict's own moment. */
  readonly issuedAt?: Date
  /** Whether the time of issue agrees with what this verdict knows of time; otherwise evidence is judged at the verdict's own moment. */
  readonly issuedInTime: boolean
  /** From your bytes to the model. */
  readonly hops: readonly HopFact[]
  /** Which of the hops signed. */
  readonly signer: number
  readonly measurements: readonly Measurement[]
  /** The signed hash of the model. Absent where the receipt has none: a name is no hash. */
  readonly model?: ModelFact
}

/** What a receipt says of the model's own octets. */
export type ModelFact = {
  /** Lower-case hex. */
  readonly hash: string
  /** What was hashed, by the receipt's own word (`sha256-manifest`). Absent: not said, so that the hash can only be compared. */
  readonly scheme?: string
  /** Where in the receipt it stands. */
  readonly at: Place
  /** What has to be taken on trust for the hash to mean what it says (a scheme whose deployed meaning differs from its label). */
  readonly assumes: readonly AssumptionId[]
}
