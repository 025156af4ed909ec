import * as v from 'valibot'
import { isWellFormed } from '../../encoding/json.ts'
import { optionalMembers } from '../../encoding/schema.ts'

const line = v.pipe(v.string(), v.minLength(1), v.maxLength(1024))

/** What `/v1/signature/{id}` answers. Services of this family add members (`api_version`, `receipt`), which are not read. */
export const signatureAnswer = v.object({
  text: v.pipe(v.string(), v.maxLength(4096), v.check(isWellFormed)),
  signature: line,
  signing_address: line,
  signing_algo: v.optional(v.nullable(line)),
  signature_kind: v.optional(v.nullable(line)),
})

/** The same, where there is no signature and never will be: with status 200. */
export const refusalAnswer = v.object({ error_code: line, message: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(8192)))) })

/** As much of a Responses API event as tells what it is. */
export const eventType = optionalMembers({ type: v.optional(v.string()) })
