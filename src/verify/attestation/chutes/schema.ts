import * as v from 'valibot'
import { decodeBase64 } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { decodeHexText } from '../../encoding/hex.ts'
import { type JsonCode, parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'

/** Characters of the whole document: a quote, and eight graphics cards with their certificates. */
const DOCUMENT_LIMIT = 2 * 1024 * 1024

const text = (limit: number) => v.optional(v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(limit))))

/**
 * One instance in a report of the form of Chutes. Some who hand it on call the quote `intel_quote`, Chutes itself calls it `quote`. `certificate`
 * is left out by those who hand it on.
 */
const instanceSchema = v.object({
  intel_quote: text(131_072),
  quote: text(131_072),
  nonce: text(1024),
  e2e_pubkey: text(16_384),
  certificate: text(65_536),
  gpu_evidence: v.optional(v.unknown()),
})

export type Instance = {
  readonly quote: Bytes
  /** What the quote covers, each as the text that it is. */
  readonly nonce?: string
  readonly key?: string
  /** DER in base64. */
  readonly certificate?: string
  readonly gpuEvidence?: unknown
}

/** Reads an instance. Members that nobody reads may hold anything. */
export function parseInstance(document: string): Result<Instance, JsonCode | 'schema' | 'quote'> {
  const json = parseForeignJson(document, { maxLength: DOCUMENT_LIMIT })
  if (!json.ok) return json
  const parsed = parseWith(instanceSchema, json.value)
  if (!parsed.ok) return parsed
  const { intel_quote, quote, nonce, e2e_pubkey, certificate, gpu_evidence } = parsed.value
  const octets = octetsOf((intel_quote ?? quote ?? '').trim())
  if (octets === undefined) return failure('quote')
  return success({
    quote: octets,
    ...(isGiven(nonce) ? { nonce } : {}),
    ...(isGiven(e2e_pubkey) ? { key: e2e_pubkey } : {}),
    ...(isGiven(certificate) ? { certificate } : {}),
    ...(isGiven(gpu_evidence) ? { gpuEvidence: gpu_evidence } : {}),
  })
}

function isGiven<Value>(value: Value): value is NonNullable<Value> {
  return value !== undefined && value !== null
}

/** Base64, or hexadecimal where whoever hands it on rewrites it. */
function octetsOf(spelled: string): Bytes | undefined {
  const hex = decodeHexText(spelled)
  const octets = hex.ok ? hex : decodeBase64(spelled)
  return octets.ok && octets.value.length > 0 ? octets.value : undefined
}
