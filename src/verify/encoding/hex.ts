import type { Bytes } from './bytes.ts'
import { failure, type Result, success } from './result.ts'

export type HexCode = 'hex-length' | 'hex-character' | 'hex-upper-case'

const DIGITS = '0123456789abcdef'

/** Encodes as lower-case hexadecimal (RFC 4648 section 8, but lower case). */
export function encodeHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15)
  return text
}

/** Decodes hexadecimal: two digits for each octet, no prefix, no separators. `letters` says whether A to F are allowed beside a to f. */
export function decodeHex(text: string, letters: 'any-case' | 'lower-case' = 'any-case'): Result<Bytes, HexCode> {
  if (text.length % 2 !== 0) return failure('hex-length')
  const bytes = new Uint8Array(text.length / 2)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const value = digitValue(code)
    if (value === undefined) return failure('hex-character')
    if (letters === 'lower-case' && isUpperCase(code)) return failure('hex-upper-case')
    const byte = index >> 1
    bytes[byte] = ((bytes[byte] ?? 0) << 4) | value
  }
  return success(bytes)
}

function digitValue(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x61 && code <= 0x66) return code - 0x61 + 10
  if (isUpperCase(code)) return code - 0x41 + 10
  return undefined
}

function isUpperCase(code: number): boolean {
  return code >= 0x41 && code <= 0x46
}
