import * as v from 'valibot'
import { failure, type Result, success } from '../../encoding/result.ts'
import { hexOf, parseWith } from '../../encoding/schema.ts'
import { type AciDocument, canonicalForm, type DocumentCode, memberOf, parseObject } from './document.ts'

const text = v.pipe(v.string(), v.maxLength(1024))
const named = v.pipe(text, v.minLength(1))
export const sha256Text = v.pipe(v.string(), v.maxLength(71), v.toLowerCase(), v.regex(/^sha256:[0-9a-f]{64}$/))
export const seconds = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(253_402_300_799))

/** Receipt document, section 7.3. Members that are not named here are signed like the others and mean nothing to this verifier. */
const document = v.object({
  api_version: text,
  receipt_id: named,
  chat_id: v.nullable(text),
  model: v.nullable(text),
  workload_keyset_digest: sha256Text,
  endpoint: named,
  method: named,
  served_at: seconds,
  event_log: v.pipe(v.array(v.looseObject({ type: named })), v.minLength(1), v.maxLength(64)),
  key_id: named,
  signature: hexOf(64),
})
export type ReceiptDocument = v.InferOutput<typeof document>
type Event = ReceiptDocument['event_log'][number]

const hashed = v.object({ body_hash: sha256Text })
const upstream = v.variant('result', [
  v.object({
    result: v.literal('verified'),
    required: v.boolean(),
    model_id: text,
    session_id: hexOf(32),
  }),
  v.object({
    result: v.literal('failed'),
    required: v.boolean(),
    model_id: text,
    reason: v.pipe(v.string(), v.maxLength(8192)),
    upstream_name: v.optional(v.nullable(text)),
  }),
])
export type UpstreamEvent = v.InferOutput<typeof upstream>

/** What the event log says (sections 7.4 and 7.5), in hex without prefix where it is a hash. */
export type EventLog = {
  readonly received: string
  /** Absent: the prompt was not forwarded. */
  readonly forwarded?: string
  readonly returned: string
  /** The last of the attempts, which is the one that served or ended it. */
  readonly upstream?: UpstreamEvent
}

export type ParsedReceipt = {
  readonly document: ReceiptDocument
  /** What the signature covers: the canonical form of the document without `signature`. */
  readonly signedText: string
}

export type ReceiptCode = DocumentCode | 'schema'

/**
 * Takes a receipt apart without believing it: as served by `/v1/aci/receipts/{id}`, or as the member `receipt` of the legacy signature
 * answer, which carries it.
 */
export function parseReceipt(source: string): Result<ParsedReceipt, ReceiptCode> {
  const outer = parseObject(source)
  if (!outer.ok) return outer
  const raw = embeddedIn(outer.value)
  const parsed = parseWith(document, raw.read)
  if (!parsed.ok) return parsed
  const { signature: _, ...signed } = raw.exact
  const form = canonicalForm(signed)
  return form.ok ? success({ document: parsed.value, signedText: form.value }) : form
}

function embeddedIn(outer: AciDocument): AciDocument {
  return 'event_log' in outer.read ? outer : (memberOf(outer, 'receipt') ?? outer)
}

export type EventLogCode = 'first-event' | 'event-missing' | 'event-repeated' | 'event-schema'

/** Reads the event log: `request.received` first, the required events once each, unknown types passed over. */
export function readEvents(events: readonly Event[]): Result<EventLog, EventLogCode> {
  if (events[0]?.type !== 'request.received') return failure('first-event')
  const received = hashOf(events, 'request.received')
  const forwarded = hashOf(events, 'request.forwarded')
  const returned = hashOf(events, 'response.returned')
  if (!received.ok) return received
  if (!returned.ok) return returned
  if (!forwarded.ok && forwarded.code !== 'event-missing') return forwarded
  const attempts = events.filter(({ type }) => type === 'upstream.verified').map((event) => parseWith(upstream, event))
  if (attempts.some((attempt) => !attempt.ok)) return failure('event-schema')
  const last = attempts.at(-1)
  return success({
    received: received.value,
    ...(forwarded.ok ? { forwarded: forwarded.value } : {}),
    returned: returned.value,
    ...(last?.ok === true ? { upstream: last.value } : {}),
  })
}

function hashOf(events: readonly Event[], type: string): Result<string, EventLogCode> {
  const [event, ...more] = events.filter((candidate) => candidate.type === type)
  if (event === undefined) return failure('event-missing', type)
  if (more.length > 0) return failure('event-repeated', type)
  const parsed = parseWith(hashed, event)
  return parsed.ok ? success(parsed.value.body_hash.slice('sha256:'.length)) : failure('event-schema', type)
}
