import type { Bytes } from './bytes.ts'

/** One dispatched event. `name` is empty where the stream gives none, which means `message`. */
export type StreamEvent = {
  readonly name: Bytes
  /** The payloads of the `data` fields, joined by LF. May share memory with the input. */
  readonly data: Bytes
  readonly dataLines: number
}

export type EventStream = {
  readonly events: readonly StreamEvent[]
  /** Names of blocks that had an `event` field but no `data` field: a browser does not dispatch them. */
  readonly dataless: readonly Bytes[]
  /** Whether the stream ends where an event ends. If not, its last event was cut off and is not among the events. */
  readonly complete: boolean
  /** Octets of the event that was cut off, 0 if complete. */
  readonly trailingBytes: number
}

const LF = 0x0a
const CR = 0x0d
const COLON = 0x3a
const SPACE = 0x20
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
const NOTHING = new Uint8Array(0)

/**
 * Parses `text/event-stream` (WHATWG HTML section 9.2.6) on octets: payloads come out exactly as sent, never decoded. Splitting before
 * decoding gives the same events as the standard's order, because a UTF-8 decoder never swallows CR, LF, colon or space. Linear time.
 */
export function parseEventStream(bytes: Bytes): EventStream {
  const events: StreamEvent[] = []
  const dataless: Bytes[] = []
  let block = emptyBlock()
  let blockStart = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? BYTE_ORDER_MARK.length : 0
  let unfinishedLine = false
  for (const line of linesOf(bytes, blockStart)) {
    if (!line.ended) {
      unfinishedLine = true
    } else if (line.start < line.end) {
      readField(bytes, line, block)
    } else {
      if (block.data.length > 0) events.push({ name: block.name ?? NOTHING, data: joinLines(block.data), dataLines: block.data.length })
      else if (block.name !== undefined) dataless.push(block.name)
      block = emptyBlock()
      blockStart = line.next
    }
  }
  const complete = !unfinishedLine && !block.hasFields
  return { events, dataless, complete, trailingBytes: complete ? 0 : bytes.length - blockStart }
}

type Block = { name: Bytes | undefined; data: Bytes[]; hasFields: boolean }
type Line = { readonly start: number; readonly end: number; readonly next: number; readonly ended: boolean }

function emptyBlock(): Block {
  return { name: undefined, data: [], hasFields: false }
}

/** Lines end with CR LF, LF or CR. What follows the last line end is a line that has not ended. */
function* linesOf(bytes: Bytes, from: number): Generator<Line> {
  let start = from
  // Each search result is kept until passed: searching anew for a CR that never comes would take quadratic time.
  let lf = find(bytes, LF, start)
  let cr = find(bytes, CR, start)
  while (start < bytes.length) {
    if (lf < start) lf = find(bytes, LF, start)
    if (cr < start) cr = find(bytes, CR, start)
    const end = Math.min(lf, cr)
    const next = bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1
    yield { start, end, next, ended: end < bytes.length }
    start = next
  }
}

/** Index of the next such octet, or the length if there is none. */
function find(bytes: Bytes, byte: number, from: number): number {
  const index = bytes.indexOf(byte, from)
  return index < 0 ? bytes.length : index
}

function readField(bytes: Bytes, line: Line, block: Block): void {
  const colon = bytes.subarray(line.start, line.end).indexOf(COLON)
  if (colon === 0) return
  block.hasFields = true
  const nameEnd = colon < 0 ? line.end : line.start + colon
  const afterColon = colon < 0 ? line.end : nameEnd + 1
  // Past the end of the line stands its line end, which is no space.
  const valueStart = bytes[afterColon] === SPACE ? afterColon + 1 : afterColon
  const value = bytes.subarray(valueStart, line.end)
  if (spells(bytes, line.start, nameEnd, 'data')) block.data.push(value)
  else if (spells(bytes, line.start, nameEnd, 'event')) block.name = value
}

function spells(bytes: Bytes, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false
  for (let index = 0; index < word.length; index++) if (bytes[start + index] !== word.charCodeAt(index)) return false
  return true
}

function joinLines(lines: readonly Bytes[]): Bytes {
  const [only] = lines
  if (lines.length === 1 && only !== undefined) return only
  const joined = new Uint8Array(lines.reduce((length, line) => length + line.length + 1, -1)).fill(LF)
  let offset = 0
  for (const line of lines) {
    joined.set(line, offset)
    offset += line.length + 1
  }
  return joined
}

/** A byte order mark, if any, then a field name of the format or a comment, octet by octet: what follows may be cut within a character. */
const BEGINNING = /^(?:\u00ef\u00bb\u00bf)?(?::|(?:data|event|id|retry):)/

/** Whether octets of no known type begin as an event stream does. No JSON document does. */
export function startsLikeEventStream(octets: Bytes): boolean {
  return BEGINNING.test(String.fromCharCode(...octets.subarray(0, 9)))
}
