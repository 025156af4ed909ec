import { describe, expect, it } from 'vitest'
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.ts'
import { hashedOutput } from './answer.ts'

function output(...chunks: readonly unknown[]): string | undefined {
  const octets = hashedOutput(chunks.map((chunk) => encodeUtf8(typeof chunk === 'string' ? chunk : JSON.stringify(chunk))))
  const text = octets === undefined ? undefined : decodeUtf8(octets)
  return text?.ok === true ? text.value : undefined
}

const say = (content: string | null, more: object = {}) => ({
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', ...more }],
})
const piece = (delta: object, finish: string | null = null) => ({ choices: [{ index: 0, delta, finish_reason: finish }] })
const fn = (name: string, args: string, id = 'c1') => ({ id, type: 'function', function: { name, arguments: args } })

describe('what the gateway hashes of an answer', () => {
  it('is its text', () => {
    expect(output(say('Grüß Gott 👋'))).toBe('Grüß Gott 👋')
    expect(output(say(null))).toBe('')
    expect(output({ choices: [{ index: 0, text: 'done', finish_reason: 'stop' }] })).toBe('done')
  })

  it('is the text of a stream’s pieces, one behind the other', () => {
    expect(output(piece({ content: 'a' }), piece({ content: 'b' }), piece({}, 'stop'), { usage: {} })).toBe('ab')
  })

  it('is the calls of tools, where there are some', () => {
    const expected = '[{"function": {"arguments": "{\\"a\\": 1}", "name": "f"}, "id": "c1", "type": "function"}]'
    const calls = { tool_calls: [fn('f', '{"a": 1}')] }
    expect(output({ choices: [{ index: 0, message: { content: '', ...calls }, finish_reason: 'tool_calls' }] })).toBe(expected)
    expect(output(piece({ tool_calls: [{ index: 0, ...fn('f', '{"a": 1}') }] }), piece({}, 'tool_calls'))).toBe(expected)
  })

  it('puts calls that come in pieces together, in the order of their numbers', () => {
    const chunks = [
      piece({ tool_calls: [{ index: 1, ...fn('g', '', 'c2') }] }),
      piece({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'f' } }] }),
      piece({ tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] }),
      piece({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
      piece({}, 'tool_calls'),
    ]
    expect(output(...chunks)).toBe(
      '[{"function": {"arguments": "{\\"a\\":1}", "name": "f"}, "id": "c1", "type": "function"}, {"function": {"arguments": "", "name": "g"}, "id": "c2", "type": "function"}]',
    )
  })

  it.each<[string, readonly unknown[]]>([
    ['several choices', [{ choices: [say('a').choices[0], say('b').choices[0]] }]],
    ['another choice than the first', [{ choices: [{ index: 1, message: { content: 'a' } }] }]],
    [
      'text beside calls, which nobody signs',
      [piece({ content: 'a' }), piece({ tool_calls: [{ index: 0, ...fn('f', '') }] }), piece({}, 'tool_calls')],
    ],
    ['no JSON', ['{']],
    ['no object', ['[]']],
    ['text that is none', [{ choices: [{ index: 0, message: { content: 1 } }] }]],
    ['half of it unreadable', [piece({ content: 'a' }), '{"choices":1}']],
  ])('is not known for %s', (_, chunks) => expect(output(...chunks)).toBeUndefined())

  it('is text, too, where calls are said to come and none do', () => {
    expect(output(say('a', { finish_reason: 'tool_calls' }))).toBe('a')
  })
})
