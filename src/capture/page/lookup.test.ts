import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type HookAnswer, LARGEST_LOOKUP } from '../messages.ts'
import { type Lookups, lookups } from './lookup.ts'

/** Real servers and the runtime's own `fetch`: what leaves is what a server gets. */
type Site = {
  readonly origin: string
  readonly got: { readonly path: string; readonly headers: IncomingHttpHeaders }[]
  readonly server: Server
}

let service: Site
let elsewhere: Site
let desk: Lookups

beforeEach(async () => {
  vi.stubGlobal('window', globalThis)
  elsewhere = await site(() => ({ status: 200, body: 'stolen' }))
  service = await site((path) => {
    if (path.startsWith('/v1/lookup/redirect')) return { status: 302, location: `${elsewhere.origin}/v1/lookup/x` }
    if (path.startsWith('/v1/lookup/home')) return { status: 307, location: '/v1/lookup/found' }
    if (path.startsWith('/v1/lookup/large')) return { status: 200, body: 'x'.repeat(LARGEST_LOOKUP + 1) }
    if (path.startsWith('/v1/lookup/missing')) return { status: 404, body: '' }
    return { status: 200, body: 'document' }
  })
  // Both are known addresses: what keeps a credential at home is the origin, not the list.
  desk = lookups(fetch, [`${service.origin}/v1/lookup/`, `${elsewhere.origin}/v1/lookup/`])
})

afterEach(() => {
  vi.unstubAllGlobals()
  for (const { server } of [service, elsewhere]) {
    server.closeAllConnections()
    server.close()
  }
})

async function site(
  answer: (path: string) => { readonly status: number; readonly body?: string; readonly location?: string },
): Promise<Site> {
  const got: Site['got'] = []
  const server = createServer(({ url = '', headers }, response) => {
    got.push({ path: url, headers })
    const { status, body, location } = answer(url)
    response.writeHead(status, location === undefined ? {} : { location }).end(body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got, server }
}

function lookUp(ticket: unknown, url: unknown): Promise<HookAnswer> {
  return new Promise((resolve) => desk.lookUp(ticket, 5, url, resolve))
}

const kept = (origin = service.origin) => desk.keep(origin, { authorization: 'Bearer secret', cookies: 'same-origin' })
const textOf = ({ body, length }: HookAnswer) => new TextDecoder().decode(body.slice(0, length))
const NOTHING = { lookup: 5, status: 0, length: 0 }

describe('looking something up as the maker of a call', () => {
  it('sends that call’s credential to the origin that had it, and gives what came', async () => {
    const answer = await lookUp(kept(), `${service.origin}/v1/lookup/found?id=1`)
    expect(answer).toMatchObject({ lookup: 5, status: 200 })
    expect(textOf(answer)).toBe('document')
    expect(service.got).toMatchObject([{ path: '/v1/lookup/found?id=1', headers: { authorization: 'Bearer secret' } }])
    expect(await lookUp(kept(), `${service.origin}/v1/lookup/missing`)).toMatchObject({ status: 404 })
  })

  it('sends no credential where the call had none', async () => {
    const ticket = desk.keep(service.origin, { authorization: null, cookies: 'omit' })
    expect((await lookUp(ticket, `${service.origin}/v1/lookup/found`)).status).toBe(200)
    expect(service.got[0]?.headers.authorization).toBeUndefined()
  })

  it('keeps the credential from every other origin, known or not', async () => {
    const ticket = kept()
    for (const url of [
      `${elsewhere.origin}/v1/lookup/x`,
      `${elsewhere.origin.replace('127.0.0.1', 'localhost')}/v1/lookup/x`,
      `${service.origin.replace('http:', 'https:')}/v1/lookup/x`,
      `http://user@${elsewhere.origin.slice(7)}/v1/lookup/x`,
    ]) {
      expect(await lookUp(ticket, url)).toMatchObject(NOTHING)
    }
    expect([...elsewhere.got, ...service.got]).toEqual([])
  })

  it('asks for nothing but the known addresses', async () => {
    for (const path of ['/v1/account', '/', '/v2/v1/lookup/x']) expect(await lookUp(kept(), service.origin + path)).toMatchObject(NOTHING)
    expect(service.got).toEqual([])
  })

  it.each(['redirect', 'home'])('follows no redirect, to whatever place (%s)', async (where) => {
    expect(await lookUp(kept(), `${service.origin}/v1/lookup/${where}`)).toMatchObject(NOTHING)
    expect(service.got).toHaveLength(1)
    expect(elsewhere.got).toEqual([])
  })

  it('gives nothing of a document that is too large, or when nobody answers', async () => {
    expect(await lookUp(kept(), `${service.origin}/v1/lookup/large`)).toMatchObject(NOTHING)
    const closed = service.origin
    service.server.closeAllConnections()
    await new Promise((resolve) => service.server.close(resolve))
    expect(await lookUp(kept(closed), `${closed}/v1/lookup/found`)).toMatchObject(NOTHING)
  })

  it('knows the last 64 calls, and no others', async () => {
    const first = kept()
    for (let more = 0; more < 63; more += 1) kept()
    expect((await lookUp(first, `${service.origin}/v1/lookup/found`)).status).toBe(200)
    kept()
    for (const ticket of [first, 999, 0, -1]) {
      expect(await lookUp(ticket, `${service.origin}/v1/lookup/found`)).toMatchObject(NOTHING)
    }
    expect(service.got).toHaveLength(1)
  })

  it.each<[unknown, unknown, unknown]>([
    ['1', 5, '/x'],
    [1, '5', '/x'],
    [1, 5, { href: '/x' }],
    [{}, 5, '/x'],
    [undefined, undefined, undefined],
  ])('does nothing with what is no question (%#)', (ticket, lookup, url) => {
    kept()
    const answered = vi.fn()
    desk.lookUp(ticket, lookup, url, answered)
    expect(answered).not.toHaveBeenCalled()
  })
})
