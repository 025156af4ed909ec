import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { receiptKeyDocument } from '../simulator/index.ts'
import { prepareAnswer, type Service } from './answer.ts'
import { readChatRequest } from './chat-request.ts'
import { sendStream, sendWhole } from './send.ts'

export type ApiOptions = Service & {
  /** The only origin whose pages may read answers (Fetch standard, CORS protocol). */
  readonly pageOrigin: string
  readonly tokenDelayMs: number
}

/** The gateway's interface. The page stands on another origin, so that every answer crosses an origin as with real services. */
export function apiListener(options: ApiOptions): RequestListener {
  return (request, response) => {
    route(request, response, options).catch((error: unknown) => {
      // A client that went away while it was still sending is nobody's fault.
      if (response.destroyed) return
      console.error('The demo gateway could not answer:', error)
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'internal', 'the demo gateway could not answer')
    })
  }
}

async function route(request: IncomingMessage, response: ServerResponse, options: ApiOptions): Promise<void> {
  allowOrigin(request, response, options.pageOrigin)
  const { method = 'GET', url = '/' } = request
  const [path, query] = url.split('?', 2)
  switch (path) {
    case '/v1/chat/completions':
      if (method === 'OPTIONS') return preflight(response)
      if (method === 'POST') return chat(request, response, new URLSearchParams(query), options)
      return refuse(response, 405, 'method_not_allowed', 'use POST', { allow: 'POST, OPTIONS' })
    case '/receipt-key':
      if (method !== 'GET') return refuse(response, 405, 'method_not_allowed', 'use GET', { allow: 'GET' })
      return document(response, 'application/json', receiptKeyDocument(options.gateways.latest()))
    case '/receipt-attestation': {
      if (method !== 'GET') return refuse(response, 405, 'method_not_allowed', 'use GET', { allow: 'GET' })
      const { attestation } = options.gateways.latest()
      response.setHeader('x-receipt-att-kind', attestation.kind)
      return document(response, 'application/jwt', attestation.document)
    }
    default:
      return refuse(response, 404, 'not_found', 'there is nothing at this address')
  }
}

async function chat(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, options: ApiOptions): Promise<void> {
  const asked = await readChatRequest(request, query)
  if ('status' in asked) return refuse(response, asked.status, asked.code, asked.message)
  const answer = prepareAnswer(asked, options)
  if (answer.notes.length > 0) response.setHeader('x-demo-notes', answer.notes.join(' '))
  await (asked.streamed ? sendStream(response, answer, options.tokenDelayMs) : sendWhole(response, answer))
}

function allowOrigin(request: IncomingMessage, response: ServerResponse, pageOrigin: string): void {
  response.setHeader('vary', 'origin')
  if (request.headers.origin !== pageOrigin) return
  response.setHeader('access-control-allow-origin', pageOrigin)
  response.setHeader('access-control-expose-headers', 'x-inference-receipt, x-receipt-att-kind, x-demo-notes')
}

function preflight(response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type, x-inference-receipt',
    'access-control-max-age': '600',
  })
  response.end()
}

function document(response: ServerResponse, contentType: string, text: string): void {
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' })
  response.end(text)
}

/** Errors in the form that chat interfaces give them. */
function refuse(response: ServerResponse, status: number, code: string, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
  response.end(JSON.stringify({ error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', code } }))
}
