import * as v from 'valibot'
import { type Bytes, concatBytes } from '../../encoding/bytes.ts'
import { parseForeignJsonBytes } from '../../encoding/json.ts'
import { failure, type Result, renamed, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { Statement } from '../types.ts'

export type StatementCode =
  /** The envelope holds something else than an in-toto statement. */
  'payload-type' | 'statement-malformed' | 'statement-type'

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
const STATEMENT_TYPES: readonly string[] = ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']
const MAX_SUBJECTS = 1_024

const typed = v.object({ _type: v.string() })
const schema = v.object({
  subject: v.pipe(
    v.array(v.object({ name: v.optional(v.string(), ''), digest: v.record(v.string(), v.string()) })),
    v.minLength(1),
    v.maxLength(MAX_SUBJECTS),
  ),
  predicateType: v.pipe(v.string(), v.nonEmpty()),
  predicate: v.unknown(),
})

/** What a DSSE signature is over: `DSSEv1`, then type and payload, each behind its length in octets (secure-systems-lab/dsse `protocol.md`). */
export function preAuthenticationEncoding(payloadType: string, payload: Bytes): Bytes {
  const type = encodeUtf8(payloadType)
  return concatBytes(encodeUtf8(`DSSEv1 ${type.length} `), type, encodeUtf8(` ${payload.length} `), payload)
}

/** Reads an in-toto statement (in-toto/attestation `spec/v1/statement.md`) out of an envelope whose signature holds. The predicate stays unknown. */
export function readStatement(payloadType: string, payload: Bytes): Result<Statement, StatementCode> {
  if (payloadType !== PAYLOAD_TYPE) return failure('payload-type', payloadType)
  const json = parseForeignJsonBytes(payload, { maxLength: 1024 * 1024 })
  if (!json.ok) return failure('statement-malformed', json.code)
  const type = parseWith(typed, json.value)
  if (!type.ok) return renamed('statement-malformed', type)
  if (!STATEMENT_TYPES.includes(type.value._type)) return failure('statement-type', type.value._type)
  const statement = parseWith(schema, json.value)
  if (!statement.ok) return renamed('statement-malformed', statement)
  const { subject, predicateType, predicate } = statement.value
  return success({ subjects: subject, predicateType, predicate })
}

/** Whether the artifact with this SHA-256, in lower-case hex, is among the subjects. */
export function isSubject({ subjects }: Statement, sha256: string): boolean {
  return subjects.some(({ digest }) => Object.hasOwn(digest, 'sha256') && digest['sha256'] === sha256)
}
