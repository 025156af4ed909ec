import type { Bytes } from './bytes.ts'
import { failure, type Result, success } from './result.ts'

export type HexCode = 'hex-length' | 'hex-character' | 'hex-upper-case'

/** Every octet in two digits. */
const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'))
const NOT_A_DIGIT = 255
/** Values of the characters that are digits, by their codes. */
const VALUES = new Uint8Array(128).fill(NOT_A_DIGIT)
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16)
  VALUES[digit.charCodeAt(0)] = value
  VALUES[digit.toUpperCase().charCodeAt(0)] = value
}

/** Encodes as lower-case hexadecimal (RFC 4648 section 8, but lower case). */
export function encodeHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += PAIRS[byte]
  return text
}

/** Decodes hexadecimal: two digits for each octet, no prefix, no separators. `letters` says whether A to F are allowed beside a to f. */
export function decodeHex(text: string, letters: 'any-case' | 'lower-case' = 'any-case'): Result<Bytes, HexCode> {
  if (text.length % 2 !== 0) return failure('hex-length')
  const bytes = new Uint8Array(text.length / 2)
  for (let index = 0; index < bytes.length; index += 1) {
    const high = VALUES[text.charCodeAt(2 * index)] ?? NOT_A_DIGIT
    const low = VALUES[text.charCodeAt(2 * index + 1)] ?? NOT_A_DIGIT
    if (high === NOT_A_DIGIT || low === NOT_A_DIGIT) return failure('hex-character')
    bytes[index] = (high << 4) | low
  }
  return letters === 'lower-case' && /[A-F]/.test(text) ? failure('hex-upper-case') : success(bytes)
}

/** Hexadecimal as producers hand documents over: letters of either case, a `0x` before it, white space around it. */
export function decodeHexText(text: string): Result<Bytes, HexCode> {
  return decodeHex(text.trim().replace(/^0x/i, ''))
}
