import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rawMember } from './raw-json.ts'

describe('the raw text of a member', () => {
  it.each([
    ['{"a":1}', 'a', '1'],
    ['{ "a" : {"b": [1, 2]} , "c":2 }', 'a', '{"b": [1, 2]}'],
    ['{"c":{"a":5},"a":"x,}\\"]"}', 'a', '"x,}\\"]"'],
    ['{"c":"a","a":true}', 'a', 'true'],
    ['{"b":"a:1","a":[{"a":2}]}', 'a', '[{"a":2}]'],
    ['{"b":1}', 'a', undefined],
    ['{}', 'a', undefined],
    ['["a",1]', 'a', undefined],
    ['{"b":["a",{"a":1}]}', 'a', undefined],
  ])('%s', (text, name, raw) => expect(rawMember(text, name)).toBe(raw))

  it('parses to the value of the member, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), fc.nat({ max: 3 }), (before, value, after, indent) => {
        const text = JSON.stringify({ before, tcbInfo: value, after }, undefined, indent)
        expect(JSON.parse(rawMember(text, 'tcbInfo') ?? '')).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
