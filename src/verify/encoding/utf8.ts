import type { Bytes } from './bytes.ts'
import { failure, type Result, success } from './result.ts'

/** Made once: neither keeps anything from one call to the next. */
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const ENCODER = new TextEncoder()

/**
 * Decodes UTF-8 (RFC 3629). Ill-formed octets are an error, never a replacement character, and a byte order mark stays in the text: two
 * different octet strings never give the same text.
 */
export function decodeUtf8(bytes: Uint8Array): Result<string, 'utf8-invalid'> {
  try {
    return success(DECODER.decode(bytes))
  } catch {
    return failure('utf8-invalid')
  }
}

/** Encodes as UTF-8. Lone surrogates have no UTF-8 form and become U+FFFD; text from `parseJson` and `decodeUtf8` has none. */
export function encodeUtf8(text: string): Bytes {
  return ENCODER.encode(text)
}
