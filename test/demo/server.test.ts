import { createHash, X509Certificate } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SCENARIO_IDS, type ScenarioId } from '../simulator/index.ts'
import { readExchange } from '../simulator/reader.ts'
import { ACI_SCENARIO_IDS, type AciScenarioId } from './aci-scenarios.ts'
import { DEMO_SCENARIO_IDS } from './scenarios.ts'
import { type DemoServer, startDemoServer } from './server.ts'

let demo: DemoServer
beforeAll(async () => {
  demo = await startDemoServer({ port: 0, tokenDelayMs: 0 })
})
afterAll(() => demo.close())

type Ask = {
  scenario?: string
  conversation?: string
  receipt?: string
  stream?: boolean
  question?: string
  body?: string
  origin?: string
}

function post({
  scenario = 'honest',
  conversation = 'c',
  receipt,
  stream = true,
  question = 'How long do we keep invoices?',
  body,
  origin,
}: Ask) {
  const sent = body ?? JSON.stringify({ model: 'some/model', messages: [{ role: 'user', content: question }], stream })
  const headers = {
    'content-type': 'application/json',
    ...(receipt === undefined ? {} : { 'x-inference-receipt': receipt }),
    ...(origin === undefined ? {} : { origin }),
  }
  const url = `${demo.apiUrl}/v1/chat/completions?${new URLSearchParams({ scenario, conversation })}`
  return { sent, response: fetch(url, { method: 'POST', headers, body: sent }) }
}

/** Asks, reads to the end, and looks at what came with the reader's eyes. */
async function exchange(ask: Ask) {
  const { sent, response } = post(ask)
  const answer = await response
  const octets = new Uint8Array(await answer.arrayBuffer())
  const served = await fetch(`${demo.apiUrl}/receipt-attestation`)
  const receiptHeader = answer.headers.get('x-inference-receipt')
  const facts = readExchange({
    requestBody: Buffer.from(sent),
    responseBody: octets,
    contentType: answer.headers.get('content-type') ?? '',
    document: await served.text(),
    ...(receiptHeader === null ? {} : { receiptHeader }),
  })
  return { facts, text: Buffer.from(octets).toString('utf8'), notes: answer.headers.get('x-demo-notes'), answer }
}

const whole = {
  signature: true,
  kid: true,
  committed: true,
  request: true,
  response: true,
  count: true,
  nonce: 'my-nonce',
  ids: true,
  inTime: true,
  pinned: true,
  last: true,
  debug: 'disabled-since-boot',
}

describe.each([true, false])('an answer (streamed: %s)', (stream) => {
  const ask = { stream, receipt: 'my-nonce' }

  it('honest: the receipt is about this exchange, under the root that the demo exports', async () => {
    const { facts, notes } = await exchange(ask)
    expect(facts).toMatchObject({ ...whole, image: demo.published.workload.imageDigest, claims: { iss: demo.published.issuer } })
    expect(facts?.claims.upstream.tier).toBe('tee-verified')
    expect(notes).toBeNull()
    const [leaf, intermediate, root] = (facts?.token === undefined ? [] : await certificates()).map((der) => new X509Certificate(der))
    expect(root?.publicKey.export({ type: 'spki', format: 'der' })).toEqual(Buffer.from(demo.root.spki))
    expect(leaf?.verify(intermediate?.publicKey ?? leaf.publicKey)).toBe(true)
  })

  it.each<[ScenarioId, object]>([
    ['response-changed', { ...whole, response: false }],
    ['request-changed', { ...whole, request: false }],
    [
      'receipt-of-another-answer',
      { ...whole, request: false, response: false, nonce: expect.not.stringMatching('my-nonce'), ids: false, count: expect.any(Boolean) },
    ],
    ['wrong-nonce', { ...whole, nonce: expect.not.stringMatching('my-nonce') }],
    ['debug', { ...whole, debug: 'enabled' }],
    ['key-not-committed', { ...whole, committed: false }],
    ['token-expired', { ...whole, inTime: false }],
    ['bad-signature', { ...whole, signature: false }],
    ['tls-webpki', { ...whole, claims: { upstream: { tier: 'tls-webpki' } } }],
    ['model-swapped', { ...whole, claims: { model: { selected: 'some/model' } } }],
  ])('%s: that, and nothing else, is wrong', async (scenario, expected) => {
    const { facts } = await exchange({ ...ask, scenario })
    expect(facts).toMatchObject(expected)
    expect(facts?.image).toBe(demo.published.workload.imageDigest)
  })

  it('other-image: another digest, everything else whole', async () => {
    const { facts } = await exchange({ ...ask, scenario: 'other-image' })
    expect(facts).toMatchObject(whole)
    expect(facts?.image).not.toBe(demo.published.workload.imageDigest)
  })

  it('replayed: the first answer is honest and says so, the second carries its receipt again, every time', async () => {
    const replay = { ...ask, scenario: 'replayed', conversation: `replay-${stream}` }
    const first = await exchange(replay)
    expect([first.facts, first.notes]).toMatchObject([whole, 'first-answer-is-honest'])
    for (const nonce of ['second', 'third']) {
      const again = await exchange({ ...replay, receipt: nonce, question: 'And for contracts?' })
      expect(again.facts).toMatchObject({ signature: true, request: false, response: false, ids: false, nonce: 'my-nonce' })
      expect([again.facts?.text, again.notes]).toEqual([first.facts?.text, null])
    }
    const elsewhere = await exchange({ ...replay, conversation: `another-${stream}` })
    expect(elsewhere.facts).toMatchObject(whole)
  })

  it('replayed after an honest answer in the same chat: that one’s receipt; a cheat’s receipt is never what is replayed', async () => {
    const conversation = `mixed-${stream}`
    const honest = await exchange({ ...ask, conversation })
    await exchange({ ...ask, conversation, scenario: 'bad-signature' })
    await exchange({ ...ask, conversation, scenario: 'response-changed' })
    const { facts } = await exchange({ ...ask, conversation, scenario: 'replayed', receipt: 'later' })
    expect(facts?.text).toBe(honest.facts?.text)
  })

  it('stripped: a whole answer, and nothing in it that looks like a receipt', async () => {
    const { facts, text, answer } = await exchange({ ...ask, scenario: 'stripped' })
    expect(facts).toBeUndefined()
    expect(text).not.toContain('inference_receipt')
    expect(answer.headers.has('x-inference-receipt')).toBe(false)
    if (stream) expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    else expect(JSON.parse(text).choices[0].message.content).toContain('8 years')
  })

  it('broken-off: the connection breaks in the middle', async () => {
    const response = await post({ ...ask, scenario: 'broken-off' }).response
    expect(response.status).toBe(200)
    const seen: Uint8Array[] = []
    const reading = (async () => {
      for await (const part of response.body ?? []) seen.push(part)
    })()
    await expect(reading).rejects.toThrow()
    const text = Buffer.concat(seen).toString('utf8')
    expect(text.length).toBeGreaterThan(100)
    expect(text).not.toMatch(/inference_receipt|\[DONE\]/)
  })

  it('gives a receipt without a nonce for "true", and none when none is asked for', async () => {
    const plain = await exchange({ stream, receipt: 'true' })
    expect(plain.facts).toMatchObject({ ...whole, nonce: undefined })
    for (const scenario of SCENARIO_IDS.filter((id) => id !== 'broken-off')) {
      const none = await exchange({ stream, scenario, conversation: 'nobody-asks' })
      expect([none.facts, none.notes]).toEqual([undefined, 'no-receipt-asked'])
    }
  })
})

async function certificates(): Promise<readonly Buffer[]> {
  const token = await (await fetch(`${demo.apiUrl}/receipt-attestation`)).text()
  const { x5c }: { x5c: string[] } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'))
  return x5c.map((certificate) => Buffer.from(certificate, 'base64'))
}

describe('the evidence endpoints', () => {
  it('serve the evidence of the gateway that answered last, in both forms', async () => {
    const { facts } = await exchange({ scenario: 'debug', receipt: 'true' })
    const raw = await fetch(`${demo.apiUrl}/receipt-attestation`)
    const key = await fetch(`${demo.apiUrl}/receipt-key`)
    expect([raw.headers.get('x-receipt-att-kind'), raw.headers.get('content-type')]).toEqual(['gcp-cs-jwt', 'application/jwt'])
    expect([raw.headers.get('cache-control'), key.headers.get('cache-control')]).toEqual(['no-store', 'no-store'])
    const document = await key.json()
    expect(Object.keys(document)).toEqual(['kid', 'jwk', 'att', 'att_kind'])
    expect(document).toEqual({ kid: facts?.header.kid, jwk: facts?.header.jwk, att: await raw.text(), att_kind: 'gcp-cs-jwt' })
    expect(facts?.header.att).toBe(document.att)
  })
})

describe('refusals', () => {
  it.each<[Ask, number, string]>([
    [{ receipt: '' }, 400, 'invalid_receipt_header'],
    [{ receipt: 'not a nonce' }, 400, 'invalid_receipt_header'],
    [{ receipt: 'a'.repeat(89) }, 400, 'invalid_receipt_header'],
    [{ scenario: 'unheard-of' }, 400, 'unknown_scenario'],
    [{ conversation: '../x' }, 400, 'invalid_conversation'],
    [{ body: 'no json' }, 400, 'invalid_request'],
    [{ body: '{"model":"m","messages":[]}' }, 400, 'invalid_request'],
    [{ body: '{"model":"m","messages":[{"role":"root","content":"x"}]}' }, 400, 'invalid_request'],
    [{ body: ' '.repeat(256 * 1024 + 1) }, 413, 'too_large'],
  ])('%j', async (ask, status, code) => {
    const response = await post(ask).response
    expect([response.status, (await response.json()).error.code]).toEqual([status, code])
  })

  it('other methods, other addresses, another host name', async () => {
    const get = await fetch(`${demo.apiUrl}/v1/chat/completions`)
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    expect((await fetch(`${demo.apiUrl}/receipt-key`, { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${demo.apiUrl}/v1/models`)).status).toBe(404)
    expect((await fetch(`${demo.pageUrl}../../server.ts`)).status).toBe(404)
    expect((await fetch(demo.pageUrl, { method: 'POST' })).status).toBe(405)
    expect(await statusUnderHost('evil.example')).toBe(421)
    expect(await statusUnderHost(new URL(demo.apiUrl).host)).toBe(200)
  })
})

function statusUnderHost(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${demo.apiUrl}/receipt-key`, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('error', reject).end()
  })
}

describe('across origins', () => {
  const origin = () => new URL(demo.pageUrl).origin

  it('lets the page read, and no other', async () => {
    expect(origin()).not.toBe(demo.apiUrl)
    const own = await post({ origin: origin(), receipt: 'true', stream: false }).response
    expect(own.headers.get('access-control-allow-origin')).toBe(origin())
    expect(own.headers.get('vary')).toBe('origin')
    const other = await post({ origin: 'https://evil.example' }).response
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('answers the preflight for the opt-in header', async () => {
    const headers = { origin: origin(), 'access-control-request-method': 'POST' }
    const response = await fetch(`${demo.apiUrl}/v1/chat/completions`, { method: 'OPTIONS', headers })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, origin()])
    expect(response.headers.get('access-control-allow-headers')).toBe('content-type, x-inference-receipt')
  })
})

describe('many at once', () => {
  it('gives each of ten concurrent requests a receipt of its own', async () => {
    const asked = Array.from({ length: 10 }, (_, index) => `nonce-${index}`)
    const answers = await Promise.all(asked.map((receipt, index) => exchange({ receipt, stream: index % 2 === 0, conversation: receipt })))
    expect(answers.map(({ facts }) => facts?.nonce)).toEqual(asked)
    for (const { facts } of answers) expect(facts).toMatchObject({ signature: true, request: true, response: true, ids: true })
    expect(new Set(answers.map(({ facts }) => facts?.claims.jti)).size).toBe(10)
  })
})

describe('the page', () => {
  it('is served with its files under a policy that runs nothing else and calls only the services', async () => {
    const page = await fetch(`${demo.pageUrl}?scenario=debug`)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`connect-src 'self' ${demo.apiUrl} ${demo.aci.apiUrl};`)
    const html = await page.text()
    expect(html).not.toMatch(/\son[a-z]+=|<script>|style=/)
    for (const [, path] of html.matchAll(/(?:src|href)="([^"]+)"/g))
      expect((await fetch(new URL(path ?? '', demo.pageUrl))).status).toBe(200)
    const config = await (await fetch(`${demo.pageUrl}config.json`)).json()
    const { apiUrl, aci } = demo
    expect(config.groups.map(({ completions, signsIn }: { completions: string; signsIn: boolean }) => [completions, signsIn])).toEqual([
      [`${apiUrl}/v1/chat/completions`, false],
      [`${aci.apiUrl}/v1/chat/completions`, true],
      [`${aci.apiUrl}/v1/chat/completions`, true],
    ])
    const ids = config.groups.flatMap(({ scenarios }: { scenarios: readonly { id: string }[] }) => scenarios.map(({ id }) => id))
    expect(ids).toEqual([...SCENARIO_IDS, ...ACI_SCENARIO_IDS])
    expect(new Set(DEMO_SCENARIO_IDS).size).toBe(DEMO_SCENARIO_IDS.length)
    expect(ids).toEqual(DEMO_SCENARIO_IDS)
  })
})

describe('the ACI services', () => {
  const KEY = 'Bearer a'
  const NONCE = 'ab'.repeat(32)
  const at = (path: string, headers: Record<string, string> = {}) => fetch(demo.aci.apiUrl + path, { headers })
  const sha = (octets: Uint8Array) => `sha256:${createHash('sha256').update(octets).digest('hex')}`

  async function askAci(scenario: AciScenarioId, stream = true) {
    const body = JSON.stringify({ model: 'some/model', messages: [{ role: 'user', content: 'Which invoices?' }], stream })
    const url = `${demo.aci.apiUrl}/v1/chat/completions?scenario=${scenario}`
    const response = await fetch(url, { method: 'POST', body, headers: { authorization: KEY } })
    const octets = new Uint8Array(await response.arrayBuffer())
    const id = response.headers.get('x-receipt-id') ?? ''
    const receipt = await (await at(`/v1/aci/receipts/${id}`, { authorization: KEY })).json()
    const report = await (await at(`/v1/aci/attestation?nonce=${NONCE}`)).json()
    const event = (type: string) => receipt.event_log.find((entry: { type: string }) => entry.type === type)
    return { body, octets, id, receipt, report, event, digest: response.headers.get('x-aci-keyset-digest') }
  }

  it.each([true, false])('answer honestly, and serve the receipt to whoever asked (streamed: %s)', async (stream) => {
    const { body, octets, id, receipt, report, event, digest } = await askAci('direct-honest', stream)
    expect(event('request.received').body_hash).toBe(sha(Buffer.from(body)))
    expect(event('response.returned').body_hash).toBe(sha(octets))
    expect([receipt.workload_keyset_digest, report.workload_keyset_digest]).toEqual([digest, digest])
    expect(report.service_capabilities.serving).toBe('direct')
    const receiptAt = `/v1/aci/receipts/${id}`
    expect((await at(receiptAt)).status).toBe(401)
    expect((await at(receiptAt, { authorization: 'Bearer b' })).status).toBe(404)
    expect((await at('/v1/aci/receipts/rcpt-0', { authorization: KEY })).status).toBe(404)
  })

  it('have a receipt only once the answer was sent', async () => {
    const slow = await startDemoServer({ port: 0, tokenDelayMs: 5 })
    const url = `${slow.aci.apiUrl}/v1/chat/completions`
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'invoices' }], stream: true })
    const response = await fetch(url, { method: 'POST', body, headers: { authorization: KEY } })
    const receiptAt = `${slow.aci.apiUrl}/v1/aci/receipts/${response.headers.get('x-receipt-id')}`
    const receipt = async () => (await fetch(receiptAt, { headers: { authorization: KEY } })).status
    expect(await receipt()).toBe(404)
    await response.text()
    expect(await receipt()).toBe(200)
    await slow.close()
  })

  it('direct-response-changed: the answer, and nothing else, is not what was signed', async () => {
    const { body, octets, event } = await askAci('direct-response-changed')
    expect(event('request.received').body_hash).toBe(sha(Buffer.from(body)))
    expect(event('response.returned').body_hash).not.toBe(sha(octets))
  })

  it('keep one keyset from answer to answer, so that a receipt can be checked later', async () => {
    const first = await askAci('direct-honest')
    const second = await askAci('aggregator-audited')
    expect(second.digest).toBe(first.digest)
  })

  it.each([
    ['aggregator-vouched', false],
    ['aggregator-audited', true],
  ] as const)('%s: cites a session that is served to anybody', async (scenario, keepsQuote) => {
    const { event, report } = await askAci(scenario)
    const session = await at(`/v1/aci/sessions/${event('upstream.verified').session_id}`)
    expect([session.status, report.service_capabilities.serving]).toEqual([200, 'aggregator'])
    const [, data = ''] = (await session.json()).evidence.data.split('base64,')
    expect('quote' in JSON.parse(Buffer.from(data, 'base64').toString('utf8'))).toBe(keepsQuote)
  })

  it('refuse whoever has no credential, unknown scenarios, bad nonces and other methods', async () => {
    const url = `${demo.aci.apiUrl}/v1/chat/completions`
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }] })
    const headers = { authorization: KEY }
    const statuses = [
      fetch(url, { method: 'POST', body }),
      fetch(`${url}?scenario=debug`, { method: 'POST', body, headers }),
      fetch(url, { headers }),
      at('/v1/aci/attestation'),
      at(`/v1/aci/attestation?nonce=${NONCE.toUpperCase()}`),
      at('/v1/aci/sessions/0'),
      at('/v1/models'),
      fetch(`${demo.aci.apiUrl}/v1/aci/attestation`, { method: 'POST' }),
    ].map(async (response) => (await response).status)
    expect(await Promise.all(statuses)).toEqual([401, 400, 405, 400, 400, 404, 404, 405])
  })

  it('let the page, and no other, send its credential', async () => {
    const preflight = (path: string, origin: string) =>
      fetch(demo.aci.apiUrl + path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } })
    const own = new URL(demo.pageUrl).origin
    for (const path of ['/v1/chat/completions', '/v1/aci/receipts/rcpt-0']) {
      const { status, headers } = await preflight(path, own)
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, own])
      expect(headers.get('access-control-allow-headers')).toContain('authorization')
      expect((await preflight(path, 'https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  it('have hardware of a maker who is simulated too, under the root that the demo exports', async () => {
    const { aci } = demo
    const tcb = await fetch(`${aci.vendorUrl}/tdx/certification/v4/tcb?fmspc=90C06F000000`)
    const chain = decodeURIComponent(tcb.headers.get('tcb-info-issuer-chain') ?? '')
    const [, root = ''] = chain.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? []
    expect(new X509Certificate(root).publicKey.export({ type: 'spki', format: 'der' })).toEqual(Buffer.from(aci.root.spki))
    const paths = ['/tdx/certification/v4/qe/identity', '/sgx/certification/v4/pckcrl', '/IntelSGXRootCA.der', '/elsewhere']
    const statuses = paths.map(async (path) => (await fetch(aci.vendorUrl + path)).status)
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 404])
  })
})

describe('starting and stopping', () => {
  it('streams at a pace, and stops working for a reader who went away', async () => {
    const slow = await startDemoServer({ port: 0, tokenDelayMs: 20 })
    const gone = new AbortController()
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'invoices' }], stream: true })
    const url = `${slow.apiUrl}/v1/chat/completions?conversation=left`
    const headers = { 'x-inference-receipt': 'left' }
    const response = await fetch(url, { method: 'POST', body, headers, signal: gone.signal })
    const reader = response.body?.getReader()
    const first = Buffer.from((await reader?.read())?.value ?? []).toString('utf8')
    expect(first).not.toContain('[DONE]')
    gone.abort()
    const again = await fetch(`${url}&scenario=replayed`, { method: 'POST', body, headers })
    // The receipt never came to be: there is nothing to replay.
    expect(again.headers.get('x-demo-notes')).toBe('first-answer-is-honest')
    await slow.close()
  })

  it('says which port is taken, and leaves nothing open behind', async () => {
    const port = Number(new URL(demo.pageUrl).port)
    await expect(startDemoServer({ port })).rejects.toThrow(`Port ${port} is already in use`)
    const apiPort = Number(new URL(demo.apiUrl).port)
    const free = await startDemoServer({ port: 0 })
    const wanted = Number(new URL(free.pageUrl).port)
    await free.close()
    await expect(startDemoServer({ port: wanted, apiPort })).rejects.toThrow(`Port ${apiPort} is already in use`)
    const again = await startDemoServer({ port: wanted, apiPort: 0 })
    await again.close()
    await expect(fetch(again.pageUrl)).rejects.toThrow()
  })

  it('issues evidence anew before it expires, under the same root and key', async () => {
    let now = new Date('2026-11-16T10:00:00Z')
    const lasting = await startDemoServer({ port: 0, now: () => now })
    const token = async () => (await fetch(`${lasting.apiUrl}/receipt-attestation`)).text()
    const claims = async () => JSON.parse(Buffer.from((await token()).split('.')[1] ?? '', 'base64url').toString('utf8'))
    const before = await claims()
    now = new Date('2026-11-16T10:10:00Z')
    expect(await claims()).toEqual(before)
    now = new Date('2026-11-16T14:00:00Z')
    const after = await claims()
    expect(after.exp).toBeGreaterThan(now.getTime() / 1000)
    expect(after.eat_nonce).toEqual(before.eat_nonce)
    await lasting.close()
  })
})
