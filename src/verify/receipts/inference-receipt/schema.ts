import * as v from 'valibot'
import { decodeBase64url } from '../../encoding/base64.ts'
import { optionalMembers } from '../../encoding/schema.ts'

/** base64url without padding of exactly 32 octets (wire format section 4). */
const digest = v.pipe(
  v.string(),
  v.check((text) => {
    const octets = decodeBase64url(text)
    return octets.ok && octets.value.length === 32
  }),
)
const shortText = v.pipe(v.string(), v.minLength(1), v.maxLength(1024))
const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(253_402_300_799))

/** The kinds of attestation document a receipt may name, and how each is written in JSON. */
export const ATTESTATION_KINDS = ['gcp-cs-jwt', 'aws-nitro-cose', 'azure-maa-jwt'] as const

/**
 * Protected header, wire format section 6. The embedded key is only a claim until the evidence commits to it; a private part (`d`) or any
 * other member beside the public key is refused.
 */
export const protectedHeader = v.object({
  alg: v.literal('EdDSA'),
  typ: v.literal('inference-receipt+jws'),
  kid: digest,
  jwk: v.strictObject({ kty: v.literal('OKP'), crv: v.literal('Ed25519'), x: digest }),
  att: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(65_536))),
  att_kind: v.optional(v.picklist(ATTESTATION_KINDS)),
})

/** Claims, wire format section 3. */
export const claims = v.object({
  rv: v.literal(1),
  iss: shortText,
  iat: seconds,
  jti: shortText,
  gen: v.optional(shortText),
  nonce: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,88}$/))),
  route: v.picklist(['chat.completions', 'responses']),
  req: v.object({ alg: v.literal('sha256'), hash: digest, of: v.literal('body') }),
  resp: v.object({
    alg: v.literal('sha256'),
    hash: digest,
    of: v.picklist(['body', 'sse-data-v1', 'sse-events-v1']),
    events: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  }),
  model: v.object({ requested: shortText, selected: shortText, provider: shortText, endpoint: shortText }),
  upstream: v.variant('tier', [
    v.object({
      tier: v.literal('tee-verified'),
      policy: shortText,
      verified_at: seconds,
      verification_expires_at: seconds,
    }),
    v.object({ tier: v.literal('tls-webpki'), cert_sha256: v.optional(digest) }),
  ]),
  att_sha256: v.optional(digest),
})
/** As much of a receipt's claims as tells whether it is newer than this verifier. */
export const anyVersion = v.object({ rv: v.pipe(v.number(), v.safeInteger()) })
export type ReceiptClaims = v.InferOutput<typeof claims>

/**
 * The stream event that carries a receipt, wire format section 2.2. It stands outside the response hash, so it may carry nothing that a page
 * would show: the chunk's own frame, empty `choices`, and the receipt.
 */
export const receiptEvent = v.strictObject({
  id: v.optional(shortText),
  object: v.optional(shortText),
  created: v.optional(v.number()),
  model: v.optional(shortText),
  type: v.optional(shortText),
  choices: v.optional(v.pipe(v.array(v.unknown()), v.length(0))),
  inference_receipt: v.strictObject({ protected: v.string(), payload: v.string(), signature: v.string() }),
})

/** An event that holds a receipt, whatever else it holds. */
export const anyReceiptEvent = v.object({
  inference_receipt: v.object({ protected: v.string(), payload: v.string(), signature: v.string() }),
})

/** As much of a response chunk as tells whose chunk it is: chat completions have `id`, Responses API events `response.id`. */
export const chunkId = optionalMembers({
  id: v.optional(v.string()),
  response: v.optional(optionalMembers({ id: v.optional(v.string()) })),
})
