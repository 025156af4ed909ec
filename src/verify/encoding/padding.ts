import type { Bytes } from './bytes.ts'

/*
 * Producers hand over the whole of a buffer of which only the beginning was filled: zero octets follow the document, as many as there was
 * room for. Nothing signs them and they say nothing. Anything else there is refused by whoever reads the document.
 */

/** Whether octets that follow a document are the rest of its buffer: zero, every one; or none. */
export function isPadding(rest: Uint8Array): boolean {
  return rest.every((octet) => octet === 0)
}

/** A document of a known length out of the buffer that holds it; undefined where it is not all there, or something else follows. */
export function withoutPadding(buffer: Bytes, length: number): Bytes | undefined {
  return buffer.length >= length && isPadding(buffer.subarray(length)) ? buffer.subarray(0, length) : undefined
}

/** The octets up to the last that is not zero: for text, which has no zero octet of its own. */
export function withoutTrailingZeros(bytes: Bytes): Bytes {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return bytes.subarray(0, end)
}

/** Text without the zeros that end it as a C string. */
export function withoutTrailingNuls(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1
  return text.slice(0, end)
}
