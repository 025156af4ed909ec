import type { Dossier, EvidenceSeen, ReceiptSeen } from '../../../src/dossier/types.ts'
import { appraise } from '../../../src/verify/appraise.ts'
import type { Moment } from '../../../src/verify/claims/types.ts'
import type { Bytes } from '../../../src/verify/encoding/bytes.ts'
import { observe, observeRequest } from '../../../src/verify/observe.ts'
import { presetFor } from '../../../src/verify/policy/presets.ts'
import type { Policy } from '../../../src/verify/policy/types.ts'
import { SHIPPED_ANCHORS } from '../../../src/verify/trust/anchors.ts'
import type { Said } from './row.ts'

/** A recorded exchange: what was sent and received where the recording has it, and the receipt where it is not in the response. */
export type Recorded = {
  readonly at: string
  readonly startedAt?: string
  readonly request?: Bytes
  readonly response?: { readonly body: Bytes; readonly contentType: string }
  readonly receipt?: Pick<ReceiptSeen, 'format' | 'text'>
  readonly asked?: { readonly header: string; readonly nonce: string }
  readonly evidence?: readonly Pick<EvidenceSeen, 'kind' | 'nonce' | 'document'>[]
  readonly collateral?: Dossier['collateral']
  readonly policy?: Partial<Policy>
  /** `given`: judged at a time that somebody names, not as it happens. */
  readonly basis?: Moment['basis']
}

const NOT_CAPTURED = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] } as const

/** Puts the exchange through the verifier's front door, as if it had just been captured here. */
export async function judgeExchange(recorded: Recorded): Promise<Said> {
  const {
    at,
    startedAt = at,
    request,
    response,
    receipt,
    asked,
    evidence = [],
    collateral = [],
    policy = {},
    basis = 'captured-here',
  } = recorded
  const seen = response && (await observe({ ...response, headers: [], bodyProvenance: 'page-reported', headerProvenance: 'browser' }))
  const dossier: Dossier = {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: 'recorded',
    service: '',
    exchange: {
      method: 'POST',
      url: 'https://api.example.com/v1/chat/completions',
      startedAt,
      endedAt: at,
      status: 200,
      headers: [],
      request:
        request === undefined
          ? NOT_CAPTURED
          : {
              provenance: 'browser',
              length: request.length,
              capture: 'complete',
              digests: await observeRequest({ body: request, contentType: 'application/json' }),
            },
      response:
        response === undefined || seen === undefined
          ? { ...NOT_CAPTURED, ids: [] }
          : { provenance: 'page-reported', length: response.body.length, capture: 'complete', digests: seen.digests, ids: seen.ids },
    },
    ...(asked === undefined ? {} : { asked: { ...asked, sharedBy: 1, provenance: 'browser' as const } }),
    receipts:
      receipt === undefined
        ? (seen?.receipts ?? [])
        : [{ ...receipt, delivery: 'lookup', position: 'not-applicable', provenance: 'fetched' }],
    evidence: evidence.map((document) => ({ ...document, source: 'https://api.example.com/', at, provenance: 'fetched' })),
    collateral,
    missing: [],
  }
  const report = await appraise(dossier, {
    policy: { ...presetFor(''), ...policy },
    trust: { anchors: SHIPPED_ANCHORS, issuerKeys: [] },
    seen: () => undefined,
    moment: { now: new Date(at), basis },
  })
  return { findings: report.findings, authentic: report.receiptId !== undefined }
}
