import { equalBytes } from '../encoding/bytes.ts'
import { type Failure, failure, type Result, success } from '../encoding/result.ts'
import type { Certificate } from './certificate.ts'
import type { LeafUse } from './certificate-rules.ts'
import { isSelfIssued, processPath } from './certification-path.ts'
import { deadEnd } from './dead-end.ts'
import { parseName } from './name.ts'
import { candidates, type NamedAnchor } from './path-candidates.ts'
import type { PathErrorCode } from './path-error.ts'
import { type PathProfile, RFC5280 } from './profile.ts'
import { SignatureChecks } from './signature-checks.ts'
import type { TrustAnchor } from './types.ts'

export type PathInput = {
  readonly leaf: Certificate
  /** Other certificates that were presented, in any order; more than needed do no harm. A root among them is not trusted for being there. */
  readonly intermediates: readonly Certificate[]
  /** The anchors for this purpose, and no others. */
  readonly anchors: readonly TrustAnchor[]
  readonly at: Date
  readonly profile?: PathProfile
  readonly use?: LeafUse
}

/** A valid path, as revocation checks and reports go on with it. */
export type ValidPath = {
  /** From the leaf up, without the anchor's own certificate. */
  readonly certificates: readonly [Certificate, ...Certificate[]]
  readonly anchor: TrustAnchor
  /** The anchor's certificate, where it was presented. */
  readonly anchorCertificate?: Certificate
}

/** Most certificates presented. */
const MAX_CERTIFICATES = 128

/**
 * Finds a valid certification path (RFC 5280 section 6) from the leaf to one of the anchors at the time `at`. An anchor is a name and a
 * key; where its own certificate was presented too, it must keep the rules and its constraints apply. All signatures of a candidate are
 * verified before anything else in it is judged, so that codes other than those of signatures speak of certificates that are authentic.
 *
 * Of several candidates that fail, the failure reported is one that leaves the matter undecided before any other, and one about a signature
 * only where there is no other, since a signature fails also when names alone led to the wrong key. `detail` names the certificate. Where no
 * names lead to an anchor, `deadEnd` tells a missing certificate from a root of somebody else's.
 * No network, no clock; nothing is kept.
 */
export async function validatePath(input: PathInput): Promise<Result<ValidPath, PathErrorCode>> {
  const { leaf, at, profile = RFC5280, use = {} } = input
  if (Number.isNaN(at.getTime())) return failure('time-invalid')
  if (input.intermediates.length > MAX_CERTIFICATES) return failure('search-too-many-certificates')
  const anchors: NamedAnchor[] = []
  for (const anchor of input.anchors) {
    const name = parseName(anchor.name)
    if (!name.ok || name.value.rdns.length === 0) return failure('anchor-malformed', anchor.id)
    anchors.push({ anchor, name: name.value })
  }

  const signatures = new SignatureChecks(profile)
  let failed: Failure<PathErrorCode> | undefined
  for (const candidate of candidates(leaf, input.intermediates, anchors)) {
    if (candidate === 'exhausted') return failure('search-exhausted')
    const authentic = await signatures.verifyAll(candidate)
    const result = authentic.ok ? processPath(candidate, { at, profile, use }) : authentic
    if (result.ok) return success(candidate)
    if (failed === undefined || weightOf(result.code) > weightOf(failed.code)) failed = result
  }
  if (failed !== undefined) return failed
  return isNamedOtherwise(input, anchors) ? failure('name-mismatch') : deadEnd(leaf, input.intermediates, signatures)
}

/** Whether the key identifiers tell of an issuer that is there under another name than the one that is asked for. */
function isNamedOtherwise({ leaf, intermediates }: PathInput, anchors: readonly NamedAnchor[]): boolean {
  const presented = [leaf, ...intermediates]
  return presented.some((certificate) => {
    const wanted = certificate.authorityKeyIdentifier?.keyIdentifier
    if (wanted === undefined || isSelfIssued(certificate)) return false
    if (anchors.some(({ name }) => name.key === certificate.issuer.key)) return false
    return intermediates.some(
      (other) =>
        other.subjectKeyIdentifier !== undefined &&
        equalBytes(other.subjectKeyIdentifier, wanted) &&
        other.subject.key !== certificate.issuer.key,
    )
  })
}

function weightOf(code: PathErrorCode): number {
  switch (code) {
    case 'engine-failed':
    case 'search-exhausted':
      return 2
    case 'key-does-not-fit':
    case 'signature-malformed':
    case 'signature-invalid':
      return 0
    default:
      return 1
  }
}
