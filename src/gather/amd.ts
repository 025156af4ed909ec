import type { CollateralSeen, Missing } from '../dossier/types.ts'
import { now } from '../platform/clock.ts'
import { decodeBase64url, encodeBase64url } from '../verify/encoding/base64.ts'
import type { Bytes } from '../verify/encoding/bytes.ts'
import { decodePem } from '../verify/encoding/pem.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import { type Cache, freshUntil, isFresh } from './cache.ts'
import { fetchDocument } from './fetch.ts'
import { productsIn } from './peek-quote.ts'
import { VENDOR_ORIGINS, type VendorOrigins } from './services/types.ts'

/** What the key distribution service has for each product, and the DER in it. */
const DOCUMENTS = [
  { kind: 'amd-crl', path: 'crl', read: (body: Bytes): Bytes | undefined => body },
  { kind: 'amd-ca', path: 'cert_chain', read: authorityIn },
] as const

/**
 * AMD's revocation list, and the certificate between chip and root that the list may name, for each product whose certificates are in these
 * documents. Only the product is told to AMD.
 */
export async function amdCollateral(
  documents: readonly string[],
  present: readonly CollateralSeen[],
  cache: Cache,
  [origin]: VendorOrigins['amd'] = VENDOR_ORIGINS.amd,
): Promise<readonly (CollateralSeen | Missing)[]> {
  const found: (CollateralSeen | Missing)[] = []
  for (const product of new Set(documents.flatMap(productsIn))) {
    for (const { kind, path, read } of DOCUMENTS) {
      const source = `${origin}/vcek/v1/${product}/${path}`
      if (present.some((seen) => seen.source === source)) continue
      const at = await now()
      const cached = await cache.get(source)
      if (cached !== undefined && isFresh(cached, at) && decodeBase64url(cached.document).ok) {
        found.push({ kind, issuer: 'amd', document: cached.document, source, at: cached.at, provenance: 'fetched' })
        continue
      }
      const fetched = await fetchDocument(source, [`${origin}/*`])
      const der = fetched.ok ? read(fetched.value.body) : undefined
      if (!fetched.ok || der === undefined) {
        found.push({ what: 'collateral', source, reason: fetched.ok ? 'malformed' : fetched.code })
        continue
      }
      const kept = { document: encodeBase64url(der), at: at.toISOString(), freshUntil: freshUntil(fetched.value, at) }
      await cache.put(source, kept)
      found.push({ kind, issuer: 'amd', document: kept.document, source, at: kept.at, provenance: 'fetched' })
    }
  }
  return found
}

/** The chain is in PEM, from below: the authority of the chips first, the root behind it, which is pinned and not taken from here. */
function authorityIn(body: Bytes): Bytes | undefined {
  const text = decodeUtf8(body)
  const chain = text.ok ? decodePem(text.value, 'CERTIFICATE') : text
  return chain.ok ? chain.value[0] : undefined
}
