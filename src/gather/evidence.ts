import * as v from 'valibot'
import type { CollateralSeen, Dossier, Missing, MissingReason } from '../dossier/types.ts'
import { now } from '../platform/clock.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { parseJsonBytes } from '../verify/encoding/json.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { parseWith } from '../verify/encoding/schema.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import { type Fetched, fetchDocument } from './fetch.ts'
import { type Embedded, embeddedEvidence, keyNames, keyOfToken } from './peek.ts'
import type { EvidenceEndpoints, Service, TokenIssuer } from './services/types.ts'

/** What was gathered for an exchange, and what could not be. */
export type Gathered = Pick<Dossier, 'evidence' | 'collateral' | 'missing'>

/** Key sets as fetched before, by address. */
export type KeyCache = {
  readonly get: (address: string) => Promise<CachedKeySet | undefined>
  readonly put: (address: string, keys: CachedKeySet) => Promise<void>
}
export type CachedKeySet = { readonly document: string; readonly at: string; readonly freshUntil: string }

const LONGEST_KIND = 100
const LONGEST_FRESH_SECONDS = 24 * 60 * 60
const USUAL_FRESH_SECONDS = 60 * 60

/** The `/receipt-key` document. */
const keyDocument = v.strictObject({
  kid: v.string(),
  jwk: v.strictObject({ kty: v.string(), crv: v.string(), x: v.string() }),
  att: v.string(),
  att_kind: v.pipe(v.string(), v.maxLength(LONGEST_KIND)),
})

/**
 * Fetches what an exchange still lacks: the evidence behind its receipt, or, without a receipt, the evidence that the service publishes; and
 * the keys of the evidence's issuer. What is there already is kept, so that a retry asks only for what is missing.
 */
export async function gather(dossier: Dossier, service: Service, cache: KeyCache): Promise<Gathered> {
  const missing: Missing[] = []
  const evidence = [...dossier.evidence]
  const [receipt] = dossier.receipts
  const embedded = receipt === undefined ? undefined : embeddedEvidence(receipt)
  if (embedded === undefined && evidence.length === 0 && service.evidence !== undefined) {
    const { attestation, key } = service.evidence
    const origin = URL.canParse(dossier.exchange.url) ? new URL(dossier.exchange.url).origin : ''
    const source = origin + (receipt === undefined ? key : attestation).path
    const fetched = await fetchDocument(source, endpoints(service))
    const read = !fetched.ok
      ? fetched
      : receipt === undefined
        ? readKeyDocument(fetched.value)
        : readAttestation(fetched.value, attestation)
    if (read.ok) evidence.push({ ...read.value, source, at: (await now()).toISOString(), provenance: 'fetched' })
    else missing.push({ what: 'evidence', source, reason: read.code })
  }
  const collateral = [...dossier.collateral]
  for (const { kind, document } of [...(embedded === undefined ? [] : [embedded]), ...evidence]) {
    for (const issuer of service.issuers.filter(({ evidenceKind }) => evidenceKind === kind)) {
      const key = keyOfToken(document)
      if (key.by === 'chain' || collateral.some((seen) => seen.issuer === issuer.issuer && hasKey(seen.document, key.kid))) continue
      const keys = await issuerKeys(issuer, key.kid, service, cache)
      if (keys.ok) collateral.push(keys.value)
      else missing.push({ what: 'collateral', source: issuer.jwks, reason: keys.code })
    }
  }
  return { evidence, collateral, missing }
}

/** Every address that may be fetched for a service. */
function endpoints(service: Service): readonly string[] {
  const { evidence } = service
  const paths = evidence === undefined ? [] : [evidence.attestation.path, evidence.key.path]
  return [...service.apis.flatMap((origin) => paths.map((path) => origin + path)), ...service.issuers.map((issuer) => issuer.jwks)]
}

/** The attestation document that a receipt in a header pins by its digest, served raw. */
function readAttestation({ body, headers }: Fetched, { kindHeader }: EvidenceEndpoints['attestation']): Result<Embedded, MissingReason> {
  const kind = headers.get(kindHeader)
  return kind === null || kind.length > LONGEST_KIND ? failure('malformed') : success({ kind, document: textOf(body) })
}

/** The current receipt key and its attestation, which a service publishes whether or not it gave a receipt. */
function readKeyDocument({ body }: Fetched): Result<Embedded, MissingReason> {
  const json = parseJsonBytes(body)
  const parsed = json.ok ? parseWith(keyDocument, json.value) : json
  return parsed.ok ? success({ kind: parsed.value.att_kind, document: parsed.value.att }) : failure('malformed', parsed.detail)
}

/** Text as it is; binary as base64url, as dossiers want it. */
function textOf(body: Bytes): string {
  const text = decodeUtf8(body)
  return text.ok ? text.value : encodeBase64url(body)
}

/** The issuer's key set, from the cache while it is fresh and has the key that is asked for. */
async function issuerKeys(
  { issuer, jwks }: TokenIssuer,
  kid: string | undefined,
  service: Service,
  cache: KeyCache,
): Promise<Result<CollateralSeen, MissingReason>> {
  const at = await now()
  const cached = await cache.get(jwks)
  if (cached !== undefined && at < new Date(cached.freshUntil) && hasKey(cached.document, kid))
    return success(collateralSeen(issuer, jwks, cached))
  const fetched = await fetchDocument(jwks, endpoints(service))
  if (!fetched.ok) return fetched
  const document = decodeUtf8(fetched.value.body)
  if (!document.ok || keyNames(document.value) === undefined) return failure('malformed')
  const fresh = {
    document: document.value,
    at: at.toISOString(),
    freshUntil: new Date(at.getTime() + freshMs(fetched.value)).toISOString(),
  }
  await cache.put(jwks, fresh)
  return success(collateralSeen(issuer, jwks, fresh))
}

function collateralSeen(issuer: string, source: string, { document, at }: CachedKeySet): CollateralSeen {
  return { kind: 'jwks', issuer, document, source, at, provenance: 'fetched' }
}

function hasKey(document: string, kid: string | undefined): boolean {
  return kid === undefined || keyNames(document)?.includes(kid) === true
}

/** How long a key set may be used again: what its server says (RFC 9111 `max-age`), within bounds. */
function freshMs({ headers }: Fetched): number {
  const maxAge = /(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])/i.exec(headers.get('cache-control') ?? '')?.[1]
  return Math.min(maxAge === undefined ? USUAL_FRESH_SECONDS : Number(maxAge), LONGEST_FRESH_SECONDS) * 1000
}
