import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase32 } from './base32.ts'

/** RFC 4648 section 6, written out bit by bit. */
function encode(octets: Uint8Array): string {
  const bits = [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('')
}

describe('base32', () => {
  it.each([
    ['', ''],
    ['my', 'f'],
    ['mzxq', 'fo'],
    ['mzxw6', 'foo'],
    ['mzxw6yq', 'foob'],
    ['mzxw6ytb', 'fooba'],
    ['mzxw6ytboi', 'foobar'],
  ])('decodes %s as RFC 4648 section 10 has it', (text, decoded) => {
    expect(decodeBase32(text)).toEqual({ ok: true, value: new Uint8Array(Buffer.from(decoded)) })
  })

  it('decodes any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (octets) => {
        expect(decodeBase32(encode(octets))).toEqual({ ok: true, value: octets })
      }),
    )
  })

  it.each([
    ['m', 'base32-length'],
    ['mzx', 'base32-length'],
    ['mzxw6y', 'base32-length'],
    ['MY', 'base32-character'],
    ['my======', 'base32-character'],
    ['m1', 'base32-character'],
    ['mz', 'base32-trailing-bits'],
  ])('refuses %s', (text, code) => expect(decodeBase32(text)).toEqual({ ok: false, code }))

  it('has one spelling for every octet string', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z2-7]{0,40}$/), (text) => {
        const decoded = decodeBase32(text)
        if (decoded.ok) expect(encode(decoded.value)).toBe(text)
      }),
    )
  })
})
