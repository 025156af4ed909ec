import type { Dossier, EvidenceSeen } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import type { Moment } from '../../src/verify/claims/types.ts'
import { observe, observeRequest } from '../../src/verify/observe.ts'
import type { Expectation, Policy } from '../../src/verify/policy/types.ts'
import type { Report } from '../../src/verify/report.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import type { Workload } from '../simulator/dstack-workload.ts'
import { NO_POLICY, tdxAnchor } from './tdx.ts'

/** An exchange whose receipt and evidence were looked up after it had ended. */
export type LookedUp = {
  readonly at: Date
  readonly path: string
  readonly request: Uint8Array
  readonly response: Uint8Array
  readonly contentType?: string
  readonly headers?: Dossier['exchange']['headers']
  readonly status?: number
  readonly model?: string
  readonly receipt?: { readonly format: string; readonly text: string }
  /** Who takes part, by the adapter. */
  readonly parties?: NonNullable<Dossier['exchange']['parties']>
  readonly evidence: readonly Pick<EvidenceSeen, 'kind' | 'nonce' | 'document'>[]
  /** Intel's collateral. */
  readonly collateral: readonly string[]
}

/** The dossier of such an exchange as the extension in Chromium would have captured and gathered it. */
export async function lookedUpDossier(exchange: LookedUp): Promise<Dossier> {
  const { at, path, contentType = 'application/json', headers = [], status = 200, model, receipt, parties } = exchange
  const request = new Uint8Array(exchange.request)
  const response = new Uint8Array(exchange.response)
  const source = { source: 'https://api.example.com/', at: at.toISOString(), provenance: 'fetched' } as const
  const seen = await observe({ body: response, contentType, headers, bodyProvenance: 'page-reported', headerProvenance: 'browser' })
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'exchange-1',
    service: '',
    exchange: {
      method: 'POST',
      url: `https://api.example.com${path}`,
      ...(parties === undefined ? {} : { parties }),
      ...(model === undefined ? {} : { model }),
      startedAt: new Date(at.getTime() - 2000).toISOString(),
      endedAt: at.toISOString(),
      status,
      headers,
      request: {
        provenance: 'browser',
        length: request.length,
        capture: 'complete',
        digests: await observeRequest({ body: request, contentType: 'application/json' }),
      },
      response: { provenance: 'page-reported', length: response.length, capture: 'complete', digests: seen.digests, ids: seen.ids },
    },
    receipts: receipt === undefined ? [] : [{ ...receipt, delivery: 'lookup', position: 'not-applicable', provenance: 'fetched' }],
    evidence: exchange.evidence.map((document) => ({ ...document, ...source })),
    collateral: exchange.collateral.map((document) => ({ kind: 'dcap', issuer: 'intel', document, ...source })),
    missing: [],
  }
}

export type Judging = {
  readonly expects?: readonly Expectation[]
  readonly anchors: readonly TrustAnchor[]
  readonly now: Date
  readonly basis?: Moment['basis']
}

export function judge(dossier: Dossier, { expects = [], anchors, now, basis = 'captured-here' }: Judging): Promise<Report> {
  const policy: Policy = { ...NO_POLICY, expects }
  return appraise(dossier, { policy, trust: { anchors, issuerKeys: [] }, seen: () => undefined, moment: { now, basis } })
}

/** The root of a simulated machine, as if Intel's. */
export function anchorOf({ dstack }: Workload): TrustAnchor {
  return { ...tdxAnchor(dstack.tdx), addedBy: 'shipped' }
}

/** What a user pins who has reviewed a workload and its operating system. */
export function pinned({ dstack, osRegisters }: Workload, hop?: Expectation['hop']): readonly Expectation[] {
  const values = [['dstack.compose-hash', dstack.composeHash] as const, ...osRegisters]
  return values.map(([measurement, value]) => ({ measurement, anyOf: [value], source: 'user', ...(hop === undefined ? {} : { hop }) }))
}
