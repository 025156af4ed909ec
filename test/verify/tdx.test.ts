import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import { encodeHex } from '../../src/verify/encoding/hex.ts'
import { parsePolicy } from '../../src/verify/policy/read.ts'
import type { Expectation, Policy } from '../../src/verify/policy/types.ts'
import { makeExchange } from '../simulator/index.ts'
import { makeTdx, type TdxOptions } from '../simulator/tdx.ts'
import { honestTd } from '../simulator/tdx-quote.ts'
import { NO_POLICY, tdxAnchor } from '../support/tdx.ts'
import { dossierOf, rowsOf } from './dossiers.ts'

const AT = new Date('2026-03-12T07:20:00Z')

/** An exchange of a service that gives no receipts and publishes a quote. The rows are worked out by hand from `docs/CLAIMS.md`, rule 7. */
async function appraised(
  options: Partial<TdxOptions>,
  { collateral = true, expects = [] }: { collateral?: boolean; expects?: Expectation[] } = {},
) {
  const made = makeTdx({ at: AT, ...options })
  const seen = { source: 'https://api.example.com/attestation', at: AT.toISOString(), provenance: 'fetched' } as const
  const { asked: _, ...exchange } = await dossierOf(makeExchange())
  const dossier: Dossier = {
    ...exchange,
    receipts: [],
    evidence: [{ kind: 'tdx-quote', document: Buffer.from(made.quote).toString('base64url'), ...seen }],
    collateral: collateral ? [{ kind: 'dcap', issuer: 'intel', document: made.collateral, ...seen }] : [],
  }
  return appraise(dossier, {
    policy: { ...NO_POLICY, expects },
    trust: { anchors: [{ ...tdxAnchor(made), addedBy: 'shipped' }], issuerKeys: [] },
    seen: () => undefined,
    moment: { now: AT, basis: 'given' },
  })
}

describe('a TDX quote without a receipt', () => {
  it('leaves environment and workload assumed: attested, but this answer is not tied to it', async () => {
    const report = await appraised({})
    expect(rowsOf(report)).toBe('a a - - -')
    expect(report.findings.filter(({ check, outcome }) => check.startsWith('tdx.') && outcome !== 'passed')).toEqual([])
  })

  it('without collateral leaves the environment unchecked, not failed', async () => {
    expect(rowsOf(await appraised({}, { collateral: false }))).toBe('? a - - -')
  })

  it('of a debug domain fails the environment', async () => {
    const report = await appraised({ quote: { td: { tdAttributes: new Uint8Array([1, 0, 0, 0x10, 0, 0, 0, 0]) } } })
    expect(rowsOf(report)).toBe('f a - - -')
  })

  it('with another RTMR3 than the policy expects fails the workload', async () => {
    const { mrTd, rtmrs } = honestTd()
    const rtmr3 = encodeHex(rtmrs[3] ?? mrTd)
    const expecting = (value: string): Expectation => ({ measurement: 'tdx.rtmr3', anyOf: [value], source: 'user' })
    const matching = await appraised({}, { expects: [expecting(rtmr3)] })
    expect(matching.findings.find(({ check }) => check === 'policy.measurement')?.outcome).toBe('passed')
    expect(rowsOf(await appraised({}, { expects: [expecting('00'.repeat(48))] }))).toBe('a f - - -')
  })

  it('matching in its firmware alone is measured, not matched: every workload of a provider shares that', async () => {
    const mrtd = encodeHex(honestTd().mrTd)
    const report = await appraised({}, { expects: [{ measurement: 'tdx.mrtd', anyOf: [mrtd], source: 'user' }] })
    expect(report.findings.find(({ check }) => check === 'policy.measurement')?.outcome).toBe('unchecked')
  })
})

describe('a policy on TCB statuses', () => {
  const read = (tcb: unknown) => {
    const policy: Omit<Policy, 'tcb'> & { tcb: unknown } = { ...NO_POLICY, tcb }
    return parsePolicy(JSON.stringify(policy)).ok
  }

  it.each([
    [{ accept: ['UpToDate'] }, true],
    [{ accept: ['UpToDate', 'OutOfDate'], floor: 18 }, true],
    [{ accept: [] }, false],
    [{ accept: ['Revoked'] }, false],
    [{ accept: ['Unknown'] }, false],
    [{ accept: ['UpToDate'], floor: -1 }, false],
    [{ accept: ['UpToDate'], more: 1 }, false],
    [{}, false],
  ])('%j', (tcb, isRead) => expect(read(tcb)).toBe(isRead))
})
