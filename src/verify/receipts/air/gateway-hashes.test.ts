import { describe, expect, it } from 'vitest'
import { encodeBase64url } from '../../encoding/base64.ts'
import { sha256 } from '../../encoding/digest.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { embeddingDigest, requestDigests } from './gateway-hashes.ts'

const digestsOf = (request: unknown) => requestDigests({ body: encodeUtf8(JSON.stringify(request)), contentType: 'application/json' })
const sha = async (text: string) => encodeBase64url(await sha256(encodeUtf8(text)))

describe('what the gateway makes of a request', () => {
  it.each<[string, unknown, string]>([
    [
      'one message',
      { model: 'm', messages: [{ role: 'user', content: 'a' }], temperature: 1, stream: true },
      '{"model_id":"m","input_data":[117,115,101,114,58,32,97],"input_shape":null,"generate":true,"max_tokens":256}',
    ],
    [
      'two messages and a limit',
      {
        model: 'm',
        messages: [
          { role: 'a', content: '' },
          { role: 'b', content: 'é' },
        ],
        max_tokens: 1,
      },
      '{"model_id":"m","input_data":[97,58,32,10,98,58,32,195,169],"input_shape":null,"generate":true,"max_tokens":1}',
    ],
    [
      'instructions and text',
      { model: 'a"\\\n\u0001b', instructions: 'i', input: 't', max_output_tokens: 0 },
      '{"model_id":"a\\"\\\\\\n\\u0001b","input_data":[115,121,115,116,101,109,58,32,105,10,117,115,101,114,58,32,116],"input_shape":null,"generate":true,"max_tokens":0}',
    ],
    [
      'instructions and messages, with an empty line between',
      { model: 'm', instructions: '', input: [{ role: 'u', content: 't' }] },
      '{"model_id":"m","input_data":[115,121,115,116,101,109,58,32,10,10,117,58,32,116],"input_shape":null,"generate":true,"max_tokens":256}',
    ],
  ])('of %s', async (_, request, hashed) => {
    const found = (await digestsOf(request)).find(({ of }) => of === 'air-request')
    expect(found).toEqual({ alg: 'sha-256', of: 'air-request', value: await sha(hashed) })
  })

  it('of a text to embed', async () => {
    const value = await sha('{"model_id":"m","input_data":[116],"input_shape":null}')
    for (const input of ['t', ['t']]) {
      expect(await digestsOf({ model: 'm', input })).toContainEqual({ alg: 'sha-256', of: 'air-embedding-request', value })
    }
  })

  it.each<[string, unknown]>([
    ['no model', { messages: [{ role: 'user', content: 'a' }] }],
    ['no messages', { model: 'm', messages: [] }],
    ['parts of a message', { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }] }],
    ['several texts', { model: 'm', input: ['a', 'b'] }],
    ['no text', { model: 'm', input: [] }],
    ['a negative limit', { model: 'm', messages: [{ role: 'user', content: 'a' }], max_tokens: -1 }],
    ['half a token', { model: 'm', messages: [{ role: 'user', content: 'a' }], max_tokens: 1.5 }],
    ['a list', []],
    ['a request over the gateway’s limit', { model: 'm', messages: [{ role: 'user', content: 'a'.repeat(2 * 1024 * 1024) }] }],
  ])('is not known of %s', async (_, request) => expect(await digestsOf(request)).toEqual([]))

  it('is not known of an empty text, but for embeddings', async () => {
    expect((await digestsOf({ model: 'm', input: '' })).map(({ of }) => of)).toEqual(['air-embedding-request'])
  })

  it('is not known of what is no JSON', async () => {
    expect(await requestDigests({ body: encodeUtf8('{'), contentType: 'application/json' })).toEqual([])
  })
})

describe('the numbers of an embedding', () => {
  it('are little-endian 32-bit floats', async () => {
    const octets = Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 192, 205, 204, 204, 61)
    const value = encodeBase64url(await sha256(octets))
    expect(await embeddingDigest({ data: [{ embedding: [1, -2, 0.1] }] })).toEqual({ alg: 'sha-256', of: 'air-embedding', value })
  })

  it.each<[string, unknown]>([
    ['two embeddings', { data: [{ embedding: [1] }, { embedding: [1] }] }],
    ['none', { data: [] }],
    ['text', { data: [{ embedding: 'AACAPw==' }] }],
    ['a chat', { choices: [] }],
  ])('are not those of %s', async (_, answer) => expect(await embeddingDigest(answer)).toBeUndefined())
})
