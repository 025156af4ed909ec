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
  ['https://raw.githubusercontent.com/MaplePrivacyLabs/Maple/master/services/opensecret/pcrProdHistory.json', 'production'],
  ['https://raw.githubusercontent.com/MaplePrivacyLabs/Maple/master/services/opensecret/pcrDevHistory.json', 'development'],
  // Where they stood until 2026, and copies are kept for older clients: in dossiers of then.
  ['https://raw.githubusercontent.com/OpenSecretCloud/opensecret/master/pcrProdHistory.json', 'production'],
  ['https://raw.githubusercontent.com/OpenSecretCloud/opensecret/master/pcrDevHistory.json', 'development'],
])

/** Who reads the list asks for one entry: what else stands in it, or beside it in that entry, decides nothing. */
const list = v.pipe(v.array(v.unknown()), v.maxLength(4096))
const image = v.object({ PCR0: v.pipe(v.string(), v.regex(/^[0-9a-f]{96}$/i)) })
const signed = v.object({ signature: v.pipe(v.string(), v.maxLength(200)) })

/**
 * What the lists say of an image. `listed`: in the first list, in the order of `Release`, whose entry for it is signed. `unreadable`: a list, or
 * the entry for this image, or some entry that could be for it.
 */
export type HistoryVerdict =
  | { readonly kind: 'listed'; readonly release: Release; readonly key: TrustAnchor }
  | { readonly kind: 'not-listed' }
  | { readonly kind: 'bad-signature'; readonly code: string }
  | { readonly kind: 'unreadable'; readonly code: string }
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
  let unreadable: string | undefined
  for (const { release, document } of lists) {
    const found = entriesFor(pcr0, document)
    if (!found.ok) return { kind: 'unreadable', code: found.code }
    const verdict = await judgeEntries(found.value.entries, key)
    if (verdict === 'signed') return { kind: 'listed', release, key }
    if (verdict !== 'none') return verdict
    if (found.value.hasUnreadable) unreadable = 'history-entry'
  }
  // Only the list for production can say that an image is not in production, and only where all of it can be read.
  if (!lists.some(({ release }) => release === 'production')) return { kind: 'unknown', why: 'not-obtained' }
  return unreadable === undefined ? { kind: 'not-listed' } : { kind: 'unreadable', code: unreadable }
}

/** An entry for the image: its digits as they stand there, which is what is signed, and the signature beside them. */
type Entry = { readonly digits: string; readonly signature: Result<string, 'schema'> }

/** The entries for one image, in the list's order, and whether the list has entries that do not say what image they are for. */
function entriesFor(
  pcr0: string,
  document: string,
): Result<{ readonly entries: readonly Entry[]; readonly hasUnreadable: boolean }, 'history-list'> {
  const json = parseForeignJson(document)
  const items = json.ok ? parseWith(list, json.value) : json
  if (!items.ok) return failure('history-list', items.code)
  const read = items.value.map((item) => ({ named: parseWith(image, item), item }))
  const entries = read.flatMap(({ named, item }): readonly Entry[] => {
    if (!named.ok || named.value.PCR0.toLowerCase() !== pcr0) return []
    const own = parseWith(signed, item)
    return [{ digits: named.value.PCR0, signature: own.ok ? success(own.value.signature) : own }]
  })
  return success({ entries, hasUnreadable: read.some(({ named }) => !named.ok) })
}

/** One entry whose signature holds is enough; where none does, the first says why. */
async function judgeEntries(entries: readonly Entry[], key: TrustAnchor): Promise<'signed' | 'none' | HistoryVerdict> {
  const verdicts = await Promise.all(entries.map((entry) => judgeEntry(entry, key)))
  if (verdicts.includes('signed')) return 'signed'
  return verdicts[0] ?? 'none'
}

async function judgeEntry({ digits, signature }: Entry, key: TrustAnchor): Promise<'signed' | HistoryVerdict> {
  const octets = signature.ok ? decodeBase64(signature.value.trim()) : signature
  if (!octets.ok) return { kind: 'unreadable', code: octets.code }
  const verdict = await verifyWithSpki(key.spki, { kind: 'ecdsa-raw', hash: 'SHA-384' }, octets.value, encodeUtf8(digits))
  if (verdict.ok) return 'signed'
  return verdict.code === 'engine-failed' ? { kind: 'unknown', why: 'engine-failed' } : { kind: 'bad-signature', code: verdict.code }
}
