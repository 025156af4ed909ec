import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { respacedAsPython } from './json-python.ts'

const respaced = (text: string) => {
  const octets = respacedAsPython(new TextEncoder().encode(text))
  return octets === undefined ? undefined : new TextDecoder().decode(octets)
}

describe('a JSON document as Python writes it', () => {
  // The right side is what `json.dumps(json.loads(...))` of Python 3.12 gives.
  it.each([
    ['{}', '{}'],
    ['[]', '[]'],
    ['{"a":[1,2,{"b":null}],"c":true}', '{"a": [1, 2, {"b": null}], "c": true}'],
    ['{\n  "a" : [ 1 ,\t2 ]\r\n}', '{"a": [1, 2]}'],
    ['"a,b:c"', '"a,b:c"'],
    ['"Grüße \u{1f642}\u007f"', '"Gr\\u00fc\\u00dfe \\ud83d\\ude42\\u007f"'],
    ['"\\/\\u0041\\n\\b\\f\\r\\t\\u0001\\"\\\\"', '"/A\\n\\b\\f\\r\\t\\u0001\\"\\\\"'],
    ['{"\\u00e9":1}', '{"\\u00e9": 1}'],
    ['{"b":1,"a":2}', '{"b": 1, "a": 2}'],
    ['-1.5', '-1.5'],
    ['[9007199254740993,-3.4028234663852886e+38]', '[9007199254740993, -3.4028234663852886e+38]'],
    ['"\\ud800"', '"\\ud800"'],
  ])('%s', (text, expected) => expect(respaced(text)).toBe(expected))

  it('leaves numbers as they are spelled, which Python would not', () => {
    expect(respaced('[1E2,1.0,-0]')).toBe('[1E2, 1.0, -0]')
  })
  it.each(['', '{', 'nul', '{"a":1,"a":2}', '{"a":1} {}', '\ufeff{}', "{'a':1}"])('is nothing for %j', (text) => {
    expect(respaced(text)).toBeUndefined()
  })
  it('is nothing for what is no UTF-8', () => {
    expect(respacedAsPython(new Uint8Array([0x22, 0xff, 0x22]))).toBeUndefined()
  })
  it('means what the document meant, in ASCII, and is its own form', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value)
        const form = respaced(text)
        if (form === undefined) return
        expect(JSON.parse(form)).toEqual(JSON.parse(text))
        expect(form).toMatch(/^[ -~]*$/)
        expect(respaced(form)).toBe(form)
        expect(respaced(JSON.stringify(value, null, 2))).toBe(form)
      }),
    )
  })
  it('throws on no octets', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => void respacedAsPython(new Uint8Array(octets))))
  })
})
