import { describe, expect, it } from 'vitest'
import { takeBody, takeResponse } from './octets.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const decode = (octets: Uint8Array | null) => (octets === null ? null : new TextDecoder().decode(octets))

const bodyOf = (body: unknown) => new Promise<string | null>((resolve) => takeBody(body, (octets) => resolve(decode(octets))))

type Taken = { readonly text: string | null; readonly capture: string }
const responseOf = (response: Response, limit = 1_000) =>
  new Promise<Taken>((resolve) =>
    takeResponse(response, limit, (octets, length, capture) => resolve({ text: decode(octets.slice(0, length)), capture })),
  )

describe('the octets of a request’s body', () => {
  it.each<[string, unknown, string | null]>([
    ['a text', 'abc', 'abc'],
    ['octets', encode('abc'), 'abc'],
    ['a part of a buffer', new Uint8Array(encode('xabcx').buffer, 1, 3), 'abc'],
    ['a view', new DataView(encode('abc').buffer), 'abc'],
    ['a buffer', encode('abc').buffer, 'abc'],
    ['a blob', new Blob(['abc']), 'abc'],
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a form', new FormData(), null],
    ['parameters', new URLSearchParams('a=b'), null],
    ['a stream', new ReadableStream(), null],
    ['something else', { a: 1 }, null],
  ])('of %s', async (_, body, expected) => expect(await bodyOf(body)).toBe(expected))
})

describe('the octets of a response', () => {
  it('are read beside the page, which has all of them too', async () => {
    const long = 'x'.repeat(200_000)
    const response = new Response(long)
    expect(await responseOf(response, 300_000)).toEqual({ text: long, capture: 'complete' })
    expect(await response.text()).toBe(long)
  })

  it('are those of all chunks, in order', async () => {
    const parts = ['one ', 'two ', 'three']
    const stream = new ReadableStream({
      pull: (controller) => {
        const part = parts.shift()
        if (part === undefined) controller.close()
        else controller.enqueue(encode(part))
      },
    })
    expect(await responseOf(new Response(stream))).toEqual({ text: 'one two three', capture: 'complete' })
  })

  it('are broken off where the stream fails', async () => {
    let pulls = 0
    const stream = new ReadableStream({
      pull: (controller) => {
        pulls += 1
        if (pulls === 1) controller.enqueue(encode('beginning'))
        else controller.error(new Error('gone'))
      },
    })
    expect(await responseOf(new Response(stream))).toEqual({ text: 'beginning', capture: 'broken-off' })
  })

  it('are too many past the limit, and then none', async () => {
    const response = new Response('x'.repeat(1_001))
    expect(await responseOf(response)).toEqual({ text: '', capture: 'too-large' })
    expect(await response.text()).toHaveLength(1_001)
    expect((await responseOf(new Response('x'.repeat(1_000)))).capture).toBe('complete')
  })

  it('are none where there is no body', async () => {
    expect(await responseOf(new Response(null))).toEqual({ text: '', capture: 'unsupported-body' })
  })
})
