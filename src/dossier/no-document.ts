import { isJsonObject, parseForeignJson } from '../verify/encoding/json.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import type { Dossier, Missing, ReceiptSeen } from './types.ts'

/** Members of which an error's own answer is made (RFC 9457, and what interfaces of this kind send), and those that make it one. */
const TELLING = ['error', 'errors', 'message', 'msg', 'detail', 'details', 'title']
const BESIDE = ['code', 'status', 'status_code', 'statusCode', 'success', 'ok', 'type', 'param', 'object', 'instance', 'path', 'timestamp']
const NAMING = ['request_id', 'requestId', 'trace_id', 'traceId']
const OF_ERRORS: ReadonlySet<string> = new Set([...TELLING, ...BESIDE, ...NAMING])

/** How pages begin. */
const PAGE = /^<(?:!doctype|\?xml|html|head|body|title|center|h1|pre)\b/i
/** No token, report or certificate is without such a run of characters, in any of the alphabets that they are sent in; sentences are. */
const LONG_RUN = /\S{64}/

/**
 * Whether a server's answer is no document at all, though its status said 200: nothing, a page, a sentence, an object that tells of an error.
 * Nobody has to have meant harm by it, and asking again may help. A document that is broken, or of another shape than it should have, is
 * one that cannot be read.
 */
export function isNoDocument(text: string): boolean {
  const trimmed = text.trim()
  if (trimmed === '' || PAGE.test(trimmed)) return true
  const json = parseForeignJson(trimmed)
  if (json.ok) return json.value === null || (isJsonObject(json.value) && tellsOfError(Object.keys(json.value)))
  return !/^(?:[{[]|-----BEGIN )/.test(trimmed) && /\s/.test(trimmed) && !LONG_RUN.test(trimmed)
}

/** The same of octets as they came: binary documents are no text. */
export function areNoDocument(octets: Uint8Array): boolean {
  const text = decodeUtf8(octets)
  return text.ok && isNoDocument(text.value)
}

function tellsOfError(members: readonly string[]): boolean {
  return members.some((member) => TELLING.includes(member)) && members.every((member) => OF_ERRORS.has(member))
}

/** A dossier in which whatever was looked up and is no document counts as what it is: not obtained. */
export function withoutErrorAnswers(dossier: Dossier): Dossier {
  const { receipts, evidence, collateral } = dossier
  const isError = ({ document }: { readonly document: string }) => isNoDocument(document)
  const isErrorReceipt = ({ delivery, text }: ReceiptSeen) => delivery === 'lookup' && isNoDocument(text)
  const missing: readonly Missing[] = [
    ...receipts.filter(isErrorReceipt).map(() => notObtained('receipt', '')),
    ...evidence.filter(isError).map(({ source }) => notObtained('evidence', source)),
    ...collateral.filter(isError).map(({ source }) => notObtained('collateral', source)),
  ]
  if (missing.length === 0) return dossier
  return {
    ...dossier,
    receipts: receipts.filter((receipt) => !isErrorReceipt(receipt)),
    evidence: evidence.filter((document) => !isError(document)),
    collateral: collateral.filter((document) => !isError(document)),
    missing: [...dossier.missing, ...missing],
  }
}

function notObtained(what: Missing['what'], source: string): Missing {
  return { what, source, reason: 'no-document' }
}
