/**
 * What is known of one exchange, complete enough to check again offline: digests of the octets, the receipt, the evidence behind it, the
 * issuer's keys as seen. It holds no prompt, no answer and no credential. All binary values are base64url without padding.
 */
export type Dossier = {
  readonly format: 'inference-receipt-checker/dossier'
  readonly version: 1
  /** Stable id of the exchange, unique in this verifier. */
  readonly id: string
  /** Id of the service adapter, empty when none was used. */
  readonly service: string
  readonly exchange: Exchange
  /** Absent: this browser never asked for a receipt. */
  readonly asked?: Asked
  /** The receipts found, in order. More than one in an exchange is itself a finding. */
  readonly receipts: readonly ReceiptSeen[]
  readonly evidence: readonly EvidenceSeen[]
  readonly collateral: readonly CollateralSeen[]
  /** What could not be fetched, so that the verdict can say "could not check" with its reason. */
  readonly missing: readonly Missing[]
}

/**
 * Where a value comes from; the wording of a row derives from it.
 * `browser`, `browser-filter`: the browser itself, out of the page's reach. `page-reported`: octets handed over by the page's own code.
 * `fetched`: fetched by this verifier from the party named. `given`: read by this verifier from a file its user named.
 * `recorded`: somebody's record in an imported file. `none`: not obtained.
 */
export const PROVENANCES = ['browser', 'browser-filter', 'page-reported', 'fetched', 'given', 'recorded', 'none'] as const
export type Provenance = (typeof PROVENANCES)[number]

export type Exchange = {
  readonly method: string
  /** URL without query values, user info and fragment. */
  readonly url: string
  /** Absent: the address called is none of which the service's adapter knows that it is a relay. */
  readonly relay?: RelaySeen
  /**
   * Who takes part in an answer of the interface that was called, from the page to the model, by its adapter's knowledge alone. Absent: no adapter
   * knows. A receipt may name more of them; nothing in the exchange removes one.
   */
  readonly parties?: readonly PartySeen[]
  /** By the adapter: answers at this address carry nothing by which a receipt could be looked up. */
  readonly unnamed?: true
  /** Origin of the enclave that the request named. The page's word: it chooses whose evidence is fetched, and vouches for nothing. */
  readonly enclave?: string
  /** The model that the request named, as far as its octets were seen. A name, and no more. */
  readonly model?: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** When the last octet was seen; absent while it runs or when it broke off unseen. */
  readonly endedAt?: string
  readonly status?: number
  /** Allow-listed response headers, names in lower case, as the browser saw them. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly request: BodySeen
  readonly response: BodySeen & {
    /** Ids that the response's own chunks carry, each once, in order of appearance (at most 8). */
    readonly ids: readonly string[]
    /** How much of an answer its octets held, where that was asked: under an error status, and where it broke off. */
    readonly answer?: AnswerSeen
    /** Of one that broke off. */
    readonly brokenOff?: BrokenOff
  }
}

export const ANSWERS_SEEN = ['none', 'begun', 'whole'] as const
export type AnswerSeen = (typeof ANSWERS_SEEN)[number]

/**
 * Who broke an answer off, by the browser's word. `page`: the page, its user, or a navigation. `network`: this machine's connection to
 * anywhere. `service`: whoever was at the other end, or stood between.
 */
export const BREAKERS = ['page', 'network', 'service'] as const
export type Breaker = (typeof BREAKERS)[number]
/** `again`: this service's answers were cut where a receipt belonged before, as this verifier recorded. */
export type BrokenOff = { readonly by: Breaker; readonly again?: true }

/**
 * A server of the site's own, without evidence, that passes the call on to the service. By the adapter's knowledge of the address that was called,
 * and by nothing in the exchange: `reads`: the text goes through it in the clear. `sealed`: the page encrypts what goes through it.
 */
export const RELAYS_SEEN = ['reads', 'sealed'] as const
export type RelaySeen = (typeof RELAYS_SEEN)[number]

/**
 * `service`: signs, or would, and runs the model itself. `gateway`: stands before those that do. `model-host`: runs the model behind one. `reseller`:
 * passes on what others sign and shows nothing of itself, so that a gateway in the evidence is never this one.
 */
export const PARTIES_SEEN = ['service', 'gateway', 'model-host', 'reseller'] as const
export type PartySeen = (typeof PARTIES_SEEN)[number]

export type BodySeen = {
  readonly provenance: Provenance
  readonly length: number
  /** `complete`, or why a digest of this body must not be compared. */
  readonly capture: Capture
  readonly digests: readonly BodyDigest[]
}

export const CAPTURES = ['complete', 'broken-off', 'too-large', 'not-captured', 'ambiguous', 'unsupported-body', 're-encoded'] as const
export type Capture = (typeof CAPTURES)[number]

/** A digest over one of the domains that receipt formats hash. `events`: how many server-sent events went in, where that applies. */
export type BodyDigest = { readonly alg: DigestAlgorithm; readonly of: DigestDomain; readonly value: string; readonly events?: number }

export const DIGEST_ALGORITHMS = ['sha-256', 'sha-512', 'keccak-256'] as const
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number]

/**
 * `body`: the exact octets. `sse-data-v1`, `sse-events-v1`: see `verify/receipts/inference-receipt`. `sse-to-completed`: a stream's octets up to
 * and including its `response.completed` event; `json-python`: a JSON body as Python's `json.dumps` spaces it: see
 * `verify/receipts/chat-signature`. `air-request`, `air-embedding-request`: what a gateway makes of a request for its enclave;
 * `air-embedding`: the numbers of an embedding: see `verify/receipts/air`. `opengradient-request`, `opengradient-output`: what a
 * gateway makes of a request, and the text of its answer: see `verify/receipts/opengradient`.
 */
export const DIGEST_DOMAINS = [
  'body',
  'sse-data-v1',
  'sse-events-v1',
  'sse-to-completed',
  'json-python',
  'air-request',
  'air-embedding-request',
  'air-embedding',
  'opengradient-request',
  'opengradient-output',
] as const
export type DigestDomain = (typeof DIGEST_DOMAINS)[number]

/** The opt-in that went out with the request, as the browser saw it leave. */
export type Asked = {
  readonly header: string
  /** Absent: a receipt without freshness was asked for. */
  readonly nonce?: string
  /** How many requests left with this same nonce; 1 is what we want. */
  readonly sharedBy: number
  readonly provenance: Provenance
}

export type ReceiptSeen = {
  /** Id of the receipt format (`inference-receipt`). */
  readonly format: string
  readonly delivery: 'header' | 'stream' | 'body' | 'lookup'
  /** Whether response data followed a receipt that must come last. */
  readonly position: 'last' | 'followed' | 'not-applicable'
  /** The receipt as received: compact JWS text, or the JSON text of the flattened JWS. */
  readonly text: string
  readonly provenance: Provenance
}

export type EvidenceSeen = {
  /** The name by which the receipt or the endpoint calls it (`gcp-cs-jwt`). */
  readonly kind: string
  /** The nonce that this verifier sent when it asked for the document, as sent. Absent: none was sent, so that the document may be old. */
  readonly nonce?: string
  /** By the adapter: whoever answered hands on what others showed it, who may have been asked with a nonce of its own. */
  readonly resold?: true
  /** By the log of keys in which it was found: the key whose evidence it is was revoked. Its issuer's word against itself. */
  readonly keyRevoked?: true
  /** The document as received; binary ones as base64url. */
  readonly document: string
  readonly source: string
  readonly at: string
  readonly provenance: Provenance
}

/**
 * What evidence is checked with. `jwks`: a token issuer's keys. `amd-vcek`: certificate of the chip's or loaded key that signed an SEV-SNP
 * report; `amd-ca`: one certificate between it and AMD's root (ASK, ASVK); `amd-crl`: AMD's revocation list. AMD's are DER as base64url. `dcap`: what Intel says
 * of a platform, as JSON text in one of the shapes of `verify/attestation/tdx/collateral-schema.ts`; its issuer is `intel`. `pcr-history`: a
 * vendor's list of enclave images, as served; its issuer is the address that the vendor publishes it at.
 */
export const COLLATERAL_KINDS = ['jwks', 'amd-vcek', 'amd-ca', 'amd-crl', 'dcap', 'pcr-history'] as const
export type CollateralKind = (typeof COLLATERAL_KINDS)[number]

export type CollateralSeen = {
  readonly kind: CollateralKind
  /** The token issuer whose keys these are; of a vendor's collateral, the origin of the service that publishes it. */
  readonly issuer: string
  readonly document: string
  readonly source: string
  readonly at: string
  readonly provenance: Provenance
}

export type Missing = {
  readonly what: 'evidence' | 'collateral' | 'receipt'
  readonly source: string
  readonly reason: MissingReason
}

/**
 * `no-document`: something else was answered in its place, with a status that said otherwise (an error, a page, nothing).
 * `not-found`: the service does not have it, or not for this key. `refused`: it wants a credential that it did not get. `page-gone`: only the
 * page could have asked, and it is no longer there.
 */
export const MISSING_REASONS = [
  'offline',
  'timeout',
  'http-status',
  'not-found',
  'refused',
  'too-large',
  'malformed',
  'no-document',
  'not-allowed',
  'not-granted',
  'page-gone',
] as const
export type MissingReason = (typeof MISSING_REASONS)[number]
