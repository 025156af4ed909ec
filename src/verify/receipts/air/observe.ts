import type { BodyDigest, Exchange, ReceiptSeen } from '../../../dossier/types.ts'
import { type Sentence, sentence } from '../../claims/sentence.ts'
import { type Bytes, concatBytes } from '../../encoding/bytes.ts'
import { isJsonObject, parseForeignJson } from '../../encoding/json.ts'
import { rawMember } from '../../encoding/raw-json.ts'
import { parseWith } from '../../encoding/schema.ts'
import { parseEventStream, startsLikeEventStream } from '../../encoding/sse.ts'
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.ts'
import type { Observation, ResponseOctets } from '../types.ts'
import { embeddingDigest } from './gateway-hashes.ts'
import { GATEWAY_HEADERS, HEADER_LIMIT, METADATA_MEMBER, metadata, RECEIPT_MEMBER } from './metadata.ts'

const END_OF_DATA_BLOCK = encodeUtf8('\n\n')

/**
 * Looks for AIR receipts as the EphemeralML gateway delivers them: in a header, in the `_ephemeralml` member of a JSON answer, or in that
 * member of a stream's last content chunk. A copy in the header of what the body has is no second receipt.
 */
export async function observe(response: ResponseOctets): Promise<Observation> {
  const members = isEventStream(response) ? inStream(response) : inJson(response)
  const texts = members.map(({ text }) => receiptText(text))
  const headers = response.headers
    .filter(({ name, value }) => name === GATEWAY_HEADERS.receipt && !texts.some((text) => isCopy(value, text)))
    .map(({ value }): ReceiptSeen => ({ ...AS_DELIVERED, delivery: 'header', text: value, provenance: response.headerProvenance }))
  const receipts = [...headers, ...members]
  return { receipts, digests: receipts.length === 0 ? [] : await digestsOf(response), ids: [] }
}

/** The gateway says that it has a receipt and does not pass it on, as it does unless it is set up otherwise. */
export function announced({ headers }: Exchange): Sentence | undefined {
  const isPresent = headers.some(({ name, value }) => name === GATEWAY_HEADERS.present && value.trim() === 'true')
  return isPresent ? sentence('air_announced') : undefined
}

const AS_DELIVERED = { format: 'air', position: 'not-applicable' } as const

function inJson({ body, bodyProvenance }: ResponseOctets): readonly ReceiptSeen[] {
  return memberOf(body).map((text) => ({ ...AS_DELIVERED, delivery: 'body', text, provenance: bodyProvenance }))
}

/** An unterminated last event counts: a page's own reader may show it. */
function inStream({ body, bodyProvenance }: ResponseOctets): readonly ReceiptSeen[] {
  const { complete, events } = parseEventStream(body)
  const all = complete ? events : parseEventStream(concatBytes(body, END_OF_DATA_BLOCK)).events
  const texts = new Set(all.flatMap(({ data }) => memberOf(data)))
  return [...texts].map((text) => ({ ...AS_DELIVERED, delivery: 'stream', text, provenance: bodyProvenance }))
}

/**
 * The text of the metadata member, if it has a receipt. By its text and not by its parsed form: JSON that names a receipt and cannot be
 * parsed is a bad receipt, not an absent one, and comes out as an empty text.
 */
function memberOf(octets: Bytes): readonly string[] {
  const text = decodeUtf8(octets)
  if (!text.ok || !text.value.includes(RECEIPT_MEMBER)) return []
  const json = parseForeignJson(text.value)
  if (!json.ok || !isJsonObject(json.value)) return ['']
  const member = rawMember(text.value, METADATA_MEMBER)
  return member?.includes(RECEIPT_MEMBER) === true ? [member] : []
}

function receiptText(member: string): string | undefined {
  const json = parseForeignJson(member)
  const parsed = json.ok ? parseWith(metadata, json.value) : json
  return parsed.ok ? parsed.value.air_v1_receipt_b64 : undefined
}

/** Whether a header says what the body says, in full or cut by the gateway. */
function isCopy(header: string, body: string | undefined): boolean {
  return body !== undefined && (header === body || header === body.slice(0, HEADER_LIMIT))
}

function isEventStream({ contentType, body }: ResponseOctets): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  return type === '' ? startsLikeEventStream(body) : type === 'text/event-stream'
}

async function digestsOf({ body }: ResponseOctets): Promise<readonly BodyDigest[]> {
  const text = decodeUtf8(body)
  const json = text.ok ? parseForeignJson(text.value) : text
  const embedding = json.ok ? await embeddingDigest(json.value) : undefined
  return embedding === undefined ? [] : [embedding]
}
