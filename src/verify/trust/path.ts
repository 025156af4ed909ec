import { type Bytes, equalBytes } from '../encoding/bytes.ts'
import { type Failure, failure, type Result, success } from '../encoding/result.ts'
import { importVerificationKey, type SignatureErrorCode } from '../encoding/signatures.ts'
import { signatureSchemeOf } from './algorithms.ts'
import type { Certificate } from './certificate.ts'
import type { LeafUse } from './certificate-rules.ts'
import { type Candidate, isSelfIssued, processPath } from './certification-path.ts'
import { type Name, parseName } from './name.ts'
import type { PathErrorCode } from './path-error.ts'
import { type PathProfile, RFC5280 } from './profile.ts'
import { disagreement } from './second-reading.ts'
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

/** Bounds of a search: certificates presented, steps from one certificate to a possible issuer, signatures verified. */
const MAX_CERTIFICATES = 128
const MAX_STEPS = 1_024
const MAX_SIGNATURES = 64
/** Certificates in a path, self-issued ones included. */
const MAX_LENGTH = 12

/**
 * Finds a valid certification path (RFC 5280 section 6) from the leaf to one of the anchors at the time `at`. An anchor is a name and a
 * key; where its own certificate was presented too, it must keep the rules and its constraints apply. All signatures of a candidate are
 * verified before anything else in it is judged, so that codes other than those of signatures speak of certificates that are authentic.
 *
 * Of several candidates that fail, the reported failure is the first that is not about a signature, since a signature fails also when
 * names alone led to the wrong key; `detail` names the certificate. No network, no clock; nothing is kept.
 */
export async function validatePath(input: PathInput): Promise<Result<ValidPath, PathErrorCode>> {
  const { leaf, at, profile = RFC5280, use = {} } = input
  if (Number.isNaN(at.getTime())) return failure('time-invalid')
  if (input.intermediates.length > MAX_CERTIFICATES) return failure('search-too-many-certificates')
  const anchors: NamedAnchor[] = []
  for (const anchor of input.anchors) {
    const name = parseName(anchor.name)
    if (!name.ok) return failure('anchor-malformed', anchor.id)
    anchors.push({ anchor, name: name.value })
  }

  const signatures = new SignatureChecks(profile)
  let failed: Failure<PathErrorCode> | undefined
  for (const candidate of candidates(leaf, distinct(input.intermediates), anchors)) {
    if (candidate === 'exhausted') return failure('search-exhausted')
    const authentic = await signatures.verifyAll(candidate)
    const result = authentic.ok ? processPath(candidate, { at, profile, use }) : authentic
    if (result.ok) return success(candidate)
    if (failed === undefined || (isAboutSignature(failed.code) && !isAboutSignature(result.code))) failed = result
  }
  return failed ?? failure(isNamedOtherwise(input, anchors) ? 'name-mismatch' : 'no-anchor')
}

type NamedAnchor = { readonly anchor: TrustAnchor; readonly name: Name }

/** Every chain of names from the leaf to an anchor, nearest anchors first, without loops; `exhausted` when the bound on steps is reached. */
function* candidates(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly NamedAnchor[],
): Generator<Candidate | 'exhausted'> {
  const isOfAnchor = (certificate: Certificate, { anchor, name }: NamedAnchor) =>
    certificate.subject.key === name.key && equalBytes(certificate.spki, anchor.spki)
  const inner = intermediates.filter((certificate) => !anchors.some((anchor) => isOfAnchor(certificate, anchor)))
  const leading = namesLeadingTo(anchors, inner)
  const stack: (readonly [Certificate, ...Certificate[]])[] = [[leaf]]
  for (let steps = 0; ; steps += 1) {
    const chain = stack.pop()
    if (chain === undefined) return
    if (steps === MAX_STEPS) {
      yield 'exhausted'
      return
    }
    const top = chain.at(-1) ?? leaf
    for (const named of anchors) {
      if (named.name.key !== top.issuer.key) continue
      const own = intermediates.filter((certificate) => isOfAnchor(certificate, named))
      if (own.length === 0) yield { certificates: chain, anchor: named.anchor }
      for (const anchorCertificate of own) yield { certificates: chain, anchor: named.anchor, anchorCertificate }
    }
    if (chain.length === MAX_LENGTH) continue
    const issuers = inner.filter(
      (certificate) =>
        certificate.subject.key === top.issuer.key &&
        leading.has(certificate.issuer.key) &&
        !chain.some((below) => isSameEntity(below, certificate)),
    )
    for (const issuer of issuers.reverse()) stack.push([...chain, issuer])
  }
}

/** Issuer names from which names lead on to an anchor: what cannot arrive is not walked. */
function namesLeadingTo(anchors: readonly NamedAnchor[], intermediates: readonly Certificate[]): ReadonlySet<string> {
  const leading = new Set(anchors.map(({ name }) => name.key))
  let before: number
  do {
    before = leading.size
    for (const certificate of intermediates) {
      if (leading.has(certificate.issuer.key)) leading.add(certificate.subject.key)
    }
  } while (leading.size > before)
  return leading
}

/** Same name and same key: to pass by it twice would be a loop. */
function isSameEntity(a: Certificate, b: Certificate): boolean {
  return a.subject.key === b.subject.key && equalBytes(a.spki, b.spki)
}

function distinct(certificates: readonly Certificate[]): readonly Certificate[] {
  return certificates.filter((certificate, index) => certificates.findIndex((other) => equalBytes(other.der, certificate.der)) === index)
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

function isAboutSignature(code: PathErrorCode): boolean {
  return SIGNATURE_CODES.has(code)
}

const SIGNATURE_CODES: ReadonlySet<PathErrorCode> = new Set<SignatureErrorCode>([
  'key-does-not-fit',
  'signature-malformed',
  'signature-invalid',
])

type SignatureVerdict = Result<true, SignatureErrorCode | 'signature-algorithm-unsupported' | 'parsers-disagree'>

/** Verifies signatures of certificates, each pair of certificate and key once, and not without end. */
class SignatureChecks {
  readonly #verdicts: { readonly certificate: Certificate; readonly spki: Bytes; readonly verdict: Promise<SignatureVerdict> }[] = []
  readonly #profile: PathProfile

  constructor(profile: PathProfile) {
    this.#profile = profile
  }

  /** All signatures of a candidate, side by side; the failure nearest to the anchor is the one reported. */
  async verifyAll({ certificates, anchor, anchorCertificate }: Candidate): Promise<Result<true, PathErrorCode>> {
    const pairs = certificates.map((certificate, index) => ({ certificate, spki: certificates[index + 1]?.spki ?? anchor.spki }))
    if (anchorCertificate !== undefined && isSelfIssued(anchorCertificate))
      pairs.push({ certificate: anchorCertificate, spki: anchor.spki })
    const running = pairs.reverse().map(({ certificate, spki }) => ({ certificate, verdict: this.#verify(certificate, spki) }))
    let result: Result<true, PathErrorCode> = success(true)
    for (const { certificate, verdict } of running) {
      const settled = verdict === undefined ? failure('search-exhausted' as const) : await verdict
      if (!settled.ok && result.ok) result = failure(settled.code, certificate.subject.text)
    }
    return result
  }

  #verify(certificate: Certificate, spki: Bytes): Promise<SignatureVerdict> | undefined {
    const known = this.#verdicts.find((entry) => entry.certificate === certificate && equalBytes(entry.spki, spki))
    if (known !== undefined) return known.verdict
    if (this.#verdicts.length === MAX_SIGNATURES) return undefined
    const verdict = verifyCertificateSignature(certificate, spki, this.#profile)
    this.#verdicts.push({ certificate, spki, verdict })
    return verdict
  }
}

async function verifyCertificateSignature(certificate: Certificate, spki: Bytes, profile: PathProfile): Promise<SignatureVerdict> {
  const scheme = signatureSchemeOf(certificate.signatureAlgorithm, profile)
  if (scheme === undefined) return failure('signature-algorithm-unsupported')
  const key = await importVerificationKey(spki, scheme)
  if (!key.ok) return key
  const verdict = key.value.verify(certificate.signature, certificate.tbs)
  // The second reading is as dear as the signature: it goes on while the engine is at work.
  const differs = disagreement(certificate)
  const settled = await verdict
  return settled.ok && differs !== undefined ? failure('parsers-disagree', differs) : settled
}
