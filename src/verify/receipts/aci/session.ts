import * as v from 'valibot'
import type { EvidenceSeen } from '../../../dossier/types.ts'
import { decodeBase64 } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { isJsonObject, type JsonObject } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { hexOf, optionalMembers, parseWith } from '../../encoding/schema.ts'
import { type DocumentCode, digestOf, parseObject } from './document.ts'
import { seconds, sha256Text } from './receipt.ts'

const text = v.pipe(v.string(), v.maxLength(1024))
const hex32 = hexOf(32)

/** The claims of section 8.3, in the order in which they are shown. */
export const CLAIM_NAMES = [
  'tee_attested',
  'gpu_attested',
  'tcb_up_to_date',
  'os_known_good',
  'serving_software_known_good',
  'model_weights_provenance',
] as const
export type ClaimName = (typeof CLAIM_NAMES)[number]

const SOURCES = ['hardware_proven', 'verifier_derived', 'provider_asserted', 'operator_asserted'] as const
export type ClaimSource = (typeof SOURCES)[number]

/** A claim of a status or source that is not defined counts as unknown (Appendix B). */
const stated = v.object({
  status: v.picklist(['asserted', 'refuted']),
  source: v.picklist(SOURCES),
  reason: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(8192)))),
})
export type StatedClaim = v.InferOutput<typeof stated> & { readonly name: ClaimName }

const binding = v.variant('type', [
  v.object({ type: v.literal('tls_spki_sha256'), origin: text, spki_sha256: hex32 }),
  v.object({ type: v.literal('e2ee_public_key_sha256'), provider: text, algorithm: text, public_key_sha256: hex32 }),
])
export type ChannelBinding = v.InferOutput<typeof binding>

/** Session document, section 8.2. */
const document = v.object({
  api_version: v.literal('aci/1'),
  upstream_name: text,
  endpoint: v.nullable(text),
  verifier_id: text,
  established_at: seconds,
  expires_at: seconds,
  channel_binding: v.pipe(v.array(v.looseObject({ type: text })), v.maxLength(64)),
  claims: v.custom<JsonObject>(isJsonObject),
  /** Empty where the gateway kept nothing of what it verified. */
  evidence: v.optional(
    v.nullable(optionalMembers({ digest: v.optional(v.nullable(sha256Text)), data: v.optional(v.nullable(v.string())) })),
  ),
})

export type Session = {
  readonly seen: EvidenceSeen
  /** Recomputed: lower-case hex. */
  readonly id: string
  readonly name: string
  readonly establishedAt: number
  readonly expiresAt: number
  /** Those of a known type; others cannot be enforced by anybody who does not know them. */
  readonly bindings: readonly ChannelBinding[]
  readonly claims: readonly StatedClaim[]
  /** Digest of the preserved evidence as the session states it, hex without prefix; and the evidence, or what is wrong with its data URI. */
  readonly kept?: { readonly statedDigest: string; readonly evidence: Result<PreservedEvidence, EvidenceCode> }
}

export type PreservedEvidence = {
  /** Type and subtype in lower case, without parameters. */
  readonly contentType: string
  readonly octets: Bytes
  /** Lower-case hex SHA-256 of the octets. */
  readonly digest: string
}

export type EvidenceCode = 'data-uri' | 'data-base64' | 'data-alone'

/** Reads a session record and recomputes its id, which is not in it. */
export async function readSession(seen: EvidenceSeen): Promise<Result<Session, DocumentCode | 'schema'>> {
  const json = parseObject(seen.document)
  if (!json.ok) return json
  const parsed = parseWith(document, json.value.read)
  if (!parsed.ok) return parsed
  const id = await digestOf(json.value.exact)
  if (!id.ok) return id
  const { upstream_name, established_at, expires_at, channel_binding, claims, evidence } = parsed.value
  return success({
    seen,
    id: id.value,
    name: upstream_name,
    establishedAt: established_at,
    expiresAt: expires_at,
    bindings: channel_binding.flatMap((item) => {
      const known = parseWith(binding, item)
      return known.ok ? [known.value] : []
    }),
    claims: CLAIM_NAMES.flatMap((name) => {
      const claim = parseWith(stated, claims[name])
      return claim.ok ? [{ ...claim.value, name }] : []
    }),
    ...(await keptOf(evidence?.digest ?? undefined, evidence?.data ?? undefined)),
  })
}

/** Nothing at all is nothing kept. A digest without evidence, or evidence without one, cannot be compared. */
async function keptOf(digest: string | undefined, data: string | undefined): Promise<Pick<Session, 'kept'>> {
  if (digest === undefined && data === undefined) return {}
  const statedDigest = digest?.slice('sha256:'.length) ?? ''
  const isWhole = digest !== undefined && data !== undefined
  return { kept: { statedDigest, evidence: isWhole ? await preserved(data) : failure('data-alone') } }
}

/** `data:<content type>;base64,<standard base64>`. */
async function preserved(uri: string): Promise<Result<PreservedEvidence, EvidenceCode>> {
  const comma = uri.indexOf(',')
  const header = /^data:([^,]*);base64$/.exec(uri.slice(0, Math.max(comma, 0)))
  if (header === null) return failure('data-uri')
  const octets = decodeBase64(uri.slice(comma + 1))
  if (!octets.ok) return failure('data-base64', octets.code)
  const contentType = (header[1] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  return success({ contentType, octets: octets.value, digest: encodeHex(await sha256(octets.value)) })
}
