import { failure, type Result, success } from '../../encoding/result.ts'

export type ComposeFileErrorCode =
  | 'compose-too-large'
  /** YAML that this reader does not know for certain. */
  | 'compose-yaml'
  | 'compose-structure'
  | 'compose-duplicate'
  /** What a service is comes from another place. */
  | 'compose-elsewhere'

/**
 * A member of a block mapping. `start`: spaces before the line's first sign. `isItem`: the line begins an item of a list. `value`: a scalar
 * of one line without escapes; `none` where the line ends behind the key (the value stands below, or is null); `other` for the rest.
 */
export type Entry = {
  readonly start: number
  readonly isItem: boolean
  readonly key: string
  readonly value: { readonly kind: 'scalar'; readonly text: string } | { readonly kind: 'none' | 'other' }
}

const TEXT_LIMIT = 512 * 1024

/** Signs that end a line, or are no text, for some readers of YAML and not for others. */
const UNSAFE = /[^\P{Cc}\t\n]|[\u2028\u2029\ufeff]/u
const PLAIN_KEY = /^([\w.$/<][\w.$/<-]*) *:(?= |$)/
const QUOTED_KEY = /^(?:"([^"\\]*)"|'([^']*)') *:(?= |$)/
const BLOCK_SCALAR = /^[|>][+-]?(?: +#.*| *)$/
const NOTHING_MORE = /^[ \t]*(?:[ \t]#.*)?$/

/**
 * Lists the members of all block mappings of a YAML text, in order. It knows the part of YAML 1.2 that compose files are written in (block
 * mappings and lists, plain and quoted scalars, block scalars, flow collections skipped over as a whole) and refuses everything about which
 * readers might differ: tabs, escapes in keys, tags, explicit indentation, several documents. A library that reads all of YAML is many
 * times the size of what is needed here, and would have to be held to the same refusals afterwards.
 */
export function readEntries(text: string): Result<readonly Entry[], ComposeFileErrorCode> {
  if (text.length > TEXT_LIMIT) return failure('compose-too-large')
  const reader = new EntryReader(text.replaceAll('\r\n', '\n'))
  return UNSAFE.test(reader.text) ? failure('compose-yaml', 'unsafe character') : reader.read()
}

/** A scalar that may go on below: on lines that are indented deeper than the mapping or list that it stands in. */
type Open = { readonly column: number; readonly kind: 'nothing' | 'plain' | 'closed' }

class EntryReader {
  readonly text: string
  readonly #lines: readonly string[]
  /** Where each line begins in the text. */
  readonly #offsets: readonly number[]
  readonly #entries: Entry[] = []
  #at = 0
  #open: Open = { column: -1, kind: 'closed' }

  constructor(text: string) {
    this.text = text
    this.#lines = text.split('\n')
    let offset = 0
    this.#offsets = this.#lines.map((line) => {
      const own = offset
      offset += line.length + 1
      return own
    })
  }

  read(): Result<readonly Entry[], ComposeFileErrorCode> {
    let isFirst = true
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at] ?? ''
      if (isBlank(line) || /^ *#/.test(line)) {
        this.#at += 1
        continue
      }
      const begins = isFirst && trim(line) === '---'
      isFirst = false
      if (begins) this.#at += 1
      else if (!this.#readLine(line)) return failure('compose-yaml', `line ${this.#at + 1}`)
    }
    return success(this.#entries)
  }

  /** Reads one line and what belongs to its value. False where the reader does not know it. */
  #readLine(line: string): boolean {
    if (/^(?:---|\.\.\.|%| *\t)/.test(line)) return false
    const start = indentOf(line)
    const continues = start > this.#open.column
    if (continues && this.#open.kind === 'closed' && this.#open.column >= 0) return false
    if (continues && this.#open.kind === 'plain') {
      // In the middle of a plain scalar, signs of structure are text or a fault.
      this.#at += 1
      const last = this.#entries.pop()
      if (last !== undefined) this.#entries.push(last.value.kind === 'scalar' ? { ...last, value: { kind: 'other' } } : last)
      return isPlain(trim(line))
    }
    let column = start
    let container = start
    let isItem = false
    while (/^-(?: |$)/.test(line.slice(column))) {
      isItem = true
      container = column
      column += 1 + indentOf(line.slice(column + 1))
    }
    const rest = line.slice(column)
    const key = PLAIN_KEY.exec(rest) ?? QUOTED_KEY.exec(rest)
    if (key === null) {
      // Only an item of a list, or the value of a key that stood alone, is no member of a mapping.
      if (!isItem && !(continues && this.#open.kind === 'nothing')) return false
      return this.#readValue(rest, isItem ? container : this.#open.column) !== undefined
    }
    const value = this.#readValue(rest.slice(key[0].length), column)
    if (value === undefined) return false
    this.#entries.push({ start, isItem, key: key[1] ?? key[2] ?? key[3] ?? '', value })
    return true
  }

  /** Reads a value and moves behind it. `column` is that of the mapping or list in which it stands. */
  #readValue(text: string, column: number): Entry['value'] | undefined {
    const value = trim(text).replace(/^&[\w.-]+(?: +|$)/, '')
    if (value === '' || value.startsWith('#')) {
      this.#open = { column, kind: 'nothing' }
      this.#at += 1
      return { kind: 'none' }
    }
    if (/^[|>]/.test(value)) return BLOCK_SCALAR.test(value) && this.#skipBlockScalar(column) ? { kind: 'other' } : undefined
    this.#open = { column, kind: 'closed' }
    if (/^["'[{]/.test(value)) return this.#readEnclosed(value)
    if (/^\*[\w.-]+$/.test(value.replace(/ +#.*$/, ''))) {
      this.#at += 1
      return { kind: 'other' }
    }
    const plain = value.replace(/[ \t]+#.*$/, '')
    if (/^[!&*?%@`,\]}]|^[-:](?:[ \t]|$)/.test(plain) || !isPlain(plain)) return undefined
    // A comment ends a plain scalar; what is deeper below would be a fault.
    this.#open = { column, kind: plain === value ? 'plain' : 'closed' }
    this.#at += 1
    return { kind: 'scalar', text: plain }
  }

  /** The content is every line indented as its first, and blank ones. */
  #skipBlockScalar(column: number): boolean {
    this.#open = { column, kind: 'closed' }
    this.#at += 1
    let widest = 0
    while (this.#at < this.#lines.length && isBlank(this.#lines[this.#at] ?? '')) {
      widest = Math.max(widest, (this.#lines[this.#at] ?? '').length)
      this.#at += 1
    }
    const indent = indentOf(this.#lines[this.#at] ?? '')
    if (indent <= column) return true
    // Blank lines wider than the content mean one indentation to one reader and another to the next.
    if (widest > indent) return false
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at] ?? ''
      if (!isBlank(line) && indentOf(line) < indent) break
      this.#at += 1
    }
    return true
  }

  /** A quoted scalar or a flow collection, to its end, which may be lines below. `value` is the rest of the line from its first sign. */
  #readEnclosed(value: string): Entry['value'] | undefined {
    const from = (this.#offsets[this.#at] ?? 0) + trimEnd(this.#lines[this.#at] ?? '').length - value.length
    const end = /^["']/.test(value) ? endOfQuoted(this.text, from) : endOfFlow(this.text, from)
    if (end === undefined) return undefined
    const lineEnd = this.text.indexOf('\n', end)
    if (!NOTHING_MORE.test(this.text.slice(end, lineEnd < 0 ? undefined : lineEnd))) return undefined
    const inside = this.text.slice(from, end)
    if (/\n(?:---|\.\.\.)/.test(inside)) return undefined
    this.#at += inside.split('\n').length
    const isSimple = /^(?:"[^"\\\n]*"|'[^'\n]*')$/.test(inside)
    return isSimple ? { kind: 'scalar', text: inside.slice(1, -1) } : { kind: 'other' }
  }
}

/** Index behind a quoted scalar, or undefined. In double quotes a backslash escapes, in single ones a quote escapes a quote. */
function endOfQuoted(text: string, from: number): number | undefined {
  const quote = text[from]
  for (let index = from + 1; index < text.length; index += 1) {
    if (quote === '"' && text[index] === '\\') index += 1
    else if (text[index] === quote) {
      if (quote === '"' || text[index + 1] !== quote) return index + 1
      index += 1
    }
  }
  return undefined
}

/** Index behind a flow collection, or undefined. Quotes are followed only where one can begin a scalar; anywhere else they are refused. */
function endOfFlow(text: string, from: number): number | undefined {
  const open: string[] = []
  /** The last sign that was not white. */
  let before = ''
  for (let index = from; index < text.length; index += 1) {
    const sign = text[index] ?? ''
    if (sign === '#' && isWhite(text[index - 1])) {
      index = text.indexOf('\n', index)
      if (index < 0) return undefined
      continue
    }
    if (sign === '"' || sign === "'") {
      const isStart = /[[{,]/.test(before) || (before === ':' && isWhite(text[index - 1]))
      const end = isStart ? endOfQuoted(text, index) : undefined
      if (end === undefined) return undefined
      index = end - 1
    } else if (sign === '[' || sign === '{') open.push(sign)
    else if (sign === ']' || sign === '}') {
      if (open.pop() !== (sign === ']' ? '[' : '{')) return undefined
      if (open.length === 0) return index + 1
    }
    if (!isWhite(sign)) before = sign
  }
  return undefined
}

/** Text in which no reader sees a key or a comment. */
function isPlain(text: string): boolean {
  return !/:(?: |$)| #|\t/.test(text)
}

/** Only these are white in YAML; `trim` of the language knows many more. */
function isWhite(sign: string | undefined): boolean {
  return sign === ' ' || sign === '\t' || sign === '\n'
}

function trim(text: string): string {
  return trimEnd(text).replace(/^[ \t]+/, '')
}

/** By hand: a pattern anchored at the end alone would try every white sign on the way. */
function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && isWhite(text[end - 1])) end -= 1
  return text.slice(0, end)
}

function isBlank(line: string): boolean {
  return /^ *$/.test(line)
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0
}
