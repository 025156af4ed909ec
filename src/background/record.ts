import type { RequestFact } from '../capture/browser/facts.ts'
import type { Dossier } from '../dossier/types.ts'
import { addressOf, serviceById } from '../gather/services/lookup.ts'
import { partiesOf, relayOf } from '../gather/services/route.ts'
import type { RequestIdentity } from '../platform/web-request.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import { sha256 } from '../verify/encoding/digest.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import { type ExchangeRow, NOTHING_SEEN, requestKey, tabKey, withExchange } from './exchange.ts'
import { next } from './states.ts'

/** What the recorder is told besides the fact itself. */
export type RecordContext = {
  readonly session: string
  /** The document of the tab that the request belongs to. */
  readonly document: string
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
  const key = requestKey(context.session, fact.request.requestId)
  const known = row ?? newRow(key, fact.service, fact.request, context)
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

/** What is known of a request when it is first heard of: what both the browser's events and the hook's reports say. */
export type Beginning = Pick<RequestIdentity, 'method' | 'url' | 'tabId' | 'frameId' | 'documentId' | 'initiator' | 'timeStamp'>

/** A new exchange. `key` names the request. */
export function newRow(key: string, service: string, begun: Beginning, context: RecordContext): ExchangeRow {
  const { session, id, now, urlDigest, document } = context
  const url = addressOf(begun.url)
  const adapter = serviceById(service)
  const relay = adapter === undefined ? undefined : relayOf(adapter, url)
  const parties = adapter === undefined ? undefined : partiesOf(adapter, url)
  const dossier: Dossier = {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id,
    service,
    exchange: {
      method: begun.method,
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
    request: key,
    tab: tabKey(session, begun.tabId),
    tabId: begun.tabId,
    document,
    page: begun.initiator ?? '',
    state: 'requested',
    trace: {
      tabId: begun.tabId,
      frameId: begun.frameId,
      ...(begun.documentId === undefined ? {} : { documentId: begun.documentId }),
      method: begun.method,
      urlDigest,
      beganAt: begun.timeStamp,
    },
    dossier,
  }
}

/** base64url SHA-256 of a URL without its fragment. */
export async function digestOfUrl(url: string): Promise<string> {
  const [whole = ''] = url.split('#', 1)
  return encodeBase64url(await sha256(encodeUtf8(whole)))
}
