import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

describe('utf8', () => {
  it('gives back what it encoded, a byte order mark included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toEqual({ ok: true, value: text })
      }),
    )
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toEqual({ ok: true, value: '\ufeffa' })
  })

  it('accepts an octet string only if it is the encoding of the text it gives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (octets) => {
        const decoded = decodeUtf8(octets)
        if (decoded.ok) expect(encodeUtf8(decoded.value)).toEqual(octets)
        else expect(decoded.code).toBe('utf8-invalid')
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['a lone continuation', [0x80]],
    ['a cut-off sequence', [0xe2, 0x82]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ])('refuses %s', (_name, octets) => {
    expect(decodeUtf8(Uint8Array.from(octets))).toEqual({ ok: false, code: 'utf8-invalid' })
  })
})
