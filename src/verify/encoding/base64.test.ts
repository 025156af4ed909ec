import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64, decodeBase64url, encodeBase64, encodeBase64url } from './base64.ts'
import { encodeUtf8 } from './utf8.ts'

// RFC 4648 section 10.
const RFC_VECTORS = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const

const bytes = fc.uint8Array({ maxLength: 200 })
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('base64url', () => {
  it('gives the vectors of RFC 4648 without their padding', () => {
    for (const [text, encoded] of RFC_VECTORS) {
      const unpadded = encoded.replaceAll('=', '')
      expect(encodeBase64url(encodeUtf8(text))).toBe(unpadded)
      expect(decodeBase64url(unpadded)).toEqual({ ok: true, value: encodeUtf8(text) })
    }
  })

  it('spells the last two digits as section 5 does', () => {
    expect(encodeBase64url(Uint8Array.of(0xfb, 0xff))).toBe('-_8')
    expect(decodeBase64url('-_8')).toEqual({ ok: true, value: Uint8Array.of(0xfb, 0xff) })
  })

  it('agrees with Node on any octets', () => {
    fc.assert(
      fc.property(bytes, (octets) => {
        const encoded = encodeBase64url(octets)
        expect(encoded).toBe(Buffer.from(octets).toString('base64url'))
        expect(decodeBase64url(encoded)).toEqual({ ok: true, value: octets })
      }),
    )
  })

  it('never has two spellings for the same octets', () => {
    const text = fc.string({ unit: fc.constantFrom(...alphabet, '+', '/', '=', ' ', '\n', 'é'), maxLength: 12 })
    fc.assert(
      fc.property(text, (candidate) => {
        const decoded = decodeBase64url(candidate)
        if (decoded.ok) expect(encodeBase64url(decoded.value)).toBe(candidate)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['Zg==', 'base64url-padding'],
    ['Zm8=', 'base64url-padding'],
    ['=', 'base64url-length'],
    ['A', 'base64url-length'],
    ['AAAAA', 'base64url-length'],
    ['Zh', 'base64url-trailing-bits'],
    ['Zm9', 'base64url-trailing-bits'],
    ['++++', 'base64url-character'],
    ['////', 'base64url-character'],
    ['Zm9v\n\n', 'base64url-character'],
    ['Zm v', 'base64url-character'],
    ['Zm\u00009', 'base64url-character'],
    ['Zm9\u0100', 'base64url-character'],
    ['Zm9\u{1f600}v', 'base64url-character'],
  ])('refuses %j as %s', (text, code) => {
    expect(decodeBase64url(text)).toMatchObject({ ok: false, code })
  })

  it('refuses every set of unused bits but zero', () => {
    for (let high = 0; high < 64; high++) {
      expect(decodeBase64url(`A${alphabet[high]}`).ok).toBe(high % 16 === 0)
      expect(decodeBase64url(`AA${alphabet[high]}`).ok).toBe(high % 4 === 0)
    }
  })

  it('refuses text longer than the limit', () => {
    expect(decodeBase64url('AAAA', 4).ok).toBe(true)
    expect(decodeBase64url('AAAAAA', 5)).toMatchObject({ ok: false, code: 'base64url-too-long' })
  })
})

describe('base64', () => {
  it('gives the vectors of RFC 4648', () => {
    for (const [text, encoded] of RFC_VECTORS) {
      expect(encodeBase64(encodeUtf8(text))).toBe(encoded)
      expect(decodeBase64(encoded)).toEqual({ ok: true, value: encodeUtf8(text) })
    }
  })

  it('agrees with Node on any octets', () => {
    fc.assert(
      fc.property(bytes, (octets) => {
        const encoded = encodeBase64(octets)
        expect(encoded).toBe(Buffer.from(octets).toString('base64'))
        expect(decodeBase64(encoded)).toEqual({ ok: true, value: octets })
      }),
    )
  })

  it('never has two spellings for the same octets', () => {
    const text = fc.string({ unit: fc.constantFrom('A', 'Q', 'g', 'h', '+', '/', '=', '-', '\n'), maxLength: 8 })
    fc.assert(
      fc.property(text, (candidate) => {
        const decoded = decodeBase64(candidate)
        if (decoded.ok) expect(encodeBase64(decoded.value)).toBe(candidate)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['Zg', 'base64-length'],
    ['Zg=', 'base64-length'],
    ['====', 'base64-padding'],
    ['A===', 'base64-padding'],
    ['Zg==Zg==', 'base64-padding'],
    ['Zm=v', 'base64-padding'],
    ['Zh==', 'base64-trailing-bits'],
    ['Zm9=', 'base64-trailing-bits'],
    ['-_-_', 'base64-character'],
    ['Zm\nv', 'base64-character'],
  ])('refuses %j as %s', (text, code) => {
    expect(decodeBase64(text)).toMatchObject({ ok: false, code })
  })

  it('refuses text longer than the limit', () => {
    expect(decodeBase64('AAA=', 4).ok).toBe(true)
    expect(decodeBase64('AAAAAAA=', 7)).toMatchObject({ ok: false, code: 'base64-too-long' })
  })
})
