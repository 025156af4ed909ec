import type { Bytes } from '../encoding/bytes.ts'
import { decodeHex } from '../encoding/hex.ts'
import type { Certificate } from './certificate.ts'
import { SHIPPED, type ShippedAnchor } from './shipped-anchors.ts'
import { SHIPPED_KEYS, type ShippedKey } from './shipped-keys.ts'
import type { TrustAnchor } from './types.ts'

/** DER of a Name without parts. Path validation takes no such anchor, so that no certificate can ever lead to a bare key. */
const NO_NAME = '3000'

/** The anchors that ship with this verifier: certified authorities, and bare keys. */
export const SHIPPED_ANCHORS: readonly TrustAnchor[] = [...SHIPPED.map(anchorFromData), ...SHIPPED_KEYS.map(anchorFromKey)]

/** The anchors that may vouch for a purpose, whoever added them. */
export function anchorsFor(anchors: readonly TrustAnchor[], purpose: string): readonly TrustAnchor[] {
  return anchors.filter((anchor) => anchor.purpose === purpose)
}

/** Makes an anchor of a certificate that the user chose to trust: its subject, its key, its validity, and nothing else of it. */
export function anchorFromCertificate(certificate: Certificate, named: Pick<TrustAnchor, 'id' | 'purpose' | 'publishedAt'>): TrustAnchor {
  return {
    ...named,
    name: certificate.subject.der,
    spki: certificate.spki,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    addedBy: 'user',
  }
}

function anchorFromData(data: Pick<ShippedAnchor, keyof ShippedKey | 'nameHex'>): TrustAnchor {
  return {
    id: data.id,
    purpose: data.purpose,
    name: octetsOf(data.nameHex),
    spki: octetsOf(data.spkiHex),
    notBefore: new Date(data.notBefore),
    notAfter: new Date(data.notAfter),
    addedBy: 'shipped',
    publishedAt: data.publishedAt,
  }
}

function anchorFromKey(data: ShippedKey): TrustAnchor {
  return anchorFromData({ ...data, nameHex: NO_NAME })
}

/** Our own constants: hexadecimal, or this program is broken and must not start. */
function octetsOf(hex: string): Bytes {
  const octets = decodeHex(hex, 'lower-case')
  if (!octets.ok) throw new Error(`shipped anchor: ${octets.code}`)
  return octets.value
}
