import type { CollateralSeen, MissingReason } from '../dossier/types.ts'
import { now } from '../platform/clock.ts'
import { failure, type Result, success } from '../verify/encoding/result.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import { type Cache, freshUntil, isFresh, type Kept } from './cache.ts'
import { fetchDocument } from './fetch.ts'
import { keyNames } from './peek.ts'
import type { TokenIssuer } from './services/types.ts'

/** The issuer's key set, from the cache while it is fresh and has the key that is asked for. */
export async function issuerKeys(
  { issuer, jwks }: TokenIssuer,
  kid: string | undefined,
  allowed: readonly string[],
  cache: Cache,
): Promise<Result<CollateralSeen, MissingReason>> {
  const at = await now()
  const cached = await cache.get(jwks)
  if (cached !== undefined && isFresh(cached, at) && hasKey(cached.document, kid)) return success(collateralSeen(issuer, jwks, cached))
  const fetched = await fetchDocument(jwks, allowed)
  if (!fetched.ok) return fetched
  const document = decodeUtf8(fetched.value.body)
  if (!document.ok || keyNames(document.value) === undefined) return failure('malformed')
  const kept = { document: document.value, at: at.toISOString(), freshUntil: freshUntil(fetched.value, at) }
  await cache.put(jwks, kept)
  return success(collateralSeen(issuer, jwks, kept))
}

/** Whether a key set has the key of that name; any set will do for a token that names none. */
export function hasKey(document: string, kid: string | undefined): boolean {
  return kid === undefined || keyNames(document)?.includes(kid) === true
}

function collateralSeen(issuer: string, source: string, { document, at }: Kept): CollateralSeen {
  return { kind: 'jwks', issuer, document, source, at, provenance: 'fetched' }
}
