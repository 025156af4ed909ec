import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { receiptKeyDocument, SCENARIO_IDS } from '../simulator/index.ts'
import { prepareAnswer, type Service } from './answer.ts'
import { readChatRequest } from './chat-request.ts'
import { allowOrigin, document, listenerFor, preflight, refuse, refuseMethod } from './http.ts'
import { sendStream, sendWhole } from './send.ts'

export type ApiOptions = Service & {
  /** The only origin whose pages may read answers. */
  readonly pageOrigin: string
  readonly tokenDelayMs: number
}

const EXPOSED = 'x-inference-receipt, x-receipt-att-kind, x-demo-notes'

/** The gateway's interface. The page stands on another origin, so that every answer crosses an origin as with real services. */
export function apiListener(options: ApiOptions): RequestListener {
  return listenerFor((request, response) => route(request, response, options))
}

async function route(request: IncomingMessage, response: ServerResponse, options: ApiOptions): Promise<void> {
  allowOrigin(request, response, options.pageOrigin, EXPOSED)
  const { method = 'GET', url = '/' } = request
  const [path, query] = url.split('?', 2)
  switch (path) {
    case '/v1/chat/completions':
      if (method === 'OPTIONS') return preflight(response, 'POST', 'content-type, x-inference-receipt')
      if (method === 'POST') return chat(request, response, new URLSearchParams(query), options)
      return refuseMethod(response, 'POST', 'POST, OPTIONS')
    case '/receipt-key':
      if (method !== 'GET') return refuseMethod(response, 'GET')
      return document(response, 'application/json', receiptKeyDocument(options.gateways.latest()))
    case '/receipt-attestation': {
      if (method !== 'GET') return refuseMethod(response, 'GET')
      const { attestation } = options.gateways.latest()
      response.setHeader('x-receipt-att-kind', attestation.kind)
      return document(response, 'application/jwt', attestation.document)
    }
    default:
      return refuse(response, 404, 'not_found', 'there is nothing at this address')
  }
}

async function chat(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, options: ApiOptions): Promise<void> {
  const asked = await readChatRequest(request, query, SCENARIO_IDS)
  if ('status' in asked) return refuse(response, asked.status, asked.code, asked.message)
  const answer = prepareAnswer(asked, options)
  if (answer.notes.length > 0) response.setHeader('x-demo-notes', answer.notes.join(' '))
  await (asked.streamed ? sendStream(response, answer, options.tokenDelayMs) : sendWhole(response, answer))
}
