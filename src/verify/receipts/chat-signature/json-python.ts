import type { Bytes } from '../../encoding/bytes.ts'
import { parseForeignJsonBytes } from '../../encoding/json.ts'
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.ts'
import { pythonString } from '../python-string.ts'

/**
 * A JSON document as Python's `json.dumps(json.loads(document))` writes it by default: `, ` and `: ` between members, everything but ASCII
 * escaped. vllm-proxy hashes an answer in this form and sends it in another. Numbers stay as they are spelled, where Python would spell some
 * anew (`1E2` as `100.0`). Undefined for what is no JSON, or names a member twice.
 */
export function respacedAsPython(body: Bytes): Bytes | undefined {
  const text = decodeUtf8(body)
  if (!text.ok || !parseForeignJsonBytes(body).ok) return undefined
  return encodeUtf8(respaced(text.value))
}

/** Goes through the text of a valid JSON document token by token. */
function respaced(text: string): string {
  const parts: string[] = []
  let index = 0
  while (index < text.length) {
    const character = text.charAt(index)
    if (character === '"') {
      const end = endOfString(text, index)
      parts.push(respelled(text.slice(index, end)))
      index = end
      continue
    }
    if (character === ',') parts.push(', ')
    else if (character === ':') parts.push(': ')
    else if (!isSpace(character)) parts.push(character)
    index += 1
  }
  return parts.join('')
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t'
}

/** Index behind the quotation mark that closes the string literal opened at `start`. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1
  return index + 1
}

/** A string literal of a valid document, as Python would write it. */
function respelled(literal: string): string {
  const value: unknown = JSON.parse(literal)
  return typeof value === 'string' ? pythonString(value) : literal
}
