import type { Bytes } from '../encoding/bytes.ts'
import type { SignatureScheme } from '../encoding/signatures.ts'
import type { Certificate } from './certificate.ts'
import type { TrustAnchor } from './types.ts'

/** From when until when something may vouch, both included; open at the end where the root says nothing. */
export type Validity = { readonly start: Date; readonly end?: Date }

/** The key of a transparency log: Rekor, or a log of certificates. */
export type LogKey = {
  readonly baseUrl: string
  /** What entries and timestamps of this log name it by: 32 octets. */
  readonly id: Bytes
  /** What its checkpoints name it by: the first four octets count. */
  readonly checkpointKeyId: Bytes
  readonly spki: Bytes
  readonly scheme: SignatureScheme
  readonly validity: Validity
}

/** An authority that issues certificates, or timestamps. */
export type SigstoreAuthority = {
  /** The last certificate of its chain, as name and key. */
  readonly anchor: TrustAnchor
  /** The others, from the leaf up. */
  readonly certificates: readonly Certificate[]
  readonly validity: Validity
}

/**
 * Whom one Sigstore instance consists of (`trusted_root.json`, protobuf-specs `sigstore_trustroot.proto`). The verifier has none of its own:
 * it is always an argument.
 */
export type SigstoreRoot = {
  readonly addedBy: 'shipped' | 'user'
  readonly tlogs: readonly LogKey[]
  readonly ctlogs: readonly LogKey[]
  readonly certificateAuthorities: readonly SigstoreAuthority[]
  readonly timestampAuthorities: readonly SigstoreAuthority[]
}
