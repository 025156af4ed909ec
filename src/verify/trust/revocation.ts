import { failure, type Result, success } from '../encoding/result.ts'
import type { Certificate } from './certificate.ts'
import {
  type Crl,
  type CrlIssuer,
  type CrlSignatureCode,
  type CrlTimeCode,
  crlIssuerOf,
  crlIssuerOfAnchor,
  faultInCrlTime,
  revokedAt,
  verifyCrl,
} from './crl.ts'
import type { ValidPath } from './path.ts'
import { type PathProfile, RFC5280 } from './profile.ts'

/**
 * Why a path does not stand after its issuers' lists were asked. `crl-missing`, `crl-not-yet-valid`, `crl-expired` and `engine-failed` leave the matter
 * open; `revoked` is a verdict on a certificate, every other code one on a list.
 */
export type RevocationCode = 'revoked' | 'crl-missing' | 'crl-number' | 'name-malformed' | CrlSignatureCode | CrlTimeCode

/**
 * Asks complete lists whether a certificate of a valid path was revoked (RFC 5280 section 6.3): each certificate in it, from the anchor down, needs
 * a list of its own issuer that is authentic, numbered as section 5.2.3 wants it, and current at `at`. Lists of others are passed over; of
 * its own issuer all have to be good. A revocation stands, however old the list that tells of it. `detail` names the certificate.
 */
export async function checkPathRevocation(
  path: ValidPath,
  lists: readonly Crl[],
  at: Date,
  profile: PathProfile = RFC5280,
): Promise<Result<true, RevocationCode>> {
  for (const [index, certificate] of [...path.certificates.entries()].reverse()) {
    const issuer = issuerOf(path, index)
    if (!issuer.ok) return failure(issuer.code, certificate.subject.text)
    const verdict = await checkOne(certificate, issuer.value, lists, at, profile)
    if (!verdict.ok) return failure(verdict.code, certificate.subject.text)
  }
  return success(true)
}

/** The certificate above, the anchor's own where it was presented, or the anchor. */
function issuerOf({ certificates, anchor, anchorCertificate }: ValidPath, index: number): Result<CrlIssuer, 'name-malformed'> {
  const above = certificates[index + 1] ?? anchorCertificate
  return above === undefined ? crlIssuerOfAnchor(anchor) : success(crlIssuerOf(above))
}

async function checkOne(
  certificate: Certificate,
  issuer: CrlIssuer,
  lists: readonly Crl[],
  at: Date,
  profile: PathProfile,
): Promise<Result<true, RevocationCode>> {
  const own = lists.filter((list) => list.issuer.key === issuer.name.key)
  if (own.length === 0) return failure('crl-missing')
  for (const list of own) {
    const authentic = await verifyCrl(list, issuer, profile)
    if (!authentic.ok) return authentic
    if (list.numbered !== 'as-it-must') return failure('crl-number')
  }
  if (own.some((list) => revokedAt(list, certificate) !== undefined)) return failure('revoked')
  const faults = own.map((list) => faultInCrlTime(list, at))
  const [fault] = faults
  return faults.includes(undefined) || fault === undefined ? success(true) : failure(fault)
}
