import * as v from 'valibot'
import type { CollateralSeen } from '../../../dossier/types.ts'
import { decodeBase64 } from '../../encoding/base64.ts'
import { parseForeignJson } from '../../encoding/json.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { verifyWithSpki } from '../../encoding/signatures.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { anchorsFor } from '../../trust/anchors.ts'
import type { TrustAnchor } from '../../trust/types.ts'

/** What the key that signs the lists is marked with in the trust store. */
export const PURPOSE = 'opensecret-pcr-history'

export type Release = 'production' | 'development'

/** Where OpenSecret publishes its lists: the address alone says what a list is for, since one key signs them all, and no more than an image each. */
const LISTS: ReadonlyMap<string, Release> = new Map([
  ['https://raw.githubusercontent.com/OpenSecretCloud/opensecret/master/pcrProdHistory.json', 'production'],
  ['https://raw.githubusercontent.com/OpenSecretCloud/opensecret/master/pcrDevHistory.json', 'development'],
])

const register = v.pipe(v.string(), v.regex(/^[0-9a-f]{96}$/))
const history = v.pipe(
  v.array(
    v.strictObject({
      PCR0: register,
      PCR1: register,
      PCR2: register,
      timestamp: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
      signature: v.pipe(v.string(), v.maxLength(200)),
    }),
  ),
  v.maxLength(4096),
)

/** What the lists say of an image. `listed` is in the first list, in the order of `Release`, whose entry for it is signed. */
export type HistoryVerdict =
  | { readonly kind: 'listed'; readonly release: Release; readonly key: TrustAnchor }
  | { readonly kind: 'not-listed' }
  | { readonly kind: 'bad-signature' | 'malformed'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly why: 'not-obtained' | 'no-key' | 'engine-failed' }

/**
 * Looks an image up in OpenSecret's lists: production first, so that what stands in both is no development image. Entries are signed (ECDSA P-384
 * with SHA-384) over the 96 hexadecimal digits of PCR0 and nothing else: the other registers and the time beside it are nobody's word.
 */
export async function lookUpImage(
  pcr0: string,
  collateral: readonly CollateralSeen[],
  anchors: readonly TrustAnchor[],
): Promise<HistoryVerdict> {
  const [key] = anchorsFor(anchors, PURPOSE)
  if (key === undefined) return { kind: 'unknown', why: 'no-key' }
  const lists = collateral.flatMap(({ kind, issuer, document }) => {
    const release = kind === 'pcr-history' ? LISTS.get(issuer) : undefined
    return release === undefined ? [] : [{ release, document }]
  })
  lists.sort((a, b) => Number(a.release === 'development') - Number(b.release === 'development'))
  for (const { release, document } of lists) {
    const signatures = readSignatures(document, pcr0)
    if (!signatures.ok) return { kind: 'malformed', detail: signatures.detail ?? signatures.code }
    const [signature] = signatures.value
    if (signature === undefined) continue
    const octets = decodeBase64(signature)
    if (!octets.ok) return { kind: 'bad-signature', detail: octets.code }
    const verdict = await verifyWithSpki(key.spki, { kind: 'ecdsa-raw', hash: 'SHA-384' }, octets.value, encodeUtf8(pcr0))
    if (verdict.ok) return { kind: 'listed', release, key }
    if (verdict.code === 'engine-failed') return { kind: 'unknown', why: 'engine-failed' }
    return { kind: 'bad-signature', detail: verdict.code }
  }
  // Only the list for production can say that an image is not in production.
  return lists.some(({ release }) => release === 'production') ? { kind: 'not-listed' } : { kind: 'unknown', why: 'not-obtained' }
}

/** The signatures of the entries for one image, in the list's order. */
function readSignatures(document: string, pcr0: string): Result<readonly string[], 'history-malformed'> {
  const json = parseForeignJson(document)
  const list = json.ok ? parseWith(history, json.value) : json
  if (!list.ok) return failure('history-malformed', list.detail ?? list.code)
  return success(list.value.flatMap((entry) => (entry.PCR0 === pcr0 ? [entry.signature] : [])))
}
