import type { ExchangeRow } from '../../src/background/exchange.ts'
import type { Dossier } from '../../src/dossier/types.ts'
import { sentence } from '../../src/verify/claims/sentence.ts'
import { CLAIM_IDS, type Finding, type Standing } from '../../src/verify/claims/types.ts'
import type { Report } from '../../src/verify/report.ts'

/** The session in which rows of tests are made, where they say nothing else. */
export const SESSION = 'session'

/** A row of an exchange with TrustedRouter in tab 3, as it is when its request has been seen. */
export function rowOf(
  id: string,
  change: Partial<Omit<ExchangeRow, 'dossier'>> & { readonly dossier?: Partial<Dossier> } = {},
): ExchangeRow {
  const { dossier, ...rest } = change
  return {
    id,
    request: `${SESSION}:${id}`,
    tab: `${SESSION}:3`,
    tabId: 3,
    document: 'document',
    page: 'https://trustedrouter.com',
    state: 'requested',
    trace: { tabId: 3, frameId: 0, documentId: 'document', method: 'POST', urlDigest: 'U', beganAt: 1_000 },
    ...rest,
    dossier: { ...dossierOf(id), ...dossier },
  }
}

export function dossierOf(id: string): Dossier {
  const none = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] } as const
  return {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id,
    service: 'trustedrouter',
    exchange: {
      method: 'POST',
      url: 'https://api.trustedrouter.com/v1/chat/completions',
      startedAt: '2026-11-22T10:00:00.000Z',
      headers: [],
      request: none,
      response: { ...none, ids: [] },
    },
    receipts: [],
    evidence: [],
    collateral: [],
    missing: [],
  }
}

/** A report whose rows stand so, in the order of the claims; those not named are verified. */
export function reportOf(...standings: readonly Standing[]): Report {
  return {
    format: 'inference-receipt-checker/report',
    version: 1,
    verifier: '',
    exchange: '',
    moment: { now: '', basis: 'captured-here' },
    headline: sentence('ext_name'),
    count: sentence('ext_description'),
    claims: CLAIM_IDS.map((id, index) => ({
      id,
      standing: standings[index] ?? 'verified',
      hops: [],
      because: sentence('ext_name'),
      findings: [],
      assumes: [],
    })),
    chain: [],
    signer: 0,
    findings: [],
    assumes: [],
    measurements: [],
    inputs: [],
    retry: false,
  }
}

/** The finding of a receipt that was asked for and did not come. */
export const WITHHELD: Finding = {
  check: 'receipt.delivery',
  role: 'receipt.delivery',
  hop: 0,
  outcome: 'failed',
  because: sentence('receipt_withheld'),
  assumes: [],
}
