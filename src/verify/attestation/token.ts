import type * as v from 'valibot'
import { type Jws, type JwsCode, parseCompactJws } from '../encoding/jose.ts'
import { type JsonCode, parseForeignJsonBytes } from '../encoding/json.ts'
import { failure, type Result, renamed, success } from '../encoding/result.ts'
import { parseWith } from '../encoding/schema.ts'

/** A token taken apart and typed, but not verified: nothing in it may be believed before its signature holds. */
export type OpenToken<Header, Claims> = {
  readonly jws: Jws
  readonly header: Header
  readonly claims: Claims
  /** The whole payload as parsed, for claims that only some tokens of the kind have. */
  readonly payload: unknown
}

export type TokenCode = JwsCode | JsonCode | 'utf8-invalid' | 'token-header' | 'token-claims'

/**
 * Opens a JWT (RFC 7519 section 7.2, but for the signature): compact JWS, then JOSE header and claims, each by the schema of the token's kind.
 * `path` leads to the fault where a schema found one. A syntax error has none: engines word it differently.
 */
export function openToken<HeaderSchema extends v.GenericSchema, ClaimsSchema extends v.GenericSchema>(
  text: string,
  headerSchema: HeaderSchema,
  claimsSchema: ClaimsSchema,
): Result<OpenToken<v.InferOutput<HeaderSchema>, v.InferOutput<ClaimsSchema>>, TokenCode> {
  const jws = parseCompactJws(text)
  if (!jws.ok) return jws
  const header = parseWith(headerSchema, jws.value.header)
  if (!header.ok) return renamed('token-header', header)
  const payload = parseForeignJsonBytes(jws.value.payloadBytes)
  if (!payload.ok) return failure(payload.code)
  const claims = parseWith(claimsSchema, payload.value)
  if (!claims.ok) return renamed('token-claims', claims)
  return success({ jws: jws.value, header: header.value, claims: claims.value, payload: payload.value })
}
