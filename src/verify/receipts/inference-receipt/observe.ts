import type { BodyDigest, ReceiptSeen } from '../../../dossier/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { parseForeignJson } from '../../encoding/json.ts'
import { parseWith } from '../../encoding/schema.ts'
import { parseEventStream, type StreamEvent, startsLikeEventStream } from '../../encoding/sse.ts'
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.ts'
import type { Observation, ResponseOctets } from '../types.ts'
import { chunkId } from './schema.ts'

/** Response header, and member of the last stream event, that carries a receipt. */
export const RECEIPT_HEADER = 'x-inference-receipt'
const RECEIPT_MEMBER = '"inference_receipt"'
const MOST_IDS = 8
const LINE_FEED = Uint8Array.of(0x0a)
const END_OF_DATA_BLOCK = encodeUtf8('\n\n')
const DONE = encodeUtf8('[DONE]')

/**
 * Looks for `inference-receipt/1` receipts in a response and digests it over the domains of wire format section 4:
 * `body` over the exact octets; `sse-data-v1` over every data payload and 0x0A; `sse-events-v1` over name, 0x0A, data, 0x0A of every event;
 * the last two without the receipt event and `[DONE]`.
 */
export async function observe(response: ResponseOctets): Promise<Observation> {
  const inHeader = response.headers
    .filter((header) => header.name === RECEIPT_HEADER)
    .map(
      (header): ReceiptSeen => ({
        format: 'inference-receipt',
        delivery: 'header',
        position: 'not-applicable',
        text: header.value,
        provenance: response.headerProvenance,
      }),
    )
  const body = await digestOf('body', [response.body])
  if (!isEventStream(response)) {
    return { receipts: inHeader, digests: [body], ids: idsOf([response.body]) }
  }
  const events = eventsOf(response.body)
  const answer = events.filter((event) => !isReceipt(event) && !isDone(event))
  const receipts = events.flatMap((event, index): ReceiptSeen[] => {
    if (!isReceipt(event)) return []
    const text = decodeUtf8(event.data)
    return [
      {
        format: 'inference-receipt',
        delivery: 'stream',
        position: events.slice(index + 1).every(isDone) ? 'last' : 'followed',
        text: text.ok ? text.value : '',
        provenance: response.bodyProvenance,
      },
    ]
  })
  return {
    receipts: [...inHeader, ...receipts],
    digests: [body, ...(await streamDigests(answer))],
    ids: idsOf([...answer, ...events.filter(isReceipt)].map((event) => event.data)),
  }
}

/** By its content type; where none is known, by how it begins. */
function isEventStream({ contentType, body }: ResponseOctets): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  return type === '' ? startsLikeEventStream(body) : type === 'text/event-stream'
}

/**
 * The events of a stream, an unterminated last one included: the standard drops it, but a page's own reader may show it, so it counts as
 * data that was sent.
 */
function eventsOf(body: Bytes): readonly StreamEvent[] {
  const parsed = parseEventStream(body)
  return parsed.complete ? parsed.events : parseEventStream(concatBytes(body, END_OF_DATA_BLOCK)).events
}

function isDone(event: StreamEvent): boolean {
  return equalBytes(event.data, DONE)
}

/**
 * By its text and not by its parsed form: an event that names a receipt but cannot be parsed is a bad receipt, not an absent one. The name in
 * quotes cannot appear inside a JSON string unescaped.
 */
function isReceipt(event: StreamEvent): boolean {
  const text = decodeUtf8(event.data)
  return text.ok && text.value.includes(RECEIPT_MEMBER)
}

/** Wire format section 4: injective only while no payload holds a line feed. A stream that breaks this has no such digest. */
async function streamDigests(events: readonly StreamEvent[]): Promise<readonly BodyDigest[]> {
  if (events.some((event) => event.data.includes(0x0a))) return []
  return [
    {
      ...(await digestOf(
        'sse-data-v1',
        events.flatMap((event) => [event.data, LINE_FEED]),
      )),
      events: events.length,
    },
    {
      ...(await digestOf(
        'sse-events-v1',
        events.flatMap((event) => [event.name, LINE_FEED, event.data, LINE_FEED]),
      )),
      events: events.length,
    },
  ]
}

async function digestOf(of: BodyDigest['of'], parts: readonly Bytes[]): Promise<BodyDigest> {
  return { alg: 'sha-256', of, value: encodeBase64url(await sha256(concatBytes(...parts))) }
}

function idsOf(payloads: readonly Bytes[]): readonly string[] {
  const ids = new Set<string>()
  for (const payload of payloads) {
    const text = decodeUtf8(payload)
    const json = text.ok ? parseForeignJson(text.value) : text
    const chunk = json.ok ? parseWith(chunkId, json.value) : json
    if (!chunk.ok) continue
    const id = chunk.value.id ?? chunk.value.response?.id
    if (id !== undefined && id.length <= 1024 && ids.size < MOST_IDS) ids.add(id)
  }
  return [...ids]
}
