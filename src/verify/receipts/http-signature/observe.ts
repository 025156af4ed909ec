import type { BodyDigest, ReceiptSeen } from '../../../dossier/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { sha2 } from '../../encoding/digest.ts'
import type { Observation, ResponseOctets } from '../types.ts'
import { statedDigests } from './content-digest.ts'
import { FIELDS, receiptText } from './parse.ts'

/** SHA-256 of a body is taken in any case. */
const HASHES = { 'sha-256': 'SHA-256', 'sha-512': 'SHA-512' } as const

/**
 * Looks for a signed response: both fields of RFC 9421, however many signatures they hold. The body is digested as its Content-Digest asks.
 * What else is signed is in the response's headers, as far as they are kept.
 */
export async function observe({ headers, body, headerProvenance }: ResponseOctets): Promise<Observation> {
  const valuesOf = (name: string) => headers.filter((header) => header.name === name).map(({ value }) => value.trim())
  const inputs = valuesOf(FIELDS.input)
  const signatures = valuesOf(FIELDS.signature)
  if (inputs.length === 0 || signatures.length === 0) return { receipts: [], digests: [], ids: [] }
  const receipt: ReceiptSeen = {
    format: 'http-signature',
    delivery: 'header',
    position: 'not-applicable',
    text: receiptText(inputs.join(', '), signatures.join(', ')),
    provenance: headerProvenance,
  }
  const digests = await Promise.all(
    statedDigests(headers).map(async ({ alg }): Promise<readonly BodyDigest[]> => {
      if (alg !== 'sha-256' && alg !== 'sha-512') return []
      return [{ alg, of: 'body', value: encodeBase64url(await sha2(HASHES[alg], body)) }]
    }),
  )
  return { receipts: [receipt], digests: digests.flat(), ids: [] }
}
