import { type HashRecord, sha256 } from './hash-domains.ts'
import { type Edits, edit, type JsonObject, members } from './json.ts'
import { compact, type Jws, signJws } from './jws.ts'
import { makeKey, type SigningKey, sign } from './keys.ts'
import { base64url, flipBit, hex, join, type Octets, octets, utf8 } from './octets.ts'
import { DEFAULT_SEED } from './random.ts'

/** The key that signs receipts: made inside the enclave at start, its public half committed in the attestation document. */
export type ReceiptKey = {
  readonly key: SigningKey
  /** The 32 octets of the public key (RFC 8032 section 5.1.5). */
  readonly raw: Octets
  readonly kid: string
  readonly jwk: JsonObject
  /** hex(C), as it stands in `eat_nonce`. */
  readonly commitment: string
}

export function makeReceiptKey(seed: string = DEFAULT_SEED): ReceiptKey {
  const key = makeKey('ed25519', `${seed}/receipt`)
  const raw = octets(key.spki.slice(-32))
  return { key, raw, kid: keyId(raw), jwk: { kty: 'OKP', crv: 'Ed25519', x: base64url(raw) }, commitment: keyCommitment(raw) }
}

/** `kid`: base64url SHA-256 of the raw key (wire format, section 6). */
export function keyId(raw: Uint8Array): string {
  return base64url(sha256(raw))
}

/** C = SHA-256("inference-receipt-key-v1" ‖ 0x00 ‖ raw key), in hex (section 7). */
export function keyCommitment(raw: Uint8Array): string {
  return hex(sha256(join(utf8('inference-receipt-key-v1\0'), raw)))
}

export type Route = 'chat.completions' | 'responses'
export type ModelClaim = { readonly requested: string; readonly selected: string; readonly provider: string; readonly endpoint: string }

/** Section 5. `verifiedAt` and `expiresAt` in seconds. */
export type Upstream =
  | { readonly tier: 'tee-verified'; readonly policy: string; readonly verifiedAt: number; readonly expiresAt: number }
  | { readonly tier: 'tls-webpki'; readonly certSha256?: string }

export type ClaimsInput = {
  readonly issuer: string
  readonly issuedAt: Date
  readonly id: string
  readonly generation?: string
  readonly nonce?: string
  readonly route: Route
  readonly request: HashRecord
  readonly response: HashRecord
  readonly model: ModelClaim
  readonly upstream: Upstream
  /** Compact form only. */
  readonly attestationSha256?: string
}

/** The claims in the order of the wire format's section 3, which is that of the real receipt. */
export function receiptClaims(input: ClaimsInput): JsonObject {
  return members({
    rv: 1,
    iss: input.issuer,
    iat: Math.floor(input.issuedAt.getTime() / 1000),
    jti: input.id,
    gen: input.generation,
    nonce: input.nonce,
    route: input.route,
    req: input.request,
    resp: input.response,
    model: input.model,
    upstream: upstreamClaim(input.upstream),
    att_sha256: input.attestationSha256,
  })
}

function upstreamClaim(upstream: Upstream): JsonObject {
  switch (upstream.tier) {
    case 'tee-verified':
      return {
        tier: upstream.tier,
        policy: upstream.policy,
        verified_at: upstream.verifiedAt,
        verification_expires_at: upstream.expiresAt,
      }
    case 'tls-webpki':
      return members({ tier: upstream.tier, cert_sha256: upstream.certSha256 })
  }
}

export type Attestation = { readonly kind: string; readonly document: string }

export type ReceiptKnobs = {
  readonly header?: Edits
  readonly claims?: Edits
  /** Signed in place of the serialised header or claims. */
  readonly headerText?: string
  readonly payloadText?: string
  /** An unprotected `header` member, which the format forbids (flattened form only). */
  readonly unprotected?: JsonObject
  /** Signs with this key while the header names the other. */
  readonly signWith?: SigningKey
  readonly signature?: 'intact' | 'flipped' | ((signature: Octets) => Uint8Array)
}

/** A signed receipt in both serialisations of the same JWS. */
export type Receipt = {
  readonly jws: Jws
  readonly headerText: string
  readonly payloadText: string
  /** As it travels: the JSON text of the flattened JWS, or the compact one. */
  readonly text: string
}

/** The streamed form: the attestation stands in the protected header. */
export function signFlattened(key: ReceiptKey, attestation: Attestation, claims: JsonObject, knobs: ReceiptKnobs = {}): Receipt {
  const header = { ...protectedHeader(key), att: attestation.document, att_kind: attestation.kind }
  const receipt = signTexts(key, header, claims, knobs)
  const flattened = knobs.unprotected === undefined ? receipt.jws : { ...receipt.jws, header: knobs.unprotected }
  return { ...receipt, text: JSON.stringify(flattened) }
}

/** The header form: the claims pin the attestation by `att_sha256`. */
export function signCompact(key: ReceiptKey, claims: JsonObject, knobs: ReceiptKnobs = {}): Receipt {
  const receipt = signTexts(key, protectedHeader(key), claims, knobs)
  return { ...receipt, text: compact(receipt.jws) }
}

function protectedHeader({ kid, jwk }: ReceiptKey): JsonObject {
  return { alg: 'EdDSA', typ: 'inference-receipt+jws', kid, jwk }
}

function signTexts(key: ReceiptKey, header: JsonObject, claims: JsonObject, knobs: ReceiptKnobs): Omit<Receipt, 'text'> {
  const headerText = knobs.headerText ?? JSON.stringify(edit(header, knobs.header))
  const payloadText = knobs.payloadText ?? JSON.stringify(edit(claims, knobs.claims))
  const { signature = 'intact' } = knobs
  const jws = signJws(headerText, payloadText, (input) => {
    const honest = sign(knobs.signWith ?? key.key, 'sha256', input)
    if (signature === 'intact') return honest
    return signature === 'flipped' ? flipBit(honest, 0) : signature(honest)
  })
  return { jws, headerText, payloadText }
}
