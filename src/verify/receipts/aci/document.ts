import { sha256 } from '../../encoding/digest.ts'
import { parseExactJson } from '../../encoding/exact-json.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { canonicalize, type JcsCode } from '../../encoding/jcs.ts'
import { isJsonObject, type JsonCode, type JsonObject, parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'

export type DocumentCode = JsonCode | JcsCode | 'aci-not-an-object' | 'aci-name-not-ascii' | 'aci-number-not-integer'

/**
 * A JSON document that is one object, twice: `read` as JavaScript has it, for what is read of it; `exact` with integers of 64 bits in all
 * their digits, for what is hashed and signed of it.
 */
export type AciDocument = { readonly read: JsonObject; readonly exact: JsonObject }

/** Parses a JSON document that is one object. */
export function parseObject(text: string): Result<AciDocument, DocumentCode> {
  const read = parseForeignJson(text)
  if (!read.ok) return read
  const exact = parseExactJson(text)
  if (!exact.ok) return exact
  if (!isJsonObject(read.value) || !isJsonObject(exact.value)) return failure('aci-not-an-object')
  return success({ read: read.value, exact: exact.value })
}

/** The member of that name, if it is an object. */
export function memberOf({ read, exact }: AciDocument, name: string): AciDocument | undefined {
  const [own, same] = [read[name], exact[name]]
  return isJsonObject(own) && isJsonObject(same) ? { read: own, exact: same } : undefined
}

const ASCII = /^[\x20-\x7e]*$/

/**
 * The canonical form of one of ACI's own documents (Appendix A): RFC 8785 over what was parsed, unknown members included, and only for
 * the `exact` form of documents that keep to ASCII member names and integers, where every implementation agrees on the form.
 */
export function canonicalForm(document: JsonObject): Result<string, DocumentCode> {
  const waiting: unknown[] = [document]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value === 'number' && !Number.isInteger(value)) return failure('aci-number-not-integer')
    if (Array.isArray(value)) for (const item of value) waiting.push(item)
    else if (isJsonObject(value)) {
      for (const [name, item] of Object.entries(value)) {
        if (!ASCII.test(name)) return failure('aci-name-not-ascii')
        waiting.push(item)
      }
    }
  }
  return canonicalize(document)
}

/** Lower-case hex SHA-256 of a document's canonical form: a keyset's digest without its prefix, a session's id. */
export async function digestOf(document: JsonObject): Promise<Result<string, DocumentCode>> {
  const form = canonicalForm(document)
  return form.ok ? success(encodeHex(await sha256(encodeUtf8(form.value)))) : form
}
