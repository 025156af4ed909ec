import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerIn } from './answer.ts'
import { encodeUtf8 } from './encoding/utf8.ts'

const stream = (...payloads: (object | string)[]) =>
  payloads.map((payload) => `data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`).join('')
const chunk = (content: string, finish: string | null = null) => ({ id: 'c', choices: [{ delta: { content }, finish_reason: finish }] })
const seen = (body: string, contentType = '') => answerIn(encodeUtf8(body), contentType)

describe('an answer in a document', () => {
  it.each<[string, unknown, string]>([
    ['a chat completion', { id: 'c', choices: [{ message: { content: 'Yes.' } }] }, 'whole'],
    ['a response', { output: [{ type: 'message' }] }, 'whole'],
    ['a message', { content: [{ type: 'text', text: 'Yes.' }] }, 'whole'],
    ['embeddings', { data: [{ embedding: [0.5] }] }, 'whole'],
    ['an answer beside an error', { error: { message: 'late' }, choices: [{ message: { content: 'Yes.' } }] }, 'whole'],
    ['an error', { error: { message: 'No such model.', code: 404 } }, 'none'],
    ['an error without an answer, and says so', { error: {}, choices: [], output: null }, 'none'],
    ['another error', { detail: 'Unauthorized' }, 'none'],
    ['a list', ['choices'], 'none'],
    ['nothing', {}, 'none'],
  ])('that is %s', (_, body, expected) => expect(seen(JSON.stringify(body))).toBe(expected))

  it.each([
    ['a page', '<html><h1>502 Bad Gateway</h1></html>', 'none'],
    ['empty', '', 'none'],
    ['cut in an answer', '{"id":"c","choices":[{"message":{"content":"Ye', 'begun'],
    ['cut in an error', '{"error":{"mess', 'none'],
  ] as const)('that is %s', (_, body, expected) => expect(seen(body, 'application/json')).toBe(expected))

  it('cut within a character is still an answer', () => {
    const octets = encodeUtf8('{"choices":[{"message":{"content":"ü')
    expect(answerIn(octets.subarray(0, octets.length - 1), 'application/json')).toBe('begun')
  })
})

describe('an answer in a stream', () => {
  it.each([
    ['that is whole', stream(chunk('Yes'), chunk('.', 'stop'), '[DONE]'), 'whole'],
    ['cut after its last word', stream(chunk('Yes'), chunk('.', 'stop')), 'whole'],
    ['cut before its receipt', stream(chunk('Yes.'), '[DONE]'), 'whole'],
    ['of the responses interface', stream({ type: 'response.created' }, { type: 'response.completed' }), 'whole'],
    ['of the messages interface', stream({ type: 'content_block_delta' }, { type: 'message_stop' }), 'whole'],
    ['cut in the middle', stream(chunk('Yes')), 'begun'],
    ['cut in its first event', 'data: {"id":"c","cho', 'none'],
    ['of words that are no JSON', stream('Yes'), 'begun'],
    ['that is an error', stream({ error: { message: 'overloaded' } }), 'none'],
    ['that is an error and ends', stream({ type: 'error', message: 'overloaded' }, '[DONE]'), 'none'],
    ['an error with an answer in it', stream({ error: {}, choices: [{ delta: { content: 'Yes.' } }] }), 'begun'],
    ['that is empty', '', 'none'],
    ['that only keeps alive', ': ping\n\n', 'none'],
  ] as const)('%s', (_, body, expected) => expect(seen(body, 'text/event-stream; charset=utf-8')).toBe(expected))

  it('is known by how it begins where its type says otherwise', () => {
    expect(seen(stream(chunk('Yes.', 'stop')), 'application/json')).toBe('whole')
  })
})

it('whatever the octets are, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), (octets, type) => {
      expect(['none', 'begun', 'whole']).toContain(answerIn(new Uint8Array(octets), type))
    }),
  )
})
