import { type Failure, failure } from '../encoding/result.ts'
import type { Certificate } from './certificate.ts'
import { faultBetweenKeyIdentifiers } from './certificate-rules.ts'
import { isSelfIssued } from './certification-path.ts'
import type { PathErrorCode } from './path-error.ts'
import type { SignatureChecks } from './signature-checks.ts'

/** Bounds of the walk: certificates looked at, and the longest chain. */
const MAX_STEPS = 256
const MAX_LENGTH = 12

/**
 * Why no names lead from a leaf to an anchor: what the certificates that were presented come to, followed as far as they go.
 * `issuer-missing`: the next one is not there; what it would say is not known. `foreign-root`: they are complete, and end in a root that is
 * no anchor. The code of a signature, where the only certificate of the issuer's name did not sign. A missing piece is told before the
 * others, for it leaves the matter open.
 */
export async function deadEnd(
  leaf: Certificate,
  presented: readonly Certificate[],
  signatures: SignatureChecks,
): Promise<Failure<PathErrorCode>> {
  const ends: Failure<PathErrorCode>[] = []
  const stack: (readonly [Certificate, ...Certificate[]])[] = [[leaf]]
  for (let steps = 0, chain = stack.pop(); chain !== undefined && steps < MAX_STEPS; steps += 1, chain = stack.pop()) {
    const [top] = chain
    const below = chain
    if (isSelfIssued(top)) {
      ends.push(failure('foreign-root', top.subject.text))
      continue
    }
    const issuers = presented.filter(
      (other) => other.subject.key === top.issuer.key && !below.includes(other) && faultBetweenKeyIdentifiers(top, other) === undefined,
    )
    if (issuers.length === 0 || chain.length === MAX_LENGTH) ends.push(failure('issuer-missing', top.issuer.text))
    const verdicts = await Promise.all(issuers.map(async (issuer) => ({ issuer, verdict: await signatures.verifyOne(top, issuer.spki) })))
    const signers = verdicts.flatMap(({ issuer, verdict }) => (verdict.ok ? [issuer] : []))
    const refusals = verdicts.flatMap(({ verdict }) => (verdict.ok ? [] : [failure(verdict.code, top.subject.text)]))
    if (signers.length === 0) ends.push(...refusals)
    else if (chain.length < MAX_LENGTH) for (const signer of signers) stack.push([signer, ...chain])
  }
  return (
    ends.reduce<Failure<PathErrorCode> | undefined>(
      (first, next) => (first === undefined || rankOf(next.code) < rankOf(first.code) ? next : first),
      undefined,
    ) ?? failure('search-exhausted')
  )
}

const ORDER: readonly PathErrorCode[] = ['engine-failed', 'search-exhausted', 'issuer-missing', 'foreign-root']

function rankOf(code: PathErrorCode): number {
  const rank = ORDER.indexOf(code)
  return rank < 0 ? ORDER.length : rank
}
