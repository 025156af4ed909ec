/** Hexadecimal that nobody reads to its end: digests, keys, long ids. */
const LONG_HEX = /(?<![0-9a-z])((?:0x)?[0-9a-f]{4})[0-9a-f]{24,}([0-9a-f]{4})(?![0-9a-z])/gi
/** The same in base64url, from the length of a SHA-256 upwards. */
const LONG_BASE64 = /(?<![\w-])([\w-]{4})[\w-]{35,}([\w-]{4})(?![\w-])/g

/** The short form of what is too long for a row: "sha256:cf91…a0ff". What is shortened stands whole in the details. */
export function brief(words: string): string {
  return words.replace(LONG_HEX, '$1…$2')
}

/** The short form of a value that stands alone, in whichever encoding it is. */
export function briefValue(value: string): string {
  return brief(value).replace(LONG_BASE64, '$1…$2')
}
