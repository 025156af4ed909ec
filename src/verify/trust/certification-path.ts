import { failure, type Result, success } from '../encoding/result.ts'
import type { Certificate } from './certificate.ts'
import {
  faultBetweenKeyIdentifiers,
  faultInAuthority,
  faultInContents,
  faultInLeaf,
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
  const expired = faultInTime(candidate.anchor, at)
  if (expired !== undefined) return failure(expired, `anchor ${candidate.anchor.id}`)

  const constraints = new NameConstraintsState()
  let intermediatesLeft = Number.POSITIVE_INFINITY
  let issuer: Certificate | undefined
  if (candidate.anchorCertificate !== undefined) {
    const root = candidate.anchorCertificate
    const fault =
      faultInContents(root, profile, isSelfIssued(root)) ?? faultInTime(root, at) ?? faultInAuthority(root) ?? faultInPurpose(root, use)
    if (fault !== undefined) return blame(root, fault)
    intermediatesLeft = root.basicConstraints?.pathLength ?? intermediatesLeft
    if (root.nameConstraints !== undefined) constraints.add(root.nameConstraints)
    issuer = root
  }

  let depth = 0
  for (let index = candidate.certificates.length - 1; index > 0; index -= 1) {
    const certificate = candidate.certificates[index]
    if (certificate === undefined) break
    const fault =
      faultInContents(certificate, profile, false) ??
      faultInTime(certificate, at) ??
      (issuer === undefined ? undefined : faultBetweenKeyIdentifiers(certificate, issuer)) ??
      faultInAuthority(certificate) ??
      faultInPurpose(certificate, use)
    if (fault !== undefined) return blame(certificate, fault)
    if (!isSelfIssued(certificate)) {
      const named = constraints.check(namesOf(certificate))
      if (!named.ok) return blame(certificate, named.code)
      if (intermediatesLeft === 0) return blame(certificate, 'path-too-long')
      intermediatesLeft -= 1
      depth += 1
      if (depth > profile.maxIntermediates) return blame(certificate, 'path-too-deep')
    }
    intermediatesLeft = Math.min(intermediatesLeft, certificate.basicConstraints?.pathLength ?? intermediatesLeft)
    if (certificate.nameConstraints !== undefined) constraints.add(certificate.nameConstraints)
    issuer = certificate
  }

  const [leaf] = candidate.certificates
  const fault =
    faultInContents(leaf, profile, false) ??
    faultInTime(leaf, at) ??
    (issuer === undefined ? undefined : faultBetweenKeyIdentifiers(leaf, issuer)) ??
    faultInLeaf(leaf, use)
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
