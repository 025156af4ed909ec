import type { Bytes } from '../../src/verify/encoding/bytes.ts'
import { concatBytes } from '../../src/verify/encoding/bytes.ts'
import { type Dice, diceFrom, mutate } from '../support/mutate.ts'

/** A parser, or a whole verifier, and something for it to start from. */
export type Target = {
  readonly name: string
  /** Inputs that are accepted, or nearly. */
  readonly seeds: () => readonly Uint8Array[] | Promise<readonly Uint8Array[]>
  /** Gives whether the input was accepted; whatever it throws is a failure. */
  readonly run: (input: Bytes) => boolean | Promise<boolean>
  /** What the input is made of beside octets: nested and oversized forms of its syntax are tried first. */
  readonly syntax?: 'json' | 'cbor' | 'der' | 'text'
}

export type Failure = { readonly run: number; readonly what: string; readonly input: string }
export type Outcome = {
  readonly runs: number
  readonly accepted: number
  readonly slowestMs: number
  /** Octets that the heap holds more than before, garbage collected where the engine lets us. */
  readonly kept: number
  readonly failures: readonly Failure[]
}

export type Limits = {
  /** Ends after so many inputs, or so many milliseconds, whichever comes first. */
  readonly runs: number
  readonly milliseconds: number
  /**
   * Longest processor time for one input, and how much more for each kilobyte of it: time may grow with the input's length, and no faster. One
   * that takes longer is tried again, since engines compile and collect when they like.
   */
  readonly inputMs: number
  readonly kilobyteMs: number
  readonly keptOctets: number
}

export const LIMITS = { inputMs: 400, kilobyteMs: 4, keptOctets: 64 * 1024 * 1024 } as const
const MOST_FAILURES = 5

/**
 * Feeds a target with changed inputs: the same ones for the same seed, so that `run` of a failure tells which. An input that takes too long, an exception,
 * or memory that stays, is a failure.
 */
export async function fuzz(target: Target, seed: string, limits: Limits): Promise<Outcome> {
  const dice = diceFrom(`${seed}/${target.name}`)
  const seeds = await target.seeds()
  if (seeds.length === 0) throw new Error(`${target.name} has no seeds`)
  const failures: Failure[] = []
  let accepted = 0
  let slowestMs = 0
  let runs = 0
  const before = heap()
  const end = performance.now() + limits.milliseconds
  for (const input of inputs(target, seeds, dice)) {
    if (runs >= limits.runs || performance.now() >= end || failures.length >= MOST_FAILURES) break
    try {
      const limit = limits.inputMs + (limits.kilobyteMs * input.length) / 1024
      let time = 0
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const start = processorMs()
        const isAccepted = await target.run(input)
        time = processorMs() - start
        if (attempt === 0 && isAccepted) accepted += 1
        if (time <= limit) break
      }
      slowestMs = Math.max(slowestMs, time)
      if (time > limit) failures.push(failureOf(runs, `took ${time.toFixed(0)} ms`, input))
    } catch (error) {
      failures.push(failureOf(runs, error instanceof Error ? (error.stack ?? error.message) : String(error), input))
    }
    runs += 1
  }
  const kept = heap() - before
  if (kept > limits.keptOctets) failures.push({ run: runs, what: `${kept} octets of the heap stay`, input: '' })
  return { runs, accepted, slowestMs, kept, failures }
}

function failureOf(run: number, what: string, input: Bytes): Failure {
  return { run, what, input: Buffer.from(input.subarray(0, 64 * 1024)).toString('base64') }
}

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function heap(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** The seeds as they are, then hostile forms of the syntax, then changes without end. */
function* inputs({ syntax }: Target, seeds: readonly Uint8Array[], dice: Dice): Generator<Bytes> {
  for (const seed of seeds) yield Uint8Array.from(seed)
  yield new Uint8Array(0)
  const hostile = hostileForms(syntax)
  for (const form of hostile) yield form
  const words = wordsOf(syntax)
  const pick = (from: readonly Uint8Array[]) => from[dice.below(from.length)] ?? new Uint8Array(0)
  for (;;) {
    const source = pick(seeds)
    switch (dice.below(10)) {
      case 0:
        yield dice.octets(dice.below(200))
        break
      case 1:
        yield spliced(source, pick(seeds), dice)
        break
      case 2:
      case 3: {
        const at = dice.below(source.length + 1)
        const over = dice.below(2) === 0 ? 0 : dice.below(8)
        yield concatBytes(source.subarray(0, at), words.length === 0 ? dice.octets(4) : pick(words), source.subarray(at + over))
        break
      }
      case 4:
        yield concatBytes(source, pick(hostile.length === 0 ? seeds : hostile).subarray(0, 4096))
        break
      default:
        yield mutate(source, dice)
    }
  }
}

function spliced(first: Uint8Array, second: Uint8Array, dice: Dice): Bytes {
  return concatBytes(first.subarray(0, dice.below(first.length + 1)), second.subarray(dice.below(second.length + 1)))
}

const MANY = 200_000
const utf8 = (text: string): Bytes => new TextEncoder().encode(text)
const repeated = (...octets: readonly number[]): Bytes =>
  Uint8Array.from({ length: MANY }, (_, index) => octets[index % octets.length] ?? 0)

/** Deep nesting, lengths that lie, runs that invite backtracking or quadratic work. */
function hostileForms(syntax: Target['syntax']): readonly Bytes[] {
  switch (syntax) {
    case 'json':
      return [
        utf8('['.repeat(MANY)),
        utf8('{"a":'.repeat(MANY / 4)),
        utf8(`"${'\\'.repeat(MANY)}`),
        utf8(`"${'\\u0000'.repeat(MANY / 6)}"`),
        utf8(`[${'0,'.repeat(MANY / 2)}0]`),
        utf8(`{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":0`).join()}}`),
        utf8(`{${'"a":0,'.repeat(20_000)}"a":0}`),
        utf8(`${'9'.repeat(MANY)}`),
        utf8('"\ud800"'),
        utf8('{"__proto__":{"a":1},"constructor":{"prototype":{}}}'),
      ]
    case 'cbor':
      return [
        repeated(0x81),
        repeated(0xa1, 0x00),
        repeated(0xc6),
        repeated(0x9f),
        repeated(0x5f, 0x40),
        Uint8Array.of(0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff),
        Uint8Array.of(0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
        Uint8Array.of(0xbb, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff),
      ]
    case 'der':
      return [
        repeated(0x30, 0x80),
        repeated(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff),
        nestedDer(4_000),
        concatBytes(
          Uint8Array.of(0x30, 0x83, 0x02, 0x00, 0x00),
          new Uint8Array(0x20000).map((_, index) => (index % 2 === 0 ? 0x05 : 0x00)),
        ),
        repeated(0x1f, 0xff),
        Uint8Array.of(0x06, 0x83, 0x01, 0x00, 0x00),
      ]
    case 'text':
      return [
        repeated(0x0a),
        repeated(0x0d),
        repeated(0x20),
        repeated(0x2d),
        repeated(0x3d),
        utf8('data: '.repeat(MANY / 6)),
        utf8('data:x\n\n'.repeat(MANY / 8)),
        utf8(`-----BEGIN CERTIFICATE-----\n${'A\n'.repeat(MANY / 2)}`),
        utf8('a=();'.repeat(MANY / 5)),
        utf8('.'.repeat(MANY)),
      ]
    case undefined:
      return []
  }
}

function nestedDer(depth: number): Bytes {
  let inner: Bytes = Uint8Array.of(0x05, 0x00)
  for (let level = 0; level < depth && inner.length < 60_000; level += 1) {
    const { length } = inner
    const head = length < 0x80 ? [0x30, length] : length < 0x100 ? [0x30, 0x81, length] : [0x30, 0x82, length >> 8, length & 0xff]
    inner = concatBytes(Uint8Array.from(head), inner)
  }
  return inner
}

function wordsOf(syntax: Target['syntax']): readonly Bytes[] {
  switch (syntax) {
    case 'json':
      return [
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        'null',
        'true',
        '1e999',
        '-0',
        '9007199254740993',
        '"a":',
        '\\u0000',
        '\\ud800',
        '"__proto__":{}',
        '[]',
        '{}',
        '""',
        '\ufeff',
        '.',
        '=',
      ].map(utf8)
    case 'text':
      return [
        '\n',
        '\r\n',
        '\r',
        ' ',
        '\t',
        '"',
        ':',
        ';',
        ',',
        '=',
        '\0',
        '\ufeff',
        'data:',
        'event: ',
        '--',
        '%00',
        '\u202e',
        '-----BEGIN X-----\n',
        '.',
        '==',
      ].map(utf8)
    case 'der':
      return [
        [0x30, 0x00],
        [0x05, 0x00],
        [0x02, 0x01, 0x00],
        [0x01, 0x01, 0xff],
        [0x03, 0x02, 0x07, 0x80],
        [0x06, 0x00],
        [0x30, 0x80],
        [0x31, 0x00],
        [0xa0, 0x00],
        [0x0c, 0x01, 0xc0],
        [0x17, 0x00],
        [0x04, 0x82, 0xff, 0xff],
      ].map((octets) => Uint8Array.from(octets))
    case 'cbor':
      return [
        [0x80],
        [0xa0],
        [0xf6],
        [0xf7],
        [0xff],
        [0x9f],
        [0xbf],
        [0xf9, 0x7e, 0x00],
        [0xfb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0],
        [0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        [0xc2, 0x40],
        [0xd2],
        [0x40],
        [0x60],
        [0x61, 0xff],
      ].map((octets) => Uint8Array.from(octets))
    case undefined:
      return []
  }
}
