import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { ACI_SCENARIO_IDS } from './aci-scenarios.ts'
import type { AciService } from './aci-service.ts'
import { readChatRequest } from './chat-request.ts'
import { allowOrigin, document, listenerFor, preflight, refuse, refuseMethod } from './http.ts'
import { sendStream, sendWhole } from './send.ts'

export type AciApiOptions = {
  readonly service: AciService
  /** The only origin whose pages may read answers. */
  readonly pageOrigin: string
  readonly tokenDelayMs: number
}

const RECEIPTS = '/v1/aci/receipts/'
const SESSIONS = '/v1/aci/sessions/'
const NO_CREDENTIAL = 'say who you are with an Authorization header'

/** The interface of the demo's ACI services, with the protocol's addresses. Answers and receipts are for whoever names itself. */
export function aciListener(options: AciApiOptions): RequestListener {
  return listenerFor((request, response) => route(request, response, options))
}

async function route(request: IncomingMessage, response: ServerResponse, options: AciApiOptions): Promise<void> {
  const { service, pageOrigin } = options
  allowOrigin(request, response, pageOrigin, 'x-receipt-id')
  const { method = 'GET', url = '/', headers } = request
  const [path = '/', query] = url.split('?', 2)
  if (path === '/v1/chat/completions') {
    if (method === 'OPTIONS') return preflight(response, 'POST', 'authorization, content-type')
    if (method === 'POST') return chat(request, response, new URLSearchParams(query), options)
    return refuseMethod(response, 'POST', 'POST, OPTIONS')
  }
  if (path.startsWith(RECEIPTS)) {
    if (method === 'OPTIONS') return preflight(response, 'GET', 'authorization')
    if (method !== 'GET') return refuseMethod(response, 'GET', 'GET, OPTIONS')
    if (headers.authorization === undefined) return refuse(response, 401, 'no_credential', NO_CREDENTIAL)
    return serve(response, service.receipt(path.slice(RECEIPTS.length), headers.authorization))
  }
  if (method !== 'GET') return refuseMethod(response, 'GET')
  if (path.startsWith(SESSIONS)) return serve(response, service.session(path.slice(SESSIONS.length)))
  if (path !== '/v1/aci/attestation') return serve(response, undefined)
  const nonce = new URLSearchParams(query).get('nonce') ?? ''
  if (!/^[0-9a-f]{64}$/.test(nonce)) return refuse(response, 400, 'invalid_nonce', 'nonce must be 64 hexadecimal digits')
  return document(response, 'application/json', service.report(nonce))
}

function serve(response: ServerResponse, text: string | undefined): void {
  if (text === undefined) refuse(response, 404, 'not_found', 'there is nothing at this address')
  else document(response, 'application/json', text)
}

async function chat(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, options: AciApiOptions): Promise<void> {
  const { authorization } = request.headers
  if (authorization === undefined) return refuse(response, 401, 'no_credential', NO_CREDENTIAL)
  const asked = await readChatRequest(request, query, ACI_SCENARIO_IDS)
  if ('status' in asked) return refuse(response, asked.status, asked.code, asked.message)
  const answer = options.service.answer(asked, authorization)
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
  await (asked.streamed ? sendStream(response, answer, options.tokenDelayMs) : sendWhole(response, answer))
}
