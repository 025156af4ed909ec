import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/dossier/types.ts'
import { appraise, type Context } from '../../src/verify/appraise.ts'
import { parseWith } from '../../src/verify/encoding/schema.ts'
import { observe, observeRequest } from '../../src/verify/observe.ts'
import { policySchema } from '../../src/verify/policy/schema.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import type { Report } from '../../src/verify/report.ts'
import {
  FULL,
  HTTP_ALGORITHMS,
  HTTP_AT,
  type HttpExchange,
  type HttpExchangeOptions,
  httpKey,
  makeHttpExchange,
} from '../simulator/http-signature.ts'
import { makeExchange } from '../simulator/index.ts'
import { octets, utf8 } from '../simulator/octets.ts'
import { makeTdx } from '../simulator/tdx.ts'
import { failedChecks, rowsOf, unreadable } from './dossiers.ts'

/** A service that signs, and shows nothing of where it runs. */
const HONEST = '- - a v v'
/** Nothing could be checked, or did not hold. */
const UNCHECKED = '- - ? ? ?'
const FAILED = '- - f f f'

function policyFor({ key, alg, keyid }: HttpExchange, changes: Partial<Policy> = {}): Policy {
  const jwk: Record<string, unknown> = { ...key.publicKey.export({ format: 'jwk' }) }
  return {
    format: 'inference-receipt-checker/policy',
    version: 1,
    id: 'http',
    name: '',
    service: '',
    expects: [],
    receiptKeys: [],
    httpKeys: [{ keyid, alg, jwk }],
    ...changes,
  }
}

async function dossierOf(exchange: HttpExchange): Promise<Dossier> {
  const seen = await observe({
    body: exchange.response,
    contentType: 'application/json',
    headers: exchange.headers,
    bodyProvenance: 'page-reported',
    headerProvenance: 'browser',
  })
  const digests = await observeRequest({ body: exchange.request, contentType: 'application/json' })
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'http',
    service: '',
    exchange: {
      method: exchange.method,
      url: exchange.url,
      startedAt: exchange.startedAt.toISOString(),
      endedAt: exchange.endedAt.toISOString(),
      status: exchange.status,
      headers: exchange.headers,
      request: { provenance: 'browser', length: exchange.request.length, capture: 'complete', digests },
      response: { provenance: 'page-reported', length: exchange.response.length, capture: 'complete', ...seen, ids: seen.ids },
    },
    receipts: seen.receipts,
    evidence: [],
    collateral: [],
    missing: [],
  }
}

type Judging = {
  readonly policy?: (exchange: HttpExchange) => Partial<Policy>
  readonly dossier?: (honest: Dossier) => Dossier
  readonly context?: Partial<Context>
}

async function judge(options: HttpExchangeOptions = {}, { policy, dossier, context }: Judging = {}): Promise<Report> {
  const exchange = makeHttpExchange(options)
  const honest = await dossierOf(exchange)
  return appraise(dossier?.(honest) ?? honest, {
    policy: policyFor(exchange, policy?.(exchange)),
    trust: { anchors: [], issuerKeys: [] },
    seen: () => undefined,
    moment: { now: exchange.endedAt, basis: 'captured-here' },
    ...context,
  })
}

/** What failed, but for the evidence that a signed response never comes with. */
const failed = (report: Report) =>
  failedChecks(report).filter((check) => check !== 'http-signature.evidence' && check !== 'evidence.presence')
const unchecked = (report: Report) =>
  report.findings.filter(({ outcome, check }) => outcome === 'unchecked' && check.startsWith('http-')).map(({ because }) => because.id)

describe('a signed HTTP response', () => {
  it.each(HTTP_ALGORITHMS)('by %s shows the exchange and the signature, and nothing else', async (alg) => {
    const report = await judge({ alg })
    expect(failed(report)).toEqual([])
    expect(rowsOf(report)).toBe(HONEST)
    expect(report.claims[0]?.because.id).toBe('http_evidence_none')
  })

  it.each(['sha-256', 'sha-512', 'both'] as const)('with a digest by %s', async (digest) => {
    expect(rowsOf(await judge({ digest }))).toBe(HONEST)
    const other = await judge({ digest, deliver: { response: utf8('{}') } })
    expect(failed(other)).toEqual(['http-signature.response'])
    expect(rowsOf(other)).toBe('- - a f v')
  })

  it('with two digests of which one is another’s fails', async () => {
    const honest = makeHttpExchange({ digest: 'both' }).headers.find(({ name }) => name === 'content-digest')?.value ?? ''
    const wrong = makeHttpExchange({ digest: 'sha-256' }).headers.find(({ name }) => name === 'content-digest')?.value ?? ''
    const mixed = honest.replace(/sha-256=:[^:]*:/, `sha-256=:${Buffer.alloc(32).toString('base64')}:`)
    expect(mixed).not.toBe(wrong)
    expect(failed(await judge({ fields: { 'content-digest': mixed } }))).toEqual(['http-signature.response'])
  })

  it.each<[string, readonly string[]]>([
    [
      'all there is of the request',
      [...FULL, '"@authority";req', '"@scheme";req', '"@path";req', '"@query";req', '"content-length";req', '"content-length"'],
    ],
    ['the body and the request', ['"content-digest"', '"content-digest";req']],
  ])('covers %s', async (_, components) => expect(rowsOf(await judge({ components }))).toBe(HONEST))

  it('without the request leaves the exchange unchecked, and without the body likewise', async () => {
    const response = await judge({ components: ['"@status"', '"content-digest"'] })
    expect([failed(response), rowsOf(response)]).toEqual([[], '- - a ? v'])
    expect(unchecked(response)).toContain('http_request_not_covered')
    const request = await judge({ components: ['"content-digest";req'] })
    // What was signed is not the answer, whoever signed it.
    expect([failed(request), rowsOf(request)]).toEqual([['http-signature.covers-answer'], '- - - - -'])
    expect(unchecked(request)).toContain('http_response_not_covered')
  })

  it('has its key from the policy alone', async () => {
    const none = await judge({}, { policy: () => ({ httpKeys: [] }) })
    expect([failed(none), rowsOf(none)]).toEqual([[], UNCHECKED])
    const otherName = await judge({ parameters: { keyid: '"other"' } })
    expect(rowsOf(otherName)).toBe(UNCHECKED)
    const nameless = await judge({ parameters: { keyid: undefined } })
    expect(rowsOf(nameless)).toBe(UNCHECKED)
    const other = await judge({ signWith: httpKey('ed25519', 'other') }, { policy: () => policyFor(makeHttpExchange()) })
    // The request's digest and the address were worked out, not seen: they may be what differs.
    expect([failed(other), rowsOf(other)]).toEqual([[], UNCHECKED])
    const seenAlone = await judge(
      { signWith: httpKey('ed25519', 'other'), components: ['"@status"', '"content-digest"'] },
      { policy: () => policyFor(makeHttpExchange()) },
    )
    expect([failed(seenAlone), rowsOf(seenAlone)]).toEqual([['http-signature.signature'], FAILED])
  })

  it('takes the algorithm from the key, never from the message', async () => {
    const same = await judge({ parameters: { alg: '"ed25519"' } })
    expect(rowsOf(same)).toBe(HONEST)
    for (const alg of ['"hmac-sha256"', '"rsa-v1_5-sha256"', '"none"']) {
      const report = await judge({ parameters: { alg } })
      expect([failed(report), rowsOf(report)]).toEqual([['http-signature.algorithm'], FAILED])
    }
    const confused = await judge(
      { alg: 'rsa-v1_5-sha256', components: ['"@status"'] },
      { policy: (exchange) => ({ httpKeys: policyFor({ ...exchange, alg: 'rsa-pss-sha512' }).httpKeys ?? [] }) },
    )
    expect(failed(confused)).toEqual(['http-signature.signature'])
    const misfit = await judge(
      {},
      { policy: (exchange) => ({ httpKeys: policyFor({ ...exchange, alg: 'ecdsa-p256-sha256' }).httpKeys ?? [] }) },
    )
    expect(unchecked(misfit)).toEqual(['http_key_unusable'])
  })

  it('has no use for a key that is none', async () => {
    for (const jwk of [{}, { kty: 'oct', k: 'AAAA' }, { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }]) {
      const report = await judge({}, { policy: ({ alg, keyid }) => ({ httpKeys: [{ keyid, alg, jwk }] }) })
      expect([failed(report), unchecked(report)]).toEqual([[], ['http_key_unusable']])
    }
  })

  it('is bound to the digest of the request’s octets, among all digests of it', async () => {
    const reversed = (honest: Dossier): Dossier => {
      const { request } = honest.exchange
      expect(request.digests.length).toBeGreaterThan(1)
      return { ...honest, exchange: { ...honest.exchange, request: { ...request, digests: [...request.digests].reverse() } } }
    }
    expect(rowsOf(await judge({}, { dossier: reversed }))).toBe(HONEST)
  })

  it('picks the signature whose key it knows', async () => {
    const other = makeHttpExchange({ seed: 'proxy', label: 'proxy', parameters: { keyid: '"proxy"' } })
    const of = (name: string) => other.headers.find((header) => header.name === name)?.value ?? ''
    const rewrite = ({ input, signature }: { input: string; signature: string }) => ({
      input: `${of('signature-input')}, ${input}`,
      signature: `${signature}, ${of('signature')}`,
    })
    expect(rowsOf(await judge({ rewrite }))).toBe(HONEST)
  })

  const seen = ['"@status"', '"content-type"', '"content-digest"']

  it.each<[string, HttpExchangeOptions]>([
    ['another status', { deliver: { status: 201 } }],
    [
      'a changed signature',
      { rewrite: ({ input, signature }) => ({ input, signature: signature.replace(/:./, (start) => (start === ':A' ? ':B' : ':A')) }) },
    ],
    ['a changed parameter', { rewrite: ({ input, signature }) => ({ input: input.replace(/created=\d/, 'created=2'), signature }) }],
    ['an added parameter', { rewrite: ({ input, signature }) => ({ input: `${input};tag="x"`, signature }) }],
    ['a component more', { rewrite: ({ input, signature }) => ({ input: input.replace('(', '("content-length" '), signature }) }],
    ['a component less', { rewrite: ({ input, signature }) => ({ input: input.replace('"content-type" ', ''), signature }) }],
    [
      'components in another order',
      { rewrite: ({ input, signature }) => ({ input: input.replace('"@status" "content-type"', '"content-type" "@status"'), signature }) },
    ],
  ])('with %s does not hold', async (_, options) => {
    const report = await judge({ components: seen, ...options })
    expect([failed(report), rowsOf(report)]).toEqual([['http-signature.signature'], FAILED])
  })

  it('of a field that changed on its way does not hold', async () => {
    const report = await judge(
      { components: seen },
      {
        dossier: (honest) => ({
          ...honest,
          exchange: {
            ...honest.exchange,
            headers: honest.exchange.headers.map((header) => (header.name === 'content-type' ? { ...header, value: 'text/html' } : header)),
          },
        }),
      },
    )
    expect(failed(report)).toEqual(['http-signature.signature'])
  })

  it('of a field with several lines is over all of them', async () => {
    const twice: Judging = {
      dossier: (honest) => ({
        ...honest,
        exchange: {
          ...honest.exchange,
          headers: [...honest.exchange.headers, { name: 'x-region', value: ' a ' }, { name: 'x-region', value: 'b' }],
        },
      }),
    }
    const components = [...seen, '"x-region"']
    const honest = await judge({ components, fields: {} }, twice)
    expect(failed(honest)).toEqual(['http-signature.signature'])
    const signed = makeHttpExchange({ components, fields: { 'x-region': 'a, b' } })
    const apart = {
      ...signed,
      headers: signed.headers.flatMap((header) =>
        header.name === 'x-region'
          ? [
              { name: 'x-region', value: ' a ' },
              { name: 'x-region', value: 'b' },
            ]
          : [header],
      ),
    }
    const report = await appraise(await dossierOf(apart), {
      policy: policyFor(apart),
      trust: { anchors: [], issuerKeys: [] },
      seen: () => undefined,
      moment: { now: apart.endedAt, basis: 'captured-here' },
    })
    expect(report.claims[4]?.standing).toBe('verified')
  })

  it.each<[string, string, string]>([
    ['a field that was not kept', '"x-private"', 'http_component_unseen'],
    ['a field of the request', '"authorization";req', 'http_component_unseen'],
    ['a member of a field', '"content-digest";key="sha-512"', 'http_component_unsupported'],
    ['a field in strict form', '"content-digest";sf', 'http_component_unsupported'],
    ['a field in octets', '"content-type";bs', 'http_component_unsupported'],
    ['a trailer', '"content-type";tr', 'http_component_unsupported'],
    ['part of the query', '"@query-param";name="a";req', 'http_component_unsupported'],
    ['the whole request line', '"@request-target";req', 'http_component_unsupported'],
    ['something new', '"@novel"', 'http_component_unsupported'],
    ['a name in capitals', '"Content-Type"', 'http_component_unsupported'],
  ])('over %s could not be checked', async (_, component, because) => {
    const report = await judge({ components: [...seen, component] })
    expect([failed(report), rowsOf(report)]).toEqual([[], UNCHECKED])
    expect(unchecked(report)).toEqual([because])
  })

  it('over a component that only requests have is wrong', async () => {
    for (const component of ['"@method"', '"@target-uri"', '"@path"']) {
      expect(failed(await judge({ components: [component] }))).toEqual(['http-signature.signature'])
    }
  })

  it.each<[string, (fields: { input: string; signature: string }) => { input: string; signature: string }]>([
    ['no list', ({ signature }) => ({ input: 'sig1="x"', signature })],
    ['no octets', ({ input }) => ({ input, signature: 'sig1="x"' })],
    ['no counterpart', ({ input, signature }) => ({ input, signature: signature.replace('sig1', 'sig2') })],
    ['one signature more', ({ input, signature }) => ({ input, signature: `${signature}, sig2=:AA==:` })],
    ['a component twice', ({ input, signature }) => ({ input: input.replace('(', '("@status" '), signature })],
    ['a component that is no text', ({ input, signature }) => ({ input: input.replace('(', '(status '), signature })],
    ['a time in text', ({ input, signature }) => ({ input: input.replace(/created=(\d+)/, 'created="$1"'), signature })],
    ['a negative time', ({ input, signature }) => ({ input: input.replace('created=', 'created=-'), signature })],
    ['a key’s name that is no text', ({ input, signature }) => ({ input: input.replace(/keyid="[^"]*"/, 'keyid=1'), signature })],
    ['base64 without padding', ({ input, signature }) => ({ input, signature: signature.replace(/=+:$/, ':') })],
    ['nothing', () => ({ input: '', signature: '' })],
    ['a line feed', ({ input, signature }) => ({ input: `${input}\nsignature: x`, signature })],
  ])('with %s cannot be read', async (_, rewrite) => {
    const report = await judge({ rewrite })
    expect([failed(report), unreadable(report), rowsOf(report)]).toEqual([[], ['http-signature.format'], '- - ? ? ?'])
  })

  it('is found only where both fields are', async () => {
    const exchange = makeHttpExchange()
    for (const missing of ['signature', 'signature-input']) {
      const dossier = await dossierOf({ ...exchange, headers: exchange.headers.filter(({ name }) => name !== missing) })
      expect(dossier.receipts).toEqual([])
    }
  })

  it('gives way to a receipt of the service’s own', async () => {
    const { response } = makeExchange({ streamed: false })
    const headers = [...response.headers.map(({ name, value }) => ({ name: name.toLowerCase(), value })), ...makeHttpExchange().headers]
    const { receipts } = await observe({
      body: response.body,
      contentType: '',
      headers,
      bodyProvenance: 'browser',
      headerProvenance: 'browser',
    })
    expect(receipts.map(({ format }) => format)).toEqual(['inference-receipt'])
  })
})

describe('the body of a signed response', () => {
  const withHeader = (name: string, value: string): Judging => ({
    dossier: (honest) => ({ ...honest, exchange: { ...honest.exchange, headers: [...honest.exchange.headers, { name, value }] } }),
  })

  it('that was compressed on its way is not that of the digest, and nobody is to blame', async () => {
    const report = await judge({ deliver: { response: utf8('{}') } }, withHeader('content-encoding', 'gzip'))
    expect([failed(report), rowsOf(report)]).toEqual([[], '- - a ? v'])
    expect(unchecked(report)).toContain('http_response_coded')
    expect(failed(await judge({ deliver: { response: utf8('{}') } }, withHeader('content-encoding', 'identity')))).toEqual([
      'http-signature.response',
    ])
  })

  it('with a digest by nothing that counts today is unchecked', async () => {
    const report = await judge({ digest: 'md5' })
    expect(unchecked(report)).toContain('http_response_no_digest')
  })

  it('of which half is missing is compared with nothing', async () => {
    const report = await judge(
      {},
      {
        dossier: (honest) => ({
          ...honest,
          exchange: { ...honest.exchange, response: { ...honest.exchange.response, capture: 'broken-off' } },
        }),
      },
    )
    expect(unchecked(report)).toContain('http_response_incomplete')
    expect(report.claims[3]?.standing).toBe('unchecked')
  })

  it('and the request that was signed is another than the one sent', async () => {
    const report = await judge({ deliver: { request: utf8('{}') } })
    expect([failed(report), rowsOf(report)]).toEqual([[], UNCHECKED])
    expect(unchecked(report)).toEqual(['http_signature_assumed'])
  })

  it('with a request of which nothing is known', async () => {
    const report = await judge(
      {},
      {
        dossier: (honest) => ({
          ...honest,
          exchange: { ...honest.exchange, request: { ...honest.exchange.request, capture: 'too-large' } },
        }),
      },
    )
    expect(unchecked(report)).toEqual(['http_component_unseen'])
  })
})

describe('the times of a signature', () => {
  const seconds = Math.floor(HTTP_AT.getTime() / 1000)

  it.each<[string, Readonly<Record<string, string>>, string[]]>([
    ['made long before', { created: String(seconds - 63) }, ['http-signature.created']],
    ['made just before', { created: String(seconds - 62) }, []],
    ['made long after', { created: String(seconds + 61) }, ['http-signature.created']],
    ['made just after', { created: String(seconds + 60) }, []],
    ['expired', { expires: String(seconds - 60) }, ['http-signature.expires']],
    ['expired just now', { expires: String(seconds - 59) }, []],
    ['valid for a while', { expires: String(seconds + 300) }, []],
  ])('%s', async (_, parameters, checks) => expect(failed(await judge({ parameters }))).toEqual(checks))

  it('are not there where nobody gives one', async () => {
    const report = await judge({ parameters: { created: undefined } })
    expect(unchecked(report)).toContain('http_created_none')
    expect(report.claims[4]?.standing).toBe('verified')
  })

  it('of expiry count for when the answer came, not for when it is judged', async () => {
    const later = { moment: { now: new Date('2027-11-16T10:20:30Z'), basis: 'now' } } as const
    const report = await judge({ parameters: { expires: String(seconds + 300) } }, { context: later })
    expect([failed(report), rowsOf(report)]).toEqual([[], HONEST])
  })
})

describe('a nonce in a signature', () => {
  const asked = (honest: Dossier): Dossier => ({
    ...honest,
    asked: { header: 'x-nonce', nonce: 'abc', sharedBy: 1, provenance: 'browser' },
  })

  it('is the one that was sent', async () => {
    const good = await judge({ parameters: { nonce: '"abc"' } }, { dossier: asked })
    expect([failed(good), rowsOf(good)]).toEqual([[], HONEST])
    expect(good.findings.find(({ check }) => check === 'http-signature.nonce')?.outcome).toBe('passed')
    for (const nonce of ['"abd"', undefined]) {
      expect(failed(await judge({ parameters: { nonce } }, { dossier: asked }))).toEqual(['http-signature.nonce'])
    }
  })
})

describe('around a signature', () => {
  it('the same one with another exchange is a replay', async () => {
    const id = (await judge()).receiptId
    expect(id).toBeDefined()
    const report = await judge({}, { context: { seen: (seen) => (seen === id ? 'another' : undefined) } })
    expect([failed(report), rowsOf(report)]).toEqual([['receipt.replay'], FAILED])
    expect((await judge({ parameters: { nonce: '"other"' } })).receiptId).not.toBe(id)
  })

  it('published evidence is about nothing that is signed', async () => {
    const made = makeTdx({ at: HTTP_AT })
    const evidence = {
      kind: 'tdx-quote',
      document: Buffer.from(made.quote).toString('base64url'),
      source: '',
      at: '',
      provenance: 'fetched',
    } as const
    const report = await judge(
      {},
      {
        dossier: (honest) => ({
          ...honest,
          evidence: [evidence],
          collateral: [{ kind: 'dcap', issuer: 'intel', document: made.collateral, source: '', at: '', provenance: 'fetched' }],
        }),
        context: {
          trust: {
            anchors: [{ ...made.anchor, id: 'simulated', purpose: 'intel-sgx', addedBy: 'shipped', publishedAt: '' }],
            issuerKeys: [],
          },
        },
      },
    )
    expect([failed(report), rowsOf(report)]).toEqual([[], 'a a a v v'])
    expect(report.claims[0]?.because.id).toBe('http_binding_none')
  })

  it('a policy with its key is one that a file can hold', () => {
    for (const alg of HTTP_ALGORITHMS) expect(parseWith(policySchema, policyFor(makeHttpExchange({ alg }))).ok).toBe(true)
    const [key] = policyFor(makeHttpExchange()).httpKeys ?? []
    for (const bad of [
      { ...key, alg: 'hmac-sha256' },
      { ...key, keyid: '' },
      { ...key, secret: 'x' },
    ]) {
      expect(parseWith(policySchema, { ...policyFor(makeHttpExchange()), httpKeys: [bad] }).ok).toBe(false)
    }
  })

  it('no text in its fields makes the verifier throw, or pass', async () => {
    const exchange = makeHttpExchange()
    const honest = await dossierOf(exchange)
    const context: Context = {
      policy: policyFor(exchange),
      trust: { anchors: [], issuerKeys: [] },
      seen: () => undefined,
      moment: { now: exchange.endedAt, basis: 'captured-here' },
    }
    const [receipt] = honest.receipts
    if (receipt === undefined) throw new Error('no receipt')
    const changed = fc
      .tuple(fc.nat(receipt.text.length - 1), fc.constantFrom('', ' ', '"', ';', '=', ':', 'A', '(', ')', ',', '\n', 'ä'))
      .map(([index, character]) => receipt.text.slice(0, index) + character + receipt.text.slice(index + 1))
      .filter((text) => text !== receipt.text)
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), changed), async (text) => {
        const report = await appraise({ ...honest, receipts: [{ ...receipt, text }] }, context)
        const { standing } = report.claims[4] ?? {}
        // White space and quotation that mean the same are the same signature.
        if (standing === 'verified') expect(report.receiptId).toBe((await appraise(honest, context)).receiptId)
      }),
      { numRuns: 500 },
    )
  })

  it('no bit of a signature can be changed', async () => {
    const exchange = makeHttpExchange({ components: ['"@status"', '"content-digest"'] })
    const honest = await dossierOf(exchange)
    const [receipt] = honest.receipts
    if (receipt === undefined) throw new Error('no receipt')
    const base64 = /sig1=:([A-Za-z0-9+/=]+):$/.exec(receipt.text)?.[1] ?? ''
    const signature = octets(Buffer.from(base64, 'base64'))
    for (const index of signature.keys()) {
      for (const bit of [0, 1, 2, 3, 4, 5, 6, 7]) {
        const other = Buffer.from(signature.map((octet, at) => (at === index ? octet ^ (1 << bit) : octet))).toString('base64')
        const report = await appraise(
          { ...honest, receipts: [{ ...receipt, text: receipt.text.replace(base64, other) }] },
          {
            policy: policyFor(exchange),
            trust: { anchors: [], issuerKeys: [] },
            seen: () => undefined,
            moment: { now: exchange.endedAt, basis: 'captured-here' },
          },
        )
        expect(report.claims[4]?.standing).toBe('failed')
      }
    }
  })
})
