import type { CollateralSeen, Missing } from '../dossier/types.ts'
import { now } from '../platform/clock.ts'
import { decodeBase64url, encodeBase64url } from '../verify/encoding/base64.ts'
import { type Cache, freshUntil, isFresh } from './cache.ts'
import { fetchDocument } from './fetch.ts'
import { productsIn } from './peek-quote.ts'
import { VENDOR_ORIGINS, type VendorOrigins } from './services/types.ts'

/** AMD's revocation list for each product whose certificates are in these documents. Only the product is told to AMD. */
export async function amdCollateral(
  documents: readonly string[],
  present: readonly CollateralSeen[],
  cache: Cache,
  [origin]: VendorOrigins['amd'] = VENDOR_ORIGINS.amd,
): Promise<readonly (CollateralSeen | Missing)[]> {
  const found: (CollateralSeen | Missing)[] = []
  for (const product of new Set(documents.flatMap(productsIn))) {
    const source = `${origin}/vcek/v1/${product}/crl`
    if (present.some((seen) => seen.source === source)) continue
    const at = await now()
    const cached = await cache.get(source)
    if (cached !== undefined && isFresh(cached, at) && decodeBase64url(cached.document).ok) {
      found.push({ kind: 'amd-crl', issuer: 'amd', document: cached.document, source, at: cached.at, provenance: 'fetched' })
      continue
    }
    const fetched = await fetchDocument(source, [`${origin}/*`])
    if (!fetched.ok) {
      found.push({ what: 'collateral', source, reason: fetched.code })
      continue
    }
    const kept = { document: encodeBase64url(fetched.value.body), at: at.toISOString(), freshUntil: freshUntil(fetched.value, at) }
    await cache.put(source, kept)
    found.push({ kind: 'amd-crl', issuer: 'amd', document: kept.document, source, at: kept.at, provenance: 'fetched' })
  }
  return found
}
