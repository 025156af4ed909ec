import { describe, expect, it } from 'vitest'
import type { Dossier, EvidenceSeen, Provenance } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import { observe, observeRequest } from '../../src/verify/observe.ts'
import type { Report } from '../../src/verify/report.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import type { Edits, JsonObject } from '../simulator/json.ts'
import { makeKey } from '../simulator/keys.ts'
import { nitroPcrs } from '../simulator/nitro.ts'
import { flipBit, hex, octets, utf8 } from '../simulator/octets.ts'
import { makeOpenGradient, type OpenGradientOptions, REQUEST } from '../simulator/opengradient.ts'
import { NO_POLICY } from '../support/tdx.ts'
import { failedChecks, rowsOf, unreadable } from './dossiers.ts'

const AT = new Date('2026-11-20T12:00:00Z')
const IMAGE = Buffer.from(nitroPcrs().get(0) ?? octets([])).toString('hex')

type Told = {
  readonly request?: JsonObject
  readonly evidence?: (honest: readonly EvidenceSeen[]) => readonly EvidenceSeen[]
  readonly capture?: 'complete' | 'broken-off'
  readonly startedAt?: Date
  readonly later?: Date
  readonly expects?: string
  readonly body?: (honest: Uint8Array) => Uint8Array<ArrayBuffer>
}

async function judge(options: Omit<OpenGradientOptions, 'at'> = {}, told: Told = {}): Promise<Report> {
  const simulated = makeOpenGradient({ at: AT, ...options })
  const { nitro, signingKey, contentType, nonce, chain } = simulated
  const body = told.body?.(simulated.body) ?? simulated.body
  const seen = await observe({ body, contentType, headers: [], bodyProvenance: 'page-reported', headerProvenance: 'browser' })
  const request = utf8(JSON.stringify(told.request ?? REQUEST))
  const capture = told.capture ?? 'complete'
  const from = { at: '', provenance: 'fetched' as Provenance }
  const gathered: readonly EvidenceSeen[] = [
    { kind: 'opengradient-signing-key', document: signingKey, source: 'https://tee.example/signing-key', ...from },
    {
      kind: 'aws-nitro-cose',
      nonce: hex(nonce),
      document: Buffer.from(nitro).toString('base64url'),
      source: 'https://tee.example/enclave/attestation',
      ...from,
    },
  ]
  const dossier: Dossier = {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'exchange',
    service: '',
    exchange: {
      method: 'POST',
      url: 'https://tee.example/v1/chat/completions',
      model: 'gpt-4.1',
      startedAt: (told.startedAt ?? AT).toISOString(),
      endedAt: AT.toISOString(),
      status: 200,
      headers: [],
      request: {
        provenance: 'browser',
        length: request.length,
        capture: 'complete',
        digests: await observeRequest({ body: request, contentType: 'application/json' }),
      },
      response: { provenance: 'page-reported', length: body.length, capture, digests: seen.digests, ids: seen.ids },
    },
    receipts: seen.receipts,
    evidence: told.evidence?.(gathered) ?? gathered,
    collateral: [],
    missing: [],
  }
  const anchor: TrustAnchor = { ...chain.anchor, id: 'nitro', purpose: 'aws-nitro', addedBy: 'shipped', publishedAt: 'test' }
  return appraise(dossier, {
    policy: { ...NO_POLICY, expects: [{ measurement: 'nitro.pcr0', anyOf: [told.expects ?? IMAGE], source: 'user' }] },
    trust: { anchors: [anchor], issuerKeys: [] },
    seen: () => undefined,
    moment: told.later === undefined ? { now: AT, basis: 'captured-here' } : { now: told.later, basis: 'now' },
  })
}

const of = (report: Report, check: string) => report.findings.find((finding) => finding.check === check)
const outcome = (report: Report, check: string) => of(report, check)?.outcome
const CALLS = [{ id: 'call_1', name: 'search', arguments: '{"q": "x"}' }]

describe('an answer signed by OpenGradient’s gateway', () => {
  it.each<[string, Omit<OpenGradientOptions, 'at'>]>([
    ['whole', {}],
    ['as a stream', { streamed: true }],
    ['with the older layout of the enclave’s user data', { layout: 'text' }],
    ['calling tools', { said: '', calls: CALLS }],
    ['calling tools in a stream', { said: '', calls: CALLS, streamed: true }],
    ['saying nothing', { said: '' }],
  ])('verifies the gateway and the exchange, and that no one shows where the model ran: %s', async (_, options) => {
    const report = await judge(options)
    expect(failedChecks(report)).toEqual(['opengradient.upstream'])
    expect(rowsOf(report)).toBe('-[v-] -[v-] a v v')
  })

  it('names what remains assumed', async () => {
    const { assumes } = await judge()
    expect(assumes).toEqual(
      expect.arrayContaining(['assume_opengradient_text_only', 'assume_key_custody', 'assume_model_name', 'assume_page_octets']),
    )
  })

  const stranger = makeKey('rsa-2048', 'stranger')
  it.each<[string, string, string, Omit<OpenGradientOptions, 'at'>, Told]>([
    ['a flipped signature', 'opengradient.signature', 'a a f f f', { signature: 'flipped' }, {}],
    ['another key’s signature', 'opengradient.signature', 'a a f f f', { signWith: stranger }, {}],
    ['a salt of another length', 'opengradient.signature', 'a a f f f', { saltLength: 20 }, {}],
    ['another time', 'opengradient.signature', '', { members: { tee_timestamp: 1_700_000_000 } }, {}],
    ['another request’s hash', 'opengradient.signature', '', { members: { tee_request_hash: '00'.repeat(32) } }, {}],
    ['another answer’s hash', 'opengradient.signature', '', { members: { tee_output_hash: '00'.repeat(32) } }, {}],
    ['another answer than the one signed', 'opengradient.response-hash', '-[v-] -[v-] a f v', { hashedOutput: 'other' }, {}],
    ['another answer in a stream', 'opengradient.response-hash', '', { hashedOutput: 'other', streamed: true }, {}],
    [
      'an enclave that commits to another key',
      'opengradient.key-commitment',
      'f[f-] -[a-] a a a',
      { userData: (data) => flipBit(data) },
      {},
    ],
    ['user data of another layout', 'opengradient.key-commitment', '', { userData: (data) => data.slice(2) }, {}],
    [
      'the key’s hash in the place of the TLS certificate’s',
      'opengradient.key-commitment',
      '',
      { userData: (data) => octets([...data.slice(34), ...data.slice(0, 34)]) },
      {},
    ],
    ['user data with more behind it', 'opengradient.key-commitment', '', { userData: (data) => octets([...data, 0]) }, {}],
    [
      'evidence that answers another nonce',
      'opengradient.evidence-nonce',
      '-[v-] f[f-] a v v',
      { nitro: { fields: { nonce: octets([1]) } } },
      {},
    ],
    [
      'an enclave in debug mode',
      'nitro.debug',
      '',
      { nitro: { fields: { pcrs: new Map([...nitroPcrs(), [0, new Uint8Array(48)]]) } } },
      { expects: '00'.repeat(48) },
    ],
    ['another image', 'policy.measurement', '-[v-] f[f-] a v v', {}, { expects: 'aa'.repeat(48) }],
    ['a time long before the request', 'opengradient.issued-at', '', {}, { startedAt: new Date(AT.getTime() + 120_000) }],
    ['answer data behind the signature', 'opengradient.position', '', { streamed: true, behind: [{ choices: [] }] }, {}],
  ])('is refused for %s by %s alone', async (_, expected, rows, options, told) => {
    const report = await judge(options, told)
    expect(failedChecks(report).filter((check) => check !== 'opengradient.upstream')).toEqual([expected])
    if (rows !== '') expect(rowsOf(report)).toBe(rows)
  })

  it.each<[string, Edits]>([
    ['a member missing', { tee_id: undefined }],
    ['a hash that is too short', { tee_output_hash: 'aa' }],
    ['a time that is no whole number', { tee_timestamp: 1.5 }],
  ])('cannot be read with %s', async (_, members) => {
    const report = await judge({ members })
    expect(failedChecks(report)).toEqual([])
    expect(unreadable(report)).toEqual(['opengradient.format'])
    expect(rowsOf(report).slice(-5)).toBe('? ? ?')
  })

  it('says nothing against a request that it cannot rebuild, or that gives another hash', async () => {
    const other = await judge({ hashedRequest: '{}' })
    expect([outcome(other, 'opengradient.request-hash'), of(other, 'opengradient.request-hash')?.because.id]).toEqual([
      'unchecked',
      'opengradient_request_differs',
    ])
    const unknown = await judge({}, { request: { model: 'm', messages: [{ role: 'developer', content: 'x' }] } })
    expect([outcome(unknown, 'opengradient.request-hash'), of(unknown, 'opengradient.request-hash')?.because.id]).toEqual([
      'unchecked',
      'opengradient_request_unknown',
    ])
    for (const report of [other, unknown]) expect(rowsOf(report)).toBe('-[v-] -[v-] a ? v')
  })

  it('compares nothing of half an answer', async () => {
    const report = await judge({}, { capture: 'broken-off' })
    expect(outcome(report, 'opengradient.response-hash')).toBe('unchecked')
  })

  it('does not take text for signed that stands beside calls', async () => {
    const report = await judge({ said: 'trust me', calls: CALLS })
    expect(outcome(report, 'opengradient.response-hash')).toBe('unchecked')
  })

  it('keeps nothing of the answer', async () => {
    const { body, contentType } = makeOpenGradient({ at: AT, said: 'a secret', streamed: true })
    const seen = await observe({ body, contentType, headers: [], bodyProvenance: 'page-reported', headerProvenance: 'browser' })
    expect(JSON.stringify(seen)).not.toContain('secret')
    expect(seen.receipts.map(({ format, delivery, position }) => [format, delivery, position])).toEqual([
      ['opengradient', 'stream', 'last'],
    ])
  })

  it('is not looked for in answers without a signature', async () => {
    const report = await judge({ members: { tee_signature: undefined } })
    expect(failedChecks(report)).toContain('receipt.presence')
    expect(rowsOf(report).slice(-5)).toBe('- - -')
  })

  const without = (kind: string) => (honest: readonly EvidenceSeen[]) => honest.filter((item) => item.kind !== kind)
  it('cannot check a signature without its key, and does not fail it', async () => {
    const other = makeKey('rsa-2048', 'other instance')
    for (const [report, because] of [
      [await judge({}, { evidence: without('opengradient-signing-key') }), 'opengradient_key_not_obtained'],
      [await judge({ publishedKey: other }), 'opengradient_key_other'],
      [
        await judge(
          {},
          { evidence: (honest) => honest.map((item) => ({ ...item, document: item.kind === 'aws-nitro-cose' ? item.document : '{}' })) },
        ),
        'opengradient_key_unreadable',
      ],
    ] as const) {
      expect(failedChecks(report)).toEqual([])
      expect(of(report, 'opengradient.signing-key')?.because.id).toBe(because)
      expect(rowsOf(report).slice(-5)).toBe('? ? ?')
    }
  })

  it('is a key that nothing backs without the enclave’s evidence', async () => {
    const report = await judge({}, { evidence: without('aws-nitro-cose') })
    expect(rowsOf(report)).toBe('-[--] -[--] a a a')
  })

  it('does not say when the evidence was made where no nonce of ours was sent', async () => {
    const report = await judge({}, { evidence: (honest) => honest.map(({ nonce: _, ...item }) => item) })
    expect(outcome(report, 'opengradient.evidence-nonce')).toBe('unchecked')
    expect(rowsOf(report)).toBe('-[v-] -[v-] a v v')
  })

  it('later is not known not to have been backdated', async () => {
    const report = await judge({}, { later: new Date(AT.getTime() + 3_600_000) })
    expect(report.assumes).toContain('assume_not_backdated')
  })
})
