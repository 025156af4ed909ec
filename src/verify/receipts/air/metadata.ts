import * as v from 'valibot'

/** Response headers of the EphemeralML gateway that this format reads; a service's list of kept headers has to name them. */
export const GATEWAY_HEADERS = {
  receipt: 'x-ephemeralml-air-receipt-b64',
  present: 'x-ephemeralml-receipt-present',
  digest: 'x-ephemeralml-receipt-sha256',
} as const

/** The gateway cuts the header with the receipt to this many characters and does not say so. */
export const HEADER_LIMIT = 8192

/** Member of the answer's JSON, and of a stream's last content chunk, that carries a receipt. */
export const METADATA_MEMBER = '_ephemeralml'
/** How a receipt in JSON is known by its text: the name in quotes cannot stand inside a JSON string unescaped. */
export const RECEIPT_MEMBER = '"air_v1_receipt_b64"'

/** Of the member only what is used: it is the gateway's word, and nobody signed it. */
export const metadata = v.object({ air_v1_receipt_b64: v.string(), receipt_sha256: v.exactOptional(v.string()) })
