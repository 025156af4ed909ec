import { decodeBase64 } from '../../encoding/base64.ts'
import type { Jws } from '../../encoding/jose.ts'
import { decodePem } from '../../encoding/pem.ts'
import { type Failure, failure, type Result } from '../../encoding/result.ts'
import { verifyWithSpki } from '../../encoding/signatures.ts'
import { type Certificate, parseCertificate } from '../../trust/certificate.ts'
import { validatePath } from '../../trust/path.ts'
import type { PathErrorCode } from '../../trust/path-error.ts'
import type { TrustAnchor, TrustStore } from '../../trust/types.ts'

/** What anchors for these tokens are marked with in the trust store. */
const PURPOSE = 'confidential-space'

export type ChainVerdict =
  | { readonly kind: 'malformed'; readonly code: string }
  | { readonly kind: 'path-invalid'; readonly fault: Failure<PathErrorCode> }
  | { readonly kind: 'refuted' | 'engine-failed' }
  | { readonly kind: 'verified'; readonly anchor: TrustAnchor }

/**
 * Verifies a PKI-form token: its certificates to a pinned root at the instant of use, then its RS256 signature under the leaf's key. The root
 * among the certificates is trusted for nothing; only the pinned name and key are.
 */
export async function verifyUnderCertificates(jws: Jws, x5c: readonly string[], trust: TrustStore, usedAt: Date): Promise<ChainVerdict> {
  const [first, ...others] = x5c.map(parseEntry)
  if (first?.ok !== true) return { kind: 'malformed', code: first?.code ?? 'x5c-empty' }
  const leaf = first.value
  // One that cannot be read vouches for nothing; where the path needs it, it is missing.
  const intermediates = others.flatMap((certificate) => (certificate.ok ? [certificate.value] : []))
  const anchors = trust.anchors.filter((anchor) => anchor.purpose === PURPOSE)
  const path = await validatePath({ leaf, intermediates, anchors, at: usedAt })
  if (!path.ok) return path.code === 'engine-failed' ? { kind: 'engine-failed' } : { kind: 'path-invalid', fault: path }
  const signature = await verifyWithSpki(leaf.spki, { kind: 'rsa-pkcs1', hash: 'SHA-256' }, jws.signature, jws.signingInput)
  if (!signature.ok) return { kind: signature.code === 'engine-failed' ? 'engine-failed' : 'refuted' }
  return { kind: 'verified', anchor: path.value.anchor }
}

/** One certificate of `x5c`: base64 DER as RFC 7515 section 4.1.6 says, or the PEM text (RFC 7468) that Google's tokens really carry. */
function parseEntry(entry: string): Result<Certificate, string> {
  if (!entry.includes('-----BEGIN')) {
    const der = decodeBase64(entry)
    return der.ok ? parseCertificate(der.value) : der
  }
  const blocks = decodePem(entry, 'CERTIFICATE')
  if (!blocks.ok) return blocks
  const [der, ...more] = blocks.value
  return more.length > 0 ? failure('pem-too-many') : parseCertificate(der)
}
