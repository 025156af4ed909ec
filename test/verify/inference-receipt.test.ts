import { describe, expect, it } from 'vitest'
import type { Capture, Dossier } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import type { Finding, Moment } from '../../src/verify/claims/types.ts'
import { observe } from '../../src/verify/observe.ts'
import { type ExchangeOptions, makeExchange } from '../simulator/index.ts'
import { dossierOf, policyFor, rowsOf, trustOf } from './dossiers.ts'

type Change = (dossier: Dossier) => Dossier

async function judge(options: ExchangeOptions, change: Change = (dossier) => dossier, basis: Moment['basis'] = 'captured-here') {
  const exchange = makeExchange(options)
  const report = await appraise(change(await dossierOf(exchange)), {
    policy: policyFor(exchange.gateway.workload.imageDigest),
    trust: trustOf(exchange),
    seen: () => undefined,
    moment: { now: exchange.endedAt, basis },
  })
  const finding = (check: string): Finding | undefined =>
    report.findings.find((candidate) => candidate.check === `inference-receipt.${check}`)
  return { report, finding, rows: rowsOf(report) }
}

const withResponse =
  (change: Partial<Dossier['exchange']['response']>): Change =>
  (dossier) => ({ ...dossier, exchange: { ...dossier.exchange, response: { ...dossier.exchange.response, ...change } } })
const withRequest =
  (change: Partial<Dossier['exchange']['request']>): Change =>
  (dossier) => ({ ...dossier, exchange: { ...dossier.exchange, request: { ...dossier.exchange.request, ...change } } })

describe('what is compared', () => {
  it('nothing of a request whose octets were not obtained', async () => {
    const { finding, rows } = await judge({}, withRequest({ capture: 'unsupported-body', digests: [] }))
    expect(finding('request-hash')).toMatchObject({ outcome: 'unchecked', because: { id: 'ir_request_hash_unchecked' } })
    expect(finding('response-hash')).toMatchObject({ outcome: 'passed', because: { id: 'ir_response_hash_passed' } })
    expect(rows).toBe('a[va] a[va] a ? v')
  })
  it.each(['broken-off', 'too-large', 'not-captured', 'ambiguous', 're-encoded'] satisfies Capture[])(
    'nothing of a response that is %s, even where there are digests',
    async (capture) => {
      const { finding, rows } = await judge({}, withResponse({ capture }))
      expect(finding('response-hash')).toMatchObject({ outcome: 'unchecked', because: { id: 'ir_response_hash_unchecked' } })
      expect(finding('response-id')).toBeUndefined()
      expect(finding('request-hash')).toMatchObject({ outcome: 'passed', because: { id: 'ir_request_hash_passed' } })
      expect(rows).toBe('a[va] a[va] a ? v')
    },
  )
  it('nothing over a domain that was not digested', async () => {
    const { finding, rows } = await judge({}, withResponse({ digests: [] }))
    expect(finding('response-hash')?.outcome).toBe('unchecked')
    expect(rows).toBe('a[va] a[va] a ? v')
  })
  it('not a response that gives itself no id', async () => {
    const { finding, rows } = await judge({}, withResponse({ ids: [] }))
    expect(finding('response-id')).toMatchObject({ outcome: 'unchecked', because: { id: 'ir_response_id_none' } })
    expect(rows).toBe('a[va] a[va] a ? v')
  })
  it('every id of a response, of which one may be of another', async () => {
    const { finding, rows } = await judge({}, (dossier) =>
      withResponse({ ids: [...dossier.exchange.response.ids, 'chatcmpl-other'] })(dossier),
    )
    expect(finding('response-id')?.outcome).toBe('failed')
    expect(rows).toBe('a[va] a[va] a f v')
  })
  it('says which of the two differs', async () => {
    expect((await judge({ scenario: 'request-changed' })).finding('request-hash')?.because.id).toBe('ir_request_hash_failed')
    expect((await judge({ scenario: 'response-changed' })).finding('response-hash')?.because.id).toBe('ir_response_hash_failed')
  })
})

describe('freshness', () => {
  it('not requested is said so, and is no check', async () => {
    const { finding } = await judge({ ask: 'plain' })
    expect(finding('nonce')).toMatchObject({
      outcome: 'unchecked',
      because: { id: 'ir_nonce_not_requested' },
      assumes: ['assume_not_fresh'],
    })
  })
  it('tells a nonce left out from another nonce', async () => {
    expect((await judge({ faults: { nonce: 'left-out' } })).finding('nonce')?.because.id).toBe('ir_nonce_missing')
    expect((await judge({ faults: { nonce: 'other' } })).finding('nonce')?.because.id).toBe('ir_nonce_failed')
  })
  it.each([
    ['captured-here', 'ir_issued_at_passed', ['assume_clock']],
    ['now', 'ir_issued_at_claimed', ['assume_not_backdated']],
    ['given', 'ir_issued_at_claimed', ['assume_not_backdated']],
    ['as-issued', 'ir_issued_at_claimed', ['assume_not_backdated']],
  ] as const)('of the time of issue, judged %s', async (basis, id, assumes) => {
    expect((await judge({}, undefined, basis)).finding('issued-at')).toMatchObject({ outcome: 'passed', because: { id }, assumes })
  })
  it('of a receipt that was checked years later is no failure, unless it is from the future', async () => {
    const later: Change = (dossier) => ({ ...dossier, exchange: { ...dossier.exchange, startedAt: '2036-01-01T00:00:00Z' } })
    expect((await judge({}, later, 'given')).rows).toBe('a[va] a[va] a v v')
    expect((await judge({}, later, 'captured-here')).rows).toBe('a[va] f[fa] a v v')
  })
  it('of a nonce that a file records is its author’s word', async () => {
    const recorded: Change = ({ asked, ...dossier }) => ({ ...dossier, ...(asked ? { asked: { ...asked, provenance: 'recorded' } } : {}) })
    expect((await judge({}, recorded)).finding('nonce')?.assumes).toEqual(['assume_as_recorded'])
  })
})

describe('where evidence comes from', () => {
  it('what was published, where the receipt embeds none', async () => {
    const { rows } = await judge({ faults: { receipt: { header: { att: undefined } } } })
    expect(rows).toBe('a[va] a[va] a v v')
  })
})

describe('a key that its service’s own log calls revoked', () => {
  const published = { faults: { receipt: { header: { att: undefined } } } } as const
  const revoked: Change = (dossier) => ({ ...dossier, evidence: dossier.evidence.map((one) => ({ ...one, keyRevoked: true })) })
  it('signs nothing that counts', async () => {
    const { report, finding, rows } = await judge(published, revoked)
    expect(finding('key-revocation')).toMatchObject({ outcome: 'failed', role: 'receipt.key', because: { id: 'ir_key_revoked' } })
    expect(report.headline.id).toBe('headline_wrong_key')
    expect(rows).toBe('a[aa] a[aa] f f f')
  })
  it('is no other than the one of the evidence that is used', async () => {
    const { finding, rows } = await judge({}, revoked)
    expect(finding('key-revocation')).toBeUndefined()
    expect(rows).toBe('a[va] a[va] a v v')
  })
})

describe('what is seen in a stream', () => {
  const see = (body: string, headers: { name: string; value: string }[] = []) =>
    observe({
      body: new TextEncoder().encode(body),
      contentType: 'text/event-stream; charset=utf-8',
      headers,
      bodyProvenance: 'page-reported',
      headerProvenance: 'browser',
    })
  const receipt = 'data: {"choices":[],"inference_receipt":{}}\n\n'

  it('a receipt is last though [DONE] follows, terminated or not', async () => {
    for (const end of ['', 'data: [DONE]\n\n', 'data: [DONE]\n', 'data: [DONE]', ': bye\n\n']) {
      expect((await see(`data: {"id":"a"}\n\n${receipt}${end}`)).receipts.map(({ position }) => position)).toEqual(['last'])
    }
  })
  it('a receipt is followed by whatever a page might show, terminated or not', async () => {
    for (const end of ['data: {}\n\n', 'data: {"unsigned":1}', 'data: [DONE] \n\n', 'data: [DONE]\n\ndata: x\n\n']) {
      expect((await see(`${receipt}${end}`)).receipts.map(({ position }) => position)).toEqual(['followed'])
    }
  })
  it('a receipt that is no JSON is still a receipt', async () => {
    expect((await see('data: {"inference_receipt" broken\n\n')).receipts).toHaveLength(1)
  })
  it('a mention of receipts in an answer is none', async () => {
    expect((await see('data: {"id":"a","text":"\\"inference_receipt\\" is a member"}\n\n')).receipts).toEqual([])
  })
  it('two receipts are two, and so is one in the header beside one in the stream', async () => {
    expect((await see(receipt + receipt)).receipts).toHaveLength(2)
    expect((await see(receipt, [{ name: 'x-inference-receipt', value: 'a.b.c' }])).receipts.map(({ delivery }) => delivery)).toEqual([
      'header',
      'stream',
    ])
  })
  it('a payload of several lines has no digest but that of the body, since its events could be told in two ways', async () => {
    expect((await see('data: a\ndata: b\n\n')).digests.map(({ of }) => of)).toEqual(['body'])
  })
  it('ids are told once each, eight at the most', async () => {
    const events = Array.from({ length: 20 }, (_, index) => `data: {"id":"${index % 10}"}\n\n`).join('')
    expect((await see(events)).ids).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
    expect((await see('data: {"response":{"id":"r"}}\n\ndata: [1]\n\ndata: {"id":1}\n\n')).ids).toEqual(['r'])
  })
  it('two receipts fail the signature', async () => {
    const { rows } = await judge({}, (dossier) => ({ ...dossier, receipts: [...dossier.receipts, ...dossier.receipts] }))
    expect(rows).toBe('a[aa] a[aa] f f f')
  })
})
