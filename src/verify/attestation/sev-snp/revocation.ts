import type { CollateralSeen } from '../../../dossier/types.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { anchorsFor } from '../../trust/anchors.ts'
import { type Crl, crlIssuerOfAnchor, faultInCrlTime, parseCrl, verifyCrl } from '../../trust/crl.ts'
import { parseName } from '../../trust/name.ts'
import type { ValidPath } from '../../trust/path.ts'
import type { TrustAnchor, TrustStore } from '../../trust/types.ts'
import { AMD, PURPOSE, revocationListsOf } from './endorsement.ts'
import type { Product } from './product.ts'

export type RevocationVerdict =
  | { readonly kind: 'not-revoked'; readonly until: Date }
  | { readonly kind: 'revoked'; readonly since: Date }
  /** A list that is none, or not AMD's. */
  | { readonly kind: 'bad-list'; readonly code: string }
  | { readonly kind: 'unknown'; readonly why: 'not-obtained' | 'out-of-date' | 'serial-number' | 'engine-failed' }

/**
 * Serial numbers of the pinned keys between root and chip, by the anchor's id, for when their certificates do not come along: contents
 * octets in hexadecimal. Genoa's certificate was not at hand to take its number from.
 */
const SERIAL_NUMBERS: ReadonlyMap<string, string> = new Map([
  ['amd-ask-milan', '010001'],
  ['amd-ask-turin', '030001'],
])

/**
 * Asks the revocation list of the product's root whether the key between root and chip was revoked. Certificates of chips all have serial
 * number 0, so that no list could name one of them.
 */
export async function checkRevocation(
  path: ValidPath,
  product: Product,
  collateral: readonly CollateralSeen[],
  { anchors }: TrustStore,
  at: Date,
): Promise<RevocationVerdict> {
  const lists = revocationListsOf(collateral)
  if (lists.length === 0) return { kind: 'unknown', why: 'not-obtained' }
  const root = rootOf(path, product, anchors)
  const issuer = root === undefined ? undefined : crlIssuerOfAnchor(root)
  if (issuer?.ok !== true) return { kind: 'unknown', why: 'not-obtained' }
  let own: Crl | undefined
  for (const der of lists) {
    const list = der === undefined ? undefined : parseCrl(der)
    if (list?.ok !== true) return { kind: 'bad-list', code: list?.code ?? 'base64url' }
    if (list.value.issuer.key === issuer.value.name.key) own ??= list.value
  }
  if (own === undefined) return { kind: 'unknown', why: 'not-obtained' }
  const signature = await verifyCrl(own, issuer.value, AMD)
  if (!signature.ok) {
    return signature.code === 'engine-failed' ? { kind: 'unknown', why: 'engine-failed' } : { kind: 'bad-list', code: signature.code }
  }
  const serial = serialOf(path)
  if (serial === undefined) return { kind: 'unknown', why: 'serial-number' }
  const since = own.revoked.get(serial)
  // A revocation stands, however old the list that tells of it.
  if (since !== undefined) return { kind: 'revoked', since }
  if (faultInCrlTime(own, at) !== undefined) return { kind: 'unknown', why: 'out-of-date' }
  return { kind: 'not-revoked', until: own.nextUpdate }
}

/** The root that signs the list: the end of the path, or where that is a pinned key below it, the pinned root of the product. */
function rootOf({ certificates, anchor }: ValidPath, product: Product, anchors: readonly TrustAnchor[]): TrustAnchor | undefined {
  if (certificates.length > 1) return anchor
  return anchorsFor(anchors, PURPOSE).find(({ name }) => {
    const read = parseName(name)
    return read.ok && read.value.text.startsWith(`CN=ARK-${product},`)
  })
}

/** Serial number of the key between root and chip, out of a certificate that was verified, or as it is known of a pinned key. */
function serialOf({ certificates, anchor }: ValidPath): string | undefined {
  const [, authority] = certificates
  return authority === undefined ? SERIAL_NUMBERS.get(anchor.id) : encodeHex(authority.serial)
}
