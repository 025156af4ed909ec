import { type JsonCode, type JsonLimits, parseForeignJson } from './json.ts'
import { type Result, success } from './result.ts'

/** A string literal, or a number, in a text that is known to be valid JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const INTEGER = /^-?\d+$/
/** Fewer digits never leave the range in which a double tells integers apart. */
const LONG_INTEGER = /\d{16}/

/**
 * Parses foreign JSON for a canonical form: an integer that a double cannot tell from its neighbours comes out as a `bigint`, with every
 * digit that was sent (services write 2^64 - 1 where they mean "never"). Everything else is as `parseForeignJson` gives it.
 */
export function parseExactJson(text: string, limits: Partial<JsonLimits> = {}): Result<unknown, JsonCode> {
  const plain = parseForeignJson(text, limits)
  if (!plain.ok || !LONG_INTEGER.test(text)) return plain
  const mark = markNotIn(plain.value)
  const marked = text.replace(TOKEN, (token) => (isLong(token) ? `"${mark}${token}"` : token))
  return success(JSON.parse(marked, (_, value: unknown) => restored(value, mark)))
}

function isLong(token: string): boolean {
  return INTEGER.test(token) && !Number.isSafeInteger(Number(token))
}

function restored(value: unknown, mark: string): unknown {
  return typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value
}

/** How no string of the value begins. */
function markNotIn(value: unknown): string {
  const spelled = JSON.stringify(value)
  let mark = '#'
  while (spelled.includes(`"${mark}`)) mark += '#'
  return mark
}
