import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Anchor, freshSeed, type Workload } from '../simulator/index.ts'
import { aciListener } from './aci-api.ts'
import { makeAciService, type PublishedMeasurement } from './aci-service.ts'
import { apiListener } from './api.ts'
import { makeConversations } from './conversations.ts'
import { makeGateways } from './gateways.ts'
import { pageListener } from './page-server.ts'
import { vendorListener } from './vendor.ts'

export type DemoOptions = {
  /** Where the page is served; 0 takes any free port. */
  readonly port?: number
  /** Where the gateway is served; default: the page's port plus one. The ACI services and the simulated maker take the next two. */
  readonly apiPort?: number
  readonly tokenDelayMs?: number
  readonly now?: () => Date
}

export type DemoServer = {
  readonly pageUrl: string
  readonly apiUrl: string
  /** The demo root, made at this start: whoever wants to verify against it has to add it by hand. It stands for no hardware. */
  readonly root: Anchor
  /** What the honest gateway runs, for a policy: what its vendor would publish. `issuer` is the receipts' `iss`. */
  readonly published: { readonly issuer: string; readonly workload: Workload }
  /** The services that speak ACI: where they are, who stands in for Intel, under which root, and what they should be running. */
  readonly aci: {
    readonly apiUrl: string
    readonly vendorUrl: string
    readonly root: Anchor
    readonly published: readonly PublishedMeasurement[]
  }
  close(): Promise<void>
}

export const DEFAULT_PORT = 4780
const HOST = '127.0.0.1'

/** Starts the demo service on loopback. Rejects with a message for people where a port is taken. */
export async function startDemoServer(options: DemoOptions = {}): Promise<DemoServer> {
  const { port = DEFAULT_PORT, tokenDelayMs = 28, now = () => new Date() } = options
  const apiPort = options.apiPort ?? after(port)
  const [page, api, aciApi, vendor] = await listenAll([port, apiPort, after(apiPort), after(after(apiPort))])
  const gateways = makeGateways(freshSeed(), api.origin, now)
  const { workload, authority } = gateways.of('honest')
  const service = makeAciService(freshSeed(), now)
  const pageOrigin = page.origin
  serve(page, pageListener({ gateway: api.origin, aci: aciApi.origin }))
  serve(api, apiListener({ gateways, conversations: makeConversations(), now, tokenDelayMs, pageOrigin }))
  serve(aciApi, aciListener({ service, tokenDelayMs, pageOrigin }))
  serve(vendor, vendorListener(service.collateral))
  return {
    pageUrl: `${page.origin}/`,
    apiUrl: api.origin,
    root: authority.pki.chain.anchor,
    published: { issuer: api.origin, workload },
    aci: { apiUrl: aciApi.origin, vendorUrl: vendor.origin, root: service.root, published: service.published },
    close: async () => {
      await Promise.all([page, api, aciApi, vendor].map(({ server }) => close(server)))
    },
  }
}

/** Any free port is followed by any other. */
function after(port: number): number {
  return port === 0 ? 0 : port + 1
}

type Listening = { readonly server: Server; readonly origin: string }

type AllOf<T> = readonly [page: T, api: T, aci: T, vendor: T]

/** All of them, or none. */
async function listenAll([page, api, aci, vendor]: AllOf<number>): Promise<AllOf<Listening>> {
  const open: Listening[] = []
  const next = async (port: number): Promise<Listening> => {
    const listening = await listen(port)
    open.push(listening)
    return listening
  }
  try {
    // In this order, so that of several ports that are taken the first is named.
    return [await next(page), await next(api), await next(aci), await next(vendor)]
  } catch (error) {
    await Promise.all(open.map(({ server }) => close(server)))
    throw error
  }
}

function serve({ server, origin }: Listening, listener: RequestListener): void {
  server.on('request', onlyFor(origin, listener))
}

function listen(port: number): Promise<Listening> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(reason(error, port), { cause: error })))
    server.listen(port, HOST, () => {
      resolve({ server, origin: `http://${HOST}:${addressOf(server).port}` })
    })
  })
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a listening server has an address')
  return address
}

function reason({ code, message }: NodeJS.ErrnoException, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} is already in use. Give the demo another one: npm run demo -- --port NUMBER`
  if (code === 'EACCES') return `Port ${port} may not be used by this user. Give the demo one above 1023: npm run demo -- --port NUMBER`
  return `The demo cannot listen on port ${port}: ${message}`
}

/** A page elsewhere whose name resolves to loopback (DNS rebinding) names itself in `Host`, and gets nothing. */
function onlyFor(origin: string, listener: RequestListener): RequestListener {
  const host = new URL(origin).host
  return (request, response) => {
    if (request.headers.host === host) listener(request, response)
    else response.writeHead(421, { 'content-type': 'text/plain' }).end('This service answers under its own address only.')
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)))
    server.closeAllConnections()
  })
}
