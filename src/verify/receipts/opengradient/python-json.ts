import type { Bytes } from '../../encoding/bytes.ts'
import { type JsonCode, parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { decodeUtf8 } from '../../encoding/utf8.ts'
import { pythonString } from '../python-string.ts'

/** A JSON value in which numbers keep their spelling: Python tells `1` from `1.0`, and writes what it read. Objects are maps. */
export type Value = string | boolean | null | NumberText | readonly Value[] | ValueMap
export type NumberText = { readonly number: string }
export type ValueMap = ReadonlyMap<string, Value>

export function isMap(value: Value | undefined): value is ValueMap {
  return value instanceof Map
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

export function isNumber(value: Value | undefined): value is NumberText {
  return typeof value === 'object' && value !== null && 'number' in value
}

/** Reads JSON in UTF-8, strictly (`encoding/json.ts`), and keeps how its numbers are spelled. */
export function readJson(body: Bytes): Result<Value, JsonCode | 'utf8-invalid'> {
  const text = decodeUtf8(body)
  if (!text.ok) return text
  const valid = parseForeignJson(text.value, { maxDepth: 32 })
  return valid.ok ? success(new Reader(text.value).value()) : failure(valid.code)
}

/** Reads a text that is known to be valid JSON: every branch relies on it. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): Value {
    this.#skipSpace()
    switch (this.#text[this.#at]) {
      case '{':
        return this.#map()
      case '[':
        return this.#list()
      case '"':
        return this.#string()
      case 't':
        this.#at += 4
        return true
      case 'f':
        this.#at += 5
        return false
      case 'n':
        this.#at += 4
        return null
      default:
        return this.#number()
    }
  }

  #map(): ValueMap {
    const members = new Map<string, Value>()
    while (this.#next('}')) {
      this.#skipSpace()
      const name = this.#string()
      this.#skipSpace()
      this.#at += 1
      members.set(name, this.value())
    }
    return members
  }

  #list(): readonly Value[] {
    const items: Value[] = []
    while (this.#next(']')) items.push(this.value())
    return items
  }

  /** Steps over the opening bracket or the comma; false where the closing one follows instead. */
  #next(closing: string): boolean {
    this.#skipSpace()
    const isDone = this.#text[this.#at] === closing
    if (!isDone) {
      this.#at += 1
      this.#skipSpace()
      if (this.#text[this.#at] !== closing) return true
    }
    this.#at += 1
    return false
  }

  #string(): string {
    let end = this.#at + 1
    while (this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1
    const value: unknown = JSON.parse(this.#text.slice(this.#at, end + 1))
    this.#at = end + 1
    return typeof value === 'string' ? value : ''
  }

  #number(): NumberText {
    const [number = ''] = /^[-+.0-9Ee]+/.exec(this.#text.slice(this.#at, this.#at + 400)) ?? []
    this.#at += number.length
    return { number }
  }

  #skipSpace(): void {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? '-')) this.#at += 1
  }
}

/**
 * Writes a value as Python's `json.dumps(value, sort_keys=True)` does: `, ` and `: ` between members, names in the order of their code points,
 * everything but printable ASCII escaped. Undefined where a number has no such spelling (it overflows).
 */
export function dumpsSorted(value: Value): string | undefined {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'string') return pythonString(value)
  if (isNumber(value)) return pythonNumber(value.number)
  if (isList(value)) return enclosed('[', value.map(dumpsSorted), ']')
  if (!isMap(value)) return undefined
  const members = [...value].sort(([a], [b]) => compareCodePoints(a, b))
  return enclosed(
    '{',
    members.map(([name, member]) => {
      const text = dumpsSorted(member)
      return text === undefined ? undefined : `${pythonString(name)}: ${text}`
    }),
    '}',
  )
}

function enclosed(open: string, parts: readonly (string | undefined)[], close: string): string | undefined {
  const known = parts.filter((part) => part !== undefined)
  return known.length === parts.length ? open + known.join(', ') + close : undefined
}

function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const difference = (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** An integer as it is (without a sign where it is zero), anything else as `float` spells it. */
export function pythonNumber(text: string): string | undefined {
  if (/^-?\d+$/.test(text)) return text === '-0' ? '0' : text
  return pythonFloat(Number(text))
}

/** Python's `repr` of a float: the shortest digits, in plain notation from 1e-4 up to below 1e16, with at least one digit behind the point. */
export function pythonFloat(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const [mantissa = '0', power = '0'] = Math.abs(value).toExponential().split('e')
  const exponent = Number(power)
  const digits = mantissa.replace('.', '')
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}
