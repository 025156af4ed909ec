import type { Bytes } from './bytes.ts'
import { type DerValue, TAG } from './der.ts'
import { decodeUtf8 } from './utf8.ts'

/**
 * Readers for single values that came through `readDer`. Each gives `undefined` when the value is not of the type or not of the form that
 * it reads; the caller names the error.
 */

/** Walks the fields of a SEQUENCE in order. `take` wants a field with this tag, `option` takes it only where it is next. */
export type DerFields = {
  take(tag: number): DerValue | undefined
  option(tag: number): DerValue | undefined
  /** The next field, whatever it is. */
  any(): DerValue | undefined
  /** Whether nothing is left. */
  done(): boolean
}

/** The fields of a constructed value; of a primitive one there are none. */
export function fieldsOf(value: DerValue): DerFields {
  let next = 0
  const any = () => {
    const field = value.children[next]
    if (field !== undefined) next += 1
    return field
  }
  const option = (tag: number) => (value.children[next]?.tag === tag ? any() : undefined)
  return { any, option, take: option, done: () => next === value.children.length }
}

/** Dotted form of an OBJECT IDENTIFIER. Arcs beyond 2^53 are not read: nothing that is known here has one. */
export function readOid(value: DerValue | undefined): string | undefined {
  if (value?.tag !== TAG.oid) return undefined
  const arcs: number[] = []
  let arc = 0
  for (const octet of value.content) {
    arc = arc * 128 + (octet & 0x7f)
    if (!Number.isSafeInteger(arc)) return undefined
    if (octet < 0x80) {
      if (arcs.length === 0) {
        const root = Math.min(Math.trunc(arc / 40), 2)
        arcs.push(root, arc - root * 40)
      } else {
        arcs.push(arc)
      }
      arc = 0
    }
  }
  return arcs.join('.')
}

/** A BOOLEAN. */
export function readBoolean(value: DerValue | undefined): boolean | undefined {
  return value?.tag === TAG.boolean ? value.content[0] === 0xff : undefined
}

/** An INTEGER from 0 to 2^31 - 1; `tag` for one that is implicitly tagged. */
export function readSmallInteger(value: DerValue | undefined, tag: number = TAG.integer): number | undefined {
  if (value?.tag !== tag || value.content.length === 0 || value.content.length > 4) return undefined
  const [first = 0, second = 0] = value.content
  const padded = value.content.length > 1 && first === 0 && second < 0x80
  if (first >= 0x80 || padded) return undefined
  return value.content.reduce((number, octet) => number * 256 + octet, 0)
}

/** The magnitude of a positive INTEGER, without the zero octet that keeps it positive. */
export function readPositiveInteger(value: DerValue | undefined): Bytes | undefined {
  if (value?.tag !== TAG.integer) return undefined
  const [first = 0] = value.content
  if (first >= 0x80) return undefined
  const magnitude = first === 0 ? value.content.subarray(1) : value.content
  return magnitude.length === 0 ? undefined : magnitude
}

/** The octets of a BIT STRING that ends on an octet. */
export function readOctetsOfBitString(value: DerValue | undefined): Bytes | undefined {
  return value?.tag === TAG.bitString && value.content[0] === 0 ? value.content.subarray(1) : undefined
}

/**
 * Numbers of the bits set in a named BIT STRING of at most 64 bits. `isTrimmed`: it ends with a set bit, as DER wants it of named bits
 * (X.690 section 11.2.2).
 */
export function readNamedBits(value: DerValue | undefined): { readonly bits: readonly number[]; readonly isTrimmed: boolean } | undefined {
  if (value?.tag !== TAG.bitString || value.content.length > 9) return undefined
  const [unused = 0, ...octets] = value.content
  const length = octets.length * 8 - unused
  const bits: number[] = []
  for (let bit = 0; bit < length; bit += 1) {
    if (((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) bits.push(bit)
  }
  return { bits, isTrimmed: length === 0 || bits.at(-1) === length - 1 }
}

/** The text of a UTF8String, PrintableString or IA5String. */
export function readText(value: DerValue | undefined): string | undefined {
  if (value === undefined) return undefined
  switch (value.tag) {
    case TAG.utf8String:
      return readAscii(value.content) ?? decodedUtf8(value.content)
    case TAG.printableString:
    case TAG.ia5String:
      return readAscii(value.content)
    default:
      return undefined
  }
}

function decodedUtf8(content: Bytes): string | undefined {
  const text = decodeUtf8(content)
  return text.ok ? text.value : undefined
}

/** Octets as characters when all of them are ASCII, as an implicitly tagged IA5String demands. */
export function readAscii(content: Bytes): string | undefined {
  let text = ''
  for (const octet of content) {
    if (octet >= 0x80) return undefined
    text += String.fromCharCode(octet)
  }
  return text
}

/**
 * A Time as RFC 5280 section 4.1.2.5 wants it: UTCTime `YYMMDDHHMMSSZ` for the years 1950 to 2049, GeneralizedTime `YYYYMMDDHHMMSSZ` from
 * 2050 on, seconds present, no fractions, no offsets, a date that exists.
 */
export function readTime(value: DerValue | undefined): Date | undefined {
  if (value === undefined) return undefined
  const { tag, content } = value
  switch (tag) {
    case TAG.utcTime: {
      const year = twoDigits(content, 0)
      return content.length === 13 && year !== undefined ? readCalendar(year >= 50 ? 1900 + year : 2000 + year, content, 2) : undefined
    }
    case TAG.generalizedTime: {
      const century = twoDigits(content, 0)
      const year = twoDigits(content, 2)
      if (content.length !== 15 || century === undefined || year === undefined) return undefined
      return century * 100 + year >= 2050 ? readCalendar(century * 100 + year, content, 4) : undefined
    }
    default:
      return undefined
  }
}

/** Month, day, hour, minute and second from `offset` on, then Z. */
function readCalendar(year: number, content: Bytes, offset: number): Date | undefined {
  const month = twoDigits(content, offset)
  const day = twoDigits(content, offset + 2)
  const hour = twoDigits(content, offset + 4)
  const minute = twoDigits(content, offset + 6)
  const second = twoDigits(content, offset + 8)
  if (content[offset + 10] !== 0x5a) return undefined
  if (month === undefined || day === undefined || hour === undefined || minute === undefined || second === undefined) return undefined
  if (month === 0 || month > 12 || day === 0 || hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // A day that the month does not have (30 February) is carried over into the next.
  return date.getUTCDate() === day ? date : undefined
}

/** A number from 0 to 99 in two ASCII digits. */
function twoDigits(content: Bytes, offset: number): number | undefined {
  const tens = (content[offset] ?? 0) - 0x30
  const ones = (content[offset + 1] ?? 0) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : undefined
}
