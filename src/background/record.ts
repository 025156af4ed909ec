import type { RequestFact } from '../capture/browser/facts.ts'
import type { Dossier } from '../dossier/types.ts'
import { addressOf, serviceById } from '../gather/services/lookup.ts'
import { partiesOf, relayOf } from '../gather/services/route.ts'
import { type ExchangeRow, NOTHING_SEEN, requestKey, tabKey, withExchange } from './exchange.ts'
import { next } from './states.ts'

/** What the recorder is told besides the fact itself. */
export type RecordContext = {
  readonly session: string
  /** Id for a new exchange. */
  readonly id: string
  readonly now: Date
  /** base64url SHA-256 of the request's URL without fragment. */
  readonly urlDigest: string
}

/**
 * Writes one fact of the browser's into a request's row. Any fact can be the first that is seen, because the worker may have been away
 * for those before it: what was missed then stays "not captured".
 */
export function recordFact(row: ExchangeRow | undefined, fact: RequestFact, context: RecordContext): ExchangeRow {
  const known = row ?? newRow(fact, context)
  switch (fact.kind) {
    case 'requested': {
      const requestDigest = fact.body.digests[0]?.value
      const trace = requestDigest === undefined ? known.trace : { ...known.trace, requestDigest }
      return { ...withExchange(known, { request: fact.body }), trace }
    }
    case 'sent':
      return withEnclave(withAsked(known, fact), fact)
    case 'headers':
      return { ...withExchange(known, { status: fact.status, headers: fact.headers }), state: next(known.state, 'headers') ?? known.state }
    case 'ended':
      return { ...known, ended: { ...fact.end, at: fact.request.timeStamp } }
  }
}

function withAsked(row: ExchangeRow, fact: Extract<RequestFact, { kind: 'sent' }>): ExchangeRow {
  const header = serviceById(fact.service)?.optIn?.header
  if (header === undefined || fact.optIn === undefined) return row
  const nonce = /^[A-Za-z0-9_-]{1,88}$/.test(fact.optIn) && fact.optIn !== 'true' ? { nonce: fact.optIn } : {}
  return { ...row, dossier: { ...row.dossier, asked: { header, ...nonce, sharedBy: 1, provenance: 'browser' } } }
}

/** Kept of a call to a relay that passes on to several enclaves; of their address nothing but the origin. */
function withEnclave(row: ExchangeRow, { service, enclave }: Extract<RequestFact, { kind: 'sent' }>): ExchangeRow {
  const adapter = serviceById(service)
  const namedBy = adapter === undefined ? undefined : relayOf(adapter, row.dossier.exchange.url)?.namedBy
  const origin = namedBy === undefined || enclave === undefined ? '' : originOf(enclave)
  return origin === '' ? row : withExchange(row, { enclave: origin })
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'null'
}

function newRow({ request, service }: RequestFact, { session, id, now, urlDigest }: RecordContext): ExchangeRow {
  const url = addressOf(request.url)
  const adapter = serviceById(service)
  const relay = adapter === undefined ? undefined : relayOf(adapter, url)
  const parties = adapter === undefined ? undefined : partiesOf(adapter, url)
  const dossier: Dossier = {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id,
    service,
    exchange: {
      method: request.method,
      url,
      ...(relay === undefined ? {} : { relay: relay.handles }),
      ...(parties === undefined ? {} : { parties }),
      ...(relay?.unnamed === undefined ? {} : { unnamed: relay.unnamed }),
      startedAt: now.toISOString(),
      headers: [],
      request: NOTHING_SEEN,
      response: { ...NOTHING_SEEN, ids: [] },
    },
    receipts: [],
    evidence: [],
    collateral: [],
    missing: [],
  }
  return {
    id,
    request: requestKey(session, request.requestId),
    tab: tabKey(session, request.tabId),
    tabId: request.tabId,
    page: request.initiator ?? '',
    state: 'requested',
    trace: {
      tabId: request.tabId,
      frameId: request.frameId,
      ...(request.documentId === undefined ? {} : { documentId: request.documentId }),
      method: request.method,
      urlDigest,
      beganAt: request.timeStamp,
    },
    dossier,
  }
}
