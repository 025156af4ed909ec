import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import type { Report } from '../../src/verify/report.ts'
import { makeExchange, type ScenarioId } from '../simulator/index.ts'
import { dossierOf, policyFor, rowsOf, trustOf } from './dossiers.ts'

/**
 * Who stands between the page and the model is the adapter's knowledge, or signed. A party that the exchange leaves out is still there: a reader
 * where it provably passed everything on, a hop that shows nothing where that is not proven.
 */
async function judged(scenario: ScenarioId, known: Partial<Dossier['exchange']>): Promise<Report> {
  const exchange = makeExchange({ scenario, form: 'pki' })
  const dossier = await dossierOf(exchange)
  return appraise(
    { ...dossier, exchange: { ...dossier.exchange, ...known } },
    {
      policy: policyFor(exchange.gateway.workload.imageDigest),
      trust: trustOf(exchange),
      seen: () => undefined,
      moment: { now: exchange.endedAt, basis: 'captured-here' },
    },
  )
}

const ONE_MORE = { parties: ['gateway', 'gateway', 'model-host'] } as const

describe('a gateway that leaves itself out', () => {
  it('is a reader, named, where the answer is the one that was signed', async () => {
    const report = await judged('honest', ONE_MORE)
    expect(rowsOf(report)).toBe(rowsOf(await judged('honest', {})))
    expect(report.claims[0]?.assumes).toContain('assume_party_reads')
    expect(report.findings.map(({ check }) => check)).toContain('parties.reader')
  })

  it('is a hop that shows nothing where that is not proven', async () => {
    const report = await judged('response-changed', ONE_MORE)
    expect(rowsOf(report)).toBe('-[-va] -[-va] a f v')
    expect(report.signer).toBe(1)
    expect(report.claims[0]?.hops[0]).toMatchObject({ role: 'gateway', because: { id: 'party_shows_nothing' } })
    // What was measured is of the hop that was measured, wherever it now stands.
    expect(new Set(report.measurements.map(({ hop }) => hop))).toEqual(new Set([1]))
  })

  it('is no news where the exchange shows everybody', async () => {
    const report = await judged('response-changed', { parties: ['gateway', 'model-host'] })
    expect(rowsOf(report)).toBe(rowsOf(await judged('response-changed', {})))
  })
})

describe('a reseller, which hands on what others show', () => {
  const RESOLD = { parties: ['reseller', 'model-host'] } as const
  it('is not the gateway that its evidence shows: a reader where all was passed on', async () => {
    const report = await judged('honest', RESOLD)
    expect(rowsOf(report)).toBe(rowsOf(await judged('honest', {})))
    expect(report.claims[0]?.assumes).toContain('assume_party_reads')
  })
  it('and a hop that shows nothing where that is not proven', async () => {
    expect(rowsOf(await judged('response-changed', RESOLD))).toBe('-[-va] -[-va] a f v')
  })
})

describe('a relay of the site’s own', () => {
  it('reads along where everything was passed on, and is a hop where that is not proven', async () => {
    expect(rowsOf(await judged('honest', { relay: 'reads' }))).toBe('a[va] a[va] a v v')
    expect(rowsOf(await judged('response-changed', { relay: 'reads' }))).toBe('-[-va] -[-va] a f v')
  })
})

describe('without a receipt that holds', () => {
  it('nobody is added: there is no chain to stand in', async () =>
    expect(rowsOf(await judged('bad-signature', ONE_MORE))).toBe(rowsOf(await judged('bad-signature', {}))))
})
