import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DEFAULT_AT, type ExchangeOptions, makeExchange, type SimulatedExchange } from './exchange.ts'
import { makeReceiptKey } from './inference-receipt.ts'
import { edit, withMember } from './json.ts'
import { readExchange } from './reader.ts'
import { SCENARIO_IDS, SCENARIOS, type ScenarioId } from './scenarios.ts'

const facts = (exchange: SimulatedExchange) => {
  const header = (wanted: string) => exchange.response.headers.find(({ name }) => name === wanted)?.value
  const receiptHeader = header('x-inference-receipt')
  const read = readExchange({
    requestBody: exchange.request.body,
    responseBody: exchange.response.body,
    contentType: header('content-type') ?? '',
    document: exchange.attestation.document,
    ...(receiptHeader === undefined ? {} : { receiptHeader }),
  })
  return read && { ...read, nonce: read.nonce === exchange.nonce }
}

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
    ids: true,
    count: true,
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
    [
      'receipt-of-another-answer',
      { ...boring, request: false, response: false, nonce: false, ids: false, count: expect.any(Boolean), image },
    ],
    ['replayed', { ...boring, request: false, response: false, nonce: false, ids: false, count: expect.any(Boolean), image }],
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
    else expect(facts(exchange)).toMatchObject({ ...boring, response: false, ids: expect.any(Boolean) })
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
    expect(facts(makeExchange({ faults: { receipt: { signWith } } }))).toMatchObject({
      signature: false,
      kid: true,
      committed: true,
    })
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
    // Node has no Keccak, and signs on secp256k1 without the recovery id: both come from the library.
    expect(imports.filter((from) => !/^(\.\/|node:|vitest$|@noble\/)/.test(from))).toEqual([])
  })

  it('says of every scenario what was done and what a log shows, in one sentence each', () => {
    for (const id of SCENARIO_IDS) {
      for (const sentence of [SCENARIOS[id].did, SCENARIOS[id].log]) expect(sentence).toMatch(/^[A-Z][^.]{20,160}\.$/)
    }
  })
})
