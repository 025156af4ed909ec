import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LARGEST_LOOKUP, LARGEST_REQUEST, LARGEST_RESPONSE } from '../messages.ts'
import { parseAnswer, parseReport } from './parse.ts'

const REPORT = {
  method: 'POST',
  url: 'https://api.trustedrouter.com/v1/chat/completions',
  request: new Uint8Array([1, 2]),
  response: new Uint8Array([3, 4, 5, 0, 0]),
  length: 3,
  capture: 'complete',
  began: 10,
  ended: 20.5,
  ticket: 7,
} as const

describe('a report out of the page', () => {
  it('is taken when every member is as it has to be', () => {
    expect(parseReport(REPORT)).toEqual(REPORT)
    expect(parseReport({ ...REPORT, request: null })).toEqual({ ...REPORT, request: null })
  })

  it('loses a request that is too long, and what does not belong to it', () => {
    const parsed = parseReport({ ...REPORT, request: new Uint8Array(LARGEST_REQUEST + 1), more: 'x' })
    expect(parsed).toEqual({ ...REPORT, request: null })
  })

  it.each<[string, object]>([
    ['another method', { method: 'GET' }],
    ['a url that is no text', { url: new URL(REPORT.url) }],
    ['a very long url', { url: `https://x/${'a'.repeat(8192)}` }],
    ['a request that is no octets', { request: [1, 2] }],
    ['no request member', { request: undefined }],
    ['a response that is no octets', { response: 'abc' }],
    ['a length past the octets', { length: 6 }],
    ['a negative length', { length: -1 }],
    ['a broken length', { length: 1.5 }],
    ['a response past the limit', { response: new Uint8Array(LARGEST_RESPONSE + 1), length: LARGEST_RESPONSE + 1 }],
    ['a capture that pages cannot say', { capture: 'not-captured' }],
    ['a capture off the prototype', { capture: 'toString' }],
    ['an end before the beginning', { ended: 9 }],
    ['a time that is none', { began: Number.NaN }],
    ['a ticket that is no number', { ticket: '7' }],
    ['a broken ticket', { ticket: 1.5 }],
    ['an endless time', { ended: Number.POSITIVE_INFINITY }],
  ])('is refused with %s', (_, change) => {
    expect(parseReport({ ...REPORT, ...change })).toBeUndefined()
  })

  it('is refused, and never thrown over, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseReport(value)).toBeUndefined()
      }),
    )
  })
})

describe('an answer to a look-up out of the page', () => {
  const ANSWER = { lookup: 3, status: 200, body: new Uint8Array([1, 2, 0]), length: 2 }

  it('is taken when every member is as it has to be', () => {
    expect(parseAnswer(ANSWER)).toEqual(ANSWER)
    expect(parseAnswer({ ...ANSWER, status: 0, body: new Uint8Array(0), length: 0 })).toMatchObject({ status: 0 })
  })
  it.each<[string, object]>([
    ['a number that is none', { lookup: '3' }],
    ['a status that is none', { status: 1000 }],
    ['a negative status', { status: -1 }],
    ['a broken status', { status: 200.5 }],
    ['a body that is no octets', { body: 'abc' }],
    ['a length past the octets', { length: 4 }],
    ['a negative length', { length: -1 }],
    ['more than may be looked up', { body: new Uint8Array(LARGEST_LOOKUP + 1), length: LARGEST_LOOKUP + 1 }],
  ])('is refused with %s', (_, change) => expect(parseAnswer({ ...ANSWER, ...change })).toBeUndefined())
})
