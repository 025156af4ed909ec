import type { BodySeen, Dossier } from '../../src/dossier/types.ts'
import { appraise, type Context } from '../../src/verify/appraise.ts'
import { encodeBase64url } from '../../src/verify/encoding/base64.ts'
import { sha256 } from '../../src/verify/encoding/digest.ts'
import { observe } from '../../src/verify/observe.ts'
import type { Policy } from '../../src/verify/policy/types.ts'
import { draftFault } from '../../src/verify/receipts/air/draft.ts'
import { air } from '../../src/verify/receipts/air/index.ts'
import type { Report } from '../../src/verify/report.ts'
import { type AirExchange, type AirExchangeOptions, makeAirExchange } from '../simulator/air.ts'
import { modelHash } from '../simulator/air-receipt.ts'
import { hex } from '../simulator/octets.ts'

/** Expects what the simulated enclave is and runs. */
export const AIR_POLICY: Policy = {
  format: 'inference-receipt-checker/policy',
  version: 1,
  id: 'air',
  name: '',
  service: '',
  expects: [],
  receiptKeys: [],
  models: [{ hash: hex(modelHash()), scheme: 'sha256-single', name: 'Atlas 8B', publishedAt: 'https://example.com', source: 'user' }],
}

/** The dossier of a simulated exchange, as it is captured and gathered. */
export async function airDossier(exchange: AirExchange, changes: Partial<Dossier> = {}): Promise<Dossier> {
  const { request, response, evidence } = exchange
  const seen = await observe({
    body: response.body,
    contentType: response.headers.find(({ name }) => name === 'content-type')?.value ?? '',
    headers: response.headers,
    bodyProvenance: 'page-reported',
    headerProvenance: 'browser',
  })
  const body = { alg: 'sha-256', of: 'body', value: encodeBase64url(await sha256(request.body)) } as const
  const digests = (await air.observeRequest?.({ body: request.body, contentType: 'application/json' })) ?? []
  const fetched = { source: 'https://evidence.example.com', at: exchange.endedAt.toISOString(), provenance: 'fetched' } as const
  const whole: Pick<BodySeen, 'capture'> = { capture: 'complete' }
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'air',
    service: '',
    exchange: {
      method: 'POST',
      url: `https://gateway.example.com${request.path}`,
      model: request.model,
      startedAt: exchange.startedAt.toISOString(),
      endedAt: exchange.endedAt.toISOString(),
      status: 200,
      headers: response.headers,
      request: { ...whole, provenance: 'browser', length: request.body.length, digests: [body, ...digests] },
      response: { ...whole, provenance: 'page-reported', length: response.body.length, digests: seen.digests, ids: seen.ids },
    },
    receipts: seen.receipts,
    evidence: [{ kind: evidence.kind, document: evidence.document, ...fetched }],
    collateral: evidence.collateral.map((collateral) => ({ ...collateral, ...fetched })),
    missing: [],
    ...changes,
  }
}

export type AirJudging = {
  readonly policy?: Partial<Policy>
  readonly dossier?: (honest: Dossier) => Dossier
  readonly context?: Partial<Context>
}

/** Captures, gathers and judges a simulated exchange under its own root, as if that were the vendor's. */
export async function judgeAir(options: AirExchangeOptions = {}, { policy, dossier, context }: AirJudging = {}): Promise<Report> {
  const exchange = makeAirExchange(options)
  const { anchor, anchorPurpose, measurements } = exchange.evidence
  const honest = await airDossier(exchange)
  const image = measurements.get('measurement_type') === 'nitro-pcr' ? (['nitro.pcr0', 'pcr0'] as const) : (['tdx.rtmr1', 'pcr2'] as const)
  const digest = measurements.get(image[1])
  const expects =
    anchorPurpose === 'confidential-space'
      ? [{ measurement: 'container.image-digest', anyOf: [IMAGE], source: 'user' as const }]
      : [{ measurement: image[0], anyOf: [digest instanceof Uint8Array ? hex(digest) : ''], source: 'user' as const }]
  return appraise(dossier?.(honest) ?? honest, {
    policy: { ...AIR_POLICY, expects, ...policy },
    trust: {
      anchors: [{ ...anchor, id: 'simulated', purpose: anchorPurpose, addedBy: 'shipped', publishedAt: 'test' }],
      issuerKeys: [],
    },
    seen: () => undefined,
    moment: { now: exchange.endedAt, basis: 'captured-here' },
    ...context,
  })
}

const IMAGE = 'sha256:3f0d5c9a7b1e42d86f9ac1573e8b20d4c6a97815f3b2e04d9c8a61752f4be093'

/** What failed, in order and each once: in the draft's terms where it has some. The gateway, which shows nothing, always does. */
export function airFaults(report: Report): readonly string[] {
  return report.findings
    .filter(({ outcome, check }) => outcome === 'failed' && check !== 'air.gateway')
    .map((finding) => {
      const fault = draftFault(finding)
      return fault === undefined ? finding.check : `${fault.layer} ${fault.check} ${fault.code}`
    })
}

/** Every finding that is not passed, by its check and sentence. */
export function airUnchecked(report: Report): readonly string[] {
  return report.findings.filter(({ outcome }) => outcome === 'unchecked').map(({ check, because }) => `${check} ${because.id}`)
}
