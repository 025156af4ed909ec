import { decodeFirst, encode, Tokenizer } from 'cborg'
import type { Bytes } from './bytes.ts'
import { isPadding } from './padding.ts'
import { failure, type Result, success } from './result.ts'
import { decodeUtf8 } from './utf8.ts'

/** What the formats here are made of. Floats, tags, undefined and other simple values are none of it. */
export type CborValue = number | string | boolean | null | Bytes | readonly CborValue[] | CborMap
export type CborMap = ReadonlyMap<number | string, CborValue>

export type CborCode =
  | 'cbor-too-large'
  | 'cbor-too-deep'
  | 'cbor-too-many-items'
  /** A float, a tag, `undefined`: well-formed, and nothing that the formats here have. */
  | 'cbor-type'
  | 'cbor-utf8'
  /** A map key that is neither an integer nor text. */
  | 'cbor-map-key'
  /** Not well-formed, or well-formed and not in its one spelling; `detail` says which. */
  | 'cbor-malformed'

/** `maxBytes`: octets in all. `maxDepth`: arrays and maps inside one another. `maxItems`: data items in all, keys of maps among them. */
export type CborLimits = { readonly maxBytes: number; readonly maxDepth: number; readonly maxItems: number }

/** What a format allows beyond the one spelling. Where octets are signed as they came, another spelling of them decides nothing. */
export type CborSpelling = {
  /** Arrays and maps without a length, ended by a break (RFC 8949 section 3.2.2). */
  readonly indefinite?: true
  /** The item stands at the beginning of a buffer whose rest is zero. */
  readonly padded?: true
}

export const CBOR_LIMITS: CborLimits = { maxBytes: 65_536, maxDepth: 8, maxItems: 2_048 }

/**
 * Decodes exactly one CBOR data item (RFC 8949). Refused: trailing octets, indefinite lengths, integers and lengths that are not in their
 * shortest form, integers beyond 2^53 - 1, text that is not UTF-8, map keys that come twice or are neither integers nor text, floats, tags,
 * `undefined` and unassigned simple values, and whatever goes beyond `limits`; less what `spelling` allows. The order of map keys is free.
 * Octets are copies.
 */
export function decodeCbor(input: Bytes, limits: CborLimits = CBOR_LIMITS, spelling: CborSpelling = {}): Result<CborValue, CborCode> {
  if (input.length > limits.maxBytes) return failure('cbor-too-large')
  const options = { ...OPTIONS, allowIndefinite: spelling.indefinite === true }
  try {
    const [decoded, rest]: [unknown, Uint8Array] = decodeFirst(input, { ...options, tokenizer: new BoundedTokens(input, limits, options) })
    const isWhole = spelling.padded === true ? isPadding(rest) : rest.length === 0
    return isWhole ? success(narrow(decoded)) : failure('cbor-malformed', 'trailing octets')
  } catch (error) {
    if (error instanceof Refusal) return failure(error.code)
    return failure('cbor-malformed', error instanceof Error ? error.message : undefined)
  }
}

/** Encodes in the one deterministic spelling of RFC 8949 section 4.2.1: for what is hashed or signed and was never received. */
export function encodeCbor(value: number | string | Bytes | readonly (number | string | Bytes)[]): Bytes {
  return new Uint8Array(encode(value))
}

/**
 * Whether the keys of every map in a decoded item came in the length-first order of RFC 8949 section 4.2.3: a shorter encoded key goes before
 * a longer one, keys of one length go by their octets. `decodeCbor` has made sure of everything else that deterministic encoding asks for.
 */
export function hasSortedKeys(value: CborValue): boolean {
  if (isCborArray(value)) return value.every(hasSortedKeys)
  if (!isCborMap(value)) return true
  const keys = [...value.keys()].map(encodeCbor)
  const sorted = keys.every((key, index) => {
    const previous = keys[index - 1]
    return previous === undefined || isBefore(previous, key)
  })
  return sorted && [...value.values()].every(hasSortedKeys)
}

function isBefore(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return a.length < b.length
  const differing = a.findIndex((octet, index) => octet !== b[index])
  return differing >= 0 && (a[differing] ?? 0) < (b[differing] ?? 0)
}

export function isCborMap(value: CborValue | undefined): value is CborMap {
  return value instanceof Map
}

export function isCborBytes(value: CborValue | undefined): value is Bytes {
  return value instanceof Uint8Array
}

export function isCborArray(value: CborValue | undefined): value is readonly CborValue[] {
  return Array.isArray(value)
}

const OPTIONS = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
  allowNaN: false,
  allowInfinity: false,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  retainStringBytes: true,
}

class Refusal extends Error {
  readonly code: CborCode

  constructor(code: CborCode) {
    super(code)
    this.code = code
  }
}

/** The library's tokens, each looked at before the library builds anything of it: it recurses without bound and reads bad UTF-8. */
class BoundedTokens extends Tokenizer {
  readonly #limits: CborLimits
  /** How many items each open array or map still waits for, the innermost last; without end where it has no length. */
  readonly #open: number[] = []
  #items = 0

  constructor(input: Bytes, limits: CborLimits, options: typeof OPTIONS) {
    super(input, options)
    this.#limits = limits
  }

  override next(): ReturnType<Tokenizer['next']> {
    this.#items += 1
    if (this.#items > this.#limits.maxItems) throw new Refusal('cbor-too-many-items')
    const token = super.next()
    this.#close()
    if (token.type.name === 'break') this.#leave()
    switch (token.type.name) {
      case 'array':
        this.#enter(token.value)
        break
      case 'map':
        this.#enter(2 * token.value)
        break
      case 'string':
        if (!isUtf8(token.byteValue, token.value)) throw new Refusal('cbor-utf8')
        break
      case 'float':
      case 'tag':
      case 'undefined':
        throw new Refusal('cbor-type')
    }
    return token
  }

  #enter(items: number): void {
    this.#open.push(items)
    if (this.#open.length > this.#limits.maxDepth) throw new Refusal('cbor-too-deep')
  }

  /** A break ends the innermost array or map, if that has no length: the library takes one for a value. */
  #leave(): void {
    if (this.#open.pop() !== Number.POSITIVE_INFINITY) throw new Refusal('cbor-malformed')
  }

  /** Counts an item off the innermost array or map, once those that are complete are left. */
  #close(): void {
    while (this.#open.at(-1) === 0) this.#open.pop()
    const innermost = this.#open.length - 1
    if (innermost >= 0) this.#open[innermost] = (this.#open[innermost] ?? 0) - 1
  }
}

/** Whether octets are UTF-8 and the text is what they say: the library puts replacement characters where they are not, and drops marks. */
function isUtf8(octets: Uint8Array | undefined, text: unknown): boolean {
  const decoded = decodeUtf8(octets ?? new Uint8Array(0))
  return decoded.ok && decoded.value === text
}

/** The depth is bounded by now. */
function narrow(value: unknown): CborValue {
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (Array.isArray(value)) return value.map(narrow)
  if (value instanceof Map) return narrowMap(value)
  switch (typeof value) {
    case 'number':
    case 'string':
    case 'boolean':
      return value
    default:
      if (value === null) return null
      throw new Refusal('cbor-type')
  }
}

function narrowMap(map: ReadonlyMap<unknown, unknown>): CborMap {
  const narrowed = new Map<number | string, CborValue>()
  for (const [key, value] of map) {
    if (typeof key !== 'number' && typeof key !== 'string') throw new Refusal('cbor-map-key')
    narrowed.set(key, narrow(value))
  }
  return narrowed
}
