import type { Bytes } from '../encoding/bytes.ts'
import type { SigstoreRoot } from './sigstore-root.ts'

/** A trust anchor as RFC 5280 section 6.1.1 (d) means it: a name and a key. Certificates around them carry nothing that is trusted. */
export type TrustAnchor = {
  readonly id: string
  /** What chains under it may vouch for (`confidential-space`). */
  readonly purpose: string
  /** DER of the subject Name. */
  readonly name: Bytes
  /** DER of the SubjectPublicKeyInfo. */
  readonly spki: Bytes
  readonly notBefore: Date
  readonly notAfter: Date
  /** `shipped` with this verifier, or added by the user (the demo's root, say): a pass under the latter is shown as such. */
  readonly addedBy: 'shipped' | 'user'
  /** Where the owner publishes it, so that anybody can compare. */
  readonly publishedAt: string
}

/** A token issuer's key that is trusted directly, because this verifier's user named the file it came from. */
export type IssuerKeys = { readonly issuer: string; readonly jwks: string; readonly addedBy: 'user' }

/** Everything that is trusted, injected: the verifier has no trust of its own. */
export type TrustStore = {
  readonly anchors: readonly TrustAnchor[]
  readonly issuerKeys: readonly IssuerKeys[]
  /** The Sigstore instance whose word on where code comes from counts. Absent: none. */
  readonly sigstoreRoot?: SigstoreRoot
}
