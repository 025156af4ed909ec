import { describe, expect, it } from 'vitest'
import type { RequestFact } from '../capture/browser/facts.ts'
import type { BodySeen } from '../dossier/types.ts'
import { type RecordContext, recordFact } from './record.ts'

const REQUEST = {
  requestId: '7',
  method: 'POST',
  url: 'https://api.trustedrouter.com/v1/chat/completions?key=secret#part',
  tabId: 3,
  frameId: 0,
  documentId: 'D',
  initiator: 'https://trustedrouter.com',
  timeStamp: 1_000.5,
}
const CONTEXT: RecordContext = { session: 's', document: 'D', id: 'exchange', now: new Date('2026-11-22T10:00:00Z'), urlDigest: 'U' }
const BODY: BodySeen = { provenance: 'browser', length: 2, capture: 'complete', digests: [{ alg: 'sha-256', of: 'body', value: 'R' }] }
const about = { request: REQUEST, service: 'trustedrouter' }

const REQUESTED: RequestFact = { kind: 'requested', ...about, body: BODY }
const sent = (optIn?: string): RequestFact => ({ kind: 'sent', ...about, ...(optIn === undefined ? {} : { optIn }) })
const HEADERS: RequestFact = { kind: 'headers', ...about, status: 200, headers: [{ name: 'content-type', value: 'text/event-stream' }] }
const ENDED: RequestFact = { kind: 'ended', ...about, end: { outcome: 'completed' } }

function recordAll(...facts: RequestFact[]) {
  let row: ReturnType<typeof recordFact> | undefined
  for (const fact of facts) row = recordFact(row, fact, CONTEXT)
  if (row === undefined) throw new Error('no facts')
  return row
}

describe('a request in the record', () => {
  it('holds what the browser said, and nothing of the query', () => {
    const row = recordAll(REQUESTED, sent('nonce'), HEADERS, ENDED)
    expect(row).toMatchObject({
      id: 'exchange',
      request: 's:7',
      tab: 's:3',
      document: 'D',
      page: 'https://trustedrouter.com',
      state: 'answering',
    })
    expect(row.trace).toEqual({
      tabId: 3,
      frameId: 0,
      documentId: 'D',
      method: 'POST',
      urlDigest: 'U',
      requestDigest: 'R',
      beganAt: 1_000.5,
    })
    expect(row.ended).toEqual({ at: 1_000.5, outcome: 'completed' })
    expect(row.dossier.exchange).toMatchObject({ url: 'https://api.trustedrouter.com/v1/chat/completions', status: 200, request: BODY })
    expect(row.dossier.exchange.response).toMatchObject({ provenance: 'none', capture: 'not-captured' })
    expect(row.dossier.asked).toEqual({ header: 'x-inference-receipt', nonce: 'nonce', sharedBy: 1, provenance: 'browser' })
    expect(JSON.stringify(row)).not.toContain('secret')
  })

  it.each([
    ['headers', HEADERS, 'answering'],
    ['sent', sent('n'), 'requested'],
    ['ended', ENDED, 'requested'],
  ] as const)('begins with "%s" when the worker was away before, its octets not captured', (_, fact, state) => {
    const row = recordAll(fact)
    expect(row.state).toBe(state)
    expect(row.dossier.exchange.request.capture).toBe('not-captured')
    expect(row.trace.requestDigest).toBeUndefined()
  })

  it('says who reads along, by the address that was called alone', () => {
    expect(recordAll(REQUESTED, HEADERS).dossier.exchange.relay).toBeUndefined()
    const url = 'https://trustedrouter.com/chat-proxy/v1/chat/completions?x=1'
    expect(recordAll({ ...HEADERS, request: { ...REQUEST, url } }).dossier.exchange).toMatchObject({
      url: 'https://trustedrouter.com/chat-proxy/v1/chat/completions',
      relay: 'reads',
    })
  })

  const TINFOIL = { request: { ...REQUEST, url: 'https://api.tinfoil.sh/v1/chat/completions' }, service: 'tinfoil' }
  const VENICE = { request: { ...REQUEST, url: 'https://outerface.venice.ai/api/inference/chat' }, service: 'venice' }

  it('says where nothing names an answer, by the address alone', () => {
    expect(recordAll({ ...HEADERS, ...VENICE }).dossier.exchange).toMatchObject({ relay: 'reads', unnamed: true })
    expect(recordAll(HEADERS).dossier.exchange.unnamed).toBeUndefined()
  })

  it('keeps the origin of the enclave that a call to a relay names, and nothing else of it', () => {
    const named = recordAll({ kind: 'sent', ...TINFOIL, enclave: 'https://inference.tinfoil.sh/v1?key=secret' })
    expect(named.dossier.exchange).toMatchObject({ relay: 'sealed', enclave: 'https://inference.tinfoil.sh' })
    expect(recordAll({ kind: 'sent', ...TINFOIL, enclave: 'secret' }).dossier.exchange.enclave).toBe('null')
    expect(recordAll({ kind: 'sent', ...TINFOIL }).dossier.exchange.enclave).toBeUndefined()
    expect(recordAll({ ...sent('n'), enclave: 'https://inference.tinfoil.sh' } as RequestFact).dossier.exchange.enclave).toBeUndefined()
  })

  it('asked for no receipt when the header was not there', () => {
    expect(recordAll(REQUESTED, sent()).dossier.asked).toBeUndefined()
  })

  it.each(['true', 'white space', 'x'.repeat(89)])('asked without a nonce when the header said %j', (value) => {
    expect(recordAll(sent(value)).dossier.asked).toEqual({ header: 'x-inference-receipt', sharedBy: 1, provenance: 'browser' })
  })

  it('is not put back by headers that come after its octets', () => {
    const captured = { ...recordAll(REQUESTED), state: 'captured' } as const
    expect(recordFact(captured, HEADERS, CONTEXT).state).toBe('captured')
  })
})
