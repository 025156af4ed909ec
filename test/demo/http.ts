import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

/** Answers one request; what it throws is our own fault. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/** A listener that answers with 500 where a route fails. */
export function listenerFor(route: Route): RequestListener {
  return (request, response) => {
    const answered = async (): Promise<void> => route(request, response)
    answered().catch((error: unknown) => {
      // A client that went away while it was still sending is nobody's fault.
      if (response.destroyed) return
      console.error('The demo could not answer:', error)
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'internal', 'the demo could not answer')
    })
  }
}

/** Lets pages of one origin read the answer, and these of its headers (Fetch standard, CORS protocol). */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, pageOrigin: string, exposed: string): void {
  response.setHeader('vary', 'origin')
  if (request.headers.origin !== pageOrigin) return
  response.setHeader('access-control-allow-origin', pageOrigin)
  response.setHeader('access-control-expose-headers', exposed)
}

export function preflight(response: ServerResponse, method: string, headers: string): void {
  response.writeHead(204, {
    'access-control-allow-methods': method,
    'access-control-allow-headers': headers,
    'access-control-max-age': '600',
  })
  response.end()
}

export function document(response: ServerResponse, contentType: string, text: string | Buffer): void {
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' })
  response.end(text)
}

/** Errors in the form that chat interfaces give them. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
  response.end(JSON.stringify({ error: { message, type: status < 500 ? 'invalid_request_error' : 'server_error', code } }))
}

export function refuseMethod(response: ServerResponse, wanted: 'GET' | 'POST', allowed: string = wanted): void {
  refuse(response, 405, 'method_not_allowed', `use ${wanted}`, { allow: allowed })
}
