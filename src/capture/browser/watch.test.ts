import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../../test/support/fake-browser.ts'

vi.mock('../../platform/browser.ts', () => import('../../../test/support/fake-browser.ts'))

import { encodeBase64url } from '../../verify/encoding/base64.ts'
import { sha256 } from '../../verify/encoding/digest.ts'
import { encodeUtf8 } from '../../verify/encoding/utf8.ts'
import type { RequestFact } from './facts.ts'
import { type WatchedService, watchRequests } from './watch.ts'

const ADDRESS = 'https://api.a.example/v1/chat'
const SERVICES: readonly WatchedService[] = [
  { id: 'a', addresses: [ADDRESS], optIn: 'x-receipt-please', headers: ['content-type', 'set-cookie', 'authorization'] },
  { id: 'b', addresses: ['https://*.b.example/v1/chat'], namedBy: 'x-enclave', headers: ['content-type'] },
]
const DETAILS = {
  requestId: '7',
  method: 'POST',
  url: ADDRESS,
  tabId: 3,
  frameId: 0,
  documentId: 'document',
  initiator: 'https://a.example',
  timeStamp: 1_000,
}

let taken: (() => Promise<RequestFact>)[]

beforeEach(() => {
  fake.reset()
  taken = []
  watchRequests(SERVICES, (_, fact) => taken.push(fact))
})

const facts = () => Promise.all(taken.map((fact) => fact()))

describe('watching requests', () => {
  it('listens to every address, with and without a query, for the body and for all headers', () => {
    const [filter, extra] = fake.request.onBeforeRequest.registered[0] ?? []
    expect(filter).toEqual({
      urls: [ADDRESS, `${ADDRESS}?*`, 'https://*.b.example/v1/chat', 'https://*.b.example/v1/chat?*'],
    })
    expect(extra).toEqual(['requestBody'])
    expect(fake.request.onSendHeaders.registered[0]?.[1]).toEqual(['requestHeaders', 'extraHeaders'])
    expect(fake.request.onHeadersReceived.registered[0]?.[1]).toEqual(['responseHeaders', 'extraHeaders'])
  })

  it('tells the life of a request in facts, in the order of its events', async () => {
    fake.request.onBeforeRequest.happen({
      ...DETAILS,
      requestBody: { raw: [{ bytes: encodeUtf8('ab').buffer }, { bytes: encodeUtf8('c').buffer }] },
    })
    fake.request.onSendHeaders.happen({ ...DETAILS, requestHeaders: [{ name: 'X-Receipt-Please', value: 'nonce' }] })
    fake.request.onHeadersReceived.happen({ ...DETAILS, statusCode: 200, responseHeaders: [{ name: 'Content-Type', value: 'text/plain' }] })
    fake.request.onCompleted.happen(DETAILS)
    const value = encodeBase64url(await sha256(encodeUtf8('abc')))
    expect(await facts()).toMatchObject([
      { kind: 'requested', service: 'a', body: { provenance: 'browser', length: 3, digests: [{ alg: 'sha-256', of: 'body', value }] } },
      { kind: 'sent', service: 'a', optIn: 'nonce' },
      { kind: 'headers', service: 'a', status: 200, headers: [{ name: 'content-type', value: 'text/plain' }] },
      { kind: 'ended', service: 'a', end: { outcome: 'completed' } },
    ])
  })

  it('knows whom a request names, where its service has such a header', async () => {
    const requestHeaders = [{ name: 'X-Enclave', value: 'https://enclave.example' }]
    fake.request.onSendHeaders.happen({ ...DETAILS, url: 'https://x.b.example/v1/chat', requestHeaders })
    fake.request.onSendHeaders.happen({ ...DETAILS, requestHeaders })
    expect(await facts()).toEqual([
      expect.objectContaining({ kind: 'sent', service: 'b', enclave: 'https://enclave.example' }),
      expect.not.objectContaining({ enclave: expect.anything() }),
    ])
  })

  it.each([
    ['a form', { formData: {} }],
    ['a file', { raw: [{ file: '/home/a' }] }],
    ['nothing', null],
  ])('has no octets of %s', async (_, requestBody) => {
    fake.request.onBeforeRequest.happen({ ...DETAILS, requestBody })
    expect(await facts()).toMatchObject([{ body: { provenance: 'none', capture: 'unsupported-body', digests: [] } }])
  })

  it('knows a request that failed', async () => {
    fake.request.onErrorOccurred.happen({ ...DETAILS, error: 'net::ERR_ABORTED' })
    expect(await facts()).toMatchObject([{ kind: 'ended', end: { outcome: 'failed', by: 'page' } }])
  })

  it.each([
    ['elsewhere', 307, 'https://evil.example/v1/chat'],
    ['to where nothing is watched', 308, 'https://api.a.example/v2/chat'],
    ['to a watched address, but no longer as a question', 302, 'https://x.b.example/v1/chat'],
  ])('knows a request that was redirected %s: it ends here', async (_, statusCode, redirectUrl) => {
    fake.request.onBeforeRedirect.happen({ ...DETAILS, statusCode, redirectUrl })
    expect(await facts()).toEqual([{ kind: 'ended', request: DETAILS, service: 'a', end: { outcome: 'redirected' } }])
  })

  it('goes on with a request that was redirected to a watched address', () => {
    fake.request.onBeforeRedirect.happen({ ...DETAILS, statusCode: 307, redirectUrl: 'https://x.b.example/v1/chat?a=1' })
    expect(taken).toEqual([])
  })

  it.each([
    ['a preflight', { method: 'OPTIONS' }],
    ['a request that asks for nothing', { method: 'GET' }],
    ['another address', { url: `${ADDRESS}/more` }],
    ['another host', { url: 'https://evil.example/v1/chat' }],
  ])('leaves out %s', async (_, change) => {
    fake.request.onBeforeRequest.happen({ ...DETAILS, ...change })
    fake.request.onCompleted.happen({ ...DETAILS, ...change })
    expect(taken).toEqual([])
  })

  it('knows the service by the address that was called', async () => {
    fake.request.onCompleted.happen({ ...DETAILS, url: 'https://x.b.example/v1/chat?key=1' })
    expect(await facts()).toMatchObject([{ service: 'b' }])
  })

  it('lets no credential of request or response through', async () => {
    fake.request.onSendHeaders.happen({
      ...DETAILS,
      requestHeaders: [
        { name: 'Cookie', value: 'planted' },
        { name: 'Authorization', value: 'planted' },
      ],
    })
    fake.request.onHeadersReceived.happen({
      ...DETAILS,
      statusCode: 200,
      responseHeaders: [
        { name: 'Set-Cookie', value: 'planted' },
        { name: 'Authorization', value: 'planted' },
        { name: 'X-Other', value: 'planted' },
      ],
    })
    expect(JSON.stringify(await facts())).not.toContain('planted')
  })
})
