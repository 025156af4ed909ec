import * as v from 'valibot'
import type { CollateralSeen, Dossier, EvidenceSeen, Missing, MissingReason, ReceiptSeen } from '../dossier/types.ts'
import { now } from '../platform/clock.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { parseForeignJsonBytes } from '../verify/encoding/json.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { parseWith } from '../verify/encoding/schema.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import { amdCollateral } from './amd.ts'
import type { Cache } from './cache.ts'
import type { Desk } from './document.ts'
import { type Fetched, fetchDocument } from './fetch.ts'
import { intelCollateral } from './intel.ts'
import { hasKey, issuerKeys } from './keys.ts'
import { vendorLists } from './lists.ts'
import type { PageLookup } from './page.ts'
import { type Embedded, embeddedEvidence, keyOfToken } from './peek.ts'
import { lookUpReceipt } from './receipt.ts'
import { type EvidenceOrMissing, fetchLinked, fetchReport } from './reports.ts'
import { interfaceOf } from './services/route.ts'
import { type EvidenceEndpoints, endpointsOf, type Service } from './services/types.ts'

/** What was gathered for an exchange, and what could not be. */
export type Gathered = Pick<Dossier, 'receipts' | 'evidence' | 'collateral' | 'missing'>

const LONGEST_KIND = 100

/** The `/receipt-key` document. */
const keyDocument = v.strictObject({
  kid: v.string(),
  jwk: v.strictObject({ kty: v.string(), crv: v.string(), x: v.string() }),
  att: v.string(),
  att_kind: v.pipe(v.string(), v.maxLength(LONGEST_KIND)),
})

/**
 * Fetches what an exchange still lacks: a receipt that is served apart, the evidence behind it, the documents that it names, and what all of
 * them are checked with. Without a receipt, the evidence that the service publishes. What is there already is kept, so that a retry asks only
 * for what is missing.
 */
export async function gather(dossier: Dossier, service: Service, cache: Cache, page: PageLookup): Promise<Gathered> {
  const desk: Desk = { dossier, service, page }
  const looked = dossier.receipts.length === 0 ? await lookUpReceipt(service.receipts ?? [], desk) : undefined
  const receipts = looked !== undefined && 'receipt' in looked ? [...dossier.receipts, looked.receipt] : dossier.receipts
  const [receipt] = receipts
  const fetched = await fetchEvidence(receipt, receipt?.format ?? looked?.format, desk)
  const evidence = [...dossier.evidence, ...fetched.filter(isEvidence)]
  const collateral = await fetchCollateral(receipt, evidence, desk, cache)
  const unreceived = looked !== undefined && 'missing' in looked ? [looked.missing] : []
  const missing = [...unreceived, ...[...fetched, ...collateral].filter(isMissing)]
  return { receipts, evidence, collateral: [...dossier.collateral, ...collateral.filter(isCollateral)], missing }
}

function isMissing(item: EvidenceSeen | CollateralSeen | Missing): item is Missing {
  return 'what' in item
}

function isEvidence(item: EvidenceOrMissing): item is EvidenceSeen {
  return !('what' in item)
}

function isCollateral(item: CollateralSeen | Missing): item is CollateralSeen {
  return !('what' in item)
}

/** `format`: of the receipt, or of the one that was looked for. */
async function fetchEvidence(
  receipt: ReceiptSeen | undefined,
  format: string | undefined,
  desk: Desk,
): Promise<readonly EvidenceOrMissing[]> {
  const { dossier, service } = desk
  const wants = (kind: string) => !dossier.evidence.some((seen) => seen.kind === kind)
  const own = await ownEvidence(receipt, desk)
  const reports = (service.reports ?? [])
    .filter((report) => wants(report.kind) && (report.with === undefined || report.with === format))
    .map((report) => fetchReport(report, desk))
  const linked =
    receipt === undefined ? [] : (service.linked ?? []).filter(({ kind }) => wants(kind)).map((link) => fetchLinked(link, receipt, desk))
  return [...own, ...(await Promise.all(reports)), ...(await Promise.all(linked)).flat()]
}

/** The evidence of `inference-receipt/1`: pinned by a receipt in a header, or published with the receipt key. */
async function ownEvidence(receipt: ReceiptSeen | undefined, { dossier, service }: Desk): Promise<readonly EvidenceOrMissing[]> {
  const embedded = receipt === undefined ? undefined : embeddedEvidence(receipt)
  if (embedded !== undefined || dossier.evidence.length > 0 || service.evidence === undefined) return []
  const { attestation, key } = service.evidence
  const { path } = receipt === undefined ? key : attestation
  const origin = interfaceOf(service, dossier.exchange.url)
  if (origin === undefined) return [{ what: 'evidence', source: path, reason: 'not-allowed' }]
  const source = origin + path
  const fetched = await fetchDocument(source, endpointsOf(service))
  const read = !fetched.ok ? fetched : receipt === undefined ? readKeyDocument(fetched.value) : readAttestation(fetched.value, attestation)
  if (!read.ok) return [{ what: 'evidence', source, reason: read.code }]
  return [{ ...read.value, source, at: (await now()).toISOString(), provenance: 'fetched' }]
}

async function fetchCollateral(
  receipt: ReceiptSeen | undefined,
  evidence: readonly EvidenceSeen[],
  { dossier, service }: Desk,
  cache: Cache,
): Promise<readonly (CollateralSeen | Missing)[]> {
  const found: (CollateralSeen | Missing)[] = []
  const embedded = receipt === undefined ? undefined : embeddedEvidence(receipt)
  const documents = [...(embedded === undefined ? [] : [embedded]), ...evidence]
  const has = (issuer: string, kid: string | undefined) =>
    [...dossier.collateral, ...found].some((seen) => !('what' in seen) && seen.issuer === issuer && hasKey(seen.document, kid))
  for (const { kind, document } of documents) {
    for (const issuer of service.issuers.filter(({ evidenceKind }) => evidenceKind === kind)) {
      const key = keyOfToken(document)
      if (key.by === 'chain' || has(issuer.issuer, key.kid)) continue
      const keys = await issuerKeys(issuer, key.kid, endpointsOf(service), cache)
      found.push(keys.ok ? keys.value : { what: 'collateral', source: issuer.jwks, reason: keys.code })
    }
  }
  if (documents.length > 0) found.push(...(await vendorLists(service, dossier.collateral, cache)))
  const texts = documents.map(({ document }) => document)
  const { vendors = [], vendorOrigins = {} } = service
  if (vendors.includes('intel')) found.push(...(await intelCollateral(texts, dossier.collateral, cache, vendorOrigins.intel)))
  if (vendors.includes('amd')) found.push(...(await amdCollateral(texts, dossier.collateral, cache, vendorOrigins.amd)))
  return found
}

/** The attestation document that a receipt in a header pins by its digest, served raw. */
function readAttestation({ body, headers }: Fetched, { kindHeader }: EvidenceEndpoints['attestation']): Result<Embedded, MissingReason> {
  const kind = headers.get(kindHeader)
  return kind === null || kind.length > LONGEST_KIND ? failure('malformed') : success({ kind, document: textOf(body) })
}

/** The current receipt key and its attestation, which a service publishes whether or not it gave a receipt. */
function readKeyDocument({ body }: Fetched): Result<Embedded, MissingReason> {
  const json = parseForeignJsonBytes(body)
  const parsed = json.ok ? parseWith(keyDocument, json.value) : json
  return parsed.ok ? success({ kind: parsed.value.att_kind, document: parsed.value.att }) : failure('malformed', parsed.detail)
}

/** Text as it is; binary as base64url, as dossiers want it. */
function textOf(body: Bytes): string {
  const text = decodeUtf8(body)
  return text.ok ? text.value : encodeBase64url(body)
}
