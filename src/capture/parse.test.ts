import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LARGEST_RESPONSE, type OctetsMessage } from './messages.ts'
import { parseCaptureMessage } from './parse.ts'

const OCTETS: OctetsMessage = {
  type: 'capture/octets',
  capture: '0123456789abcdef0123456789abcdef',
  method: 'POST',
  url: 'https://api.trustedrouter.com/v1/chat/completions',
  request: new Uint8Array([1]),
  response: new Uint8Array([2]),
  state: 'complete',
  beganAt: 1,
  endedAt: 2,
}

describe('a content script’s message', () => {
  it('is one of two kinds', () => {
    expect(parseCaptureMessage(OCTETS)).toEqual({ ok: true, value: OCTETS })
    expect(parseCaptureMessage({ ...OCTETS, request: null }).ok).toBe(true)
    expect(parseCaptureMessage({ type: 'capture/ready' })).toEqual({ ok: true, value: { type: 'capture/ready' } })
  })

  it.each<[string, object]>([
    ['of another kind', { type: 'ui/state' }],
    ['with a name that is none', { capture: 'short' }],
    ['with a state that only the background gives', { state: 'ambiguous' }],
    ['with too many octets', { response: new Uint8Array(LARGEST_RESPONSE + 1) }],
    ['with text for octets', { response: 'abc' }],
    ['with more in it', { more: true }],
    ['with a method that asks for nothing', { method: 'GET' }],
    ['with no address', { url: 'somewhere' }],
    ['with a time that is none', { beganAt: Number.NaN }],
  ])('is refused %s', (_, change) => {
    expect(parseCaptureMessage({ ...OCTETS, ...change }).ok).toBe(false)
  })

  it('is refused, and never thrown over, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseCaptureMessage(value).ok).toBe(false)
      }),
    )
  })
})
