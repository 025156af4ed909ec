import { type Bytes, concatBytes } from './bytes.ts'

/**
 * Encodes one value in DER (X.690 section 10.1) out of its identifier octet and its contents: for what has to be put together again before
 * it is hashed. Contents of up to 2^24 - 1 octets.
 */
export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Bytes {
  const length = contents.reduce((octets, part) => octets + part.length, 0)
  return concatBytes(Uint8Array.of(tag, ...lengthOctets(length)), ...contents)
}

function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length]
  if (length < 0x100) return [0x81, length]
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff]
  return [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]
}
