import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeXhr, pageWorld } from '../../../test/support/fake-page.ts'
import { type HookReport, LARGEST_RESPONSE } from '../messages.ts'
import type { Credential } from './credentials.ts'

const ADDRESS = 'https://api.example/v1/chat'
const encode = (text: string) => new TextEncoder().encode(text)

let answer: () => Promise<Response>
let called: (readonly unknown[])[]
let reports: HookReport[]
let kept: { readonly origin: string; readonly credential: Credential }[]

/** The page's own fetch, which only remembers what it was called with. */
const native = vi.fn(async (...args: Parameters<typeof fetch>) => {
  called.push(args)
  return answer()
})

beforeEach(async () => {
  called = []
  reports = []
  kept = []
  answer = async () => new Response('answer')
  pageWorld(native)
  vi.resetModules()
  const { installHook } = await import('./hook.ts')
  installHook(
    [ADDRESS, 'https://chat.example/v1/own'],
    (report) => reports.push(report),
    (origin, credential) => kept.push({ origin, credential }),
  )
})

const reported = (count = 1): Promise<readonly HookReport[]> =>
  vi.waitFor(() => {
    expect(reports).toHaveLength(count)
    return reports
  })
const text = (octets: Uint8Array | null) => (octets === null ? null : new TextDecoder().decode(octets))
const said = ({ method, url, request, response, length, capture, ticket }: HookReport) => ({
  method,
  url,
  request: text(request),
  response: text(response.slice(0, length)),
  capture,
  ticket,
})

describe('a call of fetch', () => {
  it('to a watched address is reported once it has ended, with both its bodies', async () => {
    const response = await fetch(`${ADDRESS}?key=1#part`, { method: 'post', body: 'question', headers: { authorization: 'Bearer a' } })
    const [report] = await reported()
    expect(report && said(report)).toEqual({
      method: 'POST',
      url: `${ADDRESS}?key=1`,
      request: 'question',
      response: 'answer',
      capture: 'complete',
      ticket: 1,
    })
    expect(report?.began).toBeLessThanOrEqual(report?.ended ?? 0)
    expect(await response.text()).toBe('answer')
    expect(kept).toEqual([{ origin: 'https://api.example', credential: { authorization: 'Bearer a', cookies: 'same-origin' } }])
  })

  it('reaches the browser as the page made it, and answers with the very promise', async () => {
    const made = new Response('answer')
    const promise = Promise.resolve(made)
    answer = () => promise
    const init = { method: 'POST', body: 'question' }
    expect(await fetch(ADDRESS, init)).toBe(made)
    expect(called[0]?.[0]).toBe(ADDRESS)
    expect(called[0]?.[1]).toBe(init)
    expect(fetch.name).toBe(native.name)
  })

  it.each<[string, Parameters<typeof fetch>]>([
    ['another address', ['https://api.example/v1/other', { method: 'POST' }]],
    ['another host', ['https://evil.example/v1/chat', { method: 'POST' }]],
    ['another method', [ADDRESS, { method: 'PUT' }]],
    ['no method', [ADDRESS]],
    ['an address that is none', ['http://:::', { method: 'POST' }]],
  ])('with %s is left alone', async (_, args) => {
    await fetch(...args)
    await new Promise((resume) => setTimeout(resume, 20))
    expect(reports).toEqual([])
    expect(called).toHaveLength(1)
  })

  it('is watched whatever its address is written in: a URL, a Request, or relative to the page', async () => {
    await fetch(new URL(ADDRESS), { method: 'POST', body: 'a' })
    await fetch(new Request(ADDRESS, { method: 'POST', body: 'b' }))
    await fetch('/v1/own', { method: 'POST', body: 'c' })
    const all = await reported(3)
    expect(all.map(({ url, request }) => [url, text(request)])).toEqual(
      expect.arrayContaining([
        [ADDRESS, 'a'],
        [ADDRESS, null],
        ['https://chat.example/v1/own', 'c'],
      ]),
    )
  })

  it('with a Request of its own body leaves that body to the browser', async () => {
    const request = new Request(ADDRESS, { method: 'POST', body: 'question' })
    await fetch(request)
    await reported()
    expect(request.bodyUsed).toBe(false)
  })

  it('that fails is broken off, and fails for the page as it would', async () => {
    const fault = new TypeError('Failed to fetch')
    answer = async () => {
      throw fault
    }
    await expect(fetch(ADDRESS, { method: 'POST', body: 'question' })).rejects.toBe(fault)
    const [report] = await reported()
    expect(report && said(report)).toMatchObject({ response: '', capture: 'broken-off' })
  })

  it('goes through when what was given is of no use here', async () => {
    const hostile = {
      get method(): string {
        throw new Error('a getter of the page')
      },
    }
    expect(await (await fetch(ADDRESS, hostile)).text()).toBe('answer')
    expect(reports).toEqual([])
  })
})

describe('a call of XMLHttpRequest', () => {
  function call(prepare: (xhr: FakeXhr) => void = () => undefined, url: string | URL = ADDRESS): FakeXhr {
    const xhr: unknown = new XMLHttpRequest()
    if (!(xhr instanceof FakeXhr)) throw new Error('not the fake')
    xhr.open('POST', url)
    prepare(xhr)
    xhr.send('question')
    return xhr
  }

  it.each<[string, string, unknown, string, string]>([
    ['octets', 'arraybuffer', encode('answer').buffer, 'complete', 'answer'],
    ['a blob', 'blob', new Blob(['answer']), 'complete', 'answer'],
    ['text', '', 'answer', 're-encoded', 'answer'],
    ['text that was asked for', 'text', 'answer', 're-encoded', 'answer'],
    ['JSON', 'json', { a: 1 }, 'unsupported-body', ''],
    ['too much', 'arraybuffer', new ArrayBuffer(LARGEST_RESPONSE + 1), 'too-large', ''],
  ])('that gives %s is reported so', async (_, responseType, response, capture, expected) => {
    call().end({ status: 200, response, responseType })
    const [report] = await reported()
    expect(report && said(report)).toMatchObject({ method: 'POST', url: ADDRESS, request: 'question', response: expected, capture })
  })

  it('that fails is broken off', async () => {
    call().end({ status: 0, response: '', responseType: '' })
    expect((await reported())[0]?.capture).toBe('broken-off')
  })

  it('keeps its credential in the page', async () => {
    const xhr = call((made) => {
      made.setRequestHeader('content-type', 'text/plain')
      made.setRequestHeader('Authorization', 'Bearer a')
      made.withCredentials = true
    })
    xhr.end({ status: 200, response: '', responseType: '' })
    await reported()
    expect(kept).toEqual([{ origin: 'https://api.example', credential: { authorization: 'Bearer a', cookies: 'include' } }])
    expect(JSON.stringify(reports)).not.toContain('Bearer')
    expect(xhr.sent).toEqual([
      {
        method: 'POST',
        url: ADDRESS,
        headers: [
          ['content-type', 'text/plain'],
          ['Authorization', 'Bearer a'],
        ],
        body: 'question',
      },
    ])
  })

  it('that was opened again elsewhere is not watched', async () => {
    const xhr = call((made) => made.open('POST', 'https://api.example/v1/other'))
    xhr.end({ status: 200, response: 'answer', responseType: '' })
    await new Promise((resume) => setTimeout(resume, 20))
    expect(reports).toEqual([])
  })

  it('is watched when its address is a URL', async () => {
    call(() => undefined, new URL(ADDRESS)).end({ status: 200, response: 'answer', responseType: '' })
    expect((await reported())[0]?.url).toBe(ADDRESS)
  })
})
