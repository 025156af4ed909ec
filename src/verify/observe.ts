import type { BodyDigest } from '../dossier/types.ts'
import { encodeBase64url } from './encoding/base64.ts'
import { sha256 } from './encoding/digest.ts'
import { RECEIPT_FORMATS } from './receipts/registry.ts'
import type { Observation, RequestOctets, ResponseOctets } from './receipts/types.ts'

/**
 * Looks at a captured response through every receipt format: the receipts in it, its digests over the domains that the formats hash, and the
 * ids that it gives itself. What comes out goes into the dossier; the octets need not be kept.
 */
export async function observe(response: ResponseOctets): Promise<Observation> {
  const seen = await Promise.all(RECEIPT_FORMATS.map((format) => format.observe(response)))
  const found = seen.flatMap((observation) => observation.receipts)
  const proper = found.filter((receipt) => !isFallback(receipt.format))
  return {
    receipts: proper.length > 0 ? proper : found,
    digests: unique(seen.flatMap((observation) => observation.digests)),
    ids: [...new Set(seen.flatMap((observation) => observation.ids))],
  }
}

/** Digests a captured request over the domains that the receipt formats hash: its octets, and what some of them make of it. */
export async function observeRequest(request: RequestOctets): Promise<readonly BodyDigest[]> {
  const body: BodyDigest = { alg: 'sha-256', of: 'body', value: encodeBase64url(await sha256(request.body)) }
  const more = await Promise.all(RECEIPT_FORMATS.map((format) => format.observeRequest?.(request) ?? []))
  return unique([body, ...more.flat()])
}

function isFallback(id: string): boolean {
  return RECEIPT_FORMATS.some((format) => format.id === id && format.fallback === true)
}

/** One digest for each domain and algorithm: several formats hash the same octets. */
function unique(digests: readonly BodyDigest[]): readonly BodyDigest[] {
  const known = new Map(digests.map((digest) => [`${digest.alg} ${digest.of}`, digest]))
  return [...known.values()]
}
