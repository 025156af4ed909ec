import { join, type Octets, octets, utf8 } from './octets.ts'

/** A small DER writer (X.690): each function gives one whole TLV. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Octets {
  const content = join(...contents)
  return join(octets([tag, ...lengthOf(content.length)]), content)
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length]
  const digits: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return [0x80 | digits.length, ...digits]
}

export const sequence = (...items: readonly Uint8Array[]): Octets => tlv(0x30, ...items)
export const set = (...items: readonly Uint8Array[]): Octets => tlv(0x31, ...items)
export const boolean = (value: boolean): Octets => tlv(0x01, octets([value ? 0xff : 0x00]))
export const nothing = (): Octets => tlv(0x05)
export const octetString = (content: Uint8Array): Octets => tlv(0x04, content)
export const utf8String = (text: string): Octets => tlv(0x0c, utf8(text))
export const printableString = (text: string): Octets => tlv(0x13, utf8(text))
export const bitString = (content: Uint8Array, unusedBits = 0): Octets => tlv(0x03, octets([unusedBits]), content)
/** Context tag, constructed: an EXPLICIT tag, or an IMPLICIT one over a constructed type. */
export const tagged = (number: number, ...contents: readonly Uint8Array[]): Octets => tlv(0xa0 | number, ...contents)
/** Context tag, primitive: an IMPLICIT tag over a primitive type. */
export const taggedPrimitive = (number: number, content: Uint8Array): Octets => tlv(0x80 | number, content)

/** A non-negative INTEGER from its big-endian magnitude. */
export function integer(magnitude: Uint8Array | number): Octets {
  const bytes = typeof magnitude === 'number' ? octets([magnitude]) : octets(magnitude)
  const start = bytes.findIndex((octet) => octet !== 0)
  const trimmed = start < 0 ? octets([0]) : bytes.slice(start)
  return tlv(0x02, (trimmed[0] ?? 0) >= 0x80 ? join(octets([0]), trimmed) : trimmed)
}

export function objectIdentifier(dotted: string): Octets {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number)
  return tlv(0x06, octets([first * 40 + second, ...arcs.flatMap(base128)]))
}

function base128(arc: number): readonly number[] {
  const digits = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest % 128))
  return digits
}

/** BIT STRING of named bits (X.690 section 11.2.2: no trailing zero bits). */
export function namedBits(bits: readonly number[]): Octets {
  const highest = Math.max(-1, ...bits)
  const content = new Uint8Array(Math.floor(highest / 8) + 1)
  for (const bit of bits) content[bit >> 3] = (content[bit >> 3] ?? 0) | (0x80 >> (bit & 7))
  return bitString(content, highest < 0 ? 0 : 7 - (highest % 8))
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
export function time(at: Date): Octets {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, '')
  return at.getUTCFullYear() < 2050 ? tlv(0x17, utf8(digits.slice(2))) : tlv(0x18, utf8(digits))
}
