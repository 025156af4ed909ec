import type { Bytes } from '../../encoding/bytes.ts'
import { parseForeignJsonBytes } from '../../encoding/json.ts'
import { parseWith } from '../../encoding/schema.ts'
import { parseEventStream, type StreamEvent } from '../../encoding/sse.ts'
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.ts'
import { eventType } from './schema.ts'

const COMPLETED = 'response.completed'
const LF = 0x0a
const CR = 0x0d

/**
 * A stream's octets up to and including its first `response.completed` event, with the empty line that ends it: what cloud-api hashes of the
 * Responses API. Undefined where there is no such event.
 */
export function octetsToCompleted(body: Bytes): Bytes | undefined {
  if (!holds(body, encodeUtf8(COMPLETED))) return undefined
  let start = 0
  for (const end of blockEnds(body)) {
    const { events } = parseEventStream(body.subarray(start, end))
    if (events.some(isCompleted)) return body.slice(0, end)
    start = end
  }
  return undefined
}

function isCompleted({ name, data }: StreamEvent): boolean {
  const named = decodeUtf8(name)
  if (named.ok && named.value !== '') return named.value === COMPLETED
  const json = parseForeignJsonBytes(data)
  const typed = json.ok ? parseWith(eventType, json.value) : json
  return typed.ok && typed.value.type === COMPLETED
}

/** Whether some octets stand anywhere in others: most streams are of another interface, and need not be taken apart. */
function holds(body: Bytes, wanted: Bytes): boolean {
  const [first = 0] = wanted
  for (let at = body.indexOf(first); at >= 0; at = body.indexOf(first, at + 1)) {
    if (wanted.every((octet, index) => body[at + index] === octet)) return true
  }
  return false
}

/** Where each empty line ends, which is where an event ends. Lines end with CR LF, LF or CR. */
function* blockEnds(body: Bytes): Generator<number> {
  let lineStart = 0
  let index = 0
  while (index < body.length) {
    if (body[index] !== LF && body[index] !== CR) {
      index += 1
      continue
    }
    const next = body[index] === CR && body[index + 1] === LF ? index + 2 : index + 1
    if (index === lineStart) yield next
    lineStart = next
    index = next
  }
}
