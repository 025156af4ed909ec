import type { SignatureErrorCode } from '../encoding/signatures.ts'
import type { NameConstraintsFault } from './name-constraints.ts'

/**
 * Why there is no valid path. `engine-failed` says that nothing could be checked, `issuer-missing` that not all of it could; every other code
 * is a verdict on what was presented, those of a search given up (`search-…`) included: nobody honest needs so many certificates.
 */
export type PathErrorCode =
  /** The time asked for is no time. */
  | 'time-invalid'
  | 'anchor-malformed'
  /** More certificates than are looked at, or more ways to combine them. */
  | 'search-too-many-certificates'
  | 'search-exhausted'
  /** No names lead from the leaf to an anchor: a certificate in between was not presented, and nothing is known of what it would say. */
  | 'issuer-missing'
  /** The certificates are complete and lead to a root that is no anchor here. */
  | 'foreign-root'
  /** A key identifier points to a certificate or anchor whose name is another. */
  | 'name-mismatch'
  /** More intermediate certificates than the profile allows. */
  | 'path-too-deep'
  /** More intermediate certificates than a pathLenConstraint allows. */
  | 'path-too-long'
  | 'signature-algorithm-unsupported'
  | SignatureErrorCode
  | 'expired'
  | 'not-yet-valid'
  | 'version-not-3'
  | 'serial-number'
  | 'name-empty'
  | 'not-a-ca'
  /** The bits of keyUsage contradict the use or basicConstraints, or are not encoded in DER. */
  | 'key-usage'
  | 'extended-key-usage'
  | 'key-identifier-missing'
  | 'key-identifier-mismatch'
  /** An extension is critical that must not be, or the other way round. */
  | 'extension-criticality'
  /** An extension stands where it must not (name constraints in an end entity). */
  | 'extension-misplaced'
  | 'unknown-critical-extension'
  | 'policy-constraints-unsupported'
  | NameConstraintsFault
