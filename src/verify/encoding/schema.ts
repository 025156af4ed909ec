import * as v from 'valibot'
import { isJsonObject } from './json.ts'
import { failure, type Result, success } from './result.ts'

/** Narrows an unknown value by a schema. On failure `detail` has the path of the first fault and what was expected there. */
export function parseWith<Schema extends v.GenericSchema>(schema: Schema, value: unknown): Result<v.InferOutput<Schema>, 'schema'> {
  const parsed = v.safeParse(schema, value, { abortEarly: true })
  if (parsed.success) return success(parsed.output)
  const [issue] = parsed.issues
  return failure('schema', `${v.getDotPath(issue) ?? '(root)'}: ${issue.message}`.slice(0, 200))
}

/**
 * An object of which every member may be missing. valibot's own `object` takes an array for one, since an array lacks them all; here it is
 * refused.
 */
export function optionalMembers<Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(v.custom<Readonly<Record<string, unknown>>>(isJsonObject), v.object(entries))
}
