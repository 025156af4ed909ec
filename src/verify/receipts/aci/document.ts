import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { canonicalize, type JcsCode } from '../../encoding/jcs.ts'
import { isJsonObject, type JsonCode, type JsonObject, parseJson } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'

export type DocumentCode = JsonCode | JcsCode | 'aci-not-an-object' | 'aci-name-not-ascii' | 'aci-number-not-integer'

/** Parses a JSON document that is one object. */
export function parseObject(text: string): Result<JsonObject, DocumentCode> {
  const json = parseJson(text)
  if (!json.ok) return json
  return isJsonObject(json.value) ? success(json.value) : failure('aci-not-an-object')
}

const ASCII = /^[\x20-\x7e]*$/

/**
 * The canonical form of one of ACI's own documents (Appendix A): RFC 8785 over what was parsed, unknown members included, and only for
 * documents that keep to ASCII member names and integers, where every implementation agrees on the form.
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
