import * as v from 'valibot'
import type { EvidenceSeen } from '../../dossier/types.ts'
import { decodeBase64 } from '../encoding/base64.ts'
import { type Bytes, concatBytes, equalBytes } from '../encoding/bytes.ts'
import { decodeHex, encodeHex } from '../encoding/hex.ts'
import { isJsonObject, type JsonObject, parseForeignJson } from '../encoding/json.ts'
import { addressOfKey } from '../encoding/secp256k1.ts'
import { dstackEvidence } from './dstack-document.ts'
import type { Identity } from './report-data.ts'

const line = v.pipe(v.string(), v.maxLength(1024))

/**
 * One machine's entry in a report of the form that NEAR's `/v1/attestation/report` gave its name to (vllm-proxy, inference-proxy, cloud-api,
 * Venice). Only what is read is named; services add to it freely, and nothing in it counts until the quote commits to it.
 */
export const nearEntry = v.object({
  intel_quote: v.pipe(v.string(), v.minLength(1), v.maxLength(65_536)),
  signing_address: v.optional(v.nullable(line)),
  signing_algo: v.optional(v.nullable(line)),
  signing_public_key: v.optional(v.nullable(line)),
  request_nonce: v.optional(v.nullable(line)),
  model_name: v.optional(v.nullable(line)),
  tls_cert_fingerprint: v.optional(v.nullable(line)),
  event_log: v.optional(v.unknown()),
  info: v.optional(v.unknown()),
  nvidia_payload: v.optional(v.unknown()),
  compose_manager_attestation: v.optional(v.unknown()),
  attestation: v.optional(v.unknown()),
})
export type NearEntry = v.InferOutput<typeof nearEntry>

/** The entry's quote and what belongs to it. `gpu: 'other-machine'` leaves out GPU evidence that was made elsewhere than the quote. */
export function evidenceOfEntry(
  report: EvidenceSeen,
  entry: NearEntry,
  gpu: 'same-machine' | 'other-machine' = 'same-machine',
): EvidenceSeen {
  const info = objectOrText(entry.info)
  const tcbInfo = objectOrText(info?.['tcb_info'])
  const isUnread = info === undefined || tcbInfo === undefined
  const aci = aciParts(entry)
  return dstackEvidence(report, {
    quote: quoteHex(entry.intel_quote),
    eventLog: entry.event_log ?? tcbInfo?.['event_log'] ?? aci?.['event_log'],
    // What holds the compose file and cannot be read is not as if there were none: a list is none, and its verifier says so.
    appCompose: isUnread ? [] : (tcbInfo['app_compose'] ?? aci?.['app_compose']),
    vmConfig: info?.['vm_config'] ?? aci?.['vm_config'],
    keyCustody: aci?.['key_custody'],
    composeManager: entry.compose_manager_attestation,
    ...(gpu === 'same-machine' && hasGpuEvidence(entry) ? { nvidiaPayload: entry.nvidia_payload } : {}),
  })
}

/**
 * Where ACI services put what belongs to the quote, also in their report of this form. Parts of another quote than the entry's own are not its
 * parts.
 */
function aciParts({ attestation, intel_quote }: NearEntry): JsonObject | undefined {
  const parts = isJsonObject(attestation) ? attestation['evidence'] : undefined
  if (!isJsonObject(parts)) return undefined
  const { quote } = parts
  return typeof quote !== 'string' || quoteHex(quote).toLowerCase() === quoteHex(intel_quote).toLowerCase() ? parts : undefined
}

/** Whether an entry has GPU evidence. A machine without a GPU sends an empty list; what cannot be read is for its verifier to refuse. */
export function hasGpuEvidence({ nvidia_payload }: NearEntry): boolean {
  if (nvidia_payload === undefined || nvidia_payload === null || nvidia_payload === '') return false
  const list = objectOrText(nvidia_payload)?.['evidence_list']
  return !Array.isArray(list) || list.length > 0
}

/**
 * Who signs, by the entry's own word; undefined where it names nobody, or not in a readable way. The longer form of the key is kept only if it is
 * the signer's: an entry that names one signer and another's key would pass the other's quote for its own.
 */
export function identityOfEntry({ signing_address, signing_public_key, tls_cert_fingerprint }: NearEntry): Identity | undefined {
  const signer = octetsOf(signing_address)
  if (signer === undefined || (signer.length !== 20 && signer.length !== 32)) return undefined
  const publicKey = octetsOf(signing_public_key)
  const tlsSpki = octetsOf(tls_cert_fingerprint)
  return {
    signer,
    ...(publicKey !== undefined && isKeyOf(signer, publicKey) ? { publicKey } : {}),
    ...(tlsSpki?.length === 32 ? { tlsSpki } : {}),
  }
}

/** Whether a secp256k1 key, x ‖ y with or without the 04 in front, has this address. */
function isKeyOf(address: Bytes, publicKey: Bytes): boolean {
  const point = publicKey.length === 64 ? concatBytes(Uint8Array.of(4), publicKey) : publicKey
  const own = point.length === 65 ? addressOfKey(point) : undefined
  return own !== undefined && equalBytes(own, address)
}

/** Hex with or without `0x`, in any case, a line's end behind it or none. */
export function octetsOf(text: string | null | undefined): Bytes | undefined {
  const digits = text === null || text === undefined ? '' : bareHex(text)
  const octets = digits === '' ? undefined : decodeHex(digits)
  return octets?.ok === true ? octets.value : undefined
}

function bareHex(text: string): string {
  return text.trim().replace(/^0x/i, '')
}

/** Most services write the quote in hex, some with `0x`, others in base64. What is neither stays as it is, for its verifier to refuse. */
function quoteHex(text: string): string {
  const bare = bareHex(text)
  if (decodeHex(bare).ok) return bare
  const octets = decodeBase64(text.trim())
  return octets.ok ? encodeHex(octets.value) : text
}

/** An object, or the JSON text of one; nothing is an empty one. Undefined where it is anything else. */
function objectOrText(value: unknown): JsonObject | undefined {
  if (value === undefined || value === null || value === '') return {}
  const parsed = typeof value === 'string' ? parseForeignJson(value) : undefined
  const object = parsed?.ok === true ? parsed.value : value
  return isJsonObject(object) ? object : undefined
}
