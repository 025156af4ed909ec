import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDictionary, serializeInnerList, serializeItem } from './structured-fields.ts'

/** Parsed and written again, one line for each member. */
function read(text: string): string {
  const parsed = parseDictionary(text)
  if (!parsed.ok) return parsed.code
  return [...parsed.value]
    .map(([key, member]) => `${key}=${member.kind === 'item' ? serializeItem(member) : serializeInnerList(member)}`)
    .join('\n')
}

describe('structured fields', () => {
  it.each<[string, string]>([
    ['a=1', 'a=1'],
    ['a=-0', 'a=0'],
    ['a=007', 'a=7'],
    ['a=999999999999999', 'a=999999999999999'],
    ['a="x y"', 'a="x y"'],
    ['a="\\"\\\\"', 'a="\\"\\\\"'],
    ['a=tok/en:1', 'a=tok/en:1'],
    ['a=:AQID:', 'a=:AQID:'],
    ['a=::', 'a=::'],
    ['a=?0', 'a=?0'],
    ['a', 'a=?1'],
    ['a;b;c=?0', 'a=?1;b;c=?0'],
    ['a=();b="c"', 'a=();b="c"'],
    ['a=( "x"  "y";req )', 'a=("x" "y";req)'],
    ['  a=1 \t,\tb=2 ', 'a=1\nb=2'],
    ['a=1;  b=2', 'a=1;b=2'],
    ['*a_.-*1=1', '*a_.-*1=1'],
    // RFC 9651 sections 3.3.2, 3.3.7 and 3.3.8.
    ['a=4.5', 'a=4.5'],
    ['a=-04.500', 'a=-4.5'],
    ['a=-0.0', 'a=0.0'],
    ['a=1.0;b=0.010', 'a=1.0;b=0.01'],
    ['a=999999999999.999', 'a=999999999999.999'],
    ['a=@1659578233', 'a=@1659578233'],
    ['a=@-1;b=@0', 'a=@-1;b=@0'],
    ['a=%"This is intended for display to %c3%bcsers."', 'a=%"This is intended for display to %c3%bcsers."'],
    ['a=%"%25%22%f0%9f%99%82"', 'a=%"%25%22%f0%9f%99%82"'],
    ['a=%"%41"', 'a=%"A"'],
    ['', ''],
  ])('reads %j', (text, written) => expect(read(text)).toBe(written))

  it.each<[string, string]>([
    ['a=1,', 'sf-syntax'],
    [',a=1', 'sf-syntax'],
    ['a=1 b=2', 'sf-syntax'],
    ['A=1', 'sf-syntax'],
    ['a=', 'sf-syntax'],
    ['a=1;', 'sf-syntax'],
    ['a="x', 'sf-syntax'],
    ['a="\\n"', 'sf-syntax'],
    ['a="ä"', 'sf-syntax'],
    ['a="\t"', 'sf-syntax'],
    ['a=:AQID', 'sf-syntax'],
    ['a=:AQI-:', 'sf-syntax'],
    ['a=:AQ:', 'sf-base64'],
    ['a=:AR==:', 'sf-base64'],
    ['a=:AQ=:', 'sf-base64'],
    ['a=("x""y")', 'sf-syntax'],
    ['a=("x"', 'sf-syntax'],
    ['a=("x"\t"y")', 'sf-syntax'],
    ['a=(("x"))', 'sf-syntax'],
    ['a=1 ;b', 'sf-syntax'],
    ['a=?2', 'sf-syntax'],
    ['a=--1', 'sf-syntax'],
    ['a=1.', 'sf-syntax'],
    ['a=.5', 'sf-syntax'],
    ['a=1.2345', 'sf-number-range'],
    ['a=1234567890123.0', 'sf-number-range'],
    ['a=@', 'sf-syntax'],
    ['a=@1.5', 'sf-type'],
    ['a=@1000000000000000', 'sf-number-range'],
    ['a=%x', 'sf-syntax'],
    ['a=%"x', 'sf-syntax'],
    ['a=%"%C3%BC"', 'sf-syntax'],
    ['a=%"%c3"', 'sf-utf8'],
    ['a=%"ü"', 'sf-syntax'],
    ['a=1000000000000000', 'sf-number-range'],
    ['a=1, a=2', 'sf-duplicate-key'],
    ['a=1;b=1;b=2', 'sf-duplicate-key'],
    [`a="${'x'.repeat(16_384)}"`, 'sf-too-long'],
    [`a=(${'1 '.repeat(256)})`, 'sf-too-many'],
    [Array.from({ length: 257 }, (_, index) => `a${index}`).join(), 'sf-too-many'],
    ['a=1\nb=2', 'sf-syntax'],
    ['a=1\0', 'sf-syntax'],
  ])('refuses %j', (text, code) => expect(read(text)).toBe(code))

  it('throws on nothing, and reads what it writes as the same', () => {
    const pieces = fc.constantFrom(
      'a',
      '=',
      '"',
      '\\',
      '(',
      ')',
      ';',
      ',',
      ' ',
      ':',
      '?',
      '1',
      '-',
      'AQID',
      '\t',
      'é',
      '.',
      '@',
      '%"',
      '%c3%bc',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const parsed = parseDictionary(parts.join(''))
        if (!parsed.ok) return
        const written = [...parsed.value]
          .map(([key, member]) => `${key}=${member.kind === 'item' ? serializeItem(member) : serializeInnerList(member)}`)
          .join(', ')
        expect(parseDictionary(written)).toEqual(parsed)
      }),
      { numRuns: 3000 },
    )
  })
})
