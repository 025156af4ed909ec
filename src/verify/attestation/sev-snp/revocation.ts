import type { CollateralSeen } from '../../../dossier/types.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { anchorsFor } from '../../trust/anchors.ts'
import { crlIssuerOfAnchor, faultInCrlTime, parseCrl, verifyCrl } from '../../trust/crl.ts'
import { parseName } from '../../trust/name.ts'
import type { ValidPath } from '../../trust/path.ts'
import type { TrustAnchor, TrustStore } from '../../trust/types.ts'
import { AMD, PURPOSE, revocationListsOf } from './endorsement.ts'
import type { Product } from './product.ts'

export type RevocationVerdict =
  | { readonly kind: 'not-revoked'; readonly from: Date; readonly until: Date }
  | { readonly kind: 'revoked'; readonly since: Date }
  | { readonly kind: 'unknown'; readonly why: 'not-obtained' | 'not-authentic' | 'out-of-date' | 'serial-number' | 'engine-failed' }

/**
 * Serial numbers of the pinned keys between root and signing key, by the anchor's id, for when their certificates do not come along:
 * contents octets in hexadecimal.
 */
export const SERIAL_NUMBERS: ReadonlyMap<string, string> = new Map([
  ['amd-ask-milan', '010001'],
  ['amd-asvk-milan', '010101'],
  ['amd-ask-genoa', '020002'],
  ['amd-asvk-genoa', '020101'],
  ['amd-ask-turin', '030001'],
  ['amd-asvk-turin', '030101'],
])

/**
 * Asks the revocation lists of the product's root whether the key between root and signing key was revoked. Certificates of chips all have
 * serial number 0, so that no list could name one of them. All lists are one pool, in any order: those that the root did not sign say
 * nothing, a revocation stands however old the list that tells of it, and of the others the newest decides how current the answer is.
 */
export async function checkRevocation(
  path: ValidPath,
  product: Product,
  collateral: readonly CollateralSeen[],
  { anchors }: TrustStore,
  at: Date,
): Promise<RevocationVerdict> {
  const supplied = collateral.filter(({ kind }) => kind === 'amd-crl').length
  const root = rootOf(path, product, anchors)
  const issuer = root === undefined ? undefined : crlIssuerOfAnchor(root)
  if (supplied === 0 || issuer?.ok !== true) return { kind: 'unknown', why: 'not-obtained' }
  const read = revocationListsOf(collateral).map(parseCrl)
  const lists = read.flatMap((list) => (list.ok ? [list.value] : []))
  const own = lists.filter((list) => list.issuer.key === issuer.value.name.key)
  const verdicts = await Promise.all(own.map(async (list) => ({ list, verdict: await verifyCrl(list, issuer.value, AMD) })))
  const authentic = verdicts.flatMap(({ list, verdict }) => (verdict.ok ? [list] : []))
  const serial = serialOf(path)
  const revocations = serial === undefined ? [] : authentic.flatMap(({ revoked }) => revoked.get(serial) ?? [])
  const [since] = revocations
  if (since !== undefined) return { kind: 'revoked', since }
  if (verdicts.some(({ verdict }) => !verdict.ok && verdict.code === 'engine-failed')) return { kind: 'unknown', why: 'engine-failed' }
  if (authentic.length === 0) {
    // A list of another product's root is none of this one; one that cannot be read, or that the root did not sign, was to pass for one.
    const isSpoilt = own.length > 0 || lists.length < supplied
    return { kind: 'unknown', why: isSpoilt ? 'not-authentic' : 'not-obtained' }
  }
  if (serial === undefined) return { kind: 'unknown', why: 'serial-number' }
  const inForce = authentic.filter((list) => faultInCrlTime(list, at) === undefined)
  const [current] = inForce.toSorted((one, other) => other.thisUpdate.getTime() - one.thisUpdate.getTime())
  if (current === undefined) return { kind: 'unknown', why: 'out-of-date' }
  return { kind: 'not-revoked', from: current.thisUpdate, until: current.nextUpdate }
}

/** The root that signs the list: the end of the path, or where that is a pinned key below it, the pinned root of the product. */
function rootOf({ certificates, anchor }: ValidPath, product: Product, anchors: readonly TrustAnchor[]): TrustAnchor | undefined {
  if (certificates.length > 1) return anchor
  return anchorsFor(anchors, PURPOSE).find(({ name }) => {
    const read = parseName(name)
    return read.ok && read.value.text.startsWith(`CN=ARK-${product},`)
  })
}

/** Serial number of the key between root and signing key, of a certificate that was verified, or as it is known of a pinned key. */
function serialOf({ certificates, anchor }: ValidPath): string | undefined {
  const [, authority] = certificates
  return authority === undefined ? SERIAL_NUMBERS.get(anchor.id) : encodeHex(authority.serial)
}
