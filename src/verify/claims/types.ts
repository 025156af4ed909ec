import type { Role } from './rules.ts'
import type { MessageId, Sentence } from './sentence.ts'

/** The five claims, in the order in which they are shown. */
export const CLAIM_IDS = ['environment', 'workload', 'model', 'exchange', 'signature'] as const
export type ClaimId = (typeof CLAIM_IDS)[number]

/** What a row can say, worst first: the standing of a row with hops is its weakest hop. */
export const STANDINGS = ['failed', 'absent', 'unchecked', 'assumed', 'verified'] as const
export type Standing = (typeof STANDINGS)[number]

/** What a check came to. A check that was not made is `unchecked`, never `passed`. */
export type Outcome = 'passed' | 'failed' | 'unchecked'

/** Stable name of a check: the short name of the format, a dot, what is checked (`cs.token-signature`). */
export type CheckId = `${string}.${string}`

/** What has to be taken on trust for a row to mean what it says; each has its text in `_locales`. */
export type AssumptionId = Extract<MessageId, `assume_${string}`>

/** Where in what was captured or fetched a check looked: the document, and the way to the member (`receipt.payload.nonce`). */
export type Place = Document | `${Document}.${string}`
type Document = 'exchange' | 'receipt' | 'report' | 'session' | 'evidence' | 'collateral' | 'measurements' | 'policy'

/** One check, made or not. `hop` counts from your bytes towards the model: 0 is the party that signed. */
export type Finding = {
  readonly check: CheckId
  readonly role: Role
  readonly hop: number
  readonly outcome: Outcome
  readonly because: Sentence
  readonly assumes: readonly AssumptionId[]
  /** Where in the evidence the check looked, for the evidence view (`receipt.payload.nonce`). */
  readonly at?: Place
  /** Stable name of what went wrong, for the details and for machines. Never part of a sentence. */
  readonly code?: string
  /** The two sides of a comparison, as the details show them: what evidence, policy or rule asks for, and what was found here. */
  readonly expected?: string
  readonly computed?: string
  /**
   * Whose doing it is that a check could not be made. Present: theirs; it was sent, and it cannot be read, or carries a label that is
   * not known here. Absent: ours (offline, not obtained, newer than this verifier). Only of findings that are `unchecked`.
   */
  readonly theirs?: true
}

export type HopRole = 'service' | 'gateway' | 'model-host'

/** A party between your bytes and the model, as far as authenticated evidence names it. */
export type HopFact = {
  readonly role: HopRole
  /** A name for people, out of authenticated evidence or of the service's data; may be empty. */
  readonly name: string
  /** What stands behind the hop: evidence that is verified here, another hop's word, or nothing at all. */
  readonly backing: 'evidence' | 'vouched' | 'none'
  /**
   * Place of the hop whose code alone says that this one took part in the exchange (a gateway that enforces the channel to its host). Such a
   * link is worth no more than that code.
   */
  readonly linkedBy?: number
  /** What the hop's evidence says it is, once verified ("Intel TDX in Google Confidential Space"). */
  readonly platform?: Sentence
}

/** A hop of a row: who, how it stands, and why. */
export type Hop = { readonly role: HopRole; readonly name: string; readonly standing: Standing; readonly because: Sentence }

/** One of the five rows. `hops` is empty for claims that are about the receipt and not about a place. */
export type Claim = {
  readonly id: ClaimId
  readonly standing: Standing
  readonly hops: readonly Hop[]
  readonly because: Sentence
  readonly findings: readonly CheckId[]
  readonly assumes: readonly AssumptionId[]
  /** The row is `unchecked` by what the other side sent: as bad as nothing offered, and no reason to try again. */
  readonly theirs?: true
}

/**
 * What a headline tells of. No role: a rule between rows decided, or a check that was never made. `theirs`: what the deciding check could not
 * read was sent (see `Finding`).
 */
export type Deciding = {
  readonly claim: ClaimId
  readonly standing: Exclude<Standing, 'verified'>
  readonly role?: Role
  /** The sentence of the check that decided. */
  readonly says?: MessageId
  readonly theirs?: true
}

/** The chain of proof, from the maker of the hardware to the bytes in this browser. */
export const CHAIN_NODES = ['hardware', 'evidence', 'receipt-key', 'receipt', 'your-bytes'] as const
export type ChainNode = (typeof CHAIN_NODES)[number]
export type Link = { readonly from: ChainNode; readonly to: ChainNode; readonly standing: Standing }

/** The time at which a verdict is given, and where that time comes from. */
export type Moment = { readonly now: Date; readonly basis: 'captured-here' | 'now' | 'given' | 'as-issued' }
