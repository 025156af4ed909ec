import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'

vi.mock('./browser.ts', () => import('../../test/support/fake-browser.ts'))

import { listenToRequests, type RequestIdentity } from './web-request.ts'

const DETAILS = { requestId: '7', method: 'POST', url: 'https://a.example/v1', tabId: 3, frameId: 0, timeStamp: 1_000.5 }
const IDENTITY: RequestIdentity = {
  ...DETAILS,
  documentId: 'D',
  parentDocumentId: 'P',
  incognito: true,
  initiator: 'https://a.example',
}

let heard: unknown[][]

beforeEach(() => {
  fake.reset()
  heard = []
  listenToRequests(['https://a.example/v1'], {
    onRequest: (request, body) => heard.push(['request', request, body]),
    onSent: (request, headers) => heard.push(['sent', request, headers]),
    onHeaders: (request, status, headers) => heard.push(['headers', request, status, headers]),
    onEnd: (request, end) => heard.push(['end', request, end]),
  })
})

describe('a request as the browser tells it', () => {
  it('is named as it is, and nothing more of it is taken', () => {
    fake.request.onCompleted.happen({ ...IDENTITY, ip: '192.0.2.1', fromCache: false, statusLine: 'HTTP/1.1 200' })
    expect(heard).toEqual([['end', IDENTITY, { outcome: 'completed' }]])
  })

  it('may lack what not every browser says', () => {
    fake.request.onErrorOccurred.happen({ ...DETAILS, error: 'net::ERR_CONNECTION_RESET' })
    expect(heard).toEqual([['end', DETAILS, { outcome: 'failed', by: 'service' }]])
  })

  it.each([
    ['net::ERR_ABORTED', 'page'],
    ['net::ERR_FAILED', 'page'],
    ['NS_BINDING_ABORTED', 'page'],
    ['net::ERR_INTERNET_DISCONNECTED', 'network'],
    ['net::ERR_NETWORK_CHANGED', 'network'],
    ['NS_ERROR_OFFLINE', 'network'],
    ['net::ERR_CONNECTION_RESET', 'service'],
    ['net::ERR_INCOMPLETE_CHUNKED_ENCODING', 'service'],
    ['net::ERR_HTTP2_PROTOCOL_ERROR', 'service'],
    ['NS_ERROR_NET_PARTIAL_TRANSFER', 'service'],
    ['', 'service'],
    [undefined, 'service'],
  ])('that broke off with %s was broken off by the %s', (error, by) => {
    fake.request.onErrorOccurred.happen({ ...DETAILS, error })
    expect(heard).toEqual([['end', DETAILS, { outcome: 'failed', by }]])
  })

  it.each([
    [301, false],
    [302, false],
    [303, false],
    [307, true],
    [308, true],
  ])('that is redirected with status %d goes on elsewhere', (statusCode, keepsMethod) => {
    fake.request.onBeforeRedirect.happen({ ...DETAILS, statusCode, redirectUrl: 'https://b.example/' })
    expect(heard).toEqual([['end', DETAILS, { outcome: 'redirected', to: 'https://b.example/', keepsMethod }]])
  })

  it('has its octets in their parts, or none at all', () => {
    const bytes = new Uint8Array([1, 2]).buffer
    fake.request.onBeforeRequest.happen({ ...DETAILS, requestBody: { raw: [{ bytes }, { bytes }] } })
    fake.request.onBeforeRequest.happen({ ...DETAILS, requestBody: { raw: [{ bytes }, { file: '/home/a' }] } })
    fake.request.onBeforeRequest.happen({ ...DETAILS, requestBody: { formData: { a: ['b'] } } })
    fake.request.onBeforeRequest.happen(DETAILS)
    expect(heard.map(([, , body]) => body)).toEqual([[new Uint8Array([1, 2]), new Uint8Array([1, 2])], undefined, undefined, undefined])
  })

  it('has the headers that left, and those that came', () => {
    const headers = [{ name: 'a', value: 'b' }, { name: 'binary' }]
    fake.request.onSendHeaders.happen({ ...DETAILS, requestHeaders: headers })
    fake.request.onHeadersReceived.happen({ ...DETAILS, statusCode: 503, responseHeaders: headers })
    fake.request.onHeadersReceived.happen({ ...DETAILS, statusCode: 204 })
    const read = [
      { name: 'a', value: 'b' },
      { name: 'binary', value: '' },
    ]
    expect(heard).toEqual([
      ['sent', DETAILS, read],
      ['headers', DETAILS, 503, read],
      ['headers', DETAILS, 204, []],
    ])
  })

  it('that is a preflight is left out', () => {
    for (const event of Object.values(fake.request)) {
      event.happen({ ...DETAILS, method: 'OPTIONS', statusCode: 204, redirectUrl: '' })
    }
    expect(heard).toEqual([])
  })
})
