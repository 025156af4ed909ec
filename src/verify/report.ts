import type { Sentence } from './claims/sentence.ts'
import type { AssumptionId, Claim, Deciding, Finding, Link } from './claims/types.ts'
import type { Measurement } from './policy/types.ts'

/** What the verifier says of a dossier. Plain JSON. */
export type Report = {
  readonly format: 'inference-receipt-checker/report'
  readonly version: 1
  readonly verifier: string
  readonly exchange: string
  readonly moment: { readonly now: string; readonly basis: 'captured-here' | 'now' | 'given' | 'as-issued' }
  /** The worst news in one sentence. */
  readonly headline: Sentence
  /** The row that the headline tells of, and what decided it. Absent: all five are verified. */
  readonly deciding?: Deciding
  /** "3 of 5 claims verified, 1 failed, 1 only assumed". */
  readonly count: Sentence
  /** The five, in the order of CLAIM_IDS. */
  readonly claims: readonly Claim[]
  /** The chain of the hop that signed, and which of the hops that is. */
  readonly chain: readonly Link[]
  readonly signer: number
  readonly findings: readonly Finding[]
  readonly assumes: readonly AssumptionId[]
  /** What authenticated evidence states, matched or not: to look at, and to pin. */
  readonly measurements: readonly (Measurement & { readonly hop: number })[]
  /** Digests of everything that went in, base64url SHA-256. */
  readonly inputs: readonly { readonly name: string; readonly sha256: string }[]
  /** Present when the receipt is authentic: what replay memory keeps. */
  readonly receiptId?: string
  /** Whether trying again could change a row: something could not be fetched or read. */
  readonly retry: boolean
}
