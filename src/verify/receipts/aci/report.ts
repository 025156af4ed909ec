import * as v from 'valibot'
import type { EvidenceSeen } from '../../../dossier/types.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { isJsonObject, type JsonObject } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { hexOf, parseWith } from '../../encoding/schema.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { dstackEvidence } from '../dstack-document.ts'
import { type DocumentCode, digestOf, memberOf, parseObject } from './document.ts'
import { sha256Text } from './receipt.ts'

const text = v.pipe(v.string(), v.maxLength(1024))
const object = v.custom<JsonObject>(isJsonObject)
const key = v.looseObject({ key_id: text, algo: text, public_key: text })

/** What `new Date` can say. A keyset for ever has 2^64 - 1. */
const LATEST_SECONDS = 253_402_300_799
const notAfter = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.transform((at) => Math.min(at, LATEST_SECONDS)),
)

/** Workload keyset, section 3.1. Members that are not named here are hashed like the others, and mean nothing to this verifier. */
const keyset = v.object({
  subject: v.nullable(text),
  not_after: notAfter,
  receipt_signing_keys: v.pipe(v.array(key), v.maxLength(64)),
  e2ee_public_keys: v.pipe(v.array(key), v.maxLength(64)),
  tls_public_keys: v.pipe(v.array(v.looseObject({ spki_sha256: hexOf(32), domain: v.optional(v.nullable(text)) })), v.maxLength(64)),
})
export type Keyset = v.InferOutput<typeof keyset>

/** Attestation report, section 4.1. It is not signed as one object: what the quote does not commit to is the service's word. */
const report = v.object({
  api_version: v.literal('aci/1'),
  workload_keyset_digest: sha256Text,
  attestation: v.object({
    tee_type: text,
    workload_keyset: object,
    report_data: hexOf(32),
    source_provenance: v.optional(v.nullable(object)),
    evidence: object,
  }),
  service_capabilities: v.optional(v.nullable(v.object({ serving: v.optional(v.nullable(text)) }))),
})

export type Report = {
  readonly seen: EvidenceSeen
  readonly keyset: Keyset
  /** Digest of the keyset as recomputed here: hex without prefix. */
  readonly digest: string
  /** The same as the report states it. */
  readonly statedDigest: string
  readonly statedReportData: string
  /** Whether inference runs in this workload, by the report's own word; anything but `direct` counts as an aggregator. */
  readonly serving: 'direct' | 'aggregator'
  readonly namesSource: boolean
  readonly offersCustody: boolean
  /** The hardware evidence, unpacked. */
  readonly evidence: EvidenceSeen
}

export type ReportCode = DocumentCode | 'schema'

/** Reads a report and recomputes the digest of its keyset. */
export async function readReport(seen: EvidenceSeen): Promise<Result<Report, ReportCode>> {
  const json = parseObject(seen.document)
  if (!json.ok) return json
  const parsed = parseWith(report, json.value.read)
  if (!parsed.ok) return parsed
  const { attestation, service_capabilities, workload_keyset_digest } = parsed.value
  const keys = parseWith(keyset, attestation.workload_keyset)
  if (!keys.ok) return failure('schema', `workload_keyset.${keys.detail ?? ''}`)
  const hashed = memberOf(json.value, 'attestation')
  const digest = await digestOf((hashed && memberOf(hashed, 'workload_keyset'))?.exact ?? {})
  if (!digest.ok) return digest
  return success({
    seen,
    keyset: keys.value,
    digest: digest.value,
    statedDigest: workload_keyset_digest.slice('sha256:'.length),
    statedReportData: attestation.report_data,
    serving: service_capabilities?.serving === 'direct' ? 'direct' : 'aggregator',
    namesSource: Object.values(attestation.source_provenance ?? {}).some((value) => value !== null),
    offersCustody: isJsonObject(attestation.evidence['key_custody']),
    evidence: unpack(seen, attestation.tee_type, attestation.evidence),
  })
}

/** Section 4.2: the type of the environment selects the form of the evidence. Forms other than dstack's on TDX are handed on under a name of their own. */
function unpack(seen: EvidenceSeen, teeType: string, evidence: JsonObject): EvidenceSeen {
  const { quote, event_log, app_compose, vm_config, key_custody } = evidence
  if (teeType !== 'tdx' || typeof quote !== 'string') {
    return { ...seen, kind: `aci-evidence-${teeType}`.slice(0, 100), document: JSON.stringify(evidence) }
  }
  return dstackEvidence(seen, {
    quote,
    eventLog: event_log,
    appCompose: app_compose,
    vmConfig: vm_config,
    keyCustody: key_custody,
  })
}

/**
 * SHA-256 of the attestation statement (section 3.2), which the quote holds in octets 0 to 31 of its report data. The template is its own
 * canonical form. `nonce`: 64 lower-case hex digits, or none.
 */
export async function statementDigest(keysetDigest: string, nonce: string | undefined): Promise<string> {
  const spelled = nonce === undefined ? 'null' : `"${nonce}"`
  const statement = `{"keyset_digest":"sha256:${keysetDigest}","nonce":${spelled},"purpose":"aci.report_data.v1"}`
  return encodeHex(await sha256(encodeUtf8(statement)))
}

/** DER of the SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 section 4), without the key. */
const ED25519_SPKI = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)

/** Whether a receipt key also stands among the keys of another role, which section 3.1 forbids. */
export async function hasOtherRole(publicKey: Bytes, { e2ee_public_keys, tls_public_keys }: Keyset): Promise<boolean> {
  const spelled = encodeHex(publicKey)
  if (e2ee_public_keys.some((entry) => entry.public_key.toLowerCase() === spelled)) return true
  const spki = new Uint8Array(ED25519_SPKI.length + publicKey.length)
  spki.set(ED25519_SPKI)
  spki.set(publicKey, ED25519_SPKI.length)
  const digest = encodeHex(await sha256(spki))
  return tls_public_keys.some((entry) => entry.spki_sha256 === digest)
}
