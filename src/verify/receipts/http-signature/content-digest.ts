import type { BodyDigest, Exchange } from '../../../dossier/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { parseDictionary } from '../../encoding/structured-fields.ts'

/** The field (RFC 9530 section 2), and the one that says whether the octets were coded on their way, which it is over. */
export const CONTENT_DIGEST = 'content-digest'
const CONTENT_ENCODING = 'content-encoding'

const ALGORITHMS: readonly BodyDigest['alg'][] = ['sha-256', 'sha-512']

/** The digests of a response that the field states, of the algorithms that are compared here (RFC 9530 section 5 deprecates the others). */
export function statedDigests(headers: Exchange['headers']): readonly Pick<BodyDigest, 'alg' | 'value'>[] {
  const field = headers.filter(({ name }) => name === CONTENT_DIGEST).map(({ value }) => value)
  const parsed = parseDictionary(field.join(', '))
  if (!parsed.ok) return []
  return ALGORITHMS.flatMap((alg) => {
    const member = parsed.value.get(alg)
    return member?.kind === 'item' && member.value instanceof Uint8Array ? [{ alg, value: encodeBase64url(member.value) }] : []
  })
}

/** How the stated digests agree with the octets that were captured. `coded`: those are not the octets that the digest is over. */
export function compareDigests({ headers, response }: Exchange): 'same' | 'other' | 'coded' | 'none' | 'incomplete' {
  const stated = statedDigests(headers)
  if (stated.length === 0) return 'none'
  if (response.capture !== 'complete') return 'incomplete'
  const compared = stated.flatMap(({ alg, value }) => {
    const own = response.digests.find((digest) => digest.of === 'body' && digest.alg === alg)
    return own === undefined ? [] : [own.value === value]
  })
  if (compared.length === 0) return 'none'
  if (compared.every((isSame) => isSame)) return 'same'
  return headers.some(({ name, value }) => name === CONTENT_ENCODING && value.trim().toLowerCase() !== 'identity') ? 'coded' : 'other'
}
