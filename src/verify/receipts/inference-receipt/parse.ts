import type { ReceiptSeen } from '../../../dossier/types.ts'
import { decodeBase64url } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { type Jws, type JwsCode, parseCompactJws, parseFlattenedJws } from '../../encoding/jose.ts'
import { type JsonCode, parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, renamed, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { anyReceiptEvent, protectedHeader, receiptEvent } from './schema.ts'

export type ParsedReceipt = {
  readonly jws: Jws
  /** Raw Ed25519 public key, 32 octets, out of the receipt's own header: a claim, until evidence commits to it. */
  readonly key: Bytes
  readonly kid: string
  readonly attestation?: { readonly kind: string; readonly document: string }
}

/** `receipt-beside`: the event holds a receipt, and something that its signature does not cover. */
export type ParseError = 'receipt-event' | 'receipt-beside' | 'receipt-header' | JsonCode | JwsCode

/**
 * Takes a receipt apart without believing it: the stream event or header text, the JWS, its protected header. The payload stays octets until
 * its signature holds.
 */
export function parseReceipt(receipt: ReceiptSeen): Result<ParsedReceipt, ParseError> {
  const jws = receipt.delivery === 'stream' ? parseEvent(receipt.text) : parseCompactJws(receipt.text)
  if (!jws.ok) return jws
  const header = parseWith(protectedHeader, jws.value.header)
  if (!header.ok) return renamed('receipt-header', header)
  const { att, att_kind, jwk, kid } = header.value
  const key = decodeBase64url(jwk.x)
  if (!key.ok) return failure('receipt-header', key.code)
  if (att !== undefined && att_kind === undefined) return failure('receipt-header', 'att without att_kind')
  return success({
    jws: jws.value,
    key: key.value,
    kid,
    ...(att === undefined || att_kind === undefined ? {} : { attestation: { kind: att_kind, document: att } }),
  })
}

function parseEvent(text: string): Result<Jws, ParseError> {
  const json = parseForeignJson(text)
  if (!json.ok) return json
  const event = parseWith(receiptEvent, json.value)
  if (event.ok) return parseFlattenedJws(event.value.inference_receipt)
  return renamed(parseWith(anyReceiptEvent, json.value).ok ? 'receipt-beside' : 'receipt-event', event)
}
