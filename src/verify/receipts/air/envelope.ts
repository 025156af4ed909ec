import type { AuthenticEvidence } from '../../attestation/types.ts'
import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { type CborMap, decodeCbor, isCborArray, isCborBytes, isCborMap } from '../../encoding/cbor.ts'
import { sha2 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { isJsonObject, parseJsonBytes } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'

/**
 * The envelopes in which EphemeralML hands platform evidence to its peers. Nobody signs them: the evidence inside commits to a hash over their
 * fields, and until that is compared they are a claim.
 */
export type Envelope = {
  readonly platform: Platform
  /** The document inside: a token's text, or a quote's octets. */
  readonly document: { readonly kind: 'gcp-cs-jwt'; readonly text: string } | { readonly kind: 'tdx-quote'; readonly octets: Bytes }
  readonly receiptKey: Bytes
  readonly handshakeKey: Bytes
  readonly nonce: Bytes
  readonly version: number
  readonly platformEvidenceHash?: Bytes
  /** The key for encrypting to the enclave, as far as the envelope names one. */
  readonly hpkeKey?: Bytes
}

export type Platform = 'cs-tdx' | 'tdx'

/** What user data of the enclave says, in JSON: the same in Nitro documents and in TDX envelopes. */
export type UserData = { readonly receiptKey: Bytes; readonly hpkeKey?: Bytes; readonly platformEvidenceHash?: Bytes }

export type EnvelopeCode = 'envelope-cbor' | 'envelope-map' | 'envelope-platform' | 'envelope-member' | 'envelope-quote'

/** Domains of the hashes that commit to envelopes. */
const DOMAINS: Readonly<Record<Platform, string>> = {
  'cs-tdx': 'cyntrisec-cs-tdx-transport-v1',
  tdx: 'cyntrisec-tdx-envelope-v2',
}
const LIMITS = { maxBytes: 131_072, maxDepth: 4, maxItems: 1024 }
const KEY_OCTETS = 32
/** `TDX_V1`, six zeros, length of the quote (little-endian). */
const WIRE_MAGIC = Uint8Array.from([0x54, 0x44, 0x58, 0x5f, 0x56, 0x31, 0, 0, 0, 0, 0, 0])
const WIRE_HEADER = 16

/** Parses an envelope of one platform: a CBOR map with at least the members that go into its hash. */
export function parseEnvelope(octets: Bytes, platform: Platform): Result<Envelope, EnvelopeCode> {
  const decoded = decodeCbor(octets, LIMITS)
  if (!decoded.ok) return failure('envelope-cbor', decoded.code)
  const map = decoded.value
  if (!isCborMap(map)) return failure('envelope-map')
  if (map.get('platform') !== platform) return failure('envelope-platform')
  const version = map.get('protocol_version')
  const handshakeKey = octetsIn(map, 'handshake_public_key')
  const nonce = octetsIn(map, 'nonce')
  if (typeof version !== 'number' || version < 0 || version > 0xffff_ffff || handshakeKey === undefined || nonce === undefined) {
    return failure('envelope-member')
  }
  const common = { platform, handshakeKey, nonce, version }
  return platform === 'cs-tdx' ? withToken(map, common) : withQuote(map, common)
}

type Common = Pick<Envelope, 'platform' | 'handshakeKey' | 'nonce' | 'version'>

function withToken(map: CborMap, common: Common): Result<Envelope, EnvelopeCode> {
  const token = map.get('launcher_jwt')
  const receiptKey = octetsIn(map, 'receipt_signing_key')
  if (typeof token !== 'string' || receiptKey === undefined) return failure('envelope-member')
  const stated = map.get('platform_evidence_hash') ?? undefined
  const platformEvidenceHash = isCborArray(stated) ? octetsOf(stated) : undefined
  if (stated !== undefined && platformEvidenceHash === undefined) return failure('envelope-member', 'platform_evidence_hash')
  return success({
    ...common,
    document: { kind: 'gcp-cs-jwt', text: token },
    receiptKey,
    ...(platformEvidenceHash === undefined ? {} : { platformEvidenceHash }),
  })
}

function withQuote(map: CborMap, common: Common): Result<Envelope, EnvelopeCode> {
  const wire = map.get('tdx_wire')
  const text = map.get('user_data')
  if (!isCborBytes(wire) || !isCborBytes(text)) return failure('envelope-member')
  const userData = parseUserData(text)
  if (userData === undefined) return failure('envelope-member', 'user_data')
  const quote = quoteOf(wire)
  return quote === undefined
    ? failure('envelope-quote')
    : success({ ...common, document: { kind: 'tdx-quote', octets: quote }, ...userData })
}

function quoteOf(wire: Bytes): Bytes | undefined {
  if (wire.length < WIRE_HEADER || !equalBytes(wire.subarray(0, WIRE_MAGIC.length), WIRE_MAGIC)) return undefined
  const length = new DataView(wire.buffer, wire.byteOffset).getUint32(WIRE_MAGIC.length, true)
  return wire.length === WIRE_HEADER + length ? wire.slice(WIRE_HEADER) : undefined
}

/** The enclave's user data: JSON with keys as lists of 32 numbers. Undefined where it is anything else. */
export function parseUserData(octets: Bytes): UserData | undefined {
  const json = parseJsonBytes(octets, { maxLength: 16_384, maxDepth: 4 })
  if (!json.ok || !isJsonObject(json.value)) return undefined
  const receiptKey = octetsOf(json.value['receipt_signing_key'])
  if (receiptKey === undefined) return undefined
  const hpkeKey = octetsOf(json.value['hpke_public_key'])
  const platformEvidenceHash = octetsOf(json.value['platform_evidence_hash'])
  return {
    receiptKey,
    ...(hpkeKey === undefined ? {} : { hpkeKey }),
    ...(platformEvidenceHash === undefined ? {} : { platformEvidenceHash }),
  }
}

function octetsIn(map: CborMap, name: string): Bytes | undefined {
  const value = map.get(name)
  return isCborBytes(value) && value.length === KEY_OCTETS ? value : undefined
}

/** 32 octets out of a list of numbers. */
function octetsOf(value: unknown): Bytes | undefined {
  if (!Array.isArray(value) || value.length !== KEY_OCTETS) return undefined
  return value.every((item) => Number.isInteger(item) && item >= 0 && item <= 255) ? Uint8Array.from(value) : undefined
}

/**
 * Whether evidence commits to an envelope. The hash is over LP(domain) LP(platform) u32(version) LP(handshake key) LP(receipt key) LP(nonce),
 * then 1 and the hash of the platform's own evidence, or 0; LP is a length (u32) before the octets, all big-endian. A token has SHA-256 of
 * it in hexadecimal among its nonces, a quote has SHA-512 as its report data.
 */
export async function isEnvelopeCommitted(envelope: Envelope, { commits }: AuthenticEvidence): Promise<boolean> {
  const { platform, version, handshakeKey, receiptKey, nonce, platformEvidenceHash } = envelope
  const input = concatBytes(
    prefixed(encodeUtf8(DOMAINS[platform])),
    prefixed(encodeUtf8(platform)),
    uint32(version),
    prefixed(handshakeKey),
    prefixed(receiptKey),
    prefixed(nonce),
    platformEvidenceHash === undefined ? Uint8Array.of(0) : concatBytes(Uint8Array.of(1), platformEvidenceHash),
  )
  const value = encodeHex(await sha2(platform === 'tdx' ? 'SHA-512' : 'SHA-256', input))
  const field = platform === 'tdx' ? 'report-data' : 'nonce'
  return commits.some((commit) => commit.field === field && commit.value === value)
}

function prefixed(octets: Bytes): Bytes {
  return concatBytes(uint32(octets.length), octets)
}

function uint32(value: number): Bytes {
  const octets = new Uint8Array(4)
  new DataView(octets.buffer).setUint32(0, value)
  return octets
}
