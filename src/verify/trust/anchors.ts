import type { Bytes } from '../encoding/bytes.ts'
import { decodeHex } from '../encoding/hex.ts'
import type { Certificate } from './certificate.ts'
import { SHIPPED, type ShippedAnchor } from './shipped-anchors.ts'
import type { TrustAnchor } from './types.ts'

/** The anchors that ship with this verifier. */
export const SHIPPED_ANCHORS: readonly TrustAnchor[] = SHIPPED.map(anchorFromData)

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

function anchorFromData(data: ShippedAnchor): TrustAnchor {
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

/** Our own constants: hexadecimal, or this program is broken and must not start. */
function octetsOf(hex: string): Bytes {
  const octets = decodeHex(hex, 'lower-case')
  if (!octets.ok) throw new Error(`shipped anchor: ${octets.code}`)
  return octets.value
}
