import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeHex, decodeHexText, encodeHex } from './hex.ts'

describe('hex', () => {
  it('agrees with Node on any octets, in either case', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (octets) => {
        const encoded = encodeHex(octets)
        expect(encoded).toBe(Buffer.from(octets).toString('hex'))
        expect(decodeHex(encoded, 'lower-case')).toEqual({ ok: true, value: octets })
        expect(decodeHex(encoded.toUpperCase())).toEqual({ ok: true, value: octets })
      }),
    )
  })

  it.each([
    ['0', 'hex-length'],
    ['0x00', 'hex-character'],
    ['0g', 'hex-character'],
    ['0G', 'hex-character'],
    ['/0', 'hex-character'],
    [':0', 'hex-character'],
    ['`0', 'hex-character'],
    ['@0', 'hex-character'],
    [' 0', 'hex-character'],
    ['０0', 'hex-character'],
  ])('refuses %j as %s', (text, code) => {
    expect(decodeHex(text)).toMatchObject({ ok: false, code })
  })

  it('refuses capitals where lower case is demanded', () => {
    for (const letter of 'ABCDEF') expect(decodeHex(`0${letter}`, 'lower-case')).toMatchObject({ ok: false, code: 'hex-upper-case' })
    expect(decodeHex('09af', 'lower-case').ok).toBe(true)
  })

  it('as text that was handed over may have a prefix and white space around it, and nothing else', () => {
    for (const text of ['0aFF', '0x0aff', '0X0AFF', ' 0aff\n', '\t0x0Aff ']) {
      expect(decodeHexText(text)).toEqual({ ok: true, value: Uint8Array.of(0x0a, 0xff) })
    }
    for (const text of ['0x0x00', '0aff0', '0a ff', 'x00', '\\x0aff']) expect(decodeHexText(text).ok).toBe(false)
  })

  it('never throws, and accepts only digits', () => {
    fc.assert(fc.property(fc.string(), (text) => decodeHex(text).ok === /^([0-9a-fA-F]{2})*$/.test(text)))
  })
})
