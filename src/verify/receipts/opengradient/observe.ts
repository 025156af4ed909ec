import type { BodyDigest, ReceiptSeen } from '../../../dossier/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { isJsonObject, parseForeignJson } from '../../encoding/json.ts'
import { keccak256 } from '../../encoding/keccak.ts'
import { rawMember } from '../../encoding/raw-json.ts'
import { parseEventStream, type StreamEvent, startsLikeEventStream } from '../../encoding/sse.ts'
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.ts'
import type { Observation, RequestOctets, ResponseOctets } from '../types.ts'
import { hashedOutput } from './answer.ts'
import { hashedRequest } from './request.ts'
import { MEMBERS } from './schema.ts'

const DONE = encodeUtf8('[DONE]')
const END_OF_DATA_BLOCK = encodeUtf8('\n\n')

/**
 * Looks for OpenGradient's signature members (`tee_signature` and its companions) in a JSON answer, or in the last event of a stream, and digests
 * what they hash: `opengradient-output` with keccak-256. Of the answer itself nothing is kept.
 */
export async function observe(response: ResponseOctets): Promise<Observation> {
  const { body, bodyProvenance } = response
  const isStream = isEventStream(response)
  const events = isStream ? eventsOf(body).filter((event) => !equalBytes(event.data, DONE)) : []
  const chunks = isStream ? events.map(({ data }) => data) : [body]
  const found = chunks.flatMap((octets, index) => {
    const text = signatureMembers(octets)
    return text === undefined ? [] : [{ text, index }]
  })
  if (found.length === 0) return { receipts: [], digests: [], ids: [] }
  const receipts = found.map(({ text, index }): ReceiptSeen => {
    const position = !isStream ? 'not-applicable' : index === chunks.length - 1 ? 'last' : 'followed'
    return { format: 'opengradient', delivery: isStream ? 'stream' : 'body', position, text, provenance: bodyProvenance }
  })
  const output = hashedOutput(chunks)
  return { receipts, digests: output === undefined ? [] : [digestOf('opengradient-output', output)], ids: [] }
}

/** `opengradient-request`: keccak-256 over what the gateway makes of the request, where that is known. */
export async function observeRequest({ body }: RequestOctets): Promise<readonly BodyDigest[]> {
  const rebuilt = hashedRequest(body)
  return rebuilt === undefined ? [] : [digestOf('opengradient-request', rebuilt)]
}

function digestOf(of: BodyDigest['of'], octets: Bytes): BodyDigest {
  return { alg: 'keccak-256', of, value: encodeBase64url(keccak256(octets)) }
}

/** By its content type; where none is known, by how it begins. */
function isEventStream({ contentType, body }: ResponseOctets): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  return type === '' ? startsLikeEventStream(body) : type === 'text/event-stream'
}

/** An unterminated last event counts as sent: a page's own reader may show it. */
function eventsOf(body: Bytes): readonly StreamEvent[] {
  const parsed = parseEventStream(body)
  return parsed.complete ? parsed.events : parseEventStream(concatBytes(body, END_OF_DATA_BLOCK)).events
}

/** The members as they stand in the answer, and no others, as the text of an object of their own. Undefined where there is no signature among them. */
function signatureMembers(octets: Bytes): string | undefined {
  const text = decodeUtf8(octets)
  const json = text.ok ? parseForeignJson(text.value) : text
  if (!text.ok || !json.ok || !isJsonObject(json.value) || !Object.hasOwn(json.value, 'tee_signature')) return undefined
  const members = MEMBERS.flatMap((name) => {
    const value = rawMember(text.value, name)
    return value === undefined ? [] : [`"${name}":${value}`]
  })
  return `{${members.join(',')}}`
}
