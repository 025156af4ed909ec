import type { Bytes } from './bytes.ts'
import { failure, type Result, success } from './result.ts'

export type GzipCode =
  /** Not the ten octets of a header without optional fields. */
  | 'gzip-header'
  | 'gzip-too-large'
  | 'gzip-deflate'
  /** CRC-32 or length at the end are not those of the contents. */
  | 'gzip-checksum'
  /** Octets between the last deflate block and the checksum: a second member, or anything else. */
  | 'gzip-trailing'

const HEADER_LENGTH = 10
const TRAILER_LENGTH = 8
const DEFLATE = 8

/**
 * Decompresses one gzip member (RFC 1952) with nothing behind it, of at most `maxLength` octets when decompressed; as many may it have
 * compressed. A header with optional fields is refused.
 *
 * The engine inflates, and no more: engines differ on what may follow a stream (Node takes a second member, or zeros; browsers refuse both), so
 * header, checksum and end are judged here.
 */
export async function gunzip(input: Bytes, maxLength: number): Promise<Result<Bytes, GzipCode>> {
  if (input.length > maxLength) return failure('gzip-too-large')
  const [first, second, method, flags] = input
  if (first !== 0x1f || second !== 0x8b || method !== DEFLATE || flags !== 0) return failure('gzip-header')
  if (input.length < HEADER_LENGTH + TRAILER_LENGTH) return failure('gzip-header')
  const deflated = input.slice(HEADER_LENGTH, -TRAILER_LENGTH)
  const inflated = await inflate(deflated, maxLength)
  if (!inflated.ok) return inflated
  const trailer = new DataView(input.buffer, input.byteOffset + input.length - TRAILER_LENGTH, TRAILER_LENGTH)
  if (trailer.getUint32(0, true) !== crc32(inflated.value) || trailer.getUint32(4, true) !== inflated.value.length) {
    return failure('gzip-checksum')
  }
  // A stream that is still whole without its last octet does not end there.
  const shortened = await inflate(deflated.slice(0, -1), maxLength)
  return shortened.ok ? failure('gzip-trailing') : inflated
}

/** Inflates raw deflate data (RFC 1951), and stops reading as soon as there is more than `maxLength`. */
async function inflate(deflated: Bytes, maxLength: number): Promise<Result<Bytes, 'gzip-deflate' | 'gzip-too-large'>> {
  const { readable, writable } = new DecompressionStream('deflate-raw')
  const reader = readable.getReader()
  const writer = writable.getWriter()
  // What is wrong with the input fails the reading end, too, and is answered there.
  const written = Promise.allSettled([writer.write(deflated), writer.close()])
  const inflated = new Uint8Array(maxLength)
  let length = 0
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (length + chunk.value.length > maxLength) {
        await reader.cancel()
        return failure('gzip-too-large')
      }
      inflated.set(chunk.value, length)
      length += chunk.value.length
    }
    await written
  } catch (error) {
    return failure('gzip-deflate', error instanceof Error ? error.message : undefined)
  }
  return success(inflated.slice(0, length))
}

/** CRC-32 as gzip has it (RFC 1952 section 8): reflected, polynomial 0xEDB88320. */
function crc32(bytes: Bytes): number {
  let crc = 0xffff_ffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1
  }
  return (crc ^ 0xffff_ffff) >>> 0
}
