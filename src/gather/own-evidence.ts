import * as v from 'valibot'
import type { Missing, MissingReason, ReceiptSeen } from '../dossier/types.ts'
import { now } from '../platform/clock.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { parseForeignJsonBytes } from '../verify/encoding/json.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { parseWith } from '../verify/encoding/schema.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import type { Desk } from './document.ts'
import { type Fetched, fetchDocument } from './fetch.ts'
import { type Found, findInLog } from './key-log.ts'
import { type Embedded, embeddedEvidence } from './peek.ts'
import { isPinned, type Pin, pinOf } from './pin.ts'
import type { EvidenceOrMissing } from './reports.ts'
import { interfaceOf } from './services/route.ts'
import { type EvidenceEndpoints, endpointsOf } from './services/types.ts'

const LONGEST_KIND = 100
/** Earlier documents of a key that its instance lists; the service itself keeps 64. */
const MOST_EARLIER = 64

const attestation = { att: v.string(), att_kind: v.pipe(v.string(), v.maxLength(LONGEST_KIND)) }

/** The `/receipt-key` document. Newer instances say more in it (`att_sha256`), which is not read. */
const keyDocument = v.object({
  kid: v.string(),
  jwk: v.strictObject({ kty: v.string(), crv: v.string(), x: v.string() }),
  ...attestation,
  att_history: v.optional(v.array(v.unknown()), []),
})
const earlierDocument = v.object(attestation)

/**
 * The evidence of `inference-receipt/1`. A receipt in a header pins one document by its hash; without a receipt it is what is published with the
 * current key. None, where the receipt carries it or it is there already.
 */
export async function ownEvidence(receipt: ReceiptSeen | undefined, desk: Desk): Promise<readonly EvidenceOrMissing[]> {
  const { dossier, service } = desk
  const { evidence: endpoints } = service
  const embedded = receipt === undefined ? undefined : embeddedEvidence(receipt)
  if (embedded !== undefined || dossier.evidence.length > 0 || endpoints === undefined) return []
  const origin = interfaceOf(service, dossier.exchange)
  const { path } = receipt === undefined ? endpoints.key : endpoints.attestation
  if (origin === undefined) return [missing(path, 'not-allowed')]
  const place: Place = { origin, endpoints, allowed: endpointsOf(service) }
  const pin = receipt === undefined ? undefined : pinOf(receipt)
  const found = pin !== undefined ? await pinned(pin, place) : await (receipt === undefined ? currentOfKey : attestationAt)(place)
  if (!found.ok) return [missing(found.detail ?? origin + path, found.code)]
  const { kind, document, source, keyRevoked } = found.value
  const marks = keyRevoked === undefined ? {} : { keyRevoked }
  return [{ kind, document, source, at: (await now()).toISOString(), provenance: 'fetched', ...marks }]
}

/** Where an interface has its evidence, and what may be fetched for the service. */
type Place = { readonly origin: string; readonly endpoints: EvidenceEndpoints; readonly allowed: readonly string[] }

function missing(source: string, reason: MissingReason): Missing {
  return { what: 'evidence', source, reason }
}

/**
 * A key gets a new document every half hour, and the instance that answers may be another than the one that signed. So the document is asked for by
 * its hash, then as older instances serve it, then in the log of all keys, then among the earlier ones that an instance lists. What is not the
 * pinned one is not taken. Not found is no fault of the receipt's; whatever could not be reached may still have it.
 */
async function pinned(pin: Pin, place: Place): Promise<Result<Found, MissingReason>> {
  const { origin, endpoints, allowed } = place
  const { attestation: served, log } = endpoints
  const byHash = served.hashMember === undefined ? [] : [`${served.hashMember}=${pin.digest}`]
  const searches: readonly (() => Promise<Result<Found, MissingReason>>)[] = [
    ...byHash.map((query) => () => attestationAt(place, `?${query}`)),
    () => attestationAt(place),
    ...(log === undefined ? [] : [() => findInLog(log, pin, allowed)]),
    () => earlierOfKey(pin, place),
  ]
  let reason: MissingReason = 'not-found'
  for (const search of searches) {
    const found = await search()
    if (found.ok && (await isPinned(found.value, pin))) return found
    if (!found.ok && reason === 'not-found') reason = found.code
  }
  return failure(reason, log?.addresses[0] ?? origin + served.path)
}

/** The document that an instance serves raw. */
async function attestationAt({ origin, endpoints, allowed }: Place, query = ''): Promise<Result<Found, MissingReason>> {
  const { path, kindHeader } = endpoints.attestation
  const source = origin + path + query
  const fetched = await fetchDocument(source, allowed)
  if (!fetched.ok) return failure(fetched.code)
  const { body, headers } = fetched.value
  const kind = headers.get(kindHeader)
  return kind === null || kind.length > LONGEST_KIND ? failure('malformed') : success({ kind, document: textOf(body), source })
}

/** The current receipt key's, which a service publishes whether or not it gave a receipt. */
async function currentOfKey(place: Place): Promise<Result<Found, MissingReason>> {
  const read = await documentsOfKey(place)
  const [current] = read.ok ? read.value : []
  return read.ok ? (current === undefined ? failure('malformed') : success(current)) : read
}

/** The pinned one among those that an instance has had. */
async function earlierOfKey(pin: Pin, place: Place): Promise<Result<Found, MissingReason>> {
  const read = await documentsOfKey(place)
  if (!read.ok) return read
  for (const document of read.value) if (await isPinned(document, pin)) return success(document)
  return failure('not-found')
}

/** An instance's documents for its key, the current one first. */
async function documentsOfKey({ origin, endpoints, allowed }: Place): Promise<Result<readonly Found[], MissingReason>> {
  const source = origin + endpoints.key.path
  const fetched = await fetchDocument(source, allowed)
  if (!fetched.ok) return failure(fetched.code)
  const documents = readKeyDocument(fetched.value)
  return documents.ok ? success(documents.value.map((document) => ({ ...document, source }))) : documents
}

function readKeyDocument({ body }: Fetched): Result<readonly Embedded[], MissingReason> {
  const json = parseForeignJsonBytes(body)
  const parsed = json.ok ? parseWith(keyDocument, json.value) : json
  if (!parsed.ok) return failure('malformed')
  const earlier = parsed.value.att_history.slice(0, MOST_EARLIER).map((entry) => parseWith(earlierDocument, entry))
  return success([parsed.value, ...earlier.flatMap((entry) => (entry.ok ? [entry.value] : []))].map(asEmbedded))
}

function asEmbedded({ att, att_kind }: v.InferOutput<typeof earlierDocument>): Embedded {
  return { kind: att_kind, document: att }
}

/** Text as it is; binary as base64url, as dossiers want it. */
function textOf(body: Bytes): string {
  const text = decodeUtf8(body)
  return text.ok ? text.value : encodeBase64url(body)
}
