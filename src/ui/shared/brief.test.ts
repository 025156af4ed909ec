import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brief, briefValue } from './brief.ts'

const HEX = 'cf91d2a7c06cfa1f1b7c8a0dc5d7b9a4e1f0a2b3c4d5e6f708192a3b4c5da0ff'

describe('brief', () => {
  it.each([
    [`Your policy does not accept sha256:${HEX}.`, 'Your policy does not accept sha256:cf91…a0ff.'],
    [`${HEX} and ${HEX}`, 'cf91…a0ff and cf91…a0ff'],
    ['under 0x52908400098527886E0F7030069857D2E4169EE7', 'under 0x5290…9EE7'],
    ['a4f3c2d1e0b9a8f7a4f3c2d1e0b9a8f7', 'a4f3…a8f7'],
  ])('shortens what nobody reads to its end: %s', (words, short) => expect(brief(words)).toBe(short))

  it.each([
    ['the model “qwen/qwen3-235b-a22b-instruct-2507-and-a-long-name-beside”'],
    ['2026-11-22T14:32:09.000Z'],
    ['chatcmpl-9f86d081884c'],
    ['zeadbeefdeadbeefdeadbeefdeadbeef'],
  ])('leaves words, names, times and short ids alone: %s', (words) => expect(brief(words)).toBe(words))

  it('keeps both ends, so that two digests that differ there are told apart', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{32,128}$/), (hex) => {
        expect(brief(hex)).toBe(`${hex.slice(0, 4)}…${hex.slice(-4)}`)
      }),
    )
  })
})

describe('briefValue', () => {
  it('shortens base64url digests too, in which names are not told from digests by letters', () => {
    expect(briefValue('f3p1Yw0jVqPj4gYv1cXkq0H6mD8s0a2b5L7tQ9nE91A')).toBe('f3p1…E91A')
    expect(briefValue(HEX)).toBe('cf91…a0ff')
    expect(briefValue('quill-cloud-proxy')).toBe('quill-cloud-proxy')
  })
})
