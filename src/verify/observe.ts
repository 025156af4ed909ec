import type { BodyDigest } from '../dossier/types.ts'
import { RECEIPT_FORMATS } from './receipts/registry.ts'
import type { Observation, ResponseOctets } from './receipts/types.ts'

/**
 * Looks at a captured response through every receipt format: the receipts in it, its digests over the domains that the formats hash, and the
 * ids that it gives itself. What comes out goes into the dossier; the octets need not be kept.
 */
export async function observe(response: ResponseOctets): Promise<Observation> {
  const seen = await Promise.all(RECEIPT_FORMATS.map((format) => format.observe(response)))
  const digests = new Map<string, BodyDigest>()
  for (const digest of seen.flatMap((observation) => observation.digests)) digests.set(`${digest.alg} ${digest.of}`, digest)
  return {
    receipts: seen.flatMap((observation) => observation.receipts),
    digests: [...digests.values()],
    ids: [...new Set(seen.flatMap((observation) => observation.ids))],
  }
}
