import type { ServerResponse } from 'node:http'
import type { Page } from 'playwright'
import type { Handler, Loopback } from './server.ts'

export const PAGE = 'https://trustedrouter.com/'
/** Where that page asks for answers: a server of the site's own, which pipes to the interface. */
export const PAGE_COMPLETIONS = 'https://trustedrouter.com/chat-proxy/v1/chat/completions'
/** The interface itself, as other pages call it. */
export const COMPLETIONS = 'https://api.trustedrouter.com/v1/chat/completions'
export const JWKS_PLACE = 'www.googleapis.com/service_accounts/v1/metadata/jwk/signer@confidentialspace-sign.iam.gserviceaccount.com'

/** Headers that the real interface sends: the page may read the answer, but not the receipt's header. */
export const CORS = {
  'access-control-allow-origin': 'https://trustedrouter.com',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-allow-methods': 'POST',
} as const

export const EVENT_STREAM = { ...CORS, 'content-type': 'text/event-stream', 'cache-control': 'no-store' } as const

/**
 * Answers completions with `complete`, at the interface and through the site's own server; preflights as the service does; and serves an empty page
 * at the page's host.
 */
export function serve(loopback: Loopback, complete: Handler, page = '<!doctype html><title>chat</title><p>chat</p>'): void {
  loopback.on('trustedrouter.com', (_, __, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(page))
  loopback.on('api.trustedrouter.com/v1/chat/completions', (request, body, response) => {
    if (request.method === 'OPTIONS') response.writeHead(204, CORS).end()
    else return complete(request, body, response)
  })
  loopback.on(PAGE_COMPLETIONS.slice('https://'.length), complete)
}

/** Serves the token issuer's keys. */
export function serveKeys(loopback: Loopback, jwks: string): void {
  loopback.on(JWKS_PLACE, (_, __, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(jwks))
}

/** Sends a stream event by event. */
export function sendEvents(response: ServerResponse, stream: Buffer): void {
  response.writeHead(200, EVENT_STREAM)
  for (const event of splitEvents(stream)) response.write(event)
  response.end()
}

/** The events of a stream, each with the blank line that ends it. */
export function splitEvents(stream: Buffer): Buffer[] {
  const events: Buffer[] = []
  for (let start = 0; start < stream.length; ) {
    const blank = stream.indexOf('\n\n', start)
    const end = blank < 0 ? stream.length : blank + 2
    events.push(stream.subarray(start, end))
    start = end
  }
  return events
}

export type Answer = {
  readonly text: string
  /** When each chunk reached the page, in milliseconds of the page's clock. */
  readonly times: readonly number[]
  readonly url: string
  readonly receiptHeader: string | null
}

/** What a chat page does: posts a question and reads the answer as it streams. */
export function askInPage(page: Page, body: string, url = COMPLETIONS): Promise<Answer> {
  return page.evaluate(
    async ([to, text]) => {
      const response = await fetch(to, {
        method: 'POST',
        body: text,
        headers: { 'content-type': 'application/json', authorization: 'Bearer secret-of-the-user' },
      })
      const times: number[] = []
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      let answer = ''
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
        times.push(performance.now())
        answer += part.value
      }
      return { text: answer, times, url: response.url, receiptHeader: response.headers.get('x-inference-receipt') }
    },
    [url, body] as const,
  )
}
