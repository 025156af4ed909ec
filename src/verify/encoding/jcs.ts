import { isJsonObject } from './json.ts'
import { failure, type Result, success } from './result.ts'

export type JcsCode =
  | 'jcs-too-large'
  | 'jcs-too-deep'
  /** Not of the values that JSON has: undefined, a function, a Date, octets. */
  | 'jcs-not-json'
  | 'jcs-number'
  | 'jcs-lone-surrogate'

export type JcsLimits = {
  /** Characters of the canonical text. */
  readonly maxLength: number
  /** Arrays and objects within one another; a plain value has depth 0. */
  readonly maxDepth: number
}

const DEFAULT_LIMITS: JcsLimits = { maxLength: 4 * 1024 * 1024, maxDepth: 64 }
const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * The JSON Canonicalization Scheme (RFC 8785): the one text of a JSON value, to be hashed or signed as UTF-8. Takes what `parseJson` gives
 * (a value read with another parser may have lost members or digits before it comes here).
 *
 * Members stand in the order of the UTF-16 code units of their names (section 3.2.3); strings and numbers are spelled as ECMAScript spells
 * them (sections 3.2.2.2 and 3.2.2.3): shortest digits, `1e+30`, minus zero as `0`, `\u001f` in lower case, everything from U+0020 on as
 * itself. Texts are not normalised. What has no canonical form is refused, never repaired: lone surrogates, numbers that are not finite,
 * values that JSON does not have. A `bigint` (`parseExactJson`) is written in all its digits, beyond the RFC: producers whose language
 * has integers of 64 bits hash them so.
 */
export function canonicalize(value: unknown, limits: Partial<JcsLimits> = {}): Result<string, JcsCode> {
  const { maxLength, maxDepth } = { ...DEFAULT_LIMITS, ...limits }
  const parts: string[] = []
  let length = 0

  const write = (text: string): JcsCode | undefined => {
    length += text.length
    parts.push(text)
    return length > maxLength ? 'jcs-too-large' : undefined
  }
  const writeString = (text: string) => (LONE_SURROGATE.test(text) ? 'jcs-lone-surrogate' : write(JSON.stringify(text)))

  const writeArray = (items: readonly unknown[], depth: number): JcsCode | undefined => {
    let fault = write('[')
    for (let index = 0; fault === undefined && index < items.length; index += 1) {
      fault = (index === 0 ? undefined : write(',')) ?? writeValue(items[index], depth)
    }
    return fault ?? write(']')
  }
  const writeObject = (members: Readonly<Record<string, unknown>>, depth: number): JcsCode | undefined => {
    let fault = write('{')
    // Without a comparison function, `sort` compares code units.
    for (const [index, name] of Object.keys(members).sort().entries()) {
      fault ??= (index === 0 ? undefined : write(',')) ?? writeString(name) ?? write(':') ?? writeValue(members[name], depth)
    }
    return fault ?? write('}')
  }
  const writeValue = (item: unknown, depth: number): JcsCode | undefined => {
    switch (typeof item) {
      case 'string':
        return writeString(item)
      case 'number':
        return Number.isFinite(item) ? write(JSON.stringify(item)) : 'jcs-number'
      case 'bigint':
        return Number.isSafeInteger(Number(item)) ? 'jcs-not-json' : write(String(item))
      case 'boolean':
        return write(item ? 'true' : 'false')
    }
    if (item === null) return write('null')
    if (Array.isArray(item)) return depth === maxDepth ? 'jcs-too-deep' : writeArray(item, depth + 1)
    if (isPlain(item)) return depth === maxDepth ? 'jcs-too-deep' : writeObject(item, depth + 1)
    return 'jcs-not-json'
  }

  const fault = writeValue(value, 0)
  return fault === undefined ? success(parts.join('')) : failure(fault)
}

/** An object of members only: not a Date, a Map or octets, whose members are not what they mean. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
