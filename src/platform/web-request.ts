import * as v from 'valibot'
import type { WebRequest } from 'webextension-polyfill'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { browser } from './browser.ts'
import { breakerOf, keepsMethod, type RequestEnd } from './request-end.ts'

/** A request as the browser itself knows it, out of the page's reach. */
export type RequestIdentity = {
  /** Unique within a browser session; stays the same for a preflight's request and across redirects. */
  readonly requestId: string
  readonly method: string
  readonly url: string
  /** -1: no tab (a service worker). */
  readonly tabId: number
  readonly frameId: number
  readonly documentId?: string
  /** Of a frame's request: the document that the frame is in. */
  readonly parentDocumentId?: string
  /** Whether it is a private window's, where one background is told of both (Firefox). */
  readonly incognito?: boolean
  /** Origin of whoever made the request. */
  readonly initiator?: string
  /** Milliseconds since the epoch. */
  readonly timeStamp: number
}

export type Header = { readonly name: string; readonly value: string }

export type RequestListeners = {
  /** `body`: the octets in their parts; `undefined` when the browser does not have them as octets (a form, a file). */
  readonly onRequest: (request: RequestIdentity, body: readonly Bytes[] | undefined) => void
  /** The headers as they leave, rules of extensions applied. */
  readonly onSent: (request: RequestIdentity, headers: readonly Header[]) => void
  readonly onHeaders: (request: RequestIdentity, status: number, headers: readonly Header[]) => void
  readonly onEnd: (request: RequestIdentity, end: RequestEnd) => void
}

const Identity = v.object({
  requestId: v.string(),
  method: v.string(),
  url: v.string(),
  tabId: v.number(),
  frameId: v.number(),
  documentId: v.exactOptional(v.string()),
  parentDocumentId: v.exactOptional(v.string()),
  incognito: v.exactOptional(v.boolean()),
  initiator: v.exactOptional(v.string()),
  timeStamp: v.number(),
})

const Headers = v.array(v.object({ name: v.string(), value: v.optional(v.string(), '') }))

const WithBody = v.object({
  requestBody: v.nullish(v.object({ raw: v.optional(v.array(v.object({ bytes: v.optional(v.instance(ArrayBuffer)) }))) })),
})
const WithRequestHeaders = v.object({ requestHeaders: v.optional(Headers, []) })
const WithResponse = v.object({ statusCode: v.number(), responseHeaders: v.optional(Headers, []) })
const WithRedirect = v.object({ statusCode: v.number(), redirectUrl: v.string() })
const WithError = v.object({ error: v.optional(v.string(), '') })

/**
 * Listens to requests to the given addresses (match patterns). Call it synchronously when the worker starts, so that the browser wakes the
 * worker for them. Preflights are left out: they carry no receipt and no body.
 */
export function listenToRequests(urls: readonly string[], listeners: RequestListeners): void {
  const filter: WebRequest.RequestFilter = { urls: [...urls] }
  const { onBeforeRequest, onSendHeaders, onHeadersReceived, onBeforeRedirect, onCompleted, onErrorOccurred } = browser.webRequest
  const identified = (details: unknown, use: (request: RequestIdentity) => void): undefined => {
    const request = v.parse(Identity, details)
    if (request.method !== 'OPTIONS') use(request)
  }
  onBeforeRequest.addListener(
    (details) => identified(details, (request) => listeners.onRequest(request, octetsOf(v.parse(WithBody, details).requestBody))),
    filter,
    ['requestBody'],
  )
  onSendHeaders.addListener(
    (details) => identified(details, (request) => listeners.onSent(request, v.parse(WithRequestHeaders, details).requestHeaders)),
    filter,
    ['requestHeaders', ...extraHeaders<WebRequest.OnSendHeadersOptions>()],
  )
  onHeadersReceived.addListener(
    (details) =>
      identified(details, (request) => {
        const { statusCode, responseHeaders } = v.parse(WithResponse, details)
        listeners.onHeaders(request, statusCode, responseHeaders)
      }),
    filter,
    ['responseHeaders', ...extraHeaders<WebRequest.OnHeadersReceivedOptions>()],
  )
  onBeforeRedirect.addListener(
    (details) =>
      identified(details, (request) => {
        const { statusCode, redirectUrl } = v.parse(WithRedirect, details)
        listeners.onEnd(request, { outcome: 'redirected', to: redirectUrl, keepsMethod: keepsMethod(statusCode) })
      }),
    filter,
  )
  onCompleted.addListener((details) => identified(details, (request) => listeners.onEnd(request, { outcome: 'completed' })), filter)
  onErrorOccurred.addListener(
    (details) =>
      identified(details, (request) => {
        listeners.onEnd(request, { outcome: 'failed', by: breakerOf(v.parse(WithError, details).error) })
      }),
    filter,
  )
}

function octetsOf(body: v.InferOutput<typeof WithBody>['requestBody']): readonly Bytes[] | undefined {
  if (body?.raw === undefined) return undefined
  const parts: Bytes[] = []
  for (const { bytes } of body.raw) {
    if (bytes === undefined) return undefined
    parts.push(new Uint8Array(bytes))
  }
  return parts
}

/** Chromium shows some headers, and what rules of extensions changed, only on demand. The polyfill's types know Firefox's options only. */
function extraHeaders<Option extends string>(): Option[] {
  return ['extraHeaders' as Option]
}
