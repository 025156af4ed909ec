import * as v from 'valibot'
import {
  ANSWERS_SEEN,
  BREAKERS,
  CAPTURES,
  COLLATERAL_KINDS,
  DIGEST_ALGORITHMS,
  DIGEST_DOMAINS,
  MISSING_REASONS,
  PARTIES_SEEN,
  PROVENANCES,
  RELAYS_SEEN,
} from './types.ts'

const short = v.pipe(v.string(), v.maxLength(300))
const line = v.pipe(v.string(), v.maxLength(8192))
/** A report of some twenty machines with eight graphics cards each is a few million characters. */
const document = v.pipe(v.string(), v.maxLength(4 * 1024 * 1024))
const provenance = v.picklist(PROVENANCES)
const instant = v.pipe(v.string(), v.maxLength(40), v.isoTimestamp())
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

const digest = v.strictObject({
  alg: v.picklist(DIGEST_ALGORITHMS),
  of: v.picklist(DIGEST_DOMAINS),
  value: v.pipe(v.string(), v.regex(/^(?:[A-Za-z0-9_-]{43}|[A-Za-z0-9_-]{86})$/)),
  events: v.exactOptional(count),
})

const body = {
  provenance,
  length: count,
  capture: v.picklist(CAPTURES),
  digests: v.pipe(v.array(digest), v.maxLength(DIGEST_DOMAINS.length * DIGEST_ALGORITHMS.length)),
}

/** Of evidence; each lowers only. */
const marks = { resold: v.exactOptional(v.literal(true)), keyRevoked: v.exactOptional(v.literal(true)) }

const gathered = { document, source: line, at: v.union([v.literal(''), instant]), provenance }

/** A dossier as it stands in a file or in the extension's store. Closed: an unknown member is refused. */
export const dossierSchema = v.strictObject({
  format: v.literal('inference-receipt-checker/dossier'),
  version: v.literal(1),
  id: v.pipe(short, v.minLength(1)),
  service: short,
  exchange: v.strictObject({
    method: v.pipe(short, v.regex(/^[A-Z]*$/)),
    url: line,
    relay: v.exactOptional(v.picklist(RELAYS_SEEN)),
    parties: v.exactOptional(v.pipe(v.array(v.picklist(PARTIES_SEEN)), v.minLength(1), v.maxLength(8))),
    unnamed: v.exactOptional(v.literal(true)),
    enclave: v.exactOptional(short),
    model: v.exactOptional(v.pipe(v.string(), v.maxLength(300))),
    startedAt: instant,
    endedAt: v.exactOptional(instant),
    status: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(999))),
    headers: v.pipe(v.array(v.strictObject({ name: short, value: document })), v.maxLength(50)),
    request: v.strictObject(body),
    response: v.strictObject({
      ...body,
      ids: v.pipe(v.array(v.pipe(v.string(), v.maxLength(1024))), v.maxLength(8)),
      answer: v.exactOptional(v.picklist(ANSWERS_SEEN)),
      brokenOff: v.exactOptional(v.strictObject({ by: v.picklist(BREAKERS), again: v.exactOptional(v.literal(true)) })),
    }),
  }),
  asked: v.exactOptional(
    v.strictObject({
      header: short,
      nonce: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,88}$/))),
      sharedBy: v.pipe(count, v.minValue(1)),
      provenance,
    }),
  ),
  receipts: v.pipe(
    v.array(
      v.strictObject({
        format: short,
        delivery: v.picklist(['header', 'stream', 'body', 'lookup']),
        position: v.picklist(['last', 'followed', 'not-applicable']),
        text: document,
        provenance,
      }),
    ),
    v.maxLength(8),
  ),
  evidence: v.pipe(v.array(v.strictObject({ kind: short, nonce: v.exactOptional(short), ...marks, ...gathered })), v.maxLength(16)),
  collateral: v.pipe(v.array(v.strictObject({ kind: v.picklist(COLLATERAL_KINDS), issuer: line, ...gathered })), v.maxLength(16)),
  missing: v.pipe(
    v.array(
      v.strictObject({
        what: v.picklist(['evidence', 'collateral', 'receipt']),
        source: line,
        reason: v.picklist(MISSING_REASONS),
      }),
    ),
    v.maxLength(32),
  ),
})
