import 'reflect-metadata'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import * as x509 from '@peculiar/x509'

export type Handler = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void | Promise<void>

/** One request that reached the server. */
export type Seen = { readonly method: string; readonly host: string; readonly path: string; readonly headers: IncomingMessage['headers'] }

/** A loopback server that answers for every host name; the browser is told to look for all of them here. */
export type Loopback = {
  readonly port: number
  readonly seen: Seen[]
  /** Sets who answers: `host/path`, or `host` for all other paths of it. */
  readonly on: (place: string, handler: Handler) => void
  readonly close: () => Promise<void>
}

export async function startLoopback(): Promise<Loopback> {
  const handlers = new Map<string, Handler>()
  const seen: Seen[] = []
  const server: Server = createServer(await selfSigned(), (request, response) => {
    void answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '')
    const path = (request.url ?? '').split('?')[0] ?? ''
    seen.push({ method: request.method ?? '', host, path, headers: request.headers })
    const body = await read(request)
    const handler = handlers.get(`${host}${path}`) ?? handlers.get(host)
    if (handler === undefined) response.writeHead(404).end()
    else await handler(request, body, response)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    on: (place, handler) => void handlers.set(place, handler),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

/** A certificate of our own, made anew each time; the test browser is told not to mind. */
async function selfSigned(): Promise<{ key: string; cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=loopback test', keys, signingAlgorithm: algorithm })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----`, cert: certificate.toString('pem') }
}
