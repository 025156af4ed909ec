import type { Bytes } from './bytes.ts'
import { type Failure, failure, type Result, success } from './result.ts'

type Fault = 'too-long' | 'length' | 'character' | 'padding' | 'trailing-bits'
export type Base64urlCode = `base64url-${Fault}`
export type Base64Code = `base64-${Fault}`

const COMMON = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const URL_ALPHABET = `${COMMON}-_`
const STANDARD_ALPHABET = `${COMMON}+/`
const NOT_A_DIGIT = 255
const PAD = 0x3d
const NO_LIMIT = Number.MAX_SAFE_INTEGER

const URL_VALUES = valuesOf(URL_ALPHABET)
const STANDARD_VALUES = valuesOf(STANDARD_ALPHABET)

/**
 * Decodes base64url without padding (RFC 4648 section 5, RFC 7515 section 2). Canonical only: one octet string has one spelling, so unused
 * bits must be zero (RFC 4648 section 3.5), and white space and padding are errors. `maxLength` is in characters of the text.
 */
export function decodeBase64url(text: string, maxLength = NO_LIMIT): Result<Bytes, Base64urlCode> {
  const decoded = decodeDigits(text, text.length, URL_VALUES, maxLength)
  return typeof decoded === 'string' ? failure(`base64url-${decoded}`) : success(decoded)
}

/** Encodes base64url without padding (RFC 4648 section 5). */
export function encodeBase64url(bytes: Uint8Array): string {
  return encodeDigits(bytes, URL_ALPHABET)
}

/**
 * Decodes standard base64 with its padding (RFC 4648 section 4), as `x5c` uses it. Canonical only, no white space. `maxLength` is in
 * characters of the text, padding included.
 */
export function decodeBase64(text: string, maxLength = NO_LIMIT): Result<Bytes, Base64Code> {
  if (text.length > maxLength) return base64Failure('too-long')
  if (text.length % 4 !== 0) return base64Failure('length')
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const decoded = decodeDigits(text, text.length - padding, STANDARD_VALUES, maxLength)
  return typeof decoded === 'string' ? base64Failure(decoded) : success(decoded)
}

/** Encodes standard base64 with padding (RFC 4648 section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  const digits = encodeDigits(bytes, STANDARD_ALPHABET)
  return digits.padEnd(Math.ceil(digits.length / 4) * 4, '=')
}

function base64Failure(fault: Fault): Failure<Base64Code> {
  return failure(`base64-${fault}`)
}

function valuesOf(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(NOT_A_DIGIT)
  for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value
  return values
}

/** Decodes the first `length` characters of the text. */
function decodeDigits(text: string, length: number, values: Uint8Array, maxLength: number): Bytes | Fault {
  if (text.length > maxLength) return 'too-long'
  if (length % 4 === 1) return 'length'
  const bytes = new Uint8Array(Math.floor((length * 3) / 4))
  let offset = 0
  let start = 0
  // Four digits, three octets at a time; the remainder, and whatever is no digit, is left to the loop below.
  for (; start + 4 <= length; start += 4) {
    const a = values[text.charCodeAt(start)] ?? NOT_A_DIGIT
    const b = values[text.charCodeAt(start + 1)] ?? NOT_A_DIGIT
    const c = values[text.charCodeAt(start + 2)] ?? NOT_A_DIGIT
    const d = values[text.charCodeAt(start + 3)] ?? NOT_A_DIGIT
    if ((a | b | c | d) === NOT_A_DIGIT) break
    bytes[offset] = (a << 2) | (b >> 4)
    bytes[offset + 1] = (b << 4) | (c >> 2)
    bytes[offset + 2] = (c << 6) | d
    offset += 3
  }
  let pending = 0
  let pendingBits = 0
  for (let index = start; index < length; index++) {
    const character = text.charCodeAt(index)
    const value = values[character] ?? NOT_A_DIGIT
    if (value === NOT_A_DIGIT) return character === PAD ? 'padding' : 'character'
    pending = (pending << 6) | value
    pendingBits += 6
    if (pendingBits >= 8) {
      pendingBits -= 8
      bytes[offset++] = pending >> pendingBits
      pending &= (1 << pendingBits) - 1
    }
  }
  return pending === 0 ? bytes : 'trailing-bits'
}

function encodeDigits(bytes: Uint8Array, alphabet: string): string {
  let text = ''
  let pending = 0
  let pendingBits = 0
  for (const byte of bytes) {
    pending = (pending << 8) | byte
    pendingBits += 8
    while (pendingBits >= 6) {
      pendingBits -= 6
      text += alphabet.charAt(pending >> pendingBits)
      pending &= (1 << pendingBits) - 1
    }
  }
  return pendingBits === 0 ? text : text + alphabet.charAt(pending << (6 - pendingBits))
}
