import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import { observe } from '../../src/verify/observe.ts'
import type { Report } from '../../src/verify/report.ts'
import { makeExchange, type SimulatedExchange } from '../simulator/index.ts'
import { dossierOf, policyFor, rowsOf, trustOf } from './dossiers.ts'

/**
 * What is left of an exchange where the browser said nothing of the response's headers, because the extension's worker was stopped just
 * then: neither status nor content type, and no receipt that came in a header. The octets are there.
 */
async function withoutHeaders(exchange: SimulatedExchange): Promise<Dossier> {
  const whole = await dossierOf(exchange)
  const seen = await observe({
    body: new Uint8Array(exchange.response.body),
    contentType: '',
    headers: [],
    bodyProvenance: 'page-reported',
    headerProvenance: 'browser',
  })
  const { status: _, ...before } = whole.exchange
  const response = { ...before.response, digests: seen.digests, ids: seen.ids }
  return { ...whole, receipts: seen.receipts, exchange: { ...before, headers: [], response } }
}

function judge(dossier: Dossier, exchange: SimulatedExchange): Promise<Report> {
  return appraise(dossier, {
    policy: policyFor(exchange.gateway.workload.imageDigest),
    trust: trustOf(exchange),
    seen: () => undefined,
    moment: { now: exchange.endedAt, basis: 'captured-here' },
  })
}

describe('without the headers of the response', () => {
  it('a receipt in the stream is found by how the stream begins', async () => {
    const exchange = makeExchange({ streamed: true })
    expect(rowsOf(await judge(await withoutHeaders(exchange), exchange))).toBe('a[va] a[va] a v v')
  })

  it('a change of the stream is found all the same', async () => {
    const exchange = makeExchange({ streamed: true, scenario: 'response-changed' })
    expect(rowsOf(await judge(await withoutHeaders(exchange), exchange))).toBe('a[va] a[va] a f v')
  })

  it.each([true, false])('a receipt that may have been in them is not said to be missing (asked for: %s)', async (asked) => {
    const exchange = makeExchange({ streamed: false })
    const dossier = await withoutHeaders(exchange)
    const { asked: known, ...unasked } = dossier
    expect(known).toBeDefined()
    const report = await judge(asked ? dossier : unasked, exchange)
    expect(rowsOf(report)).toBe('a a ? ? ?')
    expect(report.findings.find(({ check }) => check === 'receipt.presence')).toMatchObject({
      outcome: 'unchecked',
      because: { id: 'receipt_not_seen' },
    })
  })
})
