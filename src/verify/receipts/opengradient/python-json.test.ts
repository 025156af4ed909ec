import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { dumpsSorted, pythonNumber, readJson } from './python-json.ts'

function dumps(text: string): string | undefined {
  const value = readJson(encodeUtf8(text))
  if (!value.ok) throw new Error(value.code)
  return dumpsSorted(value.value)
}

describe('JSON as Python writes it', () => {
  // Each pair from `json.dumps(json.loads(text))` of CPython.
  it.each([
    ['0', '0'],
    ['0.7', '0.7'],
    ['1.0', '1.0'],
    ['1e2', '100.0'],
    ['1E+2', '100.0'],
    ['1e-4', '0.0001'],
    ['0.00001234', '1.234e-05'],
    ['1e-7', '1e-07'],
    ['1e15', '1000000000000000.0'],
    ['1e16', '1e+16'],
    ['12345678901234567.0', '1.2345678901234568e+16'],
    ['123456789012345678', '123456789012345678'],
    ['100000000000000000000', '100000000000000000000'],
    ['9007199254740993.0', '9007199254740992.0'],
    ['-0', '0'],
    ['-0.0', '-0.0'],
    ['-2.5e-5', '-2.5e-05'],
    ['123e-20', '1.23e-18'],
    ['1e22', '1e+22'],
    ['5e-324', '5e-324'],
    ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ['3.141592653589793', '3.141592653589793'],
  ])('spells %s as %s', (text, spelled) => expect(pythonNumber(text)).toBe(spelled))

  it('has no spelling for what overflows', () => expect(pythonNumber('1e400')).toBeUndefined())

  it('spells every float so that it reads as the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // Of the two zeros, JavaScript spells both without a sign.
        const text = pythonNumber(Object.is(value, -0) ? '-0e+0' : value.toExponential())
        expect(Number(text)).toBe(value)
        expect(text).toMatch(/^-?\d+(?:\.\d+)?(?:e[+-]\d\d\d?)?$/)
      }),
    )
  })

  it.each([
    ['{}', '{}'],
    [' [ ] ', '[]'],
    ['[1 , [ ] , { } ]', '[1, [], {}]'],
    ['{"b":true,"a":[false,null]}', '{"a": [false, null], "b": true}'],
    ['{"a":{"d":1,"c":"x"}}', '{"a": {"c": "x", "d": 1}}'],
    ['"\\u00fc\\ud83d\\udc4b"', '"\\u00fc\\ud83d\\udc4b"'],
    ['"ü👋\\u007f\\u0000\\/ \\t\\"\\\\"', '"\\u00fc\\ud83d\\udc4b\\u007f\\u0000/ \\t\\"\\\\"'],
    // By code points, not by the units of UTF-16.
    ['{"👋":1,"\\uffee":2}', '{"\\uffee": 2, "\\ud83d\\udc4b": 1}'],
    ['{"ab":1,"a":2,"":3}', '{"": 3, "a": 2, "ab": 1}'],
    ['{"__proto__":1}', '{"__proto__": 1}'],
    // Python's integers have no end, and its texts may be of lone surrogates.
    ['18446744073709551615', '18446744073709551615'],
    ['"\\ud800"', '"\\ud800"'],
  ])('writes %s as %s', (text, written) => expect(dumps(text)).toBe(written))

  it('means what it read', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(readJson(encodeUtf8(text)).ok)
        const written = dumps(text)
        // `-0` is the integer 0 in Python.
        expect(JSON.parse(written ?? '')).toEqual(JSON.parse(text, (_, value) => (value === 0 ? 0 : value)))
      }),
    )
  })

  it.each(['', '{', '{"a":1,"a":2}', '[1,]', '\ufeff{}'])('does not read %j', (text) => {
    expect(readJson(encodeUtf8(text)).ok).toBe(false)
  })
})
