import type { OctetsMessage } from '../capture/messages.ts'
import type { AnswerSeen, BodySeen, Capture, Dossier } from '../dossier/types.ts'
import { modelNamed } from '../gather/peek.ts'
import { answerIn } from '../verify/answer.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { sha256 } from '../verify/encoding/digest.ts'
import { observe, observeRequest } from '../verify/observe.ts'
import type { Observation } from '../verify/receipts/types.ts'
import { type ExchangeRow, NOTHING_SEEN, withExchange } from './exchange.ts'
import { next } from './states.ts'

const LOWEST_ERROR_STATUS = 400
const LEFT = { brokenOff: { by: 'page' } } as const

/** What the page's octets of one exchange come to, once looked at. The octets themselves go no further. */
export type OctetsSeen = {
  readonly report: string
  readonly capture: Capture
  readonly length: number
  readonly request: BodySeen
  /** The model that the request named. */
  readonly model?: string
  /** How much of an answer they hold, where that is asked: under an error status, and of one that broke off. */
  readonly answer?: AnswerSeen
  readonly observation: Observation
}

/** Digests the page's octets and finds the receipts in them, or in the headers that the browser saw. */
export async function lookAt(message: OctetsMessage, row: ExchangeRow): Promise<OctetsSeen> {
  const response = owned(message.response)
  const model = message.request === null ? undefined : modelNamed(owned(message.request))
  const capture = message.state === 'complete' && row.ended?.outcome === 'failed' ? 'broken-off' : message.state
  const isAsked = capture === 'broken-off' || (row.dossier.exchange.status ?? 0) >= LOWEST_ERROR_STATUS
  return {
    ...(model === undefined ? {} : { model }),
    ...(isAsked ? { answer: answerIn(response, contentTypeOf(row)) } : {}),
    report: message.capture,
    capture,
    length: response.length,
    request: await pageRequest(message.request),
    observation: await observeRow(row, response),
  }
}

/** base64url SHA-256 of a request's octets as the page's side has them. */
export async function requestDigest(request: OctetsMessage['request']): Promise<string | undefined> {
  return request === null ? undefined : encodeBase64url(await sha256(owned(request)))
}

/**
 * Writes what was seen of the octets into a row. Digests of a body that is not complete are not even kept: they must not be compared. The
 * browser's own octets of the request go before the page's.
 */
export function withOctets(row: ExchangeRow, seen: OctetsSeen, at: Date): ExchangeRow {
  const state = next(row.state, 'octets')
  if (state === undefined) return row
  const { observation, capture, length, model, answer } = seen
  const whole = capture === 'complete'
  const request = row.dossier.exchange.request
  const changed = withExchange(row, {
    ...(capture === 'broken-off' ? {} : { endedAt: at.toISOString() }),
    request: joined(request, seen.request),
    ...(model === undefined ? {} : { model }),
    response: {
      provenance: 'page-reported',
      length,
      capture,
      digests: whole ? observation.digests : [],
      ids: whole ? observation.ids : [],
      ...(answer === undefined ? {} : { answer }),
      ...(capture === 'broken-off' ? brokenOffIn(row) : {}),
    },
  })
  return settled({ ...changed, report: seen.report, state }, observation, at)
}

/**
 * The browser's own octets of the request, with the page's digests over what else formats hash, where both have the same octets; the page's
 * where the browser has none.
 */
function joined(browser: BodySeen, page: BodySeen): BodySeen {
  if (browser.capture !== 'complete') return page
  const [whole] = browser.digests
  const same = page.digests.some(({ of, alg, value }) => of === 'body' && alg === whole?.alg && value === whole.value)
  return same ? { ...browser, digests: [...browser.digests, ...page.digests.filter(({ of }) => of !== 'body')] } : browser
}

/**
 * Settles a row without octets: only what the headers carried is known. Before there were headers there was no answer either. One that nobody saw
 * end was left by its page.
 */
export async function withoutOctets(row: ExchangeRow, capture: Capture, at: Date): Promise<ExchangeRow> {
  const state = next(row.state, 'settled')
  if (state === undefined) return row
  const observation = await observeRow(row, new Uint8Array(0))
  const answer = row.dossier.exchange.status === undefined ? ({ answer: 'none' } as const) : {}
  const response = { ...NOTHING_SEEN, capture, ids: [], ...(capture === 'broken-off' ? { ...answer, ...LEFT, ...brokenOffIn(row) } : {}) }
  return settled({ ...withExchange(row, { response }), state }, observation, at)
}

/** Who broke an answer off: whom the browser names, and the page where the browser had all of it. Nobody, where its end was not seen. */
function brokenOffIn({ ended }: ExchangeRow): Pick<Dossier['exchange']['response'], 'brokenOff'> {
  return ended === undefined ? {} : { brokenOff: { by: ended.outcome === 'failed' ? ended.by : 'page' } }
}

/** What was gathered and said before was about less: it is gathered and said again. */
function settled(row: ExchangeRow, { receipts }: Observation, at: Date): ExchangeRow {
  const { verdict: _, ...rest } = row
  return { ...rest, settledAt: at.toISOString(), dossier: { ...row.dossier, receipts, evidence: [], collateral: [], missing: [] } }
}

function observeRow({ dossier }: ExchangeRow, body: Bytes): Promise<Observation> {
  const { headers } = dossier.exchange
  return observe({
    body,
    contentType: contentTypeOf({ dossier }),
    headers,
    bodyProvenance: 'page-reported',
    headerProvenance: 'browser',
  })
}

function contentTypeOf({ dossier }: Pick<ExchangeRow, 'dossier'>): string {
  return dossier.exchange.headers.find((header) => header.name === 'content-type')?.value ?? ''
}

async function pageRequest(request: OctetsMessage['request']): Promise<BodySeen> {
  if (request === null) return { ...NOTHING_SEEN, capture: 'unsupported-body' }
  const digests = await observeRequest({ body: owned(request), contentType: '' })
  return { provenance: 'page-reported', length: request.length, capture: 'complete', digests }
}

/** The octets in a buffer of their own, as WebCrypto takes them. */
function owned(octets: Uint8Array): Bytes {
  return new Uint8Array(octets)
}
