import { decodeBase64 } from './base64.ts'
import type { Bytes } from './bytes.ts'
import { failure, type Result, success } from './result.ts'

export type PemCode = 'pem-malformed' | 'pem-too-many'

const MAX_BLOCKS = 8
const MAX_CHARACTERS = 65_536
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n((?:[A-Za-z0-9+/=]{1,76}\r?\n)+)-----END ([A-Z0-9 ]+)-----(?:\r?\n|$)/y

/**
 * Reads text encodings of one label behind one another (RFC 7468): nothing before, between or behind them, lines of at most 76 characters,
 * canonical base64. At least one, in order.
 */
export function decodePem(text: string, label: string): Result<readonly Bytes[], PemCode> {
  if (text.length === 0 || text.length > MAX_CHARACTERS) return failure('pem-malformed')
  const found: Bytes[] = []
  for (let offset = 0; offset < text.length; ) {
    BLOCK.lastIndex = offset
    const match = BLOCK.exec(text)
    if (match === null || match[1] !== label || match[3] !== label) return failure('pem-malformed')
    const der = decodeBase64((match[2] ?? '').replace(/[\r\n]/g, ''))
    if (!der.ok) return failure('pem-malformed', der.code)
    if (found.length === MAX_BLOCKS) return failure('pem-too-many')
    found.push(der.value)
    offset = BLOCK.lastIndex
  }
  return success(found)
}
