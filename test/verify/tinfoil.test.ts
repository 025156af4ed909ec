import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import type { Expectation } from '../../src/verify/policy/types.ts'
import type { Report } from '../../src/verify/report.ts'
import { parseSigstoreRoot, type SigstoreRoot } from '../../src/verify/trust/sigstore-root.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import type { JsonObject } from '../simulator/json.ts'
import { makeMaple, NONCE as UUID } from '../simulator/maple.ts'
import { GPU_NONCE } from '../simulator/nvidia-gpu.ts'
import { flipBit, hex } from '../simulator/octets.ts'
import { gpuAnchor, makeAtcBundle, makeDocumentV3, REPOSITORY, type SimulatedTinfoil, type TinfoilOptions } from '../simulator/tinfoil.ts'
import { NO_POLICY } from '../support/tdx.ts'
import { failedChecks, rowsOf } from './dossiers.ts'

const AT = new Date('2026-11-20T12:00:00Z')
const SHIPPED = { addedBy: 'shipped', publishedAt: 'test' } as const

/** An answer without a receipt, and what its service shows of itself. */
function dossierWith(evidence: Dossier['evidence']): Dossier {
  const body = { length: 10, capture: 'complete', digests: [] } as const
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'exchange',
    service: '',
    exchange: {
      method: 'POST',
      url: 'https://inference.tinfoil.example/v1/chat/completions',
      startedAt: AT.toISOString(),
      endedAt: AT.toISOString(),
      status: 200,
      headers: [{ name: 'tinfoil-pt', value: 'https://tinfoil.sh/predicate/sev-snp-guest/v2' }],
      request: { provenance: 'browser', ...body },
      response: { provenance: 'page-reported', ids: [], ...body },
    },
    receipts: [],
    evidence,
    collateral: [],
    missing: [],
  }
}

function judge(
  dossier: Dossier,
  anchors: readonly TrustAnchor[],
  expects: readonly Expectation[] = [],
  sigstoreRoot?: SigstoreRoot,
): Promise<Report> {
  return appraise(dossier, {
    policy: { ...NO_POLICY, expects },
    trust: { anchors, issuerKeys: [], ...(sigstoreRoot === undefined ? {} : { sigstoreRoot }) },
    seen: () => undefined,
    moment: { now: AT, basis: 'captured-here' },
  })
}

function anchorsOf({ snp, tdx }: SimulatedTinfoil['cpu']): readonly TrustAnchor[] {
  return [
    ...(snp === undefined
      ? []
      : [
          { ...snp.ark, id: 'ark', purpose: 'sev-snp', ...SHIPPED },
          { ...snp.ask, id: 'ask', purpose: 'sev-snp', ...SHIPPED },
        ]),
    ...(tdx === undefined ? [] : [{ ...tdx.anchor, id: 'sgx', purpose: 'intel-sgx', ...SHIPPED }]),
    { ...gpuAnchor(), id: 'gpu', purpose: 'nvidia-gpu', ...SHIPPED },
  ]
}

function tinfoil(
  make: (options: TinfoilOptions) => SimulatedTinfoil,
  options: Omit<TinfoilOptions, 'at'> = {},
  change: (document: JsonObject) => JsonObject = (document) => document,
): { readonly dossier: Dossier; readonly simulated: SimulatedTinfoil } {
  const simulated = make({ at: AT, ...options })
  const isBundle = make === makeAtcBundle
  const seen = {
    kind: isBundle ? 'tinfoil-atc-bundle' : 'tinfoil-attestation',
    ...(isBundle ? {} : { nonce: hex(GPU_NONCE) }),
    document: JSON.stringify(change(simulated.document)),
    source: 'https://atc.tinfoil.example/attestation',
    at: AT.toISOString(),
    provenance: 'fetched',
  } as const
  return { dossier: dossierWith([seen]), simulated }
}

/** What documents have had since October 2026 besides: who endorses the platform, and that both statements are fresh. */
function withMoreCollateral(options: TinfoilOptions): SimulatedTinfoil {
  const made = makeDocumentV3(options)
  const entry = (id: string) => ({
    id,
    role: 'reference-values',
    format: `https://tinfoil.sh/collateral/${id}/v1`,
    data: { anything: [1] },
  })
  const { collateral = [] } = made.document
  const more = ['sigstore-platform', 'freshness'].map(entry)
  return { ...made, document: { ...made.document, collateral: [...(Array.isArray(collateral) ? collateral : []), ...more] } }
}

describe('a service that shows evidence and signs no answers', () => {
  it.each([
    ['a document with everything in it', makeDocumentV3, { gpus: 1 }],
    ['a document without graphics cards', makeDocumentV3, {}],
    ['a document of Intel’s hardware', makeDocumentV3, { platform: 'tdx' }],
    ['a document of Intel’s hardware, with graphics cards', makeDocumentV3, { platform: 'tdx', gpus: 2 }],
    ['a document of Intel’s hardware, with collateral of kinds that are not read here', withMoreCollateral, { platform: 'tdx' }],
  ] as const)('has nothing failed, and nothing offered for the answer: %s', async (_, make, options) => {
    const { dossier, simulated } = tinfoil(make, options)
    const report = await judge(dossier, anchorsOf(simulated.cpu))
    expect(failedChecks(report)).toEqual(['receipt.presence'])
    expect(rowsOf(report)).toBe('a a - - -')
    expect(report.claims.slice(2).map(({ because }) => because.id)).toEqual([
      'rule_rests_on_absent',
      'rule_rests_on_absent',
      'receipt_not_offered',
    ])
    expect(report.headline.id).toBe('headline_signature_absent')
  })

  it('is unchecked, not failed, where the revocation list did not come along', async () => {
    const { dossier, simulated } = tinfoil(makeAtcBundle)
    const report = await judge(dossier, anchorsOf(simulated.cpu))
    expect(failedChecks(report)).toEqual(['receipt.presence'])
    expect(rowsOf(report)).toBe('? a - - -')
  })

  it('fails its environment, and nothing of the answer, when the report is about other keys', async () => {
    const { dossier, simulated } = tinfoil(makeDocumentV3, { reportData: (honest) => flipBit(honest, 0) })
    const report = await judge(dossier, anchorsOf(simulated.cpu))
    expect(failedChecks(report)).toEqual(['receipt.presence', 'tinfoil.report-data'])
    expect(rowsOf(report)).toBe('f a - - -')
  })

  it('fails its workload when the evidence answers another nonce', async () => {
    const { dossier, simulated } = tinfoil(makeDocumentV3)
    const asked = { ...dossier, evidence: dossier.evidence.map((item) => ({ ...item, nonce: '00'.repeat(32) })) }
    expect(rowsOf(await judge(asked, anchorsOf(simulated.cpu)))).toBe('a f - - -')
  })

  it('meets expectations of what it measured, and cannot tell of a source without a root', async () => {
    const { dossier, simulated } = tinfoil(makeDocumentV3)
    const measurement = hex(simulated.cpu.report.subarray(0x90, 0xc0))
    const expecting = (name: string, value: string): Expectation => ({ measurement: name, anyOf: [value], source: 'user' })
    const outcomes = async (...expects: readonly Expectation[]) =>
      (await judge(dossier, anchorsOf(simulated.cpu), expects)).findings
        .filter(({ check }) => check.startsWith('policy.'))
        .map(({ check, outcome }) => `${check} ${outcome}`)
    expect(await outcomes(expecting('snp.measurement', measurement))).toEqual(['policy.measurement passed'])
    expect(await outcomes(expecting('snp.measurement', '00'.repeat(48)))).toEqual(['policy.measurement failed'])
    expect(await outcomes(expecting('snp.chip-id', hex(simulated.cpu.report.subarray(0x1a0, 0x1e0))))).toContain('policy.identity passed')
    expect(await outcomes(expecting('source.repository', 'simulated/confidential-router'))).toContain('policy.identity unchecked')
  })

  it('tells a policy from which repository the code was built', async () => {
    const { dossier, simulated } = tinfoil(makeDocumentV3)
    const root = parseSigstoreRoot(JSON.stringify(simulated.sigstore.trustedRoot), 'shipped')
    if (!root.ok) throw new Error(root.code)
    const match = async (repository: string) => {
      const expects = [{ measurement: 'source.repository', anyOf: [repository], source: 'vendor' } as const]
      const report = await judge(dossier, anchorsOf(simulated.cpu), expects, root.value)
      return [
        rowsOf(report),
        ...report.findings.filter(({ check }) => check.startsWith('policy.')).map(({ check, outcome }) => `${check} ${outcome}`),
      ]
    }
    expect(await match(REPOSITORY)).toEqual(['a a - - -', 'policy.measurement passed'])
    expect(await match('simulated/confidential-routers')).toEqual(['a f - - -', 'policy.measurement failed'])
  })

  it('takes the header for a hint, and believes the evidence', async () => {
    const { dossier, simulated } = tinfoil(makeDocumentV3)
    const silent = { ...dossier, exchange: { ...dossier.exchange, headers: [] } }
    expect(rowsOf(await judge(silent, anchorsOf(simulated.cpu)))).toBe('a a - - -')
    expect(rowsOf(await judge({ ...dossier, evidence: [] }, []))).toBe('- - - - -')
  })

  it('says the same of Maple', async () => {
    const { answer, chain } = makeMaple({ at: AT })
    const seen = { kind: 'opensecret-attestation', nonce: UUID, document: answer, source: 'x', at: '', provenance: 'fetched' } as const
    const report = await judge(dossierWith([seen]), [{ ...chain.anchor, id: 'nitro', purpose: 'aws-nitro', ...SHIPPED }])
    expect(failedChecks(report)).toEqual(['receipt.presence'])
    expect(rowsOf(report)).toBe('a a - - -')
    expect(report.assumes).toContain('assume_opensecret_session')
  })
})
