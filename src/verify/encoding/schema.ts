import * as v from 'valibot'
import { isJsonObject } from './json.ts'
import { failure, type Result, success } from './result.ts'

/** Names of members may be the sender's choice. */
const LONGEST_PATH = 100

/**
 * Narrows an unknown value by a schema. On failure `path` leads to the first fault; the library's own words
 * for it stay here, since they quote the input and patterns.
 */
export function parseWith<Schema extends v.GenericSchema>(schema: Schema, value: unknown): Result<v.InferOutput<Schema>, 'schema'> {
  const parsed = v.safeParse(schema, value, { abortEarly: true })
  if (parsed.success) return success(parsed.output)
  const [issue] = parsed.issues
  const path = v.getDotPath(issue)
  return { ...failure('schema'), ...(path === null ? {} : { path: path.slice(0, LONGEST_PATH) }) }
}

/**
 * An object of which every member may be missing. valibot's own `object` takes an array for one, since an array lacks them all; here it is
 * refused.
 */
export function optionalMembers<Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(v.custom<Readonly<Record<string, unknown>>>(isJsonObject), v.object(entries))
}

/**
 * Hexadecimal of so many octets, as producers write it: letters of either case, a `0x` before it. Comes out in lower case, without. For values that are
 * compared; where text is hashed or signed, its own spelling counts, and that is taken from the text.
 */
export function hexOf(octets: number) {
  const digits = new RegExp(`^(?:0x)?[0-9a-f]{${2 * octets}}$`)
  return v.pipe(v.string(), v.maxLength(2 * octets + 2), v.toLowerCase(), v.regex(digits), v.transform(withoutPrefix))
}

function withoutPrefix(hex: string): string {
  return hex.replace(/^0x/, '')
}
