import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bytes } from './bytes.ts'
import { parseEventStream, startsLikeEventStream } from './sse.ts'
import { encodeUtf8 } from './utf8.ts'

/** Octets as text, one character each, so that both sides compare exactly. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

function octets(text: string): Bytes {
  return Uint8Array.from(Buffer.from(text, 'latin1'))
}

function parse(text: string) {
  const { events, dataless, complete, trailingBytes } = parseEventStream(octets(text))
  return {
    events: events.map(({ name, data, dataLines }) => [latin1(name), latin1(data), dataLines]),
    dataless: dataless.map(latin1),
    complete,
    trailingBytes,
  }
}

/** The standard's own words as regular expressions and strings, for comparison. Slow on purpose. */
function parseNaively(text: string) {
  const body = text.replace(/^\xef\xbb\xbf/, '')
  const ended = body.match(/[^\r\n]*(\r\n|\n|\r)/g) ?? []
  const unfinished = body.slice(ended.join('').length)
  const events: [string, string, number][] = []
  const dataless: string[] = []
  let pending: string[] = []
  let block = ''
  for (const line of ended) {
    const content = line.replace(/[\r\n]+$/, '')
    if (content !== '') {
      pending.push(content)
      block += line
      continue
    }
    const fields = pending.map((field) => /^([^:]*)(?:: ?)?(.*)$/s.exec(field)?.slice(1) ?? [])
    const names = fields.filter(([name]) => name === 'event').map(([, value]) => value ?? '')
    const data = fields.filter(([name]) => name === 'data').map(([, value]) => value ?? '')
    if (data.length > 0) events.push([names.at(-1) ?? '', data.join('\n'), data.length])
    else if (names.length > 0) dataless.push(names.at(-1) ?? '')
    pending = []
    block = ''
  }
  const complete = unfinished === '' && pending.every((field) => field.startsWith(':'))
  return { events, dataless, complete, trailingBytes: complete ? 0 : block.length + unfinished.length }
}

describe('parseEventStream', () => {
  it('gives the examples of the standard', () => {
    expect(parse('data: YHOO\ndata: +2\ndata: 10\n\n').events).toEqual([['', 'YHOO\n+2\n10', 3]])
    // "test stream" with a comment, an id, and a space that is part of the data; the last event is never ended.
    const stream = ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event'
    expect(parse(stream)).toEqual({
      events: [
        ['', 'first event', 1],
        ['', 'second event', 1],
      ],
      dataless: [],
      complete: false,
      trailingBytes: 'data:  third event'.length,
    })
    expect(parse('data\n\ndata\ndata\n\ndata:')).toMatchObject({
      events: [
        ['', '', 1],
        ['', '\n', 2],
      ],
      complete: false,
      trailingBytes: 5,
    })
    expect(parse('data:test\n\ndata: test\n\n').events).toEqual([
      ['', 'test', 1],
      ['', 'test', 1],
    ])
  })

  it('ends lines at LF, CR and CR LF alike, mixed too', () => {
    const expected = [['ping', 'a\nb', 2]]
    for (const [first, second, third, fourth] of [
      ['\n', '\n', '\n', '\n'],
      ['\r', '\r', '\r', '\r'],
      ['\r\n', '\r\n', '\r\n', '\r\n'],
      ['\r\n', '\n', '\r', '\r\n'],
      ['\n', '\r', '\r\n', '\n'],
    ]) {
      expect(parse(`event: ping${first}data: a${second}data: b${third}${fourth}`)).toEqual({
        events: expected,
        dataless: [],
        complete: true,
        trailingBytes: 0,
      })
    }
    // LF CR is two line ends, CR LF is one.
    expect(parse('data: a\n\rdata: b\r\n').events).toEqual([['', 'a', 1]])
  })

  it('takes one space after the colon, and only there', () => {
    expect(parse('data:  a\n\n').events).toEqual([['', ' a', 1]])
    expect(parse('data:\ta\n\n').events).toEqual([['', '\ta', 1]])
    expect(parse('data: \n\n').events).toEqual([['', '', 1]])
    expect(parse(' data: a\n\ndata : a\n\nDATA: a\n\ndataa: a\n\ndat: a\n\n').events).toEqual([])
    expect(parse('data: a:b: c\n\n').events).toEqual([['', 'a:b: c', 1]])
  })

  it('names the event by its last event field and forgets the name afterwards', () => {
    expect(parse('event: x\nevent: y\ndata: 1\n\ndata: 2\n\n').events).toEqual([
      ['y', '1', 1],
      ['', '2', 1],
    ])
    expect(parse('event: x\nevent\ndata: 1\n\n').events).toEqual([['', '1', 1]])
  })

  it('does not dispatch an event without data, but tells its name', () => {
    expect(parse('event: done\n\n')).toEqual({ events: [], dataless: ['done'], complete: true, trailingBytes: 0 })
    expect(parse('event: done\n\ndata: 1\n\n').events).toEqual([['', '1', 1]])
    expect(parse('id: 7\nretry: 10\n\n')).toEqual({ events: [], dataless: [], complete: true, trailingBytes: 0 })
  })

  it('ignores one byte order mark at the start and no other', () => {
    expect(parse('\xef\xbb\xbfdata: a\n\n').events).toEqual([['', 'a', 1]])
    expect(parse('\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n').events).toEqual([])
    expect(parse('data: a\n\n\xef\xbb\xbfdata: b\n\n').events).toEqual([['', 'a', 1]])
    expect(parse('data: \xef\xbb\xbfa\n\n').events).toEqual([['', '\xef\xbb\xbfa', 1]])
  })

  it('tells how much was cut off', () => {
    expect(parse('data: a\n\ndata: b\n')).toMatchObject({ complete: false, trailingBytes: 8 })
    expect(parse('data: a\n\ndata: b')).toMatchObject({ complete: false, trailingBytes: 7 })
    expect(parse('data: a\n\ndata: b\nda')).toMatchObject({ complete: false, trailingBytes: 10 })
    expect(parse('data: a\n\nid: 3\n')).toMatchObject({ complete: false, trailingBytes: 6 })
    expect(parse('data: a\n\n: keep-alive\n')).toMatchObject({ complete: true, trailingBytes: 0 })
    expect(parse('data: a\n\n: keep-al')).toMatchObject({ complete: false, trailingBytes: 9 })
    expect(parse('data: a\n\n\n\r\n')).toMatchObject({ complete: true, trailingBytes: 0 })
    expect(parse('\xef\xbb\xbfdata: a')).toMatchObject({ complete: false, trailingBytes: 7 })
    expect(parse('')).toEqual({ events: [], dataless: [], complete: true, trailingBytes: 0 })
  })

  it('keeps payload octets as they came, well-formed or not', () => {
    const payload = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x0a && byte !== 0x0d)
    const { events } = parseEventStream(octets(`data: ${latin1(payload)}\n\n`))
    expect(events[0]?.data).toEqual(payload)
    expect(parse(latin1(encodeUtf8('data: 😀\n\n'))).events).toEqual([['', latin1(encodeUtf8('😀')), 1]])
  })

  it('agrees with a naive reader on any stream', () => {
    const unit = fc.constantFrom(
      'data',
      'event',
      'id',
      ':',
      ': ',
      ' ',
      '\n',
      '\n\n',
      '\r',
      '\r\n',
      'a',
      '\x00',
      '\xff',
      '\xef\xbb\xbf',
      'data: x\n',
      'event: e\n',
    )
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
        expect(parse(text)).toEqual(parseNaively(text))
      }),
      { numRuns: 5000 },
    )
  })

  it('agrees with a naive reader on any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(parse(latin1(bytes))).toEqual(parseNaively(latin1(bytes)))
      }),
    )
  })

  it.each([
    ['many events', 'data: {"choices":[]}\n\n'],
    ['many empty events', 'data\n\n'],
    ['one event of many lines', 'data:x\n'],
    ['nothing but line ends', '\n'],
    ['nothing but CR', '\r'],
    ['one endless line', 'data: xxxxxxxxxxxxxx'],
    ['names without data', 'event:x\n\n'],
  ])('takes linear time on 4 MB of %s', (_name, piece) => {
    const bytes = octets(piece.repeat((4 * 1024 * 1024) / piece.length))
    const started = performance.now()
    parseEventStream(bytes)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('joins half a million lines', () => {
    const { events } = parseEventStream(octets(`${'data:x\n'.repeat(500_000)}\n`))
    expect(events.map((event) => [event.dataLines, event.data.length])).toEqual([[500_000, 999_999]])
  })
})

describe('octets of no known type', () => {
  it.each(['data: {}\n\n', 'data:é', 'event: x\n', 'id:1', 'retry: 5', ': a comment', ':', '\u00ef\u00bb\u00bfdata: x'])(
    '%s begins an event stream',
    (text) => {
      expect(startsLikeEventStream(octets(text))).toBe(true)
    },
  )

  it.each(['', '{"data":1}', '["data:"]', ' data: x', 'data', 'dato: x', 'Data: x', '<p>', '\u00ef\u00bb\u00bf{}'])(
    '%s does not',
    (text) => {
      expect(startsLikeEventStream(octets(text))).toBe(false)
    },
  )

  it('are an event stream wherever a character is cut', () => {
    const whole = new TextEncoder().encode('data:漢字')
    for (let end = 5; end <= whole.length; end++) expect(startsLikeEventStream(whole.slice(0, end))).toBe(true)
  })
})
