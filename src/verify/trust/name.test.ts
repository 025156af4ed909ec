import { describe, expect, it } from 'vitest'
import { oid, sequence, text, tlv } from '../../../test/support/der-writer.ts'
import { isWithin, parseName } from './name.ts'

const attribute = (type: string, tag: number, value: string) => sequence(oid(type), text(tag, value))
const rdn = (...attributes: Uint8Array[]) => tlv(0x31, ...attributes)
const CN = '2.5.4.3'
const O = '2.5.4.10'
const EMAIL = '1.2.840.113549.1.9.1'

function name(...rdns: Uint8Array[]) {
  const parsed = parseName(sequence(...rdns))
  if (!parsed.ok) throw new Error(parsed.detail)
  return parsed.value
}

const same = (a: Uint8Array, b: Uint8Array) => name(rdn(a)).key === name(rdn(b)).key

describe('names', () => {
  it('are the same whatever the string type, the case and the spaces', () => {
    expect(same(attribute(CN, 0x0c, 'Some  Name'), attribute(CN, 0x13, ' some name '))).toBe(true)
    expect(same(attribute(CN, 0x0c, 'É'), attribute(CN, 0x0c, 'é'))).toBe(true)
  })

  it('differ by text, type, order and grouping', () => {
    expect(same(attribute(CN, 0x0c, 'a b'), attribute(CN, 0x0c, 'ab'))).toBe(false)
    expect(same(attribute(CN, 0x0c, 'a'), attribute(O, 0x0c, 'a'))).toBe(false)
    const [a, b] = [attribute(CN, 0x0c, 'a'), attribute(O, 0x0c, 'b')]
    expect(name(rdn(a), rdn(b)).key).not.toBe(name(rdn(b), rdn(a)).key)
    expect(name(rdn(a), rdn(b)).key).not.toBe(name(rdn(a, b)).key)
    expect(name(rdn(a)).key).not.toBe(name(rdn(a), rdn(a)).key)
  })

  it('of rare string types are compared octet by octet', () => {
    expect(same(attribute(CN, 0x14, 'a'), attribute(CN, 0x14, 'a'))).toBe(true)
    expect(same(attribute(CN, 0x14, 'a'), attribute(CN, 0x14, 'A'))).toBe(false)
    expect(same(attribute(CN, 0x14, 'a'), attribute(CN, 0x0c, 'a'))).toBe(false)
  })

  it('cannot be forged by text that looks like the inner form', () => {
    expect(same(attribute(CN, 0x0c, 'der:1401'), attribute(CN, 0x14, '\u0001'))).toBe(false)
    expect(name(rdn(attribute(CN, 0x0c, 'a"],["b'))).key).not.toBe(name(rdn(attribute(CN, 0x0c, 'a')), rdn(attribute(CN, 0x0c, 'b'))).key)
  })

  it('are shown most specific first', () => {
    expect(name(rdn(attribute(O, 0x13, 'Org')), rdn(attribute(CN, 0x0c, 'Name')), rdn(attribute('1.2.3', 0x0c, 'x'))).text).toBe(
      '1.2.3=x, CN=Name, O=Org',
    )
  })

  it('tell mailboxes', () => {
    expect(name(rdn(attribute(EMAIL, 0x16, 'a@example.com'))).mailboxes).toEqual(['a@example.com'])
  })

  it('lie within names that they begin with', () => {
    const [a, b, c] = [rdn(attribute(O, 0x0c, 'a')), rdn(attribute(O, 0x0c, 'b')), rdn(attribute(O, 0x0c, 'c'))]
    expect(isWithin(name(a, b), name(a))).toBe(true)
    expect(isWithin(name(a), name())).toBe(true)
    expect(isWithin(name(a), name(a, b))).toBe(false)
    expect(isWithin(name(b, a), name(a))).toBe(false)
    expect(isWithin(name(a, b, c), name(a, c))).toBe(false)
  })

  it.each([
    ['not DER', Uint8Array.of(0x30)],
    ['a SET outside', tlv(0x31)],
    ['an attribute outside a SET', sequence(attribute(CN, 0x0c, 'a'))],
    ['an empty SET', sequence(tlv(0x31))],
    ['an attribute without a type', sequence(rdn(sequence(text(0x0c, 'a'), text(0x0c, 'a'))))],
    ['an attribute with two values', sequence(rdn(sequence(oid(CN), text(0x0c, 'a'), text(0x0c, 'a'))))],
    ['65 relative names', sequence(...Array.from({ length: 65 }, () => rdn(attribute(CN, 0x0c, 'a'))))],
  ])('are refused when they are %s', (_, der) => {
    expect(parseName(Uint8Array.from(der))).toMatchObject({ ok: false, code: 'name-malformed' })
  })
})
