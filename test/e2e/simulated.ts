import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import {
  bodyOf,
  DONE,
  encodeEvent,
  eventsOf,
  type Faults,
  type Gateway,
  MODEL,
  makeGateway,
  type Receipt,
  receiptEvent,
  receiptKeyDocument,
  signAnswer,
  tokensOf,
  type Utterance,
} from '../simulator/index.ts'
import type { Handler, Loopback } from './server.ts'
import { CORS, EVENT_STREAM, serve, serveKeys } from './service.ts'

/** What the simulated gateway is about to say to one request, under the nonce that came with it. */
export type Prepared = {
  readonly events: readonly string[]
  readonly receipt: Receipt
  readonly said: Utterance
  readonly nonce: string | undefined
}

export type Simulated = {
  readonly gateway: Gateway
  /** Signs an answer to a request as it arrived, now. */
  readonly prepare: (body: Buffer, headers: NodeJS.Dict<string | string[]>, streamed?: boolean) => Prepared
  /** Answers as a stream: the honest service. */
  readonly stream: Handler
  /** Answers in one piece, the receipt in a header that the page may not read. */
  readonly whole: Handler
  readonly compressed: Handler
}

const ANSWER = 'Eight years, counted from the end of the calendar year in which the invoice was issued.'

/** A service whose receipts and evidence are made here and now; its issuer's keys are served under the real issuer's address. */
export function simulate(loopback: Loopback, faults: Faults = {}): Simulated {
  const gateway = makeGateway({ at: new Date(), form: 'oidc', issuer: 'https://api.trustedrouter.com' })
  let count = 0
  const prepare: Simulated['prepare'] = (body, headers, streamed = true) => {
    const header = headers['x-inference-receipt']
    const nonce = typeof header === 'string' ? header : undefined
    const at = new Date()
    const id = `chatcmpl-${String(++count).padStart(32, '0')}`
    const said: Utterance = { id, created: Math.floor(at.getTime() / 1000), model: MODEL, tokens: tokensOf(ANSWER), promptTokens: 14 }
    const receipt = signAnswer({
      gateway,
      faults,
      at,
      route: 'chat.completions',
      streamed,
      requestBody: body,
      said,
      ...(nonce === undefined ? {} : { nonce }),
    })
    const events = [...eventsOf('chat.completions', said), receiptEvent(said, receipt.text), DONE].map(encodeEvent)
    return { events, receipt, said, nonce }
  }
  const simulated: Simulated = {
    gateway,
    prepare,
    stream: ({ headers }, body, response) => sendAll(response, prepare(body, headers).events),
    whole: ({ headers }, body, response) => {
      const { said, receipt } = prepare(body, headers, false)
      response.writeHead(200, { ...CORS, 'content-type': 'application/json', 'x-inference-receipt': receipt.text })
      response.end(bodyOf('chat.completions', said))
    },
    compressed: ({ headers }, body, response) => {
      const octets = gzipSync(prepare(body, headers).events.join(''))
      response.writeHead(200, { ...EVENT_STREAM, 'content-encoding': 'gzip' }).end(octets)
    },
  }
  serve(loopback, simulated.stream)
  serveKeys(loopback, gateway.authority.jwksText)
  loopback.on('api.trustedrouter.com/receipt-attestation', (_, __, response) => {
    response
      .writeHead(200, { 'content-type': 'text/plain', 'x-receipt-att-kind': gateway.attestation.kind })
      .end(gateway.attestation.document)
  })
  loopback.on('api.trustedrouter.com/receipt-key', (_, __, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(receiptKeyDocument(gateway))
  })
  return simulated
}

export function sendAll(response: ServerResponse, events: readonly string[]): void {
  response.writeHead(200, EVENT_STREAM)
  for (const event of events) response.write(event)
  response.end()
}

/** The user's policy, as JSON text: the simulated gateway's image is the one expected. */
export function simulatedPolicy({ workload }: Gateway): string {
  return JSON.stringify({
    format: 'inference-receipt-checker/policy',
    version: 1,
    id: 'simulated',
    name: 'simulated',
    service: 'trustedrouter',
    expects: [{ measurement: 'container.image-digest', anyOf: [workload.imageDigest], source: 'user' }],
    receiptKeys: [],
  })
}
