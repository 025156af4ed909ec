import type { Bytes } from '../verify/encoding/bytes.ts'
import { isJsonObject, type JsonObject } from '../verify/encoding/json.ts'
import { startsLikeEventStream } from '../verify/encoding/sse.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'

/**
 * What a file is, by its content and never by its name. `dossier`: to be read as one. `recording`: a response as it came. `other`: neither,
 * and what it looks like, in words that fit "… looks like".
 */
export type Recognised =
  | { readonly kind: 'dossier'; readonly text: string }
  | { readonly kind: 'recording'; readonly contentType: 'text/event-stream' | 'application/json' }
  | { readonly kind: 'other'; readonly looksLike: string }

const DOSSIER_FORMAT = 'inference-receipt-checker/dossier'

/** How files begin that people hand over by mistake. */
const BEGINNINGS: readonly (readonly [beginning: readonly number[], looksLike: string])[] = [
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'a PDF document'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive'],
  [[0x1f, 0x8b], 'a gzip archive; unpack it first'],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG picture'],
  [[0xff, 0xd8, 0xff], 'a JPEG picture'],
  [[0xff, 0xfe], 'text in UTF-16; save it as UTF-8'],
  [[0xfe, 0xff], 'text in UTF-16; save it as UTF-8'],
  [[0xd2, 0x84], 'a COSE document; it is evidence, not an answer'],
]

/**
 * Members of which an answer of a chat interface has at least one. A body without any of them is not taken for an answer: to say that it
 * "came without a receipt" would be a verdict about something that is none.
 */
const ANSWER_MEMBERS = ['choices', 'output', 'content', 'completion', 'candidates', 'message', 'data', 'inference_receipt'] as const

/**
 * Tells what a file is. A byte order mark at its start, as some editors write it, is passed over for this question only: the octets that are
 * hashed are the file's. `receiptGiven`: the user gave the receipt beside the file, so that any body may be the one it is about.
 */
export function recognise(octets: Bytes, receiptGiven: boolean): Recognised {
  const content = withoutMark(octets)
  if (startsLikeEventStream(content)) return { kind: 'recording', contentType: 'text/event-stream' }
  const decoded = decodeUtf8(content)
  const text = decoded.ok ? decoded.value : undefined
  const value = text === undefined ? undefined : jsonOf(text)
  if (text !== undefined && isDossier(value)) return { kind: 'dossier', text }
  if (receiptGiven || isAnswer(value)) return { kind: 'recording', contentType: 'application/json' }
  return { kind: 'other', looksLike: looksLike(octets, text, value) }
}

function withoutMark(octets: Bytes): Bytes {
  return octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf ? octets.subarray(3) : octets
}

/** Only to see what it is: what is used of it afterwards is parsed anew, with limits. */
function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}

/** A dossier, alone or as the member `dossier` of a record, in whatever order its members are. */
function isDossier(value: unknown): boolean {
  if (!isJsonObject(value)) return false
  const { dossier } = value
  return value['format'] === DOSSIER_FORMAT || (isJsonObject(dossier) && dossier['format'] === DOSSIER_FORMAT)
}

function isAnswer(value: unknown): boolean {
  return isJsonObject(value) && ANSWER_MEMBERS.some((name) => Object.hasOwn(value, name)) && !isNamedAsOther(value)
}

/** A document that says by its own label that it is something else. */
function isNamedAsOther(value: JsonObject): boolean {
  const { format } = value
  return typeof format === 'string' && format.includes('/')
}

function looksLike(octets: Bytes, text: string | undefined, value: unknown): string {
  if (octets.every(isBlank)) return 'an empty file'
  const [, known] = BEGINNINGS.find(([beginning]) => beginning.every((octet, index) => octets[index] === octet)) ?? []
  if (known !== undefined) return known
  if (text === undefined) return 'a binary file'
  if (value === undefined) return textLooksLike(text.trimStart())
  return jsonLooksLike(value)
}

function isBlank(octet: number): boolean {
  return octet === 0x20 || (octet >= 0x09 && octet <= 0x0d) || octet === 0xef || octet === 0xbb || octet === 0xbf
}

function textLooksLike(text: string): string {
  if (/^<(!doctype|html|head|body)/i.test(text)) return 'a web page'
  if (/^<\?xml/i.test(text)) return 'an XML document'
  if (/^-----BEGIN [A-Z ]+-----/.test(text)) return 'a certificate or key in PEM'
  if (/^[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\s*$/.test(text)) {
    return 'a signed token (JWS); give a receipt out of a header by --receipt, beside the body it came with'
  }
  if (/^[{[]/.test(text)) return 'JSON that is cut short or broken'
  return 'plain text'
}

function jsonLooksLike(value: unknown): string {
  if (Array.isArray(value)) return 'a JSON list'
  if (!isJsonObject(value)) return 'a single JSON value'
  const { log } = value
  if (isJsonObject(log) && Array.isArray(log['entries'])) return 'a HAR recording of a browser; save the one response out of it'
  if (value['format'] === 'inference-receipt-checker/policy') return 'a policy; give it by --policy'
  if (value['format'] === 'inference-receipt-checker/report') return 'a report; the dossier it was made of can be checked, a report cannot'
  if (Object.hasOwn(value, 'keys')) return 'a set of keys; give it by --jwks'
  if (Object.hasOwn(value, 'error')) return 'an error message of a service, not an answer'
  const names = Object.keys(value).slice(0, 3)
  return names.length === 0 ? 'an empty JSON object' : `JSON that is neither a dossier nor an answer (its members: ${names.join(', ')})`
}
