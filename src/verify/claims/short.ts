/** Hexadecimal that nobody reads to its end. */
const LONG_HEX = /(?<![0-9a-z])((?:0x)?[0-9a-f]{4})[0-9a-f]{17,}([0-9a-f]{4})(?![0-9a-z])/gi
/** Base64 and base64url from 32 bytes upwards. Capitals, small letters and digits tell it from words joined by hyphens. */
const LONG_BASE64 = /(?<![\w+/-])(?=[\w+/-]*[0-9])(?=[\w+/-]*[A-Z])(?=[\w+/-]*[a-z])([\w+/-]{4})[\w+/-]{34,}([\w+/-]{4})={0,2}(?![\w+/-])/g

/**
 * The form in which hashes, keys and long ids stand in a sentence: `sha256:cf91…a0ff`. Enough to tell two apart at a glance; the whole value
 * is a field of the finding.
 */
export function short(value: string): string {
  return value.replace(LONG_HEX, '$1…$2').replace(LONG_BASE64, '$1…$2')
}
