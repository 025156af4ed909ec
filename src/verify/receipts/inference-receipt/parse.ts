import type { ReceiptSeen } from '../../../dossier/types.ts'
import { decodeBase64url } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { type Jws, parseCompactJws, parseFlattenedJws } from '../../encoding/jose.ts'
import { parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { protectedHeader, receiptEvent } from './schema.ts'

export type ParsedReceipt = {
  readonly jws: Jws
  /** Raw Ed25519 public key, 32 octets, out of the receipt's own header: a claim, until evidence commits to it. */
  readonly key: Bytes
  readonly kid: string
  readonly attestation?: { readonly kind: string; readonly document: string }
}

export type ParseError = 'event' | 'jws' | 'header'

/**
 * Takes a receipt apart without believing it: the stream event or header text, the JWS, its protected header. The payload stays octets until
 * its signature holds.
 */
export function parseReceipt(receipt: ReceiptSeen): Result<ParsedReceipt, ParseError> {
  const jws = receipt.delivery === 'stream' ? parseEvent(receipt.text) : parseHeader(receipt.text)
  if (!jws.ok) return jws
  const header = parseWith(protectedHeader, jws.value.header)
  if (!header.ok) return failure('header', header.detail)
  const { att, att_kind, jwk, kid } = header.value
  const key = decodeBase64url(jwk.x)
  if (!key.ok) return failure('header', key.code)
  if (att !== undefined && att_kind === undefined) return failure('header', 'att without att_kind')
  return success({
    jws: jws.value,
    key: key.value,
    kid,
    ...(att === undefined || att_kind === undefined ? {} : { attestation: { kind: att_kind, document: att } }),
  })
}

function parseEvent(text: string): Result<Jws, ParseError> {
  const json = parseForeignJson(text)
  if (!json.ok) return failure('event', json.code)
  const event = parseWith(receiptEvent, json.value)
  if (!event.ok) return failure('event', event.detail)
  const jws = parseFlattenedJws(event.value.inference_receipt)
  return jws.ok ? jws : failure('jws', jws.code)
}

function parseHeader(text: string): Result<Jws, ParseError> {
  const jws = parseCompactJws(text)
  return jws.ok ? jws : failure('jws', jws.code)
}
