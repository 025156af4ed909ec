import { describe, expect, it } from 'vitest'
import { reportOf, rowOf } from '../../test/support/rows.ts'
import type { End } from '../capture/browser/facts.ts'
import type { OctetsMessage } from '../capture/messages.ts'
import type { BodySeen } from '../dossier/types.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import { sha256 } from '../verify/encoding/digest.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import { type ExchangeRow, withExchange } from './exchange.ts'
import { lookAt, requestDigest, withOctets, withoutOctets } from './octets.ts'

const AT = new Date('2026-11-22T10:00:05Z')
const REQUEST = '{"model":"atlas","messages":[]}'
const ANSWER = '{"id":"chatcmpl-1","choices":[]}'

const MESSAGE: OctetsMessage = {
  type: 'capture/octets',
  capture: '0'.repeat(32),
  method: 'POST',
  url: 'https://api.trustedrouter.com/v1/chat/completions',
  request: encodeUtf8(REQUEST),
  response: encodeUtf8(ANSWER),
  state: 'complete',
  beganAt: 1_000,
  endedAt: 2_000,
}

const digestOf = async (text: string) => encodeBase64url(await sha256(encodeUtf8(text)))

async function browserBody(text: string): Promise<BodySeen> {
  const digest = { alg: 'sha-256', of: 'body', value: await digestOf(text) } as const
  return { provenance: 'browser', length: text.length, capture: 'complete', digests: [digest] }
}

function answering(change: Partial<ExchangeRow> = {}): ExchangeRow {
  const headers = [{ name: 'content-type', value: 'application/json' }]
  return withExchange(rowOf('a', { state: 'answering', ...change }), { status: 200, headers })
}

const see = async (row: ExchangeRow, message = MESSAGE) => withOctets(row, await lookAt(message, row), AT)

describe('octets from the page', () => {
  it('become digests and ids, and are not kept', async () => {
    const { state, settledAt, dossier, report } = await see(answering())
    expect({ state, settledAt, report }).toEqual({ state: 'captured', settledAt: AT.toISOString(), report: MESSAGE.capture })
    expect(dossier.exchange).toMatchObject({ model: 'atlas', endedAt: AT.toISOString() })
    expect(dossier.exchange.response).toMatchObject({ provenance: 'page-reported', capture: 'complete', ids: ['chatcmpl-1'] })
    expect(dossier.exchange.response.digests).toContainEqual({ alg: 'sha-256', of: 'body', value: await digestOf(ANSWER) })
    expect(JSON.stringify(dossier)).not.toContain('choices')
  })

  it('are "broken off" by the browser’s word, whatever the page’s side says', async () => {
    const failed = answering({ ended: { at: 2_000, outcome: 'failed', by: 'service' } })
    const { exchange } = (await see(failed)).dossier
    expect(exchange.response).toMatchObject({ capture: 'broken-off', digests: [], ids: [] })
    expect(exchange.endedAt).toBeUndefined()
    const completed = answering({ ended: { at: 2_000, outcome: 'completed' } })
    expect((await see(completed)).dossier.exchange.response.capture).toBe('complete')
  })

  it.each(['broken-off', 'too-large', 'unsupported-body', 're-encoded'] as const)('that are %s have no digests', async (state) => {
    const { response } = (await see(answering(), { ...MESSAGE, state })).dossier.exchange
    expect(response).toMatchObject({ capture: state, digests: [], ids: [] })
  })

  it('come too late for an exchange that is being judged', async () => {
    const row = answering({ state: 'checking' })
    expect(await see(row)).toBe(row)
  })

  it('make what was said before untrue: it is gathered and said again', async () => {
    const row = { ...answering({ state: 'done' }), verdict: reportOf() }
    const after = await see({ ...row, dossier: { ...row.dossier, missing: [{ what: 'evidence', source: '', reason: 'offline' }] } })
    expect(after.verdict).toBeUndefined()
    expect(after.dossier.missing).toEqual([])
  })
})

describe('an answer without a receipt', () => {
  const STREAM = encodeUtf8('data: {"choices":[{"delta":{"content":"Yes."},"finish_reason":"stop"}]}\n\n')
  const ERROR = encodeUtf8('{"error":{"message":"overloaded"}}')
  const responseOf = async (row: ExchangeRow, change: Partial<OctetsMessage>) =>
    (await see(row, { ...MESSAGE, ...change })).dossier.exchange.response

  it('is looked for under an error status, and where it broke off', async () => {
    const failing = withExchange(answering(), { status: 503 })
    expect(await responseOf(failing, { response: STREAM })).toMatchObject({ answer: 'whole' })
    expect(await responseOf(failing, { response: ERROR })).toMatchObject({ answer: 'none' })
    expect(await responseOf(answering(), { response: STREAM, state: 'broken-off' })).toMatchObject({ answer: 'whole' })
    expect(await responseOf(answering(), { response: STREAM })).not.toHaveProperty('answer')
  })

  it('was broken off by whom the browser names', async () => {
    const ended = (end: End) => answering({ ended: { ...end, at: 2_000 } })
    const broken = { response: STREAM, state: 'broken-off' } as const
    for (const by of ['page', 'network', 'service'] as const) {
      expect(await responseOf(ended({ outcome: 'failed', by }), {})).toMatchObject({ capture: 'broken-off', brokenOff: { by } })
    }
    expect(await responseOf(ended({ outcome: 'completed' }), broken)).toMatchObject({ brokenOff: { by: 'page' } })
    expect(await responseOf(answering(), broken)).not.toHaveProperty('brokenOff')
    expect(await responseOf(ended({ outcome: 'completed' }), {})).not.toHaveProperty('brokenOff')
  })
})

describe('octets of the request', () => {
  it('are the browser’s own where it has them, with what the page’s side can digest of the same ones', async () => {
    const body = await browserBody(REQUEST)
    const { request } = (await see(withExchange(answering(), { request: body }))).dossier.exchange
    expect(request).toMatchObject({ provenance: 'browser', capture: 'complete', length: REQUEST.length })
    expect(request.digests[0]).toEqual(body.digests[0])
    expect(request.digests.length).toBeGreaterThan(1)
  })

  it('are the browser’s alone where the page’s side has others', async () => {
    const body = await browserBody('something else')
    expect((await see(withExchange(answering(), { request: body }))).dossier.exchange.request).toEqual(body)
  })

  it('are the page’s where the browser has none, and none where neither has', async () => {
    expect((await see(answering())).dossier.exchange.request).toMatchObject({ provenance: 'page-reported', capture: 'complete' })
    const { request } = (await see(answering(), { ...MESSAGE, request: null })).dossier.exchange
    expect(request).toMatchObject({ provenance: 'none', capture: 'unsupported-body', digests: [] })
  })

  it('are found by their digest', async () => {
    expect(await requestDigest(encodeUtf8(REQUEST))).toBe(await digestOf(REQUEST))
    expect(await requestDigest(null)).toBeUndefined()
  })
})

describe('an exchange without octets', () => {
  it('has what its headers carried, and nothing else', async () => {
    const receipt = { name: 'x-inference-receipt', value: 'a.b.c' }
    const row = withExchange(answering(), { headers: [receipt] })
    const after = await withoutOctets(row, 'not-captured', AT)
    expect(after).toMatchObject({ state: 'captured', settledAt: AT.toISOString() })
    expect(after.dossier.exchange.response).toEqual({ provenance: 'none', length: 0, capture: 'not-captured', digests: [], ids: [] })
    expect(after.dossier.receipts.map(({ delivery, provenance }) => ({ delivery, provenance }))).toEqual([
      { delivery: 'header', provenance: 'browser' },
    ])
  })

  it('that broke off had no answer before it had headers', async () => {
    const failed = { ended: { at: 2_000, outcome: 'failed', by: 'service' } } as const
    const early = await withoutOctets(rowOf('a', failed), 'broken-off', AT)
    expect(early.dossier.exchange.response).toMatchObject({ answer: 'none', brokenOff: { by: 'service' } })
    const late = await withoutOctets(answering(failed), 'broken-off', AT)
    expect(late.dossier.exchange.response).not.toHaveProperty('answer')
  })

  it('that nobody saw end was left by its page', async () => {
    const left = await withoutOctets(answering(), 'broken-off', AT)
    expect(left.dossier.exchange.response).toMatchObject({ capture: 'broken-off', brokenOff: { by: 'page' } })
  })
})
