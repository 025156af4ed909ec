import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Dossier, MissingReason } from '../dossier/types.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import type { Fetched } from './fetch.ts'

const world = vi.hoisted(() => ({ waited: [] as number[], asked: [] as string[], answers: [] as [string, unknown[]][] }))
vi.mock('../platform/clock.ts', () => ({ now: async () => new Date('2026-11-22T10:00:00Z') }))
vi.mock('../platform/nonce.ts', () => ({ freshHexNonce: async (octets: number) => 'ab'.repeat(octets), freshUuid: async () => 'a-uuid' }))
vi.mock('../platform/wait.ts', () => ({ wait: async (ms: number) => void world.waited.push(ms) }))
vi.mock('../platform/permissions.ts', () => ({ hasHosts: async () => true }))
vi.mock('./fetch.ts', () => ({
  fetchDocument: async (address: string, allowed: readonly string[]) => {
    world.asked.push(address)
    const isAllowed = allowed.some((endpoint) =>
      endpoint.endsWith('*') ? address.startsWith(endpoint.slice(0, -1)) : address === endpoint,
    )
    return isAllowed ? next(address) : { ok: false, code: 'not-allowed' }
  },
}))

import { gather } from './evidence.ts'
import type { PageLookup } from './page.ts'
import { endpointsOf, hostAsks, pageLookupUrls, type ReportEndpoint, reachableOrigins, type Service } from './services/types.ts'

const REPORTS: ReportEndpoint = {
  kind: 'aci-report',
  nonce: 32,
  path: '/v1/report',
  query: { nonce: '{nonce}' },
  credential: 'none',
}
const SERVICE: Service = {
  id: 'test',
  name: 'Test',
  pages: ['https://chat.example'],
  apis: ['https://api.example'],
  completions: ['/v1/chat/completions'],
  headers: ['x-receipt-id'],
  receipts: [
    {
      format: 'aci',
      id: { header: 'x-receipt-id' },
      path: '/v1/receipts/{id}',
      query: { model: '{model}', algo: 'ecdsa' },
      credential: 'page',
    },
    { format: 'chat-signature', id: 'answer', path: '/v1/signature/{id}', query: { model: '{model}', algo: 'ecdsa' }, credential: 'page' },
  ],
  reports: [REPORTS],
  linked: [{ kind: 'aci-session', path: '/v1/sessions/{id}', credential: 'none' }],
  issuers: [],
  sources: [],
}
const SESSION = 'cd'.repeat(32)
const RECEIPT = JSON.stringify({ event_log: [{ type: 'upstream.verified', session_id: SESSION }, { type: 'other' }, 7] })
const REPORT = `https://api.example/v1/report?nonce=${'ab'.repeat(32)}`

function next(address: string): unknown {
  const answers = world.answers.find(([at]) => at === address)?.[1] ?? []
  return (answers.length > 1 ? answers.shift() : answers[0]) ?? { ok: false, code: 'offline' }
}

function answer(address: string, ...answers: (string | MissingReason | number)[]): void {
  const isReason = (said: string) => said === 'offline' || said === 'not-found' || said === 'refused'
  const results = answers.map((said): unknown => {
    if (typeof said === 'number') return said
    const result: Result<Fetched, MissingReason> = isReason(said)
      ? failure(said as MissingReason)
      : success({ body: encodeUtf8(said), headers: new Headers() })
    return result
  })
  world.answers.push([address, results])
}

const asked: string[] = []
const page =
  (...statuses: (number | undefined)[]): PageLookup =>
  async (url) => {
    asked.push(url)
    const status = statuses.length > 1 ? statuses.shift() : statuses[0]
    return status === undefined ? undefined : { status, body: encodeUtf8(status === 200 ? RECEIPT : '') }
  }

const cache = { get: async () => undefined, put: async () => undefined }

function dossier(change: Partial<Dossier['exchange']> = {}, more: Partial<Dossier> = {}): Dossier {
  const body = { provenance: 'page-reported', length: 1, capture: 'complete', digests: [] } as const
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'x',
    service: 'test',
    exchange: {
      method: 'POST',
      url: 'https://api.example/v1/chat/completions',
      model: 'a/b c',
      startedAt: '2026-11-22T10:00:00Z',
      status: 200,
      headers: [{ name: 'x-receipt-id', value: 'rcpt-1' }],
      request: body,
      response: { ...body, ids: ['chatcmpl-1'] },
      ...change,
    },
    receipts: [],
    evidence: [],
    collateral: [],
    missing: [],
    ...more,
  }
}

beforeEach(() => {
  world.waited = []
  world.asked = []
  world.answers = []
  asked.length = 0
})

describe('a receipt that is served apart', () => {
  it('is looked up through the page, by the header that names it', async () => {
    const { receipts, missing } = await gather(dossier(), { ...SERVICE, reports: [], linked: [] }, cache, page(200))
    expect(asked).toEqual(['https://api.example/v1/receipts/rcpt-1?model=a%2Fb%20c&algo=ecdsa'])
    expect(receipts).toEqual([
      { format: 'aci', delivery: 'lookup', position: 'not-applicable', text: RECEIPT, provenance: 'page-reported' },
    ])
    expect(missing).toEqual([])
  })
  it('or by the answer’s own id, and without what is not known', async () => {
    const { model: _, ...exchange } = dossier({ headers: [] }).exchange
    await gather({ ...dossier(), exchange }, { ...SERVICE, reports: [], linked: [] }, cache, page(200))
    expect(asked).toEqual(['https://api.example/v1/signature/chatcmpl-1?algo=ecdsa'])
  })
  it('is asked for again while it is not there yet', async () => {
    const { receipts } = await gather(dossier(), { ...SERVICE, reports: [], linked: [] }, cache, page(404, 404, 200))
    expect(receipts).toHaveLength(1)
    expect(world.waited).toEqual([0, 500, 1_000])
  })
  it.each<[string, number | undefined, MissingReason, number]>([
    ['not there in the end', 404, 'not-found', 5],
    ['of another key', 403, 'refused', 1],
    ['without a key', 401, 'refused', 1],
    ['of a service that is down', 503, 'http-status', 1],
    ['when nothing comes', 0, 'offline', 1],
    ['when the page is gone', undefined, 'page-gone', 1],
  ])('is missing: %s', async (_, status, reason, times) => {
    const { receipts, missing } = await gather(dossier(), { ...SERVICE, reports: [], linked: [] }, cache, page(status))
    expect(receipts).toEqual([])
    expect(missing).toMatchObject([{ what: 'receipt', reason }])
    expect(asked).toHaveLength(times)
  })
  it.each(['', '<!doctype html><title>Sign in</title>', '{"error":{"message":"try again"}}'])(
    'is missing where the page got %j with status 200',
    async (body) => {
      const said: PageLookup = async () => ({ status: 200, body: encodeUtf8(body) })
      const { receipts, missing } = await gather(dossier(), { ...SERVICE, reports: [], linked: [] }, cache, said)
      expect([receipts, missing]).toMatchObject([[], [{ what: 'receipt', reason: 'no-document' }]])
    },
  )
  it('is not looked up where nothing names it, nor where one is there already', async () => {
    const { exchange } = dossier({ headers: [] })
    const nameless = { ...exchange, response: { ...exchange.response, ids: [] } }
    expect(await gather({ ...dossier(), exchange: nameless }, { ...SERVICE, reports: [] }, cache, page(200))).toMatchObject({ missing: [] })
    const { receipts } = await gather(dossier(), { ...SERVICE, reports: [], linked: [] }, cache, page(200))
    await gather(dossier({}, { receipts }), { ...SERVICE, reports: [], linked: [] }, cache, page(200))
    expect(asked).toHaveLength(1)
  })
  it('is not looked up elsewhere than the page called, nor outside its folder', async () => {
    for (const change of [{ url: 'https://elsewhere.example/v1/chat/completions' }, { headers: [{ name: 'x-receipt-id', value: '..' }] }]) {
      const { missing } = await gather(dossier(change), { ...SERVICE, reports: [], linked: [] }, cache, page(200))
      expect(missing).toMatchObject([{ what: 'receipt', reason: 'not-allowed' }])
    }
    expect(asked).toEqual([])
  })
})

describe('what a service reports of itself', () => {
  it('is fetched for a fresh nonce, which is written beside it', async () => {
    answer(REPORT, '{"quote":1}')
    const { evidence } = await gather(dossier(), { ...SERVICE, linked: [] }, cache, page(404))
    expect(evidence).toEqual([
      {
        kind: 'aci-report',
        nonce: 'ab'.repeat(32),
        document: '{"quote":1}',
        source: REPORT,
        at: '2026-11-22T10:00:00.000Z',
        provenance: 'fetched',
      },
    ])
    const again = await gather(dossier({}, { evidence }), { ...SERVICE, linked: [] }, cache, page(404))
    expect(again.evidence).toEqual(evidence)
    expect(world.asked).toHaveLength(1)
  })
  it('with a UUID where the service wants one, and only with the receipt that needs it, there or not', async () => {
    answer('https://api.example/attestation/a-uuid', '{}')
    const reports = [{ kind: 'k', nonce: 'uuid', with: 'aci', path: '/attestation/{nonce}', credential: 'none' }] as const
    for (const status of [200, 404]) {
      const { evidence } = await gather(dossier(), { ...SERVICE, reports, linked: [] }, cache, page(status))
      expect(evidence).toMatchObject([{ kind: 'k', nonce: 'a-uuid' }])
    }
    const { headers: _, ...nameless } = dossier().exchange
    const signature = await gather(
      { ...dossier(), exchange: { ...nameless, headers: [] } },
      { ...SERVICE, reports, linked: [] },
      cache,
      page(404),
    )
    expect(signature.evidence).toEqual([])
  })
  it.each([
    ['octets', '\u0001ÿ', 'AcO_'],
    ['base64', '+/8=', '-_8'],
    ['base64', '+/8=\n', '-_8'],
    ['text', '+/8=\n', '+/8=\n'],
  ] as const)('is kept as dossiers want it: %s', async (served, body, document) => {
    answer(REPORT, body)
    const reports = [{ ...REPORTS, served }]
    expect((await gather(dossier(), { ...SERVICE, reports, linked: [] }, cache, page(404))).evidence).toMatchObject([{ document }])
  })
  it.each(['+/8', '-_8=', '+/9=', ' +/8=', '{}'])('is malformed where it is no base64 and should be: %s', async (body) => {
    answer(REPORT, body)
    const reports = [{ ...REPORTS, served: 'base64' }] as const
    const { evidence, missing } = await gather(dossier(), { ...SERVICE, reports, linked: [] }, cache, page(200))
    expect([evidence, missing]).toEqual([[], [{ what: 'evidence', source: REPORT, reason: 'malformed' }]])
  })
  it('is missing, with its reason', async () => {
    answer(REPORT, 'offline')
    const { missing } = await gather(dossier(), { ...SERVICE, linked: [] }, cache, page(200))
    expect(missing).toEqual([{ what: 'evidence', source: REPORT, reason: 'offline' }])
  })
  it('with the documents that the receipt names', async () => {
    answer(`https://api.example/v1/sessions/${SESSION}`, '{"session":1}')
    const { evidence } = await gather(dossier(), { ...SERVICE, reports: [] }, cache, page(200))
    expect(evidence).toMatchObject([
      { kind: 'aci-session', document: '{"session":1}', source: `https://api.example/v1/sessions/${SESSION}` },
    ])
  })
})

describe('a report that the page’s credential may be needed for', () => {
  const reports = [{ ...REPORTS, credential: 'if-refused' }] as const
  const service: Service = { ...SERVICE, receipts: [], linked: [], reports }
  const RELAY = 'https://chat.example/relay'
  const relayed: Service = { ...service, relays: [{ addresses: [RELAY], interface: 'https://api.example', handles: 'reads' }] }

  it('is asked for without it', async () => {
    answer(REPORT, '{}')
    const { evidence } = await gather(dossier(), service, cache, page(200))
    expect([evidence.map(({ provenance }) => provenance), asked]).toEqual([['fetched'], []])
  })
  it('and with it where it is refused, by the page', async () => {
    answer(REPORT, 'refused')
    const { evidence } = await gather(dossier(), service, cache, page(200))
    expect([evidence.map(({ provenance }) => provenance), asked]).toEqual([['page-reported'], [REPORT]])
  })
  it.each(['offline', 'not-found'] as const)('and not where it is %s', async (reason) => {
    answer(REPORT, reason)
    const { missing } = await gather(dossier(), service, cache, page(200))
    expect([missing.map((item) => item.reason), asked]).toEqual([[reason], []])
  })
  it('and not where the page called a relay: its credential there is not for the interface', async () => {
    answer(REPORT, 'refused')
    const { missing } = await gather(dossier({ url: RELAY }), relayed, cache, page(200))
    expect([missing.map(({ reason }) => reason), asked]).toEqual([['refused'], []])
    const [receipt] = SERVICE.receipts ?? []
    const looked = await gather(
      dossier({ url: RELAY }),
      { ...relayed, reports: [], receipts: receipt === undefined ? [] : [receipt] },
      cache,
      page(200),
    )
    expect([looked.missing.map(({ reason }) => reason), asked]).toEqual([['refused'], []])
  })
})

describe('an answer that nothing names', () => {
  it('has no receipt looked up, whatever is in it, and the service’s report all the same', async () => {
    answer(REPORT, '{}')
    const { receipts, evidence, missing } = await gather(dossier({ unnamed: true }), { ...SERVICE, linked: [] }, cache, page(200))
    expect([receipts, evidence.length, missing, asked]).toEqual([[], 1, [], []])
  })
})

describe('a report that another stands in for', () => {
  const ELSE = 'https://cache.example/bundle'
  const orElse = { kind: 'bundle', origin: 'https://cache.example', path: '/bundle', credential: 'none' } as const
  const service: Service = { ...SERVICE, receipts: [], linked: [], reports: [{ ...REPORTS, having: 'challenge', orElse }] }

  it.each<[string, string, string]>([
    ['{"challenge":{}}', 'aci-report', REPORT],
    ['{"format":"older"}', 'bundle', ELSE],
    ['[]', 'bundle', ELSE],
    ['<html>', 'bundle', ELSE],
    ['offline', 'bundle', ELSE],
    ['not-found', 'bundle', ELSE],
  ])('%s: %s', async (body, kind, source) => {
    answer(REPORT, body)
    answer(ELSE, '{}')
    const { evidence, missing } = await gather(dossier(), service, cache, page(404))
    expect(evidence).toMatchObject([{ kind, source }])
    expect(missing).toEqual([])
    const again = await gather(dossier({}, { evidence }), service, cache, page(404))
    expect(again.evidence).toEqual(evidence)
  })

  it('is missing where neither is to be had, for the reason of the last', async () => {
    answer(REPORT, 'not-found')
    answer(ELSE, 'offline')
    const { missing } = await gather(dossier(), service, cache, page(404))
    expect(missing).toEqual([{ what: 'evidence', source: ELSE, reason: 'offline' }])
  })
})

describe('evidence of the enclave that a request names', () => {
  const RELAY = 'https://relay.example/v1/chat/completions'
  const service: Service = {
    ...SERVICE,
    apis: ['https://api.example', 'https://two.example'],
    relays: [{ addresses: [RELAY], interface: 'https://api.example', handles: 'sealed', namedBy: 'x-enclave' }],
    receipts: [],
    linked: [],
  }

  it.each<[string, string | undefined, string]>([
    ['is asked of that enclave', 'https://two.example', REPORT.replace('api.example', 'two.example')],
    ['is asked of the usual one where none is named', undefined, REPORT],
  ])('%s', async (_, enclave, source) => {
    answer(source, '{}')
    const named = enclave === undefined ? {} : { enclave }
    expect((await gather(dossier({ url: RELAY, ...named }), service, cache, page(404))).evidence).toMatchObject([{ source }])
  })

  it.each(['https://evil.example', 'null', ''])('is not asked of a host that the adapter does not know: %j', async (enclave) => {
    const orElse = { kind: 'bundle', origin: 'https://cache.example', path: '/bundle', credential: 'none' } as const
    const reports = [{ ...REPORTS, orElse }]
    const { missing } = await gather(dossier({ url: RELAY, enclave }), { ...service, reports }, cache, page(404))
    expect(missing).toMatchObject([{ what: 'evidence', reason: 'not-allowed' }])
    expect(world.asked).toEqual([])
  })
})

describe('a vendor’s lists', () => {
  const PRODUCTION = 'https://lists.example/prod.json'
  const DEVELOPMENT = 'https://lists.example/dev.json'
  const LISTING: Service = {
    ...SERVICE,
    receipts: [],
    linked: [],
    lists: [
      { kind: 'pcr-history', address: PRODUCTION },
      { kind: 'pcr-history', address: DEVELOPMENT },
    ],
  }
  const seen = (address: string, document: string) => {
    const at = '2026-11-22T10:00:00.000Z'
    return { kind: 'pcr-history', issuer: address, document, source: address, at, provenance: 'fetched' } as const
  }

  it('are fetched as they are, each under its own address', async () => {
    answer(REPORT, '{}')
    answer(PRODUCTION, '[1]')
    answer(DEVELOPMENT, '[]')
    const gathered = await gather(dossier(), LISTING, cache, page(404))
    expect(gathered.collateral).toEqual([seen(PRODUCTION, '[1]'), seen(DEVELOPMENT, '[]')])
    expect(gathered.missing).toEqual([])
    const again = await gather({ ...dossier(), ...gathered }, LISTING, cache, page(404))
    expect(again.collateral).toEqual(gathered.collateral)
    expect(world.asked).toEqual([REPORT, PRODUCTION, DEVELOPMENT])
  })

  it('are missing one by one, with the reason', async () => {
    answer(REPORT, '{}')
    answer(PRODUCTION, 'refused')
    answer(DEVELOPMENT, '[]')
    const gathered = await gather(dossier(), LISTING, cache, page(404))
    expect(gathered.collateral).toEqual([seen(DEVELOPMENT, '[]')])
    expect(gathered.missing).toEqual([{ what: 'collateral', source: PRODUCTION, reason: 'refused' }])
  })

  it.each(['<html>', '{}', ''])('are not obtained where something else is served, which is not kept: %s', async (body) => {
    const kept: string[] = []
    answer(REPORT, '{}')
    answer(PRODUCTION, body)
    answer(DEVELOPMENT, '[]')
    const noting = { ...cache, put: async (address: string) => void kept.push(address) }
    const { missing } = await gather(dossier(), LISTING, noting, page(404))
    expect(missing).toEqual([{ what: 'collateral', source: PRODUCTION, reason: 'malformed' }])
    expect(kept).toEqual([DEVELOPMENT])
  })

  it('are used again while they are fresh, and not afterwards', async () => {
    const keeping = (freshUntil: string) => ({
      ...cache,
      get: async () => ({ document: '[7]', at: '2026-11-22T09:30:00.000Z', freshUntil }),
    })
    answer(REPORT, '{}')
    answer(PRODUCTION, '[8]')
    const lists = LISTING.lists?.slice(0, 1) ?? []
    const documents = async (freshUntil: string) =>
      (await gather(dossier(), { ...LISTING, lists }, keeping(freshUntil), page(404))).collateral.map(({ document, at }) => [document, at])
    expect(await documents('2026-11-22T10:00:01Z')).toEqual([['[7]', '2026-11-22T09:30:00.000Z']])
    expect(await documents('2026-11-22T10:00:00Z')).toEqual([['[8]', '2026-11-22T10:00:00.000Z']])
  })

  it('are not asked for where there is nothing to check with them', async () => {
    answer(REPORT, 'offline')
    const { collateral, missing } = await gather(dossier(), LISTING, cache, page(404))
    expect(collateral).toEqual([])
    expect(missing.map(({ what }) => what)).toEqual(['evidence'])
    expect(world.asked).toEqual([REPORT])
  })

  it('are allowed at their own address alone, and asked for by what they are', () => {
    expect(endpointsOf(LISTING)).toContain(PRODUCTION)
    expect(reachableOrigins(LISTING)).toEqual(['https://api.example', 'https://lists.example'])
    expect(hostAsks(LISTING)).toContainEqual({ pattern: 'https://lists.example/*', purpose: 'purpose_lists' })
    expect(hostAsks(LISTING)).toHaveLength(3)
  })
})

describe('a service’s data', () => {
  it('says where the page may be asked, and where this verifier itself may go', () => {
    expect(pageLookupUrls(SERVICE)).toEqual(['https://api.example/v1/receipts/', 'https://api.example/v1/signature/'])
    expect(endpointsOf(SERVICE)).toEqual(['https://api.example/v1/report?*', 'https://api.example/v1/sessions/*'])
    const elsewhere: Service = {
      ...SERVICE,
      reports: [{ kind: 'k', origin: 'https://reports.example', path: '/r', credential: 'none' }],
      vendors: ['amd'],
    }
    expect(reachableOrigins(elsewhere)).toEqual(['https://api.example', 'https://reports.example', 'https://kdsintf.amd.com'])
    expect(hostAsks(elsewhere).map(({ pattern, purpose }) => `${purpose} ${pattern}`)).toEqual([
      'purpose_page https://chat.example/*',
      'purpose_api_sign_in https://api.example/*',
      'purpose_reports https://reports.example/*',
      'purpose_vendor https://kdsintf.amd.com/*',
    ])
    expect(hostAsks({ ...SERVICE, apis: SERVICE.pages }).map(({ purpose }) => purpose)).toEqual(['purpose_page', 'purpose_api_sign_in'])
  })
})
