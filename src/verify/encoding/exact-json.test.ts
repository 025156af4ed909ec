import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExactJson } from './exact-json.ts'
import { parseForeignJson } from './json.ts'

describe('parseExactJson', () => {
  it.each([
    ['{"not_after":18446744073709551615}', { not_after: 18446744073709551615n }],
    ['[9007199254740991,9007199254740992,-9007199254740993]', [9007199254740991, 9007199254740992n, -9007199254740993n]],
    ['{"#":"#18446744073709551615","##":18446744073709551615}', { '#': '#18446744073709551615', '##': 18446744073709551615n }],
    ['["\\u00239007199254740993",9007199254740993]', ['#9007199254740993', 9007199254740993n]],
    ['["9007199254740993","\\"9007199254740993"]', ['9007199254740993', '"9007199254740993']],
    // Neither is an integer as it is spelled: what a double makes of them is what they are.
    ['[1.12345678901234567890,1e400,9007199254740993.0]', [1.1234567890123457, Number.POSITIVE_INFINITY, 9007199254740992]],
  ])('keeps every digit of %s', (text, value) => {
    expect(parseExactJson(text)).toEqual({ ok: true, value })
  })

  it('is `parseForeignJson` of everything else', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const exact = parseExactJson(text)
        const numbers = (value: unknown): unknown =>
          JSON.parse(JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? Number(item) : item)))
        const plain = parseForeignJson(text)
        expect(exact.ok).toBe(plain.ok)
        if (exact.ok && plain.ok) expect(numbers(exact.value)).toEqual(numbers(plain.value))
      }),
    )
  })

  it('keeps a member named __proto__, and refuses what foreign JSON is refused for', () => {
    const parsed = parseExactJson('{"__proto__":9007199254740993}')
    expect(parsed.ok && Object.entries(Object(parsed.value))).toEqual([['__proto__', 9007199254740993n]])
    expect(parseExactJson('{"a":9007199254740993,"a":1}')).toMatchObject({ ok: false, code: 'json-duplicate-key' })
    expect(parseExactJson('[9007199254740993')).toMatchObject({ ok: false, code: 'json-syntax' })
  })
})
