import { failure, type Result, success } from '../encoding/result.ts'
import type { Certificate } from './certificate.ts'
import {
  faultBetweenKeyIdentifiers,
  faultInAuthority,
  faultInContents,
  faultInLeaf,
  faultInPolicies,
  faultInPurpose,
  faultInTime,
  type LeafUse,
} from './certificate-rules.ts'
import { type GeneralName, mailboxOf } from './general-name.ts'
import { NameConstraintsState } from './name-constraints.ts'
import type { PathErrorCode } from './path-error.ts'
import type { PathProfile } from './profile.ts'
import type { TrustAnchor } from './types.ts'

/** A candidate: names lead from the leaf to the anchor, nothing else is known yet. */
export type Candidate = {
  /** From the leaf up; the anchor's own certificate is not among them. */
  readonly certificates: readonly [Certificate, ...Certificate[]]
  readonly anchor: TrustAnchor
  /** A presented certificate with the anchor's name and key. It earns no trust; what it forbids counts (as RFC 5937 has it). */
  readonly anchorCertificate?: Certificate
}

export type Conditions = { readonly at: Date; readonly profile: PathProfile; readonly use: LeafUse }

/** Whether subject and issuer are the same name (RFC 5280 section 3.2). */
export function isSelfIssued(certificate: Certificate): boolean {
  return certificate.issuer.key === certificate.subject.key
}

/**
 * Basic path processing (RFC 5280 section 6.1) but for the signatures, from the anchor down to the leaf. Policies are not evaluated: the
 * initial policy set is any-policy, and a path that requires an explicit policy is refused.
 */
export function processPath(candidate: Candidate, conditions: Conditions): Result<true, PathErrorCode> {
  const { profile, at, use } = conditions
  const { anchor, anchorCertificate } = candidate
  const [leaf, ...authorities] = candidate.certificates
  const constraints = new NameConstraintsState()
  let authoritiesLeft = Number.POSITIVE_INFINITY
  let depth = 0
  let issuer = anchorCertificate

  const outdated = faultInTime(anchor, at)
  if (outdated !== undefined) return failure(outdated, `anchor ${anchor.id}`)
  if (anchorCertificate !== undefined) {
    const fault =
      faultInAuthority(anchorCertificate) ??
      faultInContents(anchorCertificate, profile, isSelfIssued(anchorCertificate)) ??
      faultInTime(anchorCertificate, at) ??
      faultInPolicies(anchorCertificate) ??
      faultInPurpose(anchorCertificate, use)
    if (fault !== undefined) return blame(anchorCertificate, fault)
    authoritiesLeft = anchorCertificate.basicConstraints?.pathLength ?? authoritiesLeft
    if (anchorCertificate.nameConstraints !== undefined) constraints.add(anchorCertificate.nameConstraints)
  }

  for (const authority of authorities.toReversed()) {
    const fault =
      faultInAuthority(authority) ??
      faultInContents(authority, profile, false) ??
      faultInTime(authority, at) ??
      faultBetweenKeyIdentifiers(authority, issuer) ??
      faultInPolicies(authority) ??
      faultInPurpose(authority, use)
    if (fault !== undefined) return blame(authority, fault)
    if (!isSelfIssued(authority)) {
      const named = constraints.check(namesOf(authority))
      if (!named.ok) return blame(authority, named.code)
      if (authoritiesLeft === 0) return blame(authority, 'path-too-long')
      if (depth === profile.maxIntermediates) return blame(authority, 'path-too-deep')
      authoritiesLeft -= 1
      depth += 1
    }
    authoritiesLeft = Math.min(authoritiesLeft, authority.basicConstraints?.pathLength ?? authoritiesLeft)
    if (authority.nameConstraints !== undefined) constraints.add(authority.nameConstraints)
    issuer = authority
  }

  const fault =
    faultInContents(leaf, profile, false) ?? faultInTime(leaf, at) ?? faultBetweenKeyIdentifiers(leaf, issuer) ?? faultInLeaf(leaf, use)
  if (fault !== undefined) return blame(leaf, fault)
  const named = constraints.check(namesOf(leaf))
  return named.ok ? success(true) : blame(leaf, named.code)
}

function blame(certificate: Certificate, code: PathErrorCode) {
  return failure(code, certificate.subject.text)
}

/** Every name of a certificate that constraints apply to: subject, mailboxes in it, alternative names (RFC 5280 section 4.2.1.10). */
function namesOf(certificate: Certificate): readonly GeneralName[] {
  const { subject } = certificate
  const directory: readonly GeneralName[] = subject.rdns.length === 0 ? [] : [{ kind: 'directory', name: subject }]
  // A mailbox that cannot be read is no mailbox of any permitted host: the empty host lies in none.
  const mailboxes = subject.mailboxes.map((mailbox) => mailboxOf(mailbox) ?? { kind: 'mailbox' as const, local: mailbox, host: '' })
  return [...directory, ...mailboxes, ...(certificate.subjectAltName ?? [])]
}
