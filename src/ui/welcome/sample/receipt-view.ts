import type { MessageId } from '../../../verify/claims/sentence.ts'
import { decodeBase64url } from '../../../verify/encoding/base64.ts'
import type { Bytes } from '../../../verify/encoding/bytes.ts'
import { encodeHex } from '../../../verify/encoding/hex.ts'
import { type AirClaims, readClaims } from '../../../verify/receipts/air/claims.ts'
import { parseReceipt } from '../../../verify/receipts/air/receipt.ts'
import { html } from '../../shared/element.ts'
import { chevron } from '../../shared/glyph.ts'
import { cleanText, fullTime, text } from '../../shared/text.ts'

/** The receipt, to be opened: what stands in it, and the text itself. It is looked at here, not judged: that is the verdict's business. */
export function receiptView(receipt: string | undefined): HTMLElement {
  if (receipt === undefined) return html('p', { class: 'no-receipt', 'data-key': 'receipt' }, text('sample_no_receipt'))
  const claims = claimsOf(receipt)
  return html(
    'details',
    { class: 'receipt', 'data-key': 'receipt' },
    html('summary', {}, html('span', {}, text('sample_show_receipt')), chevron()),
    claims === undefined ? undefined : claimList(claims),
    html('p', {}, text('sample_receipt_text')),
    html('pre', { tabindex: 0, 'aria-label': text('sample_receipt_text') }, html('code', {}, cleanLong(receipt))),
  )
}

function claimsOf(receipt: string): AirClaims | undefined {
  const octets = decodeBase64url(receipt)
  const parsed = octets.ok ? parseReceipt(octets.value) : octets
  if (!parsed.ok) return undefined
  const claims = readClaims(parsed.value.payload, 'draft-02')
  return 'iss' in claims ? claims : undefined
}

function claimList(claims: AirClaims): HTMLElement {
  const { iss, iat, nonce, modelId, modelVersion, modelHash, requestHash, responseHash, measurements } = claims
  const lines: readonly (readonly [MessageId, string | undefined])[] = [
    ['sample_field_issuer', cleanText(iss)],
    ['sample_field_time', fullTime(new Date(iat * 1000).toISOString())],
    ['sample_field_nonce', hexOf(nonce)],
    ['sample_field_request', hexOf(requestHash)],
    ['sample_field_response', hexOf(responseHash)],
    ['sample_field_model', cleanText(`${modelId}, ${modelVersion}`)],
    ['sample_field_weights', hexOf(modelHash)],
    ['sample_field_code', hexOf(measurements.registers.get('pcr0'))],
  ]
  return html(
    'dl',
    {},
    ...lines.flatMap(([name, value]) => (value === undefined ? [] : [html('dt', {}, text(name)), html('dd', {}, html('code', {}, value))])),
  )
}

function hexOf(octets: Bytes | undefined): string | undefined {
  return octets === undefined ? undefined : encodeHex(octets)
}

/** A text from the extension's own file, in base64url and nothing else. */
function cleanLong(receipt: string): string {
  return receipt.replace(/[^A-Za-z0-9_-]/g, '')
}
