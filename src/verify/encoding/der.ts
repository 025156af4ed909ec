import type { Bytes } from './bytes.ts'
import { failure, type Result, success } from './result.ts'
import { decodeUtf8 } from './utf8.ts'

/**
 * One ASN.1 value as it stands in the input: views, no copies. `children` are the values inside a constructed one, in order;
 * a primitive value has none. `tag` is the identifier octet (0x30 a SEQUENCE, 0xa3 the constructed context tag [3]); for tag numbers
 * from 31 on, which take further octets, it is the first of them and `number` tells the tag.
 */
export type DerValue = {
  readonly tag: number
  readonly number: number
  /** Identifier, length and contents octets. */
  readonly encoding: Bytes
  readonly content: Bytes
  readonly children: readonly DerValue[]
}

export type DerErrorCode =
  | 'der-too-large'
  | 'der-too-deep'
  | 'der-too-many-values'
  | 'der-truncated'
  | 'der-trailing-bytes'
  | 'der-tag-not-minimal'
  | 'der-tag-unknown'
  | 'der-length-indefinite'
  | 'der-length-not-minimal'
  | 'der-form'
  | 'der-boolean'
  | 'der-integer'
  | 'der-bit-string'
  | 'der-null'
  | 'der-oid'
  | 'der-string'
  | 'der-set-order'

/** How much input is looked at. `maxBytes`: octets in all. `maxDepth`: values inside one another. `maxValues`: values in all. */
export type DerLimits = { readonly maxBytes: number; readonly maxDepth: number; readonly maxValues: number }

export const DER_LIMITS: DerLimits = { maxBytes: 65_536, maxDepth: 24, maxValues: 8_192 }

/** Identifier octets of the universal types that occur in certificates and signatures (X.680 section 8.4). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

const CONSTRUCTED = 0x20
const CLASS_BITS = 0xc0
const UNIVERSAL = 0x00
const LONG_TAG = 0x1f
/** Tag numbers take at most three further octets here: 2^21 is far beyond any tag in use. */
const MAX_TAG_OCTETS = 3

/**
 * The gate in front of every use of ASN.1: takes exactly one value in DER (X.690 sections 8 and 10) and gives its tree, or says what is
 * wrong. Refused: indefinite or longer-than-needed lengths and tags, bytes behind the value, padded integers, booleans other than 00 and FF,
 * dirty padding bits, strings in pieces, malformed object identifiers and character strings, unsorted SETs, types nobody uses, and
 * whatever goes beyond `limits`. What DER demands only with knowledge of the type (DEFAULT left out, named bits trimmed, times) is left to
 * the readers of that type.
 */
export function readDer(input: Bytes, limits: DerLimits = DER_LIMITS): Result<DerValue, DerErrorCode> {
  if (input.length > limits.maxBytes) return failure('der-too-large')
  const reader = new Reader(input, limits.maxValues)
  const value = reader.read(0, input.length, limits.maxDepth)
  if (value === undefined) return failure(reader.fault ?? 'der-truncated')
  return value.end === input.length ? success(value) : failure('der-trailing-bytes')
}

/** Reads values one inside another. Where it gives undefined, `fault` says why: certificates are mostly this, so that nothing is made on the way. */
class Reader {
  fault: DerErrorCode | undefined
  private readonly input: Bytes
  private valuesLeft: number
  /** Where the contents of the value begin whose length was read last. */
  private contentStart = 0

  constructor(input: Bytes, maxValues: number) {
    this.input = input
    this.valuesLeft = maxValues
  }

  read(start: number, end: number, depth: number): Value | undefined {
    const { input } = this
    if (depth === 0) return this.fail('der-too-deep')
    if (this.valuesLeft === 0) return this.fail('der-too-many-values')
    this.valuesLeft -= 1
    const tag = input[start]
    if (start >= end || tag === undefined) return this.fail('der-truncated')
    let offset = start + 1
    let number = tag & LONG_TAG
    if (number === LONG_TAG) {
      const long = readLongTag(input, offset, end)
      if (!long.ok) return this.fail(long.code)
      number = long.value.number
      offset = long.value.next
    }
    const length = this.readLength(offset, end)
    if (length === undefined) return undefined
    const { contentStart } = this
    const contentEnd = contentStart + length
    if (contentEnd > end) return this.fail('der-truncated')

    let children: readonly DerValue[] = NO_CHILDREN
    if ((tag & CONSTRUCTED) !== 0) {
      const found: DerValue[] = []
      for (let next = contentStart; next < contentEnd; ) {
        const child = this.read(next, contentEnd, depth - 1)
        if (child === undefined) return undefined
        found.push(child)
        next = child.end
      }
      children = found
    }
    const value = new Value(tag, number, children, input, start, contentStart, contentEnd)
    const wrong = (tag & CLASS_BITS) === UNIVERSAL ? faultInUniversal(value) : undefined
    return wrong === undefined ? value : this.fail(wrong)
  }

  /** Definite length in the fewest octets (X.690 section 10.1). Three octets of length are more than any limit here lets through. */
  private readLength(start: number, end: number): number | undefined {
    const { input } = this
    const first = input[start]
    if (start >= end || first === undefined) return this.fail('der-truncated')
    this.contentStart = start + 1
    if (first < 0x80) return first
    if (first === 0x80) return this.fail('der-length-indefinite')
    const octets = first & 0x7f
    if (start + 1 + octets > end) return this.fail('der-truncated')
    if (input[start + 1] === 0) return this.fail('der-length-not-minimal')
    if (octets > 3) return this.fail('der-truncated')
    let length = 0
    for (let offset = start + 1; offset <= start + octets; offset += 1) length = length * 256 + (input[offset] ?? 0)
    if (length < 0x80) return this.fail('der-length-not-minimal')
    this.contentStart = start + 1 + octets
    return length
  }

  private fail(fault: DerErrorCode): undefined {
    this.fault = fault
    return undefined
  }
}

const NO_CHILDREN: readonly DerValue[] = []

/** Makes its views of the input when they are asked for: most never are, and a view takes longer than all else that is done here. */
class Value implements DerValue {
  readonly tag: number
  readonly number: number
  readonly children: readonly DerValue[]
  readonly end: number
  private readonly input: Bytes
  private readonly start: number
  private readonly contentStart: number
  private view: Bytes | undefined

  constructor(tag: number, number: number, children: readonly DerValue[], input: Bytes, start: number, contentStart: number, end: number) {
    this.tag = tag
    this.number = number
    this.children = children
    this.input = input
    this.start = start
    this.contentStart = contentStart
    this.end = end
    this.view = undefined
  }

  get encoding(): Bytes {
    return this.input.subarray(this.start, this.end)
  }

  get content(): Bytes {
    this.view ??= this.input.subarray(this.contentStart, this.end)
    return this.view
  }
}

/** Tag numbers from 31 on: base 128, high bit on all octets but the last, no leading zero (X.690 section 8.1.2.4). */
function readLongTag(input: Bytes, start: number, end: number): Result<{ number: number; next: number }, DerErrorCode> {
  let number = 0
  for (let offset = start; offset < start + MAX_TAG_OCTETS; offset += 1) {
    const octet = input[offset]
    if (offset >= end || octet === undefined) return failure('der-truncated')
    if (offset === start && octet === 0x80) return failure('der-tag-not-minimal')
    number = number * 128 + (octet & 0x7f)
    if ((octet & 0x80) === 0) return number < LONG_TAG ? failure('der-tag-not-minimal') : success({ number, next: offset + 1 })
  }
  return failure('der-tag-unknown')
}

/** What DER asks of the contents of the universal types; nothing when all is well. */
function faultInUniversal(value: DerValue): DerErrorCode | undefined {
  const { tag } = value
  if (tag === TAG.sequence) return undefined
  if (tag === TAG.set) return isSorted(value.children) ? undefined : 'der-set-order'
  const { content } = value
  switch (tag) {
    case TAG.boolean:
      return content.length === 1 && (content[0] === 0x00 || content[0] === 0xff) ? undefined : 'der-boolean'
    case TAG.integer:
    case TAG.enumerated:
      return isMinimalInteger(content) ? undefined : 'der-integer'
    case TAG.bitString:
      return isCleanBitString(content) ? undefined : 'der-bit-string'
    case TAG.null:
      return content.length === 0 ? undefined : 'der-null'
    case TAG.oid:
      return isOid(content) ? undefined : 'der-oid'
    case TAG.utf8String:
      return isAscii(content) || decodeUtf8(content).ok ? undefined : 'der-string'
    case TAG.printableString:
      return content.every(isPrintable) ? undefined : 'der-string'
    case TAG.numericString:
      return content.every((octet) => octet === 0x20 || isDigit(octet)) ? undefined : 'der-string'
    case TAG.visibleString:
      return content.every((octet) => octet >= 0x20 && octet < 0x7f) ? undefined : 'der-string'
    case TAG.ia5String:
    case TAG.utcTime:
    case TAG.generalizedTime:
      return isAscii(content) ? undefined : 'der-string'
    case TAG.bmpString:
      return content.length % 2 === 0 ? undefined : 'der-string'
    case TAG.universalString:
      return content.length % 4 === 0 ? undefined : 'der-string'
    case TAG.octetString:
    case TAG.teletexString:
      return undefined
    default:
      return isKnownInOtherForm(tag) ? 'der-form' : 'der-tag-unknown'
  }
}

const UNIVERSAL_TAGS: ReadonlySet<number> = new Set(Object.values(TAG))

/** A primitive SEQUENCE, a string cut in pieces: right type, wrong form (X.690 sections 8.9.1, 10.2). */
function isKnownInOtherForm(tag: number): boolean {
  return UNIVERSAL_TAGS.has(tag ^ CONSTRUCTED)
}

/** At least one octet, and the first nine bits neither all zero nor all one (X.690 section 8.3.2). */
function isMinimalInteger(content: Bytes): boolean {
  const [first, second] = content
  if (first === undefined) return false
  if (second === undefined) return true
  return !(first === 0x00 && second < 0x80) && !(first === 0xff && second >= 0x80)
}

/** The first octet says how many bits of the last are padding, and these are zero (X.690 sections 8.6.2, 11.2.1). */
function isCleanBitString(content: Bytes): boolean {
  const unused = content[0]
  if (unused === undefined || unused > 7) return false
  if (content.length === 1) return unused === 0
  return ((content[content.length - 1] ?? 0) & ((1 << unused) - 1)) === 0
}

/** Arcs in base 128, each without leading zeros, the last one complete (X.690 section 8.19.2). */
function isOid(content: Bytes): boolean {
  let startsArc = true
  for (const octet of content) {
    if (startsArc && octet === 0x80) return false
    startsArc = octet < 0x80
  }
  return content.length > 0 && startsArc
}

/** The encodings of a SET stand in ascending order (X.690 sections 10.3 and 11.6). */
function isSorted(children: readonly DerValue[]): boolean {
  return children.every((child, index) => {
    const before = children[index - 1]
    return before === undefined || compareOctets(before.encoding, child.encoding) <= 0
  })
}

function compareOctets(a: Bytes, b: Bytes): number {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

function isAscii(content: Bytes): boolean {
  for (const octet of content) if (octet >= 0x80) return false
  return true
}

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39
}

const PRINTABLE_PUNCTUATION: ReadonlySet<number> = new Set(Array.from(" '()+,-./:=?", (character) => character.charCodeAt(0)))

/** The repertoire of PrintableString (X.680 section 41.4). */
function isPrintable(octet: number): boolean {
  return (octet >= 0x61 && octet <= 0x7a) || (octet >= 0x41 && octet <= 0x5a) || isDigit(octet) || PRINTABLE_PUNCTUATION.has(octet)
}
