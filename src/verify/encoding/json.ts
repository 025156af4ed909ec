import { failure, type Result, success } from './result.ts'
import { decodeUtf8 } from './utf8.ts'

export type JsonCode =
  | 'json-too-large'
  | 'json-too-deep'
  | 'json-syntax'
  | 'json-duplicate-key'
  | 'json-lone-surrogate'
  | 'json-number-range'

export type JsonLimits = {
  /** Characters of a text, octets of a byte string. */
  readonly maxLength: number
  /** Arrays and objects within one another; a plain value has depth 0. */
  readonly maxDepth: number
}

export type JsonObject = { readonly [name: string]: unknown }

const DEFAULT_LIMITS: JsonLimits = { maxLength: 4 * 1024 * 1024, maxDepth: 64 }
const CODE = {
  quotationMark: 0x22,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const
const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * Parses JSON (RFC 8259) as I-JSON wants it (RFC 7493 section 2): no member name twice in an object, however it is escaped; no lone
 * surrogates; no number that a double cannot tell from its neighbours (integers beyond 2^53 - 1, overflow).
 *
 * The engine's own parser decides what is JSON. A member named `__proto__` comes out as an own member: read members of foreign objects by
 * schema, and never copy them into other objects by name.
 */
export function parseJson(text: string, limits: Partial<JsonLimits> = {}): Result<unknown, JsonCode> {
  return parse(text, limits, 'i-json')
}

/**
 * Parses JSON of which a few members are read: requests, answers, reports, the payloads of other parties' tokens. The same as `parseJson`, but
 * for numbers out of range and lone surrogates: these are left to whoever reads the member that has them, so that one in a member that
 * nobody reads refuses nothing. Names given twice are refused here too.
 */
export function parseForeignJson(text: string, limits: Partial<JsonLimits> = {}): Result<unknown, JsonCode> {
  return parse(text, limits, 'foreign')
}

function parse(text: string, limits: Partial<JsonLimits>, rules: 'i-json' | 'foreign'): Result<unknown, JsonCode> {
  const { maxLength, maxDepth } = { ...DEFAULT_LIMITS, ...limits }
  if (text.length > maxLength) return failure('json-too-large', `${text.length} over ${maxLength}`)
  const outline = outlineOf(text)
  if (outline.depth > maxDepth) return failure('json-too-deep', `${outline.depth} over ${maxDepth}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return failure('json-syntax', error instanceof Error ? error.message : undefined)
  }
  if (rules === 'foreign') return membersOf(value) === outline.members ? success(value) : failure('json-duplicate-key')
  // Without escapes strings are what the text is, and one look at the text says whether all of them are well-formed.
  const hasEscapes = text.includes('\\u')
  if (!hasEscapes && LONE_SURROGATE.test(text)) return failure('json-lone-surrogate')
  const content = contentOf(value, hasEscapes)
  if (typeof content === 'string') return failure(content)
  // Each member has one colon in the text. The engine keeps one value for each name, so a name given twice makes the counts differ.
  if (content.members !== outline.members) return failure('json-duplicate-key')
  return success(value)
}

/** Parses JSON in UTF-8. A byte order mark is a syntax error. */
export function parseJsonBytes(bytes: Uint8Array, limits: Partial<JsonLimits> = {}): Result<unknown, JsonCode | 'utf8-invalid'> {
  const maxLength = limits.maxLength ?? DEFAULT_LIMITS.maxLength
  if (bytes.length > maxLength) return failure('json-too-large', `${bytes.length} over ${maxLength}`)
  const text = decodeUtf8(bytes)
  return text.ok ? parseJson(text.value, limits) : text
}

/** `parseForeignJson` of UTF-8. A byte order mark is a syntax error. */
export function parseForeignJsonBytes(bytes: Uint8Array, limits: Partial<JsonLimits> = {}): Result<unknown, JsonCode | 'utf8-invalid'> {
  const maxLength = limits.maxLength ?? DEFAULT_LIMITS.maxLength
  if (bytes.length > maxLength) return failure('json-too-large', `${bytes.length} over ${maxLength}`)
  const text = decodeUtf8(bytes)
  return text.ok ? parseForeignJson(text.value, limits) : text
}

/** Whether a text has a UTF-8 form: no lone surrogates. Whatever is hashed or signed as text has to. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

/** Whether a parsed value is a JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Counts in the text what lies outside string literals. Exact for valid JSON only; the parser judges afterwards. */
function outlineOf(text: string): { members: number; depth: number } {
  let members = 0
  let depth = 0
  let open = 0
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case CODE.quotationMark:
        index = endOfString(text, index)
        break
      case CODE.colon:
        members++
        break
      case CODE.openBrace:
      case CODE.openBracket:
        open++
        depth = Math.max(depth, open)
        break
      case CODE.closeBrace:
      case CODE.closeBracket:
        open--
        break
    }
  }
  return { members, depth }
}

/**
 * Index of the quotation mark that closes the string literal opened at `start`, or the end of the text: the next one that no odd number of
 * backslashes stands before.
 */
export function endOfString(text: string, start: number): number {
  for (let from = start + 1; ; ) {
    const end = text.indexOf('"', from)
    if (end === -1) return text.length
    let first = end
    while (first > from && text.charCodeAt(first - 1) === CODE.backslash) first -= 1
    if ((end - first) % 2 === 0) return end
    from = end + 1
  }
}

/** Walks the parsed value without recursion and counts its members. `looksAtText`: whether its strings have to be looked at. */
function contentOf(root: unknown, looksAtText: boolean): { members: number } | 'json-lone-surrogate' | 'json-number-range' {
  let members = 0
  const waiting = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value === 'string') {
      if (looksAtText && LONE_SURROGATE.test(value)) return 'json-lone-surrogate'
    } else if (typeof value === 'number') {
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return 'json-number-range'
    } else if (Array.isArray(value)) {
      for (const item of value) waiting.push(item)
    } else if (isJsonObject(value)) {
      for (const [name, item] of Object.entries(value)) {
        if (looksAtText && LONE_SURROGATE.test(name)) return 'json-lone-surrogate'
        members++
        waiting.push(item)
      }
    }
  }
  return { members }
}

/** The members of all objects in a parsed value, without recursion. */
function membersOf(root: unknown): number {
  let members = 0
  const waiting = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    const inner = Object.values(value)
    if (!Array.isArray(value)) members += inner.length
    for (const item of inner) waiting.push(item)
  }
  return members
}
