import { describe, expect, it } from 'vitest'
import { appraise } from '../../src/verify/appraise.ts'
import type { Report } from '../../src/verify/report.ts'
import { makeExchange, SCENARIO_IDS, type ScenarioId, type SimulatedExchange, type TokenForm } from '../simulator/index.ts'
import { dossierOf, failedChecks, policyFor, rowsOf, trustOf } from './dossiers.ts'

/**
 * Every cheat of the demo: the rows by hand from docs/CLAIMS.md (environment, workload, model, exchange, signature; gateway and model host in
 * brackets), the checks that fail, and the headline.
 */
const EXPECTED: Readonly<Record<ScenarioId, readonly [rows: string, failed: readonly string[], headline: string]>> = {
  honest: ['a[va] a[va] a v v', [], 'headline_proven_assumed'],
  'response-changed': ['a[va] a[va] a f v', ['inference-receipt.response-hash'], 'headline_other_response'],
  'request-changed': ['a[va] a[va] a f v', ['inference-receipt.request-hash'], 'headline_other_request'],
  'receipt-of-another-answer': [
    'a[va] f[fa] a f v',
    ['inference-receipt.response-id', 'inference-receipt.response-hash', 'inference-receipt.request-hash', 'inference-receipt.nonce'],
    'headline_other_response',
  ],
  replayed: [
    'a[aa] f[fa] f f f',
    [
      'inference-receipt.response-id',
      'inference-receipt.response-hash',
      'inference-receipt.request-hash',
      'inference-receipt.nonce',
      'receipt.replay',
    ],
    'headline_replayed',
  ],
  'wrong-nonce': ['a[va] f[fa] a v v', ['inference-receipt.nonce'], 'headline_not_fresh'],
  'other-image': ['a[va] f[fa] a v v', ['policy.measurement'], 'headline_other_code'],
  debug: ['f[fa] a[aa] a a a', ['confidential-space.debug'], 'headline_debug'],
  'key-not-committed': ['f[fa] a[aa] a a a', ['inference-receipt.key-commitment'], 'headline_other_key'],
  'token-expired': ['f[fa] a[aa] a a a', ['confidential-space.validity'], 'headline_clock_first'],
  'bad-signature': ['a a f f f', ['inference-receipt.signature'], 'headline_bad_signature'],
  'broken-off': ['a a ? ? ?', [], 'headline_signature_unchecked'],
  stripped: ['a a - - -', ['receipt.delivery'], 'headline_receipt_withheld'],
  'tls-webpki': ['-[v-] -[v-] a v v', ['inference-receipt.upstream-evidence'], 'headline_host_absent'],
  'model-swapped': ['a[va] a[va] a v v', [], 'headline_proven_assumed'],
}

const HONEST_IMAGE = makeExchange().gateway.workload.imageDigest

async function appraiseLive(exchange: SimulatedExchange): Promise<Report> {
  const dossier = await dossierOf(exchange)
  const context = {
    policy: policyFor(HONEST_IMAGE),
    trust: trustOf(exchange),
    moment: { now: exchange.endedAt, basis: 'captured-here' } as const,
  }
  const { earlier } = exchange
  const before =
    earlier &&
    (await appraise(await dossierOf(earlier), { ...context, seen: () => undefined, moment: { ...context.moment, now: earlier.endedAt } }))
  return appraise(dossier, { ...context, seen: (receipt) => (receipt === before?.receiptId ? earlier?.id : undefined) })
}

describe.each(['pki', 'oidc'] satisfies TokenForm[])('scenarios of the demo, tokens in %s form', (form) => {
  it.each(SCENARIO_IDS)('%s', async (scenario) => {
    const [rows, failed, headline] = EXPECTED[scenario]
    const report = await appraiseLive(makeExchange({ scenario, form }))
    expect(rowsOf(report)).toBe(rows)
    expect(failedChecks(report)).toEqual(failed)
    expect(report.headline.id).toBe(headline)
  })
})

describe('the ways in which a receipt travels', () => {
  it.each([
    ['chat.completions', true],
    ['chat.completions', false],
    ['responses', true],
    ['responses', false],
  ] as const)('%s, streamed: %s', async (route, streamed) => {
    expect(rowsOf(await appraiseLive(makeExchange({ route, streamed })))).toBe('a[va] a[va] a v v')
    expect(rowsOf(await appraiseLive(makeExchange({ route, streamed, scenario: 'response-changed' })))).toBe('a[va] a[va] a f v')
  })
})
