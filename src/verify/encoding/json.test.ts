import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endOfString, isJsonObject, isWellFormed, parseForeignJson, parseForeignJsonBytes, parseJson, parseJsonBytes } from './json.ts'
import { encodeUtf8 } from './utf8.ts'

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth)
}

describe('parseJson', () => {
  it('agrees with the engine on every JSON value', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        const value: unknown = JSON.parse(text)
        const spelled = JSON.stringify(value, undefined, indent)
        if (!hasUnsafeNumber(value)) expect(parseJson(spelled)).toEqual({ ok: true, value })
      }),
    )
  })

  it('never throws on any text, and accepts no text that the engine refuses', () => {
    const soup = fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'a', '1', ' ', '\ud800', 'é'), maxLength: 24 })
    fc.assert(
      fc.property(fc.oneof(soup, fc.string()), (text) => {
        if (parseJson(text).ok) expect(() => JSON.parse(text)).not.toThrow()
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":1}',
    '{"\\u0061":1,"a":1}',
    '{"/":1,"\\/":1}',
    '{"\\n":1,"\\u000a":1}',
    '{"":1,"":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"a":{"b":[{"c":1,"d":2,"c":3}]}}',
    '{"a":{"x":1},"a":{"x":1}}',
    '[{"a":1},{"a":1,"b":2,"a":3}]',
  ])('refuses the name given twice in %s', (text) => {
    expect(parseJson(text)).toMatchObject({ ok: false, code: 'json-duplicate-key' })
  })

  it.each([
    '{"a":1,"A":1}',
    '[{"a":1},{"a":1}]',
    '{"a":{"a":{"a":1}}}',
    '{"a:b":"c:d","\\"a\\":":"\\\\:","\\\\":":"}',
    '{"constructor":1,"toString":2,"hasOwnProperty":3}',
    '{"0":1,"1":2,"00":3}',
    '":"',
    'null',
  ])('accepts %s', (text) => {
    expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) })
  })

  it('refuses any member repeated anywhere', () => {
    const objects = fc.dictionary(fc.string({ minLength: 1 }), fc.integer(), { minKeys: 1, maxKeys: 5 })
    fc.assert(
      fc.property(objects, fc.nat(), fc.boolean(), (object, pick, escaped) => {
        const names = Object.keys(object)
        const name = names[pick % names.length] ?? ''
        const spelled = escaped
          ? `"${name
              .split('')
              .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
              .join('')}"`
          : JSON.stringify(name)
        const text = `${JSON.stringify(object).slice(0, -1)},${spelled}:0}`
        expect(parseJson(`[${text}]`)).toMatchObject({ ok: false, code: 'json-duplicate-key' })
      }),
    )
  })

  it('keeps a member named __proto__ as an own member and leaves prototypes alone', () => {
    const parsed = parseJson('{"__proto__":{"admin":true}}')
    expect(parsed.ok && isJsonObject(parsed.value) && Object.hasOwn(parsed.value, '__proto__')).toBe(true)
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
  })

  it.each(['"\\ud800"', '"\\udc00"', '"\\udc00\\ud800"', '{"\\ud800":1}', '["a",{"b":["\\ud83dx"]}]', '"\ud800"'])(
    'refuses the lone surrogate in %j',
    (text) => {
      expect(parseJson(text)).toMatchObject({ ok: false, code: 'json-lone-surrogate' })
    },
  )

  it('accepts surrogates in pairs', () => {
    expect(parseJson('"\\ud83d\\ude00"')).toEqual({ ok: true, value: '😀' })
  })

  it.each([
    '9007199254740992',
    '-9007199254740992',
    '9007199254740993',
    '1e16',
    '1e999',
    '-1e999',
    '[{"a":18446744073709551615}]',
    '9007199254740991.6',
  ])('refuses the number %s', (text) => {
    expect(parseJson(text)).toMatchObject({ ok: false, code: 'json-number-range' })
  })

  it.each(['9007199254740991', '-9007199254740991', '0.1', '-0', '1e-999', '1e15'])('accepts the number %s', (text) => {
    expect(parseJson(text)).toEqual({ ok: true, value: Number(text) })
  })

  it('refuses depth beyond the limit, and counts no brackets in strings', () => {
    expect(parseJson(nested(64)).ok).toBe(true)
    expect(parseJson(nested(65))).toMatchObject({ ok: false, code: 'json-too-deep' })
    expect(parseJson('{"a":{"b":1}}', { maxDepth: 1 })).toMatchObject({ ok: false, code: 'json-too-deep' })
    expect(parseJson('{"a":{"b":1}}', { maxDepth: 2 }).ok).toBe(true)
    expect(parseJson('1', { maxDepth: 0 }).ok).toBe(true)
    expect(parseJson(`["${'[{'.repeat(500)}\\"${'[{'.repeat(500)}"]`).ok).toBe(true)
    expect(parseJson(`[${'[],'.repeat(500)}[]]`).ok).toBe(true)
  })

  it('survives a megabyte of opening brackets', () => {
    expect(parseJson('['.repeat(1_000_000))).toMatchObject({ ok: false, code: 'json-too-deep' })
    expect(parseJson('['.repeat(1_000_000), { maxDepth: 2_000_000 })).toMatchObject({ ok: false, code: 'json-syntax' })
  })

  it('refuses length beyond the limit', () => {
    expect(parseJson('[1]', { maxLength: 3 }).ok).toBe(true)
    expect(parseJson('[1]', { maxLength: 2 })).toMatchObject({ ok: false, code: 'json-too-large' })
    expect(parseJson(' '.repeat(4 * 1024 * 1024 + 1))).toMatchObject({ ok: false, code: 'json-too-large' })
  })

  it.each(['', ' ', '{', '{"a":1,}', "{'a':1}", '[1]x', '\ufeff1', '01', 'NaN', '"\n"', '"\\x"', '{"a" 1}', '{a:1}', '"'])(
    'refuses %j as syntax',
    (text) => {
      expect(parseJson(text)).toMatchObject({ ok: false, code: 'json-syntax' })
    },
  )

  it('takes linear time', () => {
    const text = `[${'{"name":"value","other":[1,2,3]},'.repeat(100_000)}{}]`
    const started = performance.now()
    expect(parseJson(text).ok).toBe(true)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

describe('parseForeignJson', () => {
  it.each([
    '[{"a":18446744073709551615}]',
    '{"logprob":-3.4028234663852886e38}',
    '[1e999]',
    '{"a":"\\ud800"}',
    '{"\\ud800":1}',
    '"\\udc00\\ud800"',
  ])('takes %s as the engine does', (text) => {
    expect(parseForeignJson(text)).toEqual({ ok: true, value: JSON.parse(text) })
    expect(parseForeignJsonBytes(encodeUtf8(text))).toEqual({ ok: true, value: JSON.parse(text) })
    expect(parseJson(text).ok).toBe(false)
  })

  it.each([
    ['{"a":1,"\\u0061":1}', 'json-duplicate-key'],
    ['[{"b":[{"a":1,"c":2,"a":3}]}]', 'json-duplicate-key'],
    ['{"__proto__":1,"__proto__":2}', 'json-duplicate-key'],
    [nested(65), 'json-too-deep'],
    ['{"a":1,}', 'json-syntax'],
    ['\ufeff1', 'json-syntax'],
    [' '.repeat(4 * 1024 * 1024 + 1), 'json-too-large'],
  ])('refuses %.40s', (text, code) => {
    expect(parseForeignJson(text)).toMatchObject({ ok: false, code })
    expect(parseForeignJsonBytes(encodeUtf8(text))).toMatchObject({ ok: false, code })
  })

  it('agrees with `parseJson` wherever that takes the text', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const strict = parseJson(text)
        if (strict.ok) expect(parseForeignJson(text)).toEqual(strict)
      }),
    )
  })
})

describe('isWellFormed', () => {
  it('is true of texts that have a UTF-8 form', () => {
    expect(['', 'a', '😀', '\ud83d', '\ude00\ud83d'].map(isWellFormed)).toEqual([true, true, true, false, false])
  })
})

describe('parseJsonBytes', () => {
  it('parses UTF-8', () => {
    expect(parseJsonBytes(encodeUtf8('{"é":"😀"}'))).toEqual({ ok: true, value: { é: '😀' } })
  })

  it('refuses ill-formed UTF-8, a byte order mark, and length in octets', () => {
    expect(parseJsonBytes(Uint8Array.of(0x22, 0xff, 0x22))).toMatchObject({ ok: false, code: 'utf8-invalid' })
    expect(parseJsonBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31))).toMatchObject({ ok: false, code: 'json-syntax' })
    expect(parseJsonBytes(encodeUtf8('"é"'), { maxLength: 3 })).toMatchObject({ ok: false, code: 'json-too-large' })
    expect(parseJsonBytes(encodeUtf8('"é"'), { maxLength: 4 }).ok).toBe(true)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (octets) => typeof parseJsonBytes(octets).ok === 'boolean'))
  })
})

describe('isJsonObject', () => {
  it('is true of objects only', () => {
    expect([{}, [], null, 'a', 1, undefined].map(isJsonObject)).toEqual([true, false, false, false, false, false])
  })
})

function hasUnsafeNumber(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnsafeNumber)
}

describe('endOfString', () => {
  it('finds the quotation mark that an engine finds', () => {
    const texts = fc.array(fc.constantFrom('"', '\\', 'a', ':', '{')).map((parts) => `"${parts.join('')}`)
    fc.assert(
      fc.property(texts, (text) => {
        const engine = /^"(?:[^"\\]|\\[\s\S])*"/.exec(text)
        expect(endOfString(text, 0)).toBe(engine === null ? text.length : engine[0].length - 1)
      }),
      { numRuns: 2000 },
    )
  })
})
