import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Dossier, MissingReason, ReceiptSeen } from '../dossier/types.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import type { Fetched } from './fetch.ts'

const server = vi.hoisted(() => ({ now: 0, asked: [] as string[], answers: new Map<string, unknown>() }))
vi.mock('../platform/clock.ts', () => ({ now: async () => new Date(server.now) }))
vi.mock('./fetch.ts', () => ({
  fetchDocument: async (address: string, allowed: readonly string[]) => {
    server.asked.push(address)
    return allowed.includes(address) ? (server.answers.get(address) ?? { ok: false, code: 'offline' }) : { ok: false, code: 'not-allowed' }
  },
}))

import type { Cache, Kept } from './cache.ts'
import { gather as gatherWith } from './evidence.ts'
import { TRUSTEDROUTER } from './services/trustedrouter.ts'
import type { Service } from './services/types.ts'

const ATTESTATION = 'https://api.trustedrouter.com/receipt-attestation'
const KEY = 'https://api.trustedrouter.com/receipt-key'
const gather = async (dossier: Dossier, service: Service, cache: Cache) => {
  const { receipts, ...gathered } = await gatherWith(dossier, service, cache, async () => undefined)
  expect(receipts).toEqual(dossier.receipts)
  return gathered
}
const JWKS = TRUSTEDROUTER.issuers[0]?.jwks ?? ''
const START = Date.parse('2026-11-22T10:00:00Z')

const part = (value: unknown) => encodeBase64url(encodeUtf8(JSON.stringify(value)))
const token = (header: object) => `${part({ alg: 'RS256', ...header })}.e30.x`
const keySet = (...kids: string[]) => JSON.stringify({ keys: kids.map((kid) => ({ kid })) })

let cached: Map<string, Kept>
const cache: Cache = {
  get: async (address) => cached.get(address),
  put: async (address, keys) => void cached.set(address, keys),
}

function answer(address: string, body: string, headers: Record<string, string> = {}): void {
  const fetched: Result<Fetched, MissingReason> = success({ body: encodeUtf8(body), headers: new Headers(headers) })
  server.answers.set(address, fetched)
}

function dossier(...receipts: ReceiptSeen[]): Dossier {
  const seen = { provenance: 'none', length: 0, capture: 'complete', digests: [] } as const
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'exchange',
    service: 'trustedrouter',
    exchange: {
      method: 'POST',
      url: 'https://api.trustedrouter.com/v1/chat/completions',
      startedAt: '2026-11-22T10:00:00.000Z',
      headers: [],
      request: seen,
      response: { ...seen, ids: [] },
    },
    receipts,
    evidence: [],
    collateral: [],
    missing: [],
  }
}

const receipt = (delivery: ReceiptSeen['delivery'], text: string): ReceiptSeen => ({
  format: 'inference-receipt',
  delivery,
  position: 'last',
  text,
  provenance: 'browser',
})
const inStream = (att: string) =>
  receipt('stream', JSON.stringify({ inference_receipt: { protected: part({ att, att_kind: 'gcp-cs-jwt' }) } }))
const inHeader = receipt('header', 'a.b.c')

beforeEach(() => {
  server.now = START
  server.asked = []
  server.answers.clear()
  cached = new Map()
})

describe('what an exchange needs', () => {
  it('is the issuer’s keys, where the receipt carries its evidence', async () => {
    answer(JWKS, keySet('k'))
    const gathered = await gather(dossier(inStream(token({ kid: 'k' }))), TRUSTEDROUTER, cache)
    expect(server.asked).toEqual([JWKS])
    expect(gathered).toEqual({
      evidence: [],
      collateral: [
        {
          kind: 'jwks',
          issuer: 'https://confidentialcomputing.googleapis.com',
          document: keySet('k'),
          source: JWKS,
          at: '2026-11-22T10:00:00.000Z',
          provenance: 'fetched',
        },
      ],
      missing: [],
    })
  })

  it('is nothing more, where the evidence carries its own chain', async () => {
    expect(await gather(dossier(inStream(token({ x5c: ['a'] }))), TRUSTEDROUTER, cache)).toEqual({
      evidence: [],
      collateral: [],
      missing: [],
    })
    expect(server.asked).toEqual([])
  })

  it('is the attestation as served, where the receipt came in a header', async () => {
    answer(ATTESTATION, token({ kid: 'k' }), { 'x-receipt-att-kind': 'gcp-cs-jwt' })
    answer(JWKS, keySet('k'))
    const gathered = await gather(dossier(inHeader), TRUSTEDROUTER, cache)
    expect(server.asked).toEqual([ATTESTATION, JWKS])
    expect(gathered.evidence).toMatchObject([
      { kind: 'gcp-cs-jwt', document: token({ kid: 'k' }), source: ATTESTATION, provenance: 'fetched' },
    ])
    expect(gathered.missing).toEqual([])
  })

  it('is asked of the interface, where the page called a server of the site’s own', async () => {
    answer(ATTESTATION, token({ x5c: [] }), { 'x-receipt-att-kind': 'gcp-cs-jwt' })
    answer(KEY, JSON.stringify({ kid: 'r', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' }, att: 'a', att_kind: 'gcp-cs-jwt' }))
    for (const [seen, source] of [
      [dossier(inHeader), ATTESTATION],
      [dossier(), KEY],
    ] as const) {
      server.asked = []
      const url = 'https://trustedrouter.com/chat-proxy/v1/chat/completions'
      const gathered = await gather({ ...seen, exchange: { ...seen.exchange, url } }, TRUSTEDROUTER, cache)
      expect(server.asked[0]).toBe(source)
      expect(gathered.evidence).toMatchObject([{ source }])
    }
  })

  it('is the published key’s evidence, where there is no receipt', async () => {
    answer(KEY, JSON.stringify({ kid: 'r', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' }, att: token({ x5c: [] }), att_kind: 'gcp-cs-jwt' }))
    const gathered = await gather(dossier(), TRUSTEDROUTER, cache)
    expect(server.asked).toEqual([KEY])
    expect(gathered.evidence).toMatchObject([{ kind: 'gcp-cs-jwt', document: token({ x5c: [] }), source: KEY }])
  })
})

describe('a key document of a newer instance', () => {
  it('is read for what it has in common with older ones', async () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'x' }
    const newer = { kid: 'r', jwk, att: token({ x5c: [] }), att_kind: 'gcp-cs-jwt', att_sha256: 'other', att_history: [7] }
    answer(KEY, JSON.stringify(newer))
    const gathered = await gather(dossier(), TRUSTEDROUTER, cache)
    expect(gathered.evidence).toMatchObject([{ kind: 'gcp-cs-jwt', document: newer.att, source: KEY }])
  })
})

describe('what cannot be had', () => {
  it.each<MissingReason>(['offline', 'timeout', 'http-status', 'too-large', 'not-granted'])(
    'is missing, with its reason: %s',
    async (reason) => {
      server.answers.set(ATTESTATION, failure(reason))
      const gathered = await gather(dossier(inHeader), TRUSTEDROUTER, cache)
      expect(gathered).toEqual({ evidence: [], collateral: [], missing: [{ what: 'evidence', source: ATTESTATION, reason }] })
    },
  )

  it.each([
    ['an attestation of no kind', ATTESTATION, 'a.b.c', inHeader],
    ['a key document that is no JSON', KEY, '<html>', undefined],
    [
      'a key document with something twice',
      KEY,
      '{"kid":"a","kid":"b","jwk":{"kty":"","crv":"","x":""},"att":"","att_kind":""}',
      undefined,
    ],
    ['a key document with a private key', KEY, '{"kid":"a","jwk":{"kty":"","crv":"","x":"","d":""},"att":"","att_kind":""}', undefined],
  ] as const)('is malformed: %s', async (_, address, body, seen) => {
    answer(address, body)
    const gathered = await gather(dossier(...(seen === undefined ? [] : [seen])), TRUSTEDROUTER, cache)
    expect(gathered.missing).toEqual([{ what: 'evidence', source: address, reason: 'malformed' }])
  })

  it('is not allowed: evidence from an origin that is none of the service’s', async () => {
    const elsewhere = dossier(inHeader)
    const gathered = await gather(
      { ...elsewhere, exchange: { ...elsewhere.exchange, url: 'https://elsewhere.example/v1' } },
      TRUSTEDROUTER,
      cache,
    )
    expect(gathered.missing.map(({ reason }) => reason)).toEqual(['not-allowed'])
  })

  it('is malformed: keys that are no key set, which are not kept either', async () => {
    answer(JWKS, '{}')
    const gathered = await gather(dossier(inStream(token({ kid: 'k' }))), TRUSTEDROUTER, cache)
    expect(gathered.missing).toEqual([{ what: 'collateral', source: JWKS, reason: 'malformed' }])
    expect(cached.size).toBe(0)
  })
})

describe('the issuer’s keys', () => {
  const needs = (kid: string) => gather(dossier(inStream(token({ kid }))), TRUSTEDROUTER, cache)

  it('are fetched once while they are fresh', async () => {
    answer(JWKS, keySet('k'), { 'cache-control': 'public, max-age=600' })
    await needs('k')
    server.now = START + 599_000
    expect((await needs('k')).collateral[0]?.at).toBe('2026-11-22T10:00:00.000Z')
    expect(server.asked).toHaveLength(1)
    server.now = START + 600_000
    expect((await needs('k')).collateral[0]?.at).toBe('2026-11-22T10:10:00.000Z')
    expect(server.asked).toHaveLength(2)
  })

  it('are fetched again for a key that is not among them', async () => {
    answer(JWKS, keySet('k'))
    await needs('k')
    answer(JWKS, keySet('k', 'new'))
    expect((await needs('new')).collateral[0]?.document).toBe(keySet('k', 'new'))
    expect(server.asked).toHaveLength(2)
  })

  it('are fetched once where the exchange has them, and not taken from another issuer', async () => {
    answer(JWKS, keySet('k'))
    const receipt = inStream(token({ kid: 'k' }))
    const { collateral } = await gather(dossier(receipt), TRUSTEDROUTER, cache)
    expect((await gather({ ...dossier(receipt), collateral }, TRUSTEDROUTER, cache)).collateral).toEqual(collateral)
    cached.clear()
    const others = collateral.map((keys) => ({ ...keys, issuer: 'https://elsewhere.example' }))
    expect((await gather({ ...dossier(receipt), collateral: others }, TRUSTEDROUTER, cache)).collateral).toEqual([...others, ...collateral])
    expect(server.asked).toHaveLength(2)
  })

  it('are not kept for more than a day, whatever their server says', async () => {
    answer(JWKS, keySet('k'), { 'cache-control': 'max-age=999999999' })
    await needs('k')
    expect(cached.get(JWKS)?.freshUntil).toBe('2026-11-23T10:00:00.000Z')
  })

  it('and evidence that are there already are not fetched again on a retry', async () => {
    answer(ATTESTATION, token({ kid: 'k' }), { 'x-receipt-att-kind': 'gcp-cs-jwt' })
    const before = await gather(dossier(inHeader), TRUSTEDROUTER, cache)
    expect(before.missing).toEqual([{ what: 'collateral', source: JWKS, reason: 'offline' }])
    answer(JWKS, keySet('k'))
    const after = await gather({ ...dossier(inHeader), ...before }, TRUSTEDROUTER, cache)
    expect(server.asked).toEqual([ATTESTATION, JWKS, JWKS])
    expect(after).toMatchObject({ evidence: before.evidence, missing: [] })
    expect(after.collateral).toHaveLength(1)
  })
})
