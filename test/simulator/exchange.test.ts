import { createHash, createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DEFAULT_AT, type ExchangeOptions, makeExchange, type SimulatedExchange } from './exchange.ts'
import { makeReceiptKey } from './inference-receipt.ts'
import { edit, withMember } from './json.ts'
import { SCENARIO_IDS, SCENARIOS, type ScenarioId } from './scenarios.ts'
import { decodeEvents } from './sse.ts'

/** What a reader finds by plain node:crypto over the octets on the wire; nothing of the simulator's hashing is used. */
function facts(exchange: SimulatedExchange) {
  const text = Buffer.from(exchange.response.body).toString('utf8')
  const streamed = exchange.response.headers.some(({ value }) => value === 'text/event-stream')
  const events = streamed ? decodeEvents(text) : []
  const at = events.findIndex(({ data }) => data.includes('"inference_receipt"'))
  const wire = streamed ? events[at]?.data : exchange.response.headers.find(({ name }) => name === 'x-inference-receipt')?.value
  if (wire === undefined) return undefined
  const [h, p, s] = wire.split('.')
  const jws = streamed ? JSON.parse(wire).inference_receipt : { protected: h, payload: p, signature: s }
  const header = json(jws.protected)
  const claims = json(jws.payload)
  const named = claims.resp.of === 'sse-events-v1'
  const hashed = streamed
    ? events
        .slice(0, at)
        .map(({ name, data }) => `${named ? `${name}\n` : ''}${data}\n`)
        .join('')
    : text
  const document: string = header.att ?? exchange.attestation.document
  const token = json(document.split('.')[1] ?? '')
  const raw = Buffer.from(header.jwk.x, 'base64url')
  const commitment = createHash('sha256').update('inference-receipt-key-v1').update(Buffer.of(0)).update(raw).digest('hex')
  const key = createPublicKey({ format: 'jwk', key: header.jwk })
  return {
    claims,
    token,
    header,
    signature: verify(null, Buffer.from(`${jws.protected}.${jws.payload}`), key, Buffer.from(jws.signature, 'base64url')),
    kid: header.kid === createHash('sha256').update(raw).digest('base64url'),
    committed: [token.eat_nonce].flat().includes(commitment),
    request: claims.req.hash === createHash('sha256').update(exchange.request.body).digest('base64url'),
    response: claims.resp.hash === createHash('sha256').update(hashed).digest('base64url'),
    nonce: claims.nonce === exchange.nonce,
    id: claims.jti === exchange.id,
    inTime: token.nbf <= claims.iat && claims.iat < token.exp,
    debug: token.dbgstat,
    image: token.submods.container.image_digest,
    pinned: streamed ? claims.att_sha256 === undefined : claims.att_sha256 === createHash('sha256').update(document).digest('base64url'),
    last: !streamed || (events[at + 1]?.data === '[DONE]' && events.length === at + 2),
  }
}

const json = (segment: string) => JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'))

const SHAPES: readonly ExchangeOptions[] = [
  { route: 'chat.completions', streamed: true },
  { route: 'chat.completions', streamed: false },
  { route: 'responses', streamed: true },
  { route: 'responses', streamed: false, form: 'oidc' },
]

describe.each(SHAPES)('an exchange ($route, streamed: $streamed)', (shape) => {
  const of = (scenario: ScenarioId) => facts(makeExchange({ ...shape, scenario }))
  const honest = of('honest')
  const boring = {
    signature: true,
    kid: true,
    committed: true,
    request: true,
    response: true,
    nonce: true,
    id: true,
    inTime: true,
    pinned: true,
    last: true,
  }
  const image = honest?.image

  it('honest: everything holds', () => {
    expect(honest).toMatchObject({ ...boring, debug: 'disabled-since-boot', claims: { upstream: { tier: 'tee-verified' } } })
  })

  it.each<[ScenarioId, object]>([
    ['response-changed', { ...boring, response: false, image }],
    ['request-changed', { ...boring, request: false, image }],
    ['receipt-of-another-answer', { ...boring, request: false, response: false, nonce: false, id: false, image }],
    ['replayed', { ...boring, request: false, response: false, nonce: false, id: false, image }],
    ['wrong-nonce', { ...boring, nonce: false, image }],
    ['debug', { ...boring, debug: 'enabled', image }],
    ['key-not-committed', { ...boring, committed: false, image }],
    ['token-expired', { ...boring, inTime: false, image }],
    ['bad-signature', { ...boring, signature: false, image }],
    ['tls-webpki', { ...boring, image, claims: { upstream: { tier: 'tls-webpki' } } }],
    ['model-swapped', { ...boring, image, debug: 'disabled-since-boot' }],
  ])('%s: that, and nothing else, is wrong', (scenario, expected) => {
    expect(of(scenario)).toMatchObject(expected)
  })

  it('other-image: another digest, everything else as it was', () => {
    const other = of('other-image')
    expect(other).toMatchObject(boring)
    expect(other?.image).not.toBe(image)
  })

  it('stripped: a whole answer without a receipt', () => {
    const exchange = makeExchange({ ...shape, scenario: 'stripped' })
    expect(exchange.receipt).toBeUndefined()
    expect(facts(exchange)).toBeUndefined()
    expect(exchange.response.complete).toBe(true)
  })

  it('broken-off: half an answer, and in a stream no receipt', () => {
    const exchange = makeExchange({ ...shape, scenario: 'broken-off' })
    expect(exchange.response.complete).toBe(false)
    expect(Buffer.from(exchange.response.body).toString()).not.toContain('[DONE]')
    if (shape.streamed) expect(facts(exchange)).toBeUndefined()
    else expect(facts(exchange)).toMatchObject({ ...boring, response: false })
  })

  it('replayed: the receipt is the earlier exchange’s, to the octet', () => {
    const exchange = makeExchange({ ...shape, scenario: 'replayed' })
    expect(exchange.receipt?.text).toBe(exchange.earlier?.receipt?.text)
    expect(exchange.earlier && facts(exchange.earlier)).toMatchObject(boring)
  })

  it('asks for a receipt without freshness, or for none', () => {
    const plain = facts(makeExchange({ ...shape, ask: 'plain' }))
    expect(plain).toMatchObject(boring)
    expect(plain?.claims).not.toHaveProperty('nonce')
    expect(facts(makeExchange({ ...shape, ask: 'nothing' }))).toBeUndefined()
    expect(facts(makeExchange({ ...shape, ask: 'nothing', scenario: 'replayed' }))).toBeUndefined()
  })

  it('gives the same octets again', () => {
    expect(makeExchange(shape).response).toEqual(makeExchange(shape).response)
  })
})

describe('knobs', () => {
  it('sets, adds and removes claims and header members', () => {
    const receipt = { claims: { rv: 2, 'model.selected': 'x', nonce: undefined, more: true }, header: { kid: undefined, alg: 'none' } }
    const { receipt: made } = makeExchange({ faults: { receipt } })
    const claims = JSON.parse(made?.payloadText ?? '')
    expect(claims).toMatchObject({ rv: 2, model: { selected: 'x', provider: 'harborside' }, more: true })
    expect([claims.nonce, JSON.parse(made?.headerText ?? '').kid]).toEqual([undefined, undefined])
    expect(edit({ a: 1, b: 2 }, { a: 3 })).toEqual({ a: 3, b: 2 })
    expect(Object.keys(edit({ a: 1, b: 2 }, { a: 3, c: 4 }))).toEqual(['a', 'b', 'c'])
  })

  it('signs texts that no serialiser writes', () => {
    const { receipt: honest } = makeExchange()
    const payloadText = withMember(honest?.payloadText ?? '', 'iss', 'https://elsewhere.example')
    const made = facts(makeExchange({ faults: { receipt: { payloadText } } }))
    expect(payloadText.match(/"iss":/g)).toHaveLength(2)
    expect(made).toMatchObject({ signature: true, claims: { iss: 'https://elsewhere.example' } })
  })

  it('adds an unprotected header, signs with another key, changes the signature, puts data behind the receipt', () => {
    const unprotected = makeExchange({ faults: { receipt: { unprotected: { alg: 'none' } } } }).receipt?.text ?? ''
    expect(Object.keys(JSON.parse(unprotected))).toEqual(['protected', 'payload', 'signature', 'header'])
    const signWith = makeReceiptKey('stranger').key
    expect(facts(makeExchange({ faults: { receipt: { signWith } } }))).toMatchObject({ signature: false, kid: true, committed: true })
    const signature = (octets: Uint8Array) => octets.slice(0, 63)
    expect(facts(makeExchange({ faults: { receipt: { signature } } }))).toMatchObject({ signature: false })
    expect(facts(makeExchange({ faults: { behindReceipt: [{ name: '', data: '{"choices":[]}' }] } }))).toMatchObject({ last: false })
  })

  it('takes the token’s claims and times, and the leaf certificate’s', () => {
    const gateway = { token: { claims: { secboot: false, hwmodel: undefined } }, tokenAgeSeconds: 5, tokenLifetimeSeconds: 10 }
    const made = facts(makeExchange({ faults: { gateway } }))
    expect(made?.token).toMatchObject({ secboot: false, iat: DEFAULT_AT.getTime() / 1000 - 5, exp: DEFAULT_AT.getTime() / 1000 + 5 })
    expect(made?.token).not.toHaveProperty('hwmodel')
    const expired = { authority: { leaf: { notAfter: new Date(0) } } }
    expect(makeExchange({ faults: { gateway: expired } }).gateway.authority.pki.chain.leaf.notAfter).toEqual(new Date(0))
  })
})

describe('the simulator', () => {
  it('imports nothing from src', () => {
    const folder = new URL('.', import.meta.url)
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
    const imports = files.flatMap((name) =>
      [...readFileSync(new URL(name, folder), 'utf8').matchAll(/from '([^'()]+)'$/gm)].map(([, from]) => from ?? ''),
    )
    expect(imports.length).toBeGreaterThan(30)
    expect(imports.filter((from) => !/^(\.\/|node:|vitest$)/.test(from))).toEqual([])
  })

  it('says of every scenario what was done and what a log shows, in one sentence each', () => {
    for (const id of SCENARIO_IDS) {
      for (const sentence of [SCENARIOS[id].did, SCENARIOS[id].log]) expect(sentence).toMatch(/^[A-Z][^.]{20,160}\.$/)
    }
  })
})
