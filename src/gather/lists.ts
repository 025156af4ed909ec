import type { CollateralSeen, Missing } from '../dossier/types.ts'
import { now } from '../platform/clock.ts'
import { parseForeignJson } from '../verify/encoding/json.ts'
import { decodeUtf8 } from '../verify/encoding/utf8.ts'
import { type Cache, freshUntil, isFresh } from './cache.ts'
import { fetchDocument } from './fetch.ts'
import { endpointsOf, type Service } from './services/types.ts'

/** The vendor's lists as it publishes them. They are the same for everybody, and nothing of the exchange is told to where they are. */
export async function vendorLists(
  service: Service,
  present: readonly CollateralSeen[],
  cache: Cache,
): Promise<readonly (CollateralSeen | Missing)[]> {
  const found: (CollateralSeen | Missing)[] = []
  for (const { kind, address } of service.lists ?? []) {
    if (present.some(({ source }) => source === address)) continue
    const seen = (document: string, at: string): CollateralSeen => {
      return { kind, issuer: address, document, source: address, at, provenance: 'fetched' }
    }
    const at = await now()
    const cached = await cache.get(address)
    if (cached !== undefined && isFresh(cached, at)) {
      found.push(seen(cached.document, cached.at))
      continue
    }
    const fetched = await fetchDocument(address, endpointsOf(service))
    const document = fetched.ok ? decodeUtf8(fetched.value.body) : fetched
    if (!fetched.ok || !document.ok || !isList(document.value)) {
      found.push({ what: 'collateral', source: address, reason: fetched.ok ? 'malformed' : fetched.code })
      continue
    }
    await cache.put(address, { document: document.value, at: at.toISOString(), freshUntil: freshUntil(fetched.value, at) })
    found.push(seen(document.value, at.toISOString()))
  }
  return found
}

/** A page that stands where the list should be (a log-in, an error) is nothing that was obtained. What is in a list, the verifier reads. */
function isList(document: string): boolean {
  const json = parseForeignJson(document)
  return json.ok && Array.isArray(json.value)
}
