import type { EvidenceSeen } from '../../../dossier/types.ts'
import { decodeBase64url, encodeBase64url } from '../../encoding/base64.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { decodeCbor, isCborBytes, isCborMap } from '../../encoding/cbor.ts'
import { parseCoseSign1 } from '../../encoding/cose.ts'
import { sha256 } from '../../encoding/digest.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { type Envelope, type EnvelopeCode, type Platform, parseEnvelope, parseUserData } from './envelope.ts'

/** A gathered document as this format reads it. Whether it is authentic is asked of its own verifier later. */
export type AirEvidence = {
  /** What that verifier is given. */
  readonly document: EvidenceSeen
  /** The octets that a receipt's `attestation_doc_hash` may be about: the document itself, and the envelope around it. */
  readonly hashable: readonly Bytes[]
  /** Keys that it names as the receipts': claims, until its authentic commitments are compared with the one that signed. */
  readonly keys: readonly Bytes[]
  readonly envelope?: Envelope
}

/** Names of documents that are envelopes, CBOR as base64url, and the platform that each is for. */
const ENVELOPES: Readonly<Record<string, Platform>> = { 'air-cs-envelope': 'cs-tdx', 'air-tdx-envelope': 'tdx' }
const NITRO = 'aws-nitro-cose'
const TOKENS = ['gcp-cs-jwt']
const MAX_TEXT = 180_000
const KEY_OCTETS = 32

/** Reads a gathered document: unpacks envelopes, and picks out the keys that Nitro documents name. */
export function readEvidence(seen: EvidenceSeen): Result<AirEvidence, EnvelopeCode | 'envelope-base64url'> {
  if (TOKENS.includes(seen.kind)) return success({ document: seen, hashable: [encodeUtf8(seen.document)], keys: [] })
  const octets = decodeBase64url(seen.document, MAX_TEXT)
  const platform = ENVELOPES[seen.kind]
  if (platform === undefined) {
    if (!octets.ok) return success({ document: seen, hashable: [], keys: [] })
    return success({ document: seen, hashable: [octets.value], keys: seen.kind === NITRO ? nitroKeys(octets.value) : [] })
  }
  if (!octets.ok) return failure('envelope-base64url', octets.code)
  const envelope = parseEnvelope(octets.value, platform)
  if (!envelope.ok) return envelope
  const { document, receiptKey } = envelope.value
  const [text, inner] =
    document.kind === 'gcp-cs-jwt' ? [document.text, encodeUtf8(document.text)] : [encodeBase64url(document.octets), document.octets]
  return success({
    document: { ...seen, kind: document.kind, document: text },
    hashable: [inner, octets.value],
    keys: [receiptKey],
    envelope: envelope.value,
  })
}

/** A raw key as `public_key`, as the draft has it, or a key in the user data, as EphemeralML has it. */
function nitroKeys(octets: Bytes): readonly Bytes[] {
  const message = parseCoseSign1(octets, 'either')
  const payload = message.ok ? decodeCbor(message.value.payload) : message
  if (!payload.ok || !isCborMap(payload.value)) return []
  const publicKey = payload.value.get('public_key')
  const userData = payload.value.get('user_data')
  const inUserData = isCborBytes(userData) ? parseUserData(userData)?.receiptKey : undefined
  return [
    ...(inUserData === undefined ? [] : [inUserData]),
    ...(isCborBytes(publicKey) && publicKey.length === KEY_OCTETS ? [publicKey] : []),
  ]
}

/**
 * The document to judge a receipt's signer by: the one that the receipt names by its hash, else one that names the key, else the first. `named`
 * says whether it is the first of these.
 */
export async function pickEvidence(
  all: readonly AirEvidence[],
  hash: Bytes,
  key: Bytes,
): Promise<{ readonly evidence: AirEvidence; readonly named: boolean } | undefined> {
  for (const evidence of all) {
    const digests = await Promise.all(evidence.hashable.map(sha256))
    if (digests.some((digest) => equalBytes(digest, hash))) return { evidence, named: true }
  }
  const evidence = all.find(({ keys }) => keys.some((candidate) => equalBytes(candidate, key))) ?? all[0]
  return evidence === undefined ? undefined : { evidence, named: false }
}
