import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalize } from './jcs.ts'
import { parseJson } from './json.ts'

function canonicalTextOf(json: string) {
  const parsed = parseJson(json)
  if (!parsed.ok) throw new Error(parsed.code)
  return canonicalize(parsed.value)
}

describe('canonicalize', () => {
  it('writes an integer of 64 bits in all its digits', () => {
    expect(canonicalize({ b: 2n ** 64n - 1n, a: -(2n ** 63n) })).toEqual({
      ok: true,
      value: '{"a":-9223372036854775808,"b":18446744073709551615}',
    })
  })

  it('gives the text of RFC 8785 section 3.2.2', () => {
    const sample = String.raw`{
      "numbers": [333333333.33333329, 1E15, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`
    const expected = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1000000000000000,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`
    expect(canonicalTextOf(sample)).toEqual({ ok: true, value: expected })
  })

  it('sorts by UTF-16 code units (RFC 8785 section 3.2.3)', () => {
    const sample = String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`
    const result = canonicalTextOf(sample)
    const order = result.ok ? [...result.value.matchAll(/":"([^"]+)"/g)].map((match) => match[1]) : []
    expect(order).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
  })

  it('sorts names that look like indexes as texts', () => {
    expect(canonicalTextOf('{"9":1,"10":2,"a":3,"":4}')).toEqual({ ok: true, value: '{"":4,"10":2,"9":1,"a":3}' })
  })

  // RFC 8785 appendix B.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['44b52d02c7e14af6', '1e+23'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('spells the number %s as %s', (bits, text) => {
    const number = new DataView(new BigUint64Array([BigInt(`0x${bits}`)]).buffer).getFloat64(0, true)
    expect(canonicalize(number)).toEqual({ ok: true, value: text })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s', (number) => {
    expect(canonicalize([number])).toMatchObject({ ok: false, code: 'jcs-number' })
  })

  it('refuses lone surrogates in texts and names', () => {
    expect(canonicalize('\udead')).toMatchObject({ ok: false, code: 'jcs-lone-surrogate' })
    expect(canonicalize({ '\ud83d': 1 })).toMatchObject({ ok: false, code: 'jcs-lone-surrogate' })
  })

  it.each([
    ['undefined', undefined],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a date', new Date(0)],
    ['octets', new Uint8Array(2)],
    ['a map', new Map([['a', 1]])],
    ['a hole', new Array(1)],
    ['an undefined member', { a: undefined }],
  ])('refuses %s', (_, value) => {
    expect(canonicalize(value)).toMatchObject({ ok: false, code: 'jcs-not-json' })
  })

  it('does not ask the value how it wants to be spelled', () => {
    expect(canonicalize({ toJSON: 'x', b: 1 })).toEqual({ ok: true, value: '{"b":1,"toJSON":"x"}' })
    expect(canonicalize({ toJSON: () => 1 })).toMatchObject({ ok: false, code: 'jcs-not-json' })
  })

  it('keeps a member named __proto__', () => {
    expect(canonicalTextOf('{"b":1,"__proto__":{"a":2}}')).toEqual({ ok: true, value: '{"__proto__":{"a":2},"b":1}' })
  })

  it('stops at the depth and the length that it is given', () => {
    expect(canonicalize([[1]], { maxDepth: 2 }).ok).toBe(true)
    expect(canonicalize([[[]]], { maxDepth: 2 })).toMatchObject({ ok: false, code: 'jcs-too-deep' })
    expect(canonicalize({ a: { b: {} } }, { maxDepth: 2 })).toMatchObject({ ok: false, code: 'jcs-too-deep' })
    expect(canonicalize('abc', { maxLength: 5 }).ok).toBe(true)
    expect(canonicalize('abcd', { maxLength: 5 })).toMatchObject({ ok: false, code: 'jcs-too-large' })
    // Shared values would grow without end before the depth is reached.
    let wide: unknown = 'x'
    for (let level = 0; level < 40; level += 1) wide = [wide, wide]
    expect(canonicalize(wide, { maxLength: 1000 })).toMatchObject({ ok: false, code: 'jcs-too-large' })
  })

  it('gives a text that means the same value and is its own canonical form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalize(value)
        if (!text.ok) return text.code === 'jcs-lone-surrogate'
        expect(JSON.parse(text.value)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalize(JSON.parse(text.value))).toEqual(text)
        return true
      }),
    )
  })

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (members) => {
        const turned = Object.fromEntries(Object.entries(members).reverse())
        expect(canonicalize(turned)).toEqual(canonicalize(members))
      }),
    )
  })
})
