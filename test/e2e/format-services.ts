import { randomBytes } from 'node:crypto'
import type { OutgoingHttpHeaders } from 'node:http'
import type { Service } from '../../src/gather/services/types.ts'
import { type AirExchangeOptions, makeAirExchange } from '../simulator/air.ts'
import { CLAIM } from '../simulator/air-receipt.ts'
import type { Cbor } from '../simulator/cbor.ts'
import { toPem } from '../simulator/certificates.ts'
import { type HttpExchangeOptions, makeHttpExchange } from '../simulator/http-signature.ts'
import type { JsonObject } from '../simulator/json.ts'
import { historyEntry, type MapleOptions, makeMaple } from '../simulator/maple.ts'
import { octets } from '../simulator/octets.ts'
import { makeOpenGradient, type OpenGradientOptions, REQUEST } from '../simulator/opengradient.ts'
import type { CrlKnobs, SnpEvidence } from '../simulator/sev-snp.ts'
import { documentV2, makeAtcBundle, makeDocumentV3, makeEnclave, type TinfoilOptions } from '../simulator/tinfoil.ts'
import type { Handler, Loopback } from './server.ts'

/**
 * Simulated services that sign with the answer, or that show evidence and sign nothing: each under the hosts that its adapter names, with the
 * endpoints that the adapter fetches from.
 */
export type Simulated<Setting> = {
  readonly page: string
  /** The address of a route. */
  readonly at: (path?: string) => string
  /** What the next answer is, and what is wrong with it. */
  readonly set: (setting: Setting) => void
}

const JSON_TYPE = { 'content-type': 'application/json' } as const
const CHAT_PAGE = '<!doctype html><title>chat</title><p>chat</p>'

type Answer = { readonly body: Uint8Array; readonly headers: OutgoingHttpHeaders; readonly status?: number }

/** Serves a service's page and its completions; `path` of its interface is what else its adapter asks for. */
function serve<Setting>(
  loopback: Loopback,
  service: Service,
  initial: Setting,
  answer: (setting: Setting, request: Buffer) => Answer,
  paths: Readonly<Record<string, (setting: Setting, url: URL) => Answer>> = {},
): Simulated<Setting> {
  const [page = '', api = ''] = [service.pages[0], service.apis[0]]
  const host = new URL(api).host
  let setting = initial
  const cors = {
    'access-control-allow-origin': page,
    'access-control-allow-headers': 'content-type',
    'access-control-allow-methods': 'POST',
  }
  loopback.on(new URL(page).host, (_, __, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(CHAT_PAGE))
  for (const path of service.completions) {
    loopback.on(host + path, ({ method }, request, response) => {
      if (method === 'OPTIONS') return void response.writeHead(204, cors).end()
      const { body, headers, status = 200 } = answer(setting, request)
      response.writeHead(status, { ...headers, ...cors, 'content-length': body.length }).end(body)
    })
  }
  for (const [place, reply] of Object.entries(paths)) {
    loopback.on(
      place.startsWith('/') ? host + place : place,
      replying((url) => reply(setting, url)),
    )
  }
  return {
    page,
    at: (path = '/v1/chat/completions') => api + path,
    set: (next) => {
      setting = next
    },
  }
}

function replying(reply: (url: URL) => Answer): Handler {
  return ({ url }, _, response) => {
    const { body, headers, status = 200 } = reply(new URL(url ?? '', 'https://x'))
    response.writeHead(status, headers).end(body)
  }
}

/** The next test is told something else. */
const UNCACHED = { 'cache-control': 'max-age=0' } as const
const DOWN: Answer = { status: 503, headers: {}, body: Buffer.alloc(0) }

const json = (value: unknown): Answer => ({
  headers: JSON_TYPE,
  body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
})

/** `asked`: what the gateway makes its enclave hash, in place of what it was asked. `isDown`: the evidence is not served. */
export type AirSetting = Omit<AirExchangeOptions, 'at' | 'request'> & {
  readonly asked?: Readonly<Record<string, unknown>>
  readonly isDown?: boolean
}

/** An EphemeralML gateway: each receipt has an id of its own, so that none is taken for a replay. */
export function serveAir(
  loopback: Loopback,
  service: Service,
  platform: NonNullable<AirExchangeOptions['platform']>,
): Simulated<AirSetting> {
  let document = ''
  return serve<AirSetting>(
    loopback,
    service,
    {},
    ({ asked, isDown: _, ...setting }, request) => {
      const claims = new Map<number | string, Cbor | undefined>([[CLAIM.cti, octets(randomBytes(16))], ...(setting.receipt?.claims ?? [])])
      const { response, evidence } = makeAirExchange({
        platform,
        ...setting,
        at: new Date(),
        request: asked ?? JSON.parse(request.toString()),
        receipt: { ...setting.receipt, claims },
      })
      document = evidence.document
      return { headers: Object.fromEntries(response.headers.map(({ name, value }) => [name, value])), body: response.body }
    },
    {
      '/attestation': ({ isDown }) =>
        isDown === true ? DOWN : { headers: { 'content-type': 'application/octet-stream' }, body: Buffer.from(document, 'base64url') },
    },
  )
}

export type OpenGradientSetting = Omit<OpenGradientOptions, 'at' | 'nonce' | 'said'>

/** OpenGradient's gateway. It says something else each time, so that no two answers have one signature. */
export function serveOpenGradient(loopback: Loopback, service: Service): Simulated<OpenGradientSetting> {
  let said = ''
  return serve<OpenGradientSetting>(
    loopback,
    service,
    {},
    (setting) => {
      said = `Grüß Gott 👋 ${randomBytes(8).toString('hex')}`
      const { body, contentType } = makeOpenGradient({ ...setting, at: new Date(), said })
      return { headers: { 'content-type': contentType }, body }
    },
    {
      '/enclave/attestation': (setting, { searchParams }) => {
        const nonce = octets(Buffer.from(searchParams.get('nonce') ?? '', 'hex'))
        const { nitro } = makeOpenGradient({ ...setting, at: new Date(), said, nonce })
        return { headers: { 'content-type': 'text/plain' }, body: Buffer.from(`${Buffer.from(nitro).toString('base64')}\n`) }
      },
      '/signing-key': (setting) => json(makeOpenGradient({ ...setting, at: new Date(), said }).signingKey),
    },
  )
}

/** What OpenGradient's gateway is asked; how it writes that for hashing, the simulator has by hand. */
export const OPENGRADIENT_QUESTION: string = JSON.stringify(REQUEST)

/** A service that signs its answers; a nonce of its own in each, so that no two have one signature. */
export function serveSigning(loopback: Loopback, service: Service): Simulated<HttpExchangeOptions> {
  return serve<HttpExchangeOptions>(loopback, service, {}, (setting) => {
    const nonce = `"${randomBytes(8).toString('hex')}"`
    const { headers, response, status } = makeHttpExchange({ at: new Date(), ...setting, parameters: { nonce, ...setting.parameters } })
    return { headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])), body: response, status }
  })
}

/** The one question to which the simulated signer's answers belong. */
export const SIGNED_QUESTION: string = Buffer.from(makeHttpExchange().request).toString()

/** Changes to the bundle, and what AMD says. `isDown`: the attestation cache. */
export type TinfoilSetting = Omit<TinfoilOptions, 'at'> & {
  readonly change?: (bundle: JsonObject) => JsonObject
  readonly crl?: CrlKnobs | 'down'
  readonly isDown?: boolean
  /** What the enclave itself serves; by default nothing. `stale`: for another nonce than the one that was sent. */
  readonly own?: 'v3' | 'v3-stale' | 'v2'
}

/** What the shipped preset expects Tinfoil's code to be built from. */
const ROUTER = 'tinfoilsh/confidential-model-router'

const tinfoilOptions = ({ change: _, crl: __, isDown: ___, own: ____, sigstore, ...setting }: TinfoilSetting): TinfoilOptions => ({
  at: new Date(),
  ...setting,
  sigstore: { ...sigstore, identity: { repository: ROUTER, ...sigstore?.identity } },
})

function processor(setting: TinfoilSetting): SnpEvidence {
  const { snp } = makeAtcBundle(tinfoilOptions(setting)).cpu
  if (snp === undefined) throw new Error('no processor')
  return snp
}

/** The enclave, the server through which chats may go to it, and the attestation cache. */
export function serveTinfoil(loopback: Loopback, service: Service): Simulated<TinfoilSetting> {
  const answer: Answer = {
    ...json({ id: 'chatcmpl-1', choices: [] }),
    headers: { ...JSON_TYPE, 'tinfoil-pt': 'https://tinfoil.sh/predicate/sev-snp-guest/v2' },
  }
  loopback.on('api.tinfoil.sh/v1/chat/completions', ({ method }, _, response) => {
    const cors = {
      'access-control-allow-origin': service.pages[0],
      'access-control-allow-headers': 'content-type, x-tinfoil-enclave-url',
      'access-control-allow-methods': 'POST',
    }
    if (method === 'OPTIONS') return void response.writeHead(204, cors).end()
    response.writeHead(200, { ...answer.headers, ...cors }).end(answer.body)
  })
  return serve<TinfoilSetting>(loopback, service, {}, () => answer, {
    '/.well-known/tinfoil-attestation': (setting, { searchParams }) => ownDocument(setting, searchParams.get('nonce') ?? ''),
    'atc.tinfoil.sh/attestation': (setting) => {
      if (setting.isDown === true) return DOWN
      const { document } = makeAtcBundle(tinfoilOptions(setting))
      return json(setting.change?.(document) ?? document)
    },
    'kdsintf.amd.com/vcek/v1/Genoa/crl': (setting) => {
      if (setting.crl === 'down') return DOWN
      return { headers: UNCACHED, body: processor(setting).crl(setting.crl) }
    },
    'kdsintf.amd.com/vcek/v1/Genoa/cert_chain': (setting) => ({
      headers: UNCACHED,
      body: Buffer.from(toPem(processor(setting).authority)),
    }),
  })
}

function ownDocument(setting: TinfoilSetting, asked: string): Answer {
  const options = tinfoilOptions(setting)
  if (setting.own === undefined) return { status: 404, headers: {}, body: Buffer.alloc(0) }
  switch (setting.own) {
    case 'v2':
      return json(documentV2(makeEnclave(options)).document)
    case 'v3':
      return json(makeDocumentV3({ ...options, nonce: octets(Buffer.from(asked, 'hex')) }).document)
    case 'v3-stale':
      return json(makeDocumentV3(options).document)
  }
}

/** Each list's entries, or that it is not served; by default the image is in that for production. `nonce`: answered in place of the one sent. */
export type MapleSetting = Omit<MapleOptions, 'at'> & {
  readonly production?: readonly JsonObject[] | 'down'
  readonly development?: readonly JsonObject[] | 'down'
}

export function serveMaple(loopback: Loopback, service: Service): Simulated<MapleSetting> {
  const simulated = serve<MapleSetting>(loopback, service, {}, () => json({ encrypted: randomBytes(64).toString('base64') }), {
    // The nonce is in the path: what no other path has.
    [new URL(service.apis[0] ?? '').host]: ({ production: _, development: __, ...setting }, { pathname }) =>
      json(makeMaple({ nonce: pathname.replace('/attestation/', ''), ...setting, at: new Date() }).answer),
    ...Object.fromEntries(
      (['production', 'development'] as const).map((release, index) => [
        new URL(service.lists?.[index]?.address ?? '').href.slice('https://'.length),
        (setting: MapleSetting) => {
          const entries = setting[release] ?? (release === 'production' ? [historyEntry(IMAGE)] : [])
          return entries === 'down' ? DOWN : { ...json(entries), headers: { ...JSON_TYPE, ...UNCACHED } }
        },
      ]),
    ),
  })
  return simulated
}

/** PCR0 of the simulated image. */
export const IMAGE: string = makeMaple({ at: new Date() }).pcr0
