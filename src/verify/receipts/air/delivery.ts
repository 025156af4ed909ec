import type { Exchange, ReceiptSeen } from '../../../dossier/types.ts'
import { decodeBase64, decodeBase64url } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { parseForeignJson } from '../../encoding/json.ts'
import { parseWith } from '../../encoding/schema.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { type Log, refuse } from './log.ts'
import { GATEWAY_HEADERS, HEADER_LIMIT, metadata } from './metadata.ts'

/** Characters of base64 that no receipt of bearable size needs. */
const MAX_TEXT = 131_072

/**
 * The receipt's octets out of what was delivered: base64 in a header or in the gateway's metadata, base64url where the receipt came as octets
 * (`lookup`). Notes whether the receipt is the one that the gateway announces: the digest in its header, and in its metadata, is over the
 * base64 text in the code and over the octets in its documents, and either counts. Undefined where there is nothing to verify.
 */
export async function octetsOf(receipt: ReceiptSeen, exchange: Exchange, log: Log): Promise<Bytes | undefined> {
  const delivered = deliveredText(receipt)
  if (delivered === undefined) {
    const whole = exchange.response.capture === 'complete'
    if (whole) log.add('air.cose', 'failed', 'air_metadata_malformed', { code: 'COSE_DECODE_FAILED' })
    else log.add('air.cose', 'unchecked', 'air_metadata_incomplete')
    return undefined
  }
  const octets = receipt.delivery === 'lookup' ? decodeBase64url(delivered.text, MAX_TEXT) : decodeBase64(delivered.text, MAX_TEXT)
  const digests = receipt.delivery === 'lookup' ? [] : [...delivered.digests, ...headerDigests(exchange)]
  const match = await matchOf(digests, delivered.text, octets.ok ? octets.value : undefined)
  const isCut = receipt.delivery === 'header' && delivered.text.length === HEADER_LIMIT
  if (isCut && (match === 'none' || match === 'other')) {
    log.add('air.delivery', 'unchecked', 'air_delivery_cut', { code: 'header-cut', computed: String(HEADER_LIMIT) })
    return undefined
  }
  if (match === 'other') log.add('air.delivery', 'failed', 'air_delivery_other')
  if (match === 'text') log.add('air.delivery', 'passed', 'air_delivery_text')
  if (match === 'octets') log.add('air.delivery', 'passed', 'air_delivery_octets')
  if (!octets.ok) {
    refuse(log, 'air.cose', 'COSE_DECODE_FAILED', octets.code)
    return undefined
  }
  return octets.value
}

function deliveredText({ delivery, text }: ReceiptSeen): { readonly text: string; readonly digests: readonly string[] } | undefined {
  if (delivery === 'header' || delivery === 'lookup') return { text, digests: [] }
  const json = parseForeignJson(text)
  const parsed = json.ok ? parseWith(metadata, json.value) : json
  if (!parsed.ok) return undefined
  const { air_v1_receipt_b64, receipt_sha256 } = parsed.value
  return { text: air_v1_receipt_b64, digests: receipt_sha256 === undefined ? [] : [receipt_sha256] }
}

function headerDigests({ headers }: Exchange): readonly string[] {
  return headers.filter(({ name }) => name === GATEWAY_HEADERS.digest).map(({ value }) => value.trim())
}

/** Which reading all announced digests agree with; `none` where none was announced. */
async function matchOf(digests: readonly string[], text: string, octets: Bytes | undefined): Promise<'none' | 'text' | 'octets' | 'other'> {
  if (digests.length === 0) return 'none'
  const ofText = encodeHex(await sha256(encodeUtf8(text)))
  if (digests.every((digest) => digest === ofText)) return 'text'
  const ofOctets = octets === undefined ? undefined : encodeHex(await sha256(octets))
  return digests.every((digest) => digest === ofOctets) ? 'octets' : 'other'
}
