import type { ServerResponse } from 'node:http'
import { type AciFaults, type AciOptions, type AciUpstream, makeAci, type SimulatedAci } from '../simulator/aci.ts'
import type { Workload } from '../simulator/dstack-workload.ts'
import { pcsDocuments } from '../simulator/intel-pcs.ts'
import { makeNear, type NearOptions, nearRefusal, type SimulatedNear } from '../simulator/near.ts'
import type { Handler, Loopback } from './server.ts'

/**
 * Simulated services of the dstack family under the real hosts: what they answer, what they sign, and the look-ups behind it, as the real ones
 * have them. Receipts and signatures are given only to whoever holds the key that the question came with.
 */

/** What the next answer is, and what is wrong with it. */
export type Setting = {
  /** As a stream, or in one piece. */
  readonly form: 'stream' | 'json' | 'responses'
  readonly status?: number
  /** What whoever signs says it received, and what it says it sent. */
  readonly signedRequest?: Buffer
  readonly signedResponse?: Buffer
  /** What the look-up of the receipt says; by default the receipt, once the answer has ended. */
  readonly lookup?: { readonly status: number; readonly times?: number }
  readonly reports?: { readonly status: number }
}

export type AciSetting = Setting & {
  readonly upstream?: AciUpstream
  readonly faults?: AciFaults
  readonly forwarded?: Buffer
  /** Last word on what is made. */
  readonly options?: Partial<AciOptions>
}
export type NearSetting = Setting &
  Pick<NearOptions, 'shape' | 'kind' | 'algorithm' | 'faults'> & {
    readonly refusal?: 'STREAM_DISCONNECTED' | 'SIGNATURE_UNSUPPORTED'
    /** Last word on what is made. */
    readonly options?: Partial<NearOptions>
    /** What the backend in front of the gateway makes of the request. */
    readonly rewrites?: (request: Buffer) => Buffer
  }

const MODEL = 'demo/model-1'
const JSON_TYPE = { 'content-type': 'application/json' } as const

/** What a page of this origin needs to read the answer. */
function cors(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-allow-methods': 'GET, POST',
    'access-control-expose-headers': '*',
  }
}

type Utterance = { readonly id: string; readonly octets: Buffer; readonly type: string }

/** What a service says, in the form of its interface. */
function utter(form: Setting['form'], id: string): Utterance {
  const content = 'Eight years, counted from the end of the calendar year.'
  if (form === 'json') {
    const octets = Buffer.from(JSON.stringify({ id, model: MODEL, choices: [{ index: 0, message: { role: 'assistant', content } }] }))
    return { id, octets, type: 'application/json' }
  }
  const events =
    form === 'stream'
      ? [
          ...content.split(' ').map((word) => `data: ${JSON.stringify({ id, choices: [{ delta: { content: `${word} ` } }] })}\n\n`),
          'data: [DONE]\n\n',
        ]
      : [
          `event: response.created\ndata: ${JSON.stringify({ type: 'response.created', response: { id } })}\n\n`,
          `event: response.output_text.delta\ndata: ${JSON.stringify({ type: 'response.output_text.delta', delta: content })}\n\n`,
          `event: response.completed\ndata: ${JSON.stringify({ type: 'response.completed', response: { id } })}\n\n`,
          `event: conversation.title.updated\ndata: ${JSON.stringify({ title: 'Invoices' })}\n\n`,
        ]
  return { id, octets: Buffer.from(events.join('')), type: 'text/event-stream' }
}

/** Up to and including `response.completed`: what a gateway signs of the Responses API. */
function toCompleted(octets: Buffer): Buffer {
  const at = octets.indexOf('event: conversation.title.updated')
  return at < 0 ? octets : octets.subarray(0, at)
}

/** A receipt as it was signed, whose it is, and how often it was asked for. */
type Kept = { readonly text: string; readonly key: string | undefined; times: number }

/** Serves Intel's collateral for simulated machines under Intel's own hosts. */
export function serveIntel(loopback: Loopback, { dstack }: Workload): void {
  const hosts = { certification: 'api.trustedservices.intel.com', certificates: 'certificates.trustedservices.intel.com' }
  for (const { service, path, headers, body } of pcsDocuments(dstack.tdx.collateral)) {
    loopback.on(hosts[service] + path, (_, __, response) => void response.writeHead(200, headers).end(body))
  }
}

export type AciService = {
  readonly page: string
  readonly completions: string
  set: (setting: AciSetting) => void
  readonly workload: Workload
  readonly upstreamWorkload: Workload | undefined
}

/** A gateway that speaks ACI, as RedPill does. */
export function serveAci(loopback: Loopback): AciService {
  const page = 'https://chat.redpill.ai'
  const host = 'api.redpill.ai'
  const kept = new Map<string, Kept>()
  const sessions = new Map<string, string>()
  let setting: AciSetting = { form: 'stream' }
  let latest: AciOptions | undefined
  let count = 0
  const headers = cors(page)
  const answer: Handler = ({ method, headers: { authorization } }, request, response) => {
    if (method === 'OPTIONS') return void response.writeHead(204, headers).end()
    const { form, status = 200, upstream = 'none', faults, forwarded } = setting
    const refused = upstream === 'refused'
    const id = form === 'responses' ? `resp_${++count}` : `chatcmpl-${++count}`
    const said = refused
      ? { id, octets: Buffer.from('{"error":{"code":"upstream_verification_failed"}}'), type: 'application/json' }
      : utter(form, id)
    const options: AciOptions = {
      at: new Date(),
      request: setting.signedRequest ?? request,
      response: setting.signedResponse ?? said.octets,
      path: form === 'responses' ? '/v1/responses' : '/v1/chat/completions',
      chatId: refused ? null : id,
      model: MODEL,
      upstream,
      ...(faults === undefined ? {} : { faults }),
      ...(forwarded === undefined ? {} : { forwarded }),
      ...setting.options,
    }
    const made = makeAci(options)
    kept.set(made.receiptId, { text: made.receipt, key: authorization, times: 0 })
    if (made.session !== undefined) sessions.set(made.session.id, made.session.text)
    latest = options
    const named = Object.fromEntries(made.headers.map(({ name, value }) => [name, value]))
    send(response, refused ? 503 : status, { ...headers, ...named }, said)
  }
  loopback.on('chat.redpill.ai', (_, __, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(CHAT_PAGE))
  loopback.on(`${host}/v1/chat/completions`, answer)
  loopback.on(`${host}/v1/responses`, answer)
  loopback.on(`${host}/v1/aci/attestation`, ({ url }, _, response) => {
    const nonce = new URL(url ?? '', 'https://x').searchParams.get('nonce') ?? ''
    if (setting.reports !== undefined || latest === undefined) return void response.writeHead(setting.reports?.status ?? 503).end()
    response.writeHead(200, JSON_TYPE).end(makeAci({ ...latest, nonce }).report)
  })
  loopback.on(host, ({ url, headers: { authorization }, method }, _, response) => {
    if (method === 'OPTIONS') return void response.writeHead(204, headers).end()
    const path = (url ?? '').split('?')[0] ?? ''
    const session = sessions.get(path.replace('/v1/aci/sessions/', ''))
    if (session !== undefined) return void response.writeHead(200, JSON_TYPE).end(session)
    const found = kept.get(path.replace('/v1/aci/receipts/', ''))
    lookedUp(response, headers, authorization, setting, found)
  })
  const probe: SimulatedAci = makeAci({ at: new Date(), request: Buffer.from(''), response: Buffer.from(''), upstream: 'audited' })
  serveIntel(loopback, probe.workload)
  return {
    page,
    completions: `https://${host}/v1/chat/completions`,
    set: (next) => {
      setting = next
    },
    workload: probe.workload,
    upstreamWorkload: probe.upstreamWorkload,
  }
}

export type NearService = {
  readonly page: string
  readonly completions: string
  set: (setting: NearSetting) => void
  readonly workloads: SimulatedNear['workloads']
}

/** `signature`: what stands before the answer's id, or takes it as `request_id`. */
export type NearPlace = {
  readonly page: string
  readonly api: string
  readonly path: string
  readonly lookups?: { readonly report: string; readonly signature: string }
}

const NEAR_LOOKUPS = { report: '/v1/attestation/report', signature: '/v1/signature/' } as const

/** NEAR AI Cloud, one of its model hosts, NEAR Private Chat, or whoever resells them under paths of their own. */
export function serveNear(loopback: Loopback, where: NearPlace): NearService {
  const { report: reportPath, signature: signaturePath } = where.lookups ?? NEAR_LOOKUPS
  const host = new URL(where.api).host
  const own = where.page === where.api
  const headers = own ? {} : cors(where.page)
  const kept = new Map<string, Kept>()
  let setting: NearSetting = { form: 'stream' }
  let latest: NearOptions | undefined
  let count = 0
  const answer: Handler = ({ method, headers: { authorization } }, request, response) => {
    if (method === 'OPTIONS') return void response.writeHead(204, headers).end()
    const { form, status = 200, shape, kind, algorithm, faults, rewrites = (same: Buffer) => same } = setting
    const said = utter(form, form === 'responses' ? `resp_${++count}` : `chatcmpl-${++count}`)
    const options: NearOptions = {
      at: new Date(),
      request: setting.signedRequest ?? rewrites(request),
      response: setting.signedResponse ?? (form === 'responses' ? toCompleted(said.octets) : said.octets),
      model: MODEL,
      ...(shape === undefined ? {} : { shape }),
      ...(kind === undefined ? {} : { kind }),
      ...(algorithm === undefined ? {} : { algorithm }),
      ...(faults === undefined ? {} : { faults }),
      ...setting.options,
    }
    const text = setting.refusal === undefined ? makeNear(options).answer : nearRefusal(setting.refusal)
    kept.set(said.id, { text, key: authorization, times: 0 })
    latest = options
    send(response, status, headers, said)
  }
  loopback.on(new URL(where.page).host, (_, __, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(CHAT_PAGE))
  loopback.on(host + where.path, answer)
  loopback.on(host + reportPath, ({ url, method, headers: { authorization } }, _, response) => {
    if (method === 'OPTIONS') return void response.writeHead(204, headers).end()
    const nonce = new URL(url ?? '', 'https://x').searchParams.get('nonce') ?? ''
    if (authorization === undefined) return void response.writeHead(401, headers).end()
    if (setting.reports !== undefined || latest === undefined) return void response.writeHead(setting.reports?.status ?? 503, headers).end()
    response.writeHead(200, { ...headers, ...JSON_TYPE }).end(makeNear({ ...latest, nonce }).report)
  })
  const signatures: Handler = ({ url, method, headers: { authorization } }, _, response) => {
    if (method === 'OPTIONS') return void response.writeHead(204, headers).end()
    const { pathname, searchParams } = new URL(url ?? '', where.api)
    const isLookup = pathname.startsWith(signaturePath)
    const found = kept.get(searchParams.get('request_id') ?? pathname.replace(signaturePath, ''))
    if (found === undefined && own && (where.lookups === undefined || !isLookup))
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(CHAT_PAGE)
    lookedUp(response, headers, authorization, setting, found)
  }
  loopback.on(host, signatures)
  const probe = makeNear({ at: new Date(), request: Buffer.from(''), response: Buffer.from(''), shape: 'private-chat', model: MODEL })
  const [workload] = Object.values(probe.workloads)
  if (workload !== undefined) serveIntel(loopback, workload)
  return {
    page: where.page,
    completions: where.api + where.path,
    set: (next) => {
      setting = next
    },
    workloads: probe.workloads,
  }
}

export type VeniceService = {
  readonly page: string
  readonly completions: string
  /** `closed`: the report is refused to callers without a credential; `down`: it is not served. */
  set: (reports: 'open' | 'closed' | 'down') => void
}

/**
 * Venice: its page's own server, whose answers carry no id, and the interface that reports of a model's environment. `options`: last word on what
 * is reported.
 */
export function serveVenice(loopback: Loopback, options: Partial<NearOptions> = {}): VeniceService {
  const page = 'https://venice.ai'
  const completions = 'https://outerface.venice.ai/api/inference/chat'
  const headers = {
    ...cors(page),
    'access-control-allow-headers': 'authorization, content-type, x-venice-version, x-venice-client-attestation',
  }
  let reports: 'open' | 'closed' | 'down' = 'open'
  loopback.on('venice.ai', (_, __, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(CHAT_PAGE))
  loopback.on(completions.slice('https://'.length), ({ method }, _, response) => {
    if (method === 'OPTIONS') return void response.writeHead(204, headers).end()
    const lines = [
      { kind: 'meta', servingModelId: 'demo-model' },
      { kind: 'content', content: 'Eight years, ' },
      { kind: 'content', content: 'counted from the end of the calendar year.' },
    ]
    const octets = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    send(response, 200, headers, { id: '', octets, type: 'text/html; charset=utf-8' })
  })
  loopback.on('api.venice.ai/api/v1/tee/attestation', ({ url, headers: { authorization } }, _, response) => {
    const { searchParams } = new URL(url ?? '', 'https://x')
    if (reports === 'down') return void response.writeHead(503).end()
    if (reports === 'closed' && authorization === undefined) return void response.writeHead(401).end()
    const [model, nonce] = [searchParams.get('model') ?? '', searchParams.get('nonce') ?? '']
    const nothing = Buffer.alloc(0)
    response.writeHead(200, JSON_TYPE)
    response.end(makeNear({ at: new Date(), shape: 'reseller', model, nonce, request: nothing, response: nothing, ...options }).report)
  })
  return {
    page,
    completions,
    set: (next) => {
      reports = next
    },
  }
}

const CHAT_PAGE = '<!doctype html><title>chat</title><p>chat</p>'

function send(response: ServerResponse, status: number, headers: Record<string, string>, { octets, type }: Utterance): void {
  response.writeHead(status, { ...headers, 'content-type': type, 'cache-control': 'no-store' })
  const middle = octets.length >> 1
  response.write(octets.subarray(0, middle))
  response.end(octets.subarray(middle))
}

/** Answers a look-up as the services do: to nobody without a key, to nobody with another one, and not before it is written. */
function lookedUp(
  response: ServerResponse,
  headers: Record<string, string>,
  key: string | undefined,
  { lookup }: Setting,
  found: Kept | undefined,
): void {
  if (key === undefined) return void response.writeHead(401, headers).end()
  if (found === undefined || found.key !== key) return void response.writeHead(404, headers).end()
  found.times += 1
  if (lookup !== undefined && found.times <= (lookup.times ?? Number.POSITIVE_INFINITY))
    return void response.writeHead(lookup.status, headers).end()
  response.writeHead(200, { ...headers, ...JSON_TYPE }).end(found.text)
}
