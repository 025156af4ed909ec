import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAnswer } from './parse.ts'

const REQUEST = 'a'.repeat(64)
const RESPONSE = '0'.repeat(64)
const answer = (text: string, more: object = {}) =>
  JSON.stringify({ text, signature: '0x00', signing_address: '0x11', signing_algo: 'ecdsa', ...more })
const codeOf = (source: string) => {
  const parsed = parseAnswer(source)
  return parsed.ok ? 'ok' : parsed.code
}

describe('the answer of /v1/signature', () => {
  it('is split from the right, whatever the model is called', () => {
    for (const model of ['m', 'org/model', 'a:b:c', `${REQUEST}:${REQUEST}`, 'zwei Zeilen\nname']) {
      const parsed = parseAnswer(answer(`${model}:${REQUEST}:${RESPONSE}`))
      expect(parsed.ok && 'signed' in parsed.value && parsed.value.signed).toMatchObject({ model, request: REQUEST, response: RESPONSE })
    }
    const two = parseAnswer(answer(`${REQUEST}:${RESPONSE}`))
    expect(two.ok && 'signed' in two.value && Object.keys(two.value.signed)).not.toContain('model')
  })
  it.each([
    ['upper-case hashes', `${REQUEST.toUpperCase()}:${RESPONSE}`],
    ['a short hash', `${REQUEST.slice(1)}:${RESPONSE}`],
    ['a model without a name', `:${REQUEST}:${RESPONSE}`],
    ['one hash', RESPONSE],
    ['something behind', `${REQUEST}:${RESPONSE}\n`],
    ['nothing', ''],
  ])('is refused with %s', (_, text) => expect(codeOf(answer(text))).toBe('text'))

  it('takes the kind from the label and from nothing else', () => {
    const kindOf = (text: string, signature_kind?: unknown) => {
      const parsed = parseAnswer(answer(text, signature_kind === undefined ? {} : { signature_kind }))
      return parsed.ok && 'signed' in parsed.value ? parsed.value.signed.kind : parsed.ok ? 'refused' : parsed.code
    }
    const [two, three] = [`${REQUEST}:${RESPONSE}`, `m:${REQUEST}:${RESPONSE}`]
    expect([kindOf(two), kindOf(three), kindOf(two, null), kindOf(three, 'new_kind')]).toEqual(Array(4).fill('unlabelled'))
    expect([kindOf(two, 'provider_tee'), kindOf(three, 'provider_tee'), kindOf(two, 'gateway')]).toEqual([
      'provider_tee',
      'provider_tee',
      'gateway',
    ])
    expect(kindOf(three, 'gateway')).toBe('text-kind')
    expect(kindOf(two, 7)).toBe('schema')
  })
  it('may be that there is none', () => {
    const parsed = parseAnswer('{"error_code":"STREAM_DISCONNECTED","message":"gone"}')
    expect(parsed.ok && parsed.value).toEqual({ refused: 'STREAM_DISCONNECTED' })
    // A signature is a signature, whatever else is said beside it.
    expect(codeOf(answer(`${REQUEST}:${RESPONSE}`, { error_code: 'STREAM_DISCONNECTED' }))).toBe('ok')
    const both = parseAnswer(answer(`${REQUEST}:${RESPONSE}`, { error_code: 'STREAM_DISCONNECTED' }))
    expect(both.ok && 'signed' in both.value).toBe(true)
  })
  it('throws on nothing', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void codeOf(text)))
  })
})
