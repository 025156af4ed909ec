import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const granted = vi.hoisted(() => ({ patterns: [] as string[] }))
vi.mock('../platform/permissions.ts', () => ({
  hasHosts: async (patterns: readonly string[]) => patterns.every((pattern) => granted.patterns.includes(pattern)),
}))

import { fetchDocument } from './fetch.ts'

const ADDRESS = 'https://issuer.example/keys'
const fetched = vi.fn<typeof fetch>()

beforeEach(() => {
  granted.patterns = ['https://issuer.example/*']
  fetched.mockReset()
  vi.stubGlobal('fetch', fetched)
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('a document', () => {
  it('is fetched without the user, without redirects, without the cache', async () => {
    fetched.mockResolvedValue(new Response('keys'))
    const result = await fetchDocument(ADDRESS, [ADDRESS])
    expect(result.ok && new TextDecoder().decode(result.value.body)).toBe('keys')
    expect(fetched).toHaveBeenCalledTimes(1)
    expect(fetched.mock.calls[0]?.[0]).toBe(ADDRESS)
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
      cache: 'no-store',
      signal: expect.any(AbortSignal),
    })
  })

  it.each([`${ADDRESS}/other`, `${ADDRESS}?a=1`, 'https://elsewhere.example/keys', ''])(
    'is not fetched from %j, which is no endpoint',
    async (address) => {
      expect(await fetchDocument(address, [ADDRESS])).toMatchObject({ ok: false, code: 'not-allowed' })
      expect(fetched).not.toHaveBeenCalled()
    },
  )

  it('is not fetched where the user has not given access', async () => {
    granted.patterns = []
    expect(await fetchDocument(ADDRESS, [ADDRESS])).toMatchObject({ ok: false, code: 'not-granted' })
    expect(fetched).not.toHaveBeenCalled()
  })

  it.each(['', '<!DOCTYPE html><html></html>', '{"error":{"message":"warming up"}}', 'upstream connect error'])(
    'is not one where the answer is %j, whatever the status',
    async (body) => {
      fetched.mockResolvedValue(new Response(body))
      expect(await fetchDocument(ADDRESS, [ADDRESS])).toMatchObject({ ok: false, code: 'no-document' })
    },
  )

  it.each([204, 301, 500, 503])('is not one with status %d', async (status) => {
    fetched.mockResolvedValue(new Response(null, { status }))
    expect(await fetchDocument(ADDRESS, [ADDRESS])).toMatchObject({ ok: false, code: 'http-status', detail: String(status) })
  })

  it.each([
    [401, 'refused'],
    [403, 'refused'],
    [404, 'not-found'],
  ])('is not one with status %d, which says why', async (status, code) => {
    fetched.mockResolvedValue(new Response(null, { status }))
    expect(await fetchDocument(ADDRESS, [ADDRESS])).toMatchObject({ ok: false, code })
  })

  it('is fetched under an address that stands for many, and not outside of it', async () => {
    fetched.mockImplementation(async () => new Response('x'))
    expect((await fetchDocument('https://issuer.example/keys/7?a=b', ['https://issuer.example/keys/*'])).ok).toBe(true)
    for (const address of ['https://issuer.example/other', 'https://issuer.example/keys/../other', 'https://issuer.example.evil/keys/7']) {
      expect(await fetchDocument(address, ['https://issuer.example/keys/*'])).toMatchObject({ ok: false, code: 'not-allowed' })
    }
  })

  it('is fetched with any query under an address that has one, and from nowhere else', async () => {
    fetched.mockImplementation(async () => new Response('x'))
    const allowed = [`${ADDRESS}?*`]
    expect((await fetchDocument(`${ADDRESS}?kid=1&cursor=a%2Fb`, allowed)).ok).toBe(true)
    for (const address of [ADDRESS, `${ADDRESS}/7?a=b`, `${ADDRESS}2?a=b`, 'https://issuer.example/?a=b', `${ADDRESS}/..?a=b`]) {
      expect(await fetchDocument(address, allowed)).toMatchObject({ ok: false, code: 'not-allowed' })
    }
  })

  it('is given up when it is too large, and taken up to the limit', async () => {
    fetched.mockResolvedValue(new Response(new Uint8Array(4 * 1024 * 1024 + 1)))
    expect(await fetchDocument(ADDRESS, [ADDRESS])).toMatchObject({ ok: false, code: 'too-large' })
    fetched.mockResolvedValue(new Response(new Uint8Array(4 * 1024 * 1024)))
    expect((await fetchDocument(ADDRESS, [ADDRESS])).ok).toBe(true)
  })

  it('is offline when the network fails, before or within the body', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'))
    expect(await fetchDocument(ADDRESS, [ADDRESS])).toMatchObject({ ok: false, code: 'offline' })
    const broken = new ReadableStream({ pull: (controller) => controller.error(new TypeError('network error')) })
    fetched.mockResolvedValue(new Response(broken))
    expect(await fetchDocument(ADDRESS, [ADDRESS])).toMatchObject({ ok: false, code: 'offline' })
  })

  it('is timed out when the signal says so', async () => {
    const late = AbortSignal.abort(new DOMException('late', 'TimeoutError'))
    vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(late)
    fetched.mockImplementation(async (_, init) => {
      init?.signal?.throwIfAborted()
      return new Response('too late')
    })
    expect(await fetchDocument(ADDRESS, [ADDRESS])).toMatchObject({ ok: false, code: 'timeout' })
  })
})
