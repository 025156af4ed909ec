import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeHex, encodeHex } from './hex.ts'

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

  it('never throws, and accepts only digits', () => {
    fc.assert(fc.property(fc.string(), (text) => decodeHex(text).ok === /^([0-9a-fA-F]{2})*$/.test(text)))
  })
})
