import { decodeBase64, encodeBase64 } from './base64.ts'
import type { Bytes } from './bytes.ts'
import { failure, type Result, success } from './result.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

/**
 * Structured field values (RFC 9651): dictionaries of items and inner lists, all with parameters. Lists and items by themselves are not read, since
 * neither HTTP signatures nor digests have them.
 */
export type Dictionary = ReadonlyMap<string, Member>
export type Member = Item | InnerList
export type InnerList = { readonly kind: 'inner-list'; readonly items: readonly Item[]; readonly parameters: Parameters }
export type Item = { readonly kind: 'item'; readonly value: BareItem; readonly parameters: Parameters }
export type Parameters = ReadonlyMap<string, BareItem>
export type BareItem = number | string | boolean | Bytes | Token | Decimal | DateItem | DisplayString
/** Told apart from a string, which is in quotes. */
export type Token = { readonly token: string }
/** In thousandths, which is as exact as one can be. */
export type Decimal = { readonly thousandths: number }
/** Seconds since 1970, which may be negative. */
export type DateItem = { readonly date: number }
/** Text beyond ASCII, for people. */
export type DisplayString = { readonly display: string }

export type StructuredFieldCode =
  | 'sf-too-long'
  | 'sf-too-many'
  | 'sf-syntax'
  /** A key that comes twice: the RFC has the last one win, and here nothing that says two things says anything. */
  | 'sf-duplicate-key'
  /** A date that is no whole number. */
  | 'sf-type'
  | 'sf-number-range'
  | 'sf-base64'
  /** A display string that is no UTF-8. */
  | 'sf-utf8'

const MAX_LENGTH = 16_384
/** Members, items and parameters together. */
const MAX_PARTS = 256
const MAX_DIGITS = 15
/** Of a decimal: before the point, and behind it. */
const MAX_WHOLE_DIGITS = 12
const MAX_FRACTION_DIGITS = 3

/** Parses a dictionary (section 4.2.2). `text`: the field's lines, joined by commas where there are several. */
export function parseDictionary(text: string): Result<Dictionary, StructuredFieldCode> {
  if (text.length > MAX_LENGTH) return failure('sf-too-long')
  try {
    return success(new Parser(text).dictionary())
  } catch (error) {
    if (error instanceof Refusal) return failure(error.code)
    throw error
  }
}

/** Serialises an inner list (section 4.1.1.1). */
export function serializeInnerList({ items, parameters }: InnerList): string {
  return `(${items.map(serializeItem).join(' ')})${serializeParameters(parameters)}`
}

/** Serialises an item (section 4.1.3). */
export function serializeItem({ value, parameters }: Item): string {
  return serializeBareItem(value) + serializeParameters(parameters)
}

function serializeParameters(parameters: Parameters): string {
  return [...parameters].map(([key, value]) => (value === true ? `;${key}` : `;${key}=${serializeBareItem(value)}`)).join('')
}

function serializeBareItem(value: BareItem): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  if (typeof value === 'boolean') return value ? '?1' : '?0'
  if (value instanceof Uint8Array) return `:${encodeBase64(value)}:`
  if ('token' in value) return value.token
  if ('date' in value) return `@${value.date}`
  return 'display' in value ? serializeDisplayString(value) : serializeDecimal(value)
}

/** At least one digit behind the point, and no zeros after that (section 4.1.5). */
function serializeDecimal({ thousandths }: Decimal): string {
  const size = Math.abs(thousandths)
  const fraction = String(size % 1000)
    .padStart(MAX_FRACTION_DIGITS, '0')
    .replace(/0{1,2}$/, '')
  return `${thousandths < 0 ? '-' : ''}${Math.floor(size / 1000)}.${fraction}`
}

/** Section 4.1.11: `%`, `"` and all but printable ASCII as `%` and two lower-case digits for each octet. */
function serializeDisplayString({ display }: DisplayString): string {
  const spelled = (octet: number) =>
    octet < 0x20 || octet > 0x7e || octet === 0x25 || octet === 0x22
      ? `%${octet.toString(16).padStart(2, '0')}`
      : String.fromCharCode(octet)
  return `%"${Array.from(encodeUtf8(display), spelled).join('')}"`
}

class Refusal extends Error {
  readonly code: StructuredFieldCode

  constructor(code: StructuredFieldCode) {
    super(code)
    this.code = code
  }
}

const KEY = /[a-z*][a-z0-9_.*-]*/y
const INTEGER = /-?[0-9]+/y
const STRING = /"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y
const TOKEN = /[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*/y
const BYTES = /:[A-Za-z0-9+/=]*:/y
const BOOLEAN = /\?[01]/y
const FRACTION = /\.[0-9]*/y
const DISPLAY = /%"(?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*"/y
const SPACES = / */y
const SPACES_AND_TABS = /[ \t]*/y

/** Each method reads what it is named after from where the one before ended. */
class Parser {
  readonly #text: string
  #offset = 0
  #parts = 0

  constructor(text: string) {
    this.#text = text
  }

  dictionary(): Dictionary {
    const members = new Map<string, Member>()
    this.#take(SPACES)
    while (!this.#isAtEnd()) {
      const key = this.#key()
      if (members.has(key)) throw new Refusal('sf-duplicate-key')
      members.set(key, this.#skip('=') ? this.#member() : { kind: 'item', value: true, parameters: this.#parameters() })
      this.#take(SPACES_AND_TABS)
      if (this.#isAtEnd()) break
      this.#expect(',')
      this.#take(SPACES_AND_TABS)
      if (this.#isAtEnd()) throw new Refusal('sf-syntax')
    }
    return members
  }

  #member(): Member {
    return this.#text[this.#offset] === '(' ? this.#innerList() : this.#item()
  }

  #innerList(): InnerList {
    this.#expect('(')
    const items: Item[] = []
    for (;;) {
      this.#take(SPACES)
      if (this.#skip(')')) return { kind: 'inner-list', items, parameters: this.#parameters() }
      items.push(this.#item())
      const next = this.#text[this.#offset]
      if (next !== ' ' && next !== ')') throw new Refusal('sf-syntax')
    }
  }

  #item(): Item {
    return { kind: 'item', value: this.#bareItem(), parameters: this.#parameters() }
  }

  #parameters(): Parameters {
    const parameters = new Map<string, BareItem>()
    while (this.#skip(';')) {
      this.#take(SPACES)
      const key = this.#key()
      if (parameters.has(key)) throw new Refusal('sf-duplicate-key')
      parameters.set(key, this.#skip('=') ? this.#bareItem() : true)
    }
    return parameters
  }

  #key(): string {
    this.#parts += 1
    if (this.#parts > MAX_PARTS) throw new Refusal('sf-too-many')
    return this.#take(KEY) ?? this.#refuse()
  }

  #bareItem(): BareItem {
    this.#parts += 1
    if (this.#parts > MAX_PARTS) throw new Refusal('sf-too-many')
    if (this.#skip('@')) return this.#date()
    const display = this.#take(DISPLAY)
    if (display !== undefined) return displayString(display.slice(2, -1))
    const integer = this.#take(INTEGER)
    if (integer !== undefined) return this.#number(integer)
    const text = this.#take(STRING)
    if (text !== undefined) return text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1')
    const bytes = this.#take(BYTES)
    if (bytes !== undefined) return octetsOf(bytes.slice(1, -1))
    const boolean = this.#take(BOOLEAN)
    if (boolean !== undefined) return boolean === '?1'
    const token = this.#take(TOKEN)
    if (token !== undefined) return { token }
    throw new Refusal('sf-syntax')
  }

  #date(): DateItem {
    const date = this.#number(this.#take(INTEGER) ?? this.#refuse())
    if (typeof date !== 'number') throw new Refusal('sf-type')
    return { date }
  }

  #number(whole: string): number | Decimal {
    const digits = whole.replace('-', '')
    const fraction = this.#take(FRACTION)?.slice(1)
    if (fraction === undefined) {
      if (digits.length > MAX_DIGITS) throw new Refusal('sf-number-range')
      return Number(whole) + 0
    }
    if (fraction === '') throw new Refusal('sf-syntax')
    if (digits.length > MAX_WHOLE_DIGITS || fraction.length > MAX_FRACTION_DIGITS) throw new Refusal('sf-number-range')
    const size = Number(digits) * 1000 + Number(fraction.padEnd(MAX_FRACTION_DIGITS, '0'))
    return { thousandths: whole.startsWith('-') && size > 0 ? -size : size }
  }

  /** What a pattern matches from here on; undefined where it does not. */
  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset
    const match = pattern.exec(this.#text)?.[0]
    if (match !== undefined) this.#offset += match.length
    return match
  }

  #skip(character: string): boolean {
    if (this.#text[this.#offset] !== character) return false
    this.#offset += 1
    return true
  }

  #expect(character: string): void {
    if (!this.#skip(character)) throw new Refusal('sf-syntax')
  }

  #isAtEnd(): boolean {
    return this.#offset >= this.#text.length
  }

  #refuse(): never {
    throw new Refusal('sf-syntax')
  }
}

/** With padding, as section 4.2.7 has it serialised, and canonical: one octet string has one spelling. */
function octetsOf(base64: string): Bytes {
  const octets = decodeBase64(base64)
  if (!octets.ok) throw new Refusal('sf-base64')
  return octets.value
}

/** Section 4.2.10: what stands between the quotation marks. */
function displayString(escaped: string): DisplayString {
  const octets: number[] = []
  for (const [piece] of escaped.matchAll(/%[0-9a-f]{2}|[^%]/g)) {
    octets.push(piece.length === 1 ? piece.charCodeAt(0) : Number.parseInt(piece.slice(1), 16))
  }
  const text = decodeUtf8(Uint8Array.from(octets))
  if (!text.ok) throw new Refusal('sf-utf8')
  return { display: text.value }
}
