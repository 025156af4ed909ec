import { type Bytes, equalBytes } from '../encoding/bytes.ts'
import { type Failure, failure, type Result, success } from '../encoding/result.ts'
import { type SignatureErrorCode, verifyWithSpki } from '../encoding/signatures.ts'
import { signatureSchemeOf } from './algorithms.ts'
import type { Certificate } from './certificate.ts'
import { type Candidate, isSelfIssued } from './certification-path.ts'
import type { PathErrorCode } from './path-error.ts'
import type { PathProfile } from './profile.ts'

/** Most signatures verified in one search. */
const MAX_SIGNATURES = 64

type SignatureVerdict = Result<true, SignatureErrorCode | 'signature-algorithm-unsupported' | 'search-exhausted'>

/** Verifies signatures of certificates, each pair of certificate and key once, and not without end. */
export class SignatureChecks {
  readonly #verdicts: { readonly certificate: Certificate; readonly spki: Bytes; readonly verdict: Promise<SignatureVerdict> }[] = []
  readonly #profile: PathProfile

  constructor(profile: PathProfile) {
    this.#profile = profile
  }

  /** All signatures of a candidate, side by side. Of several failures the nearest to the anchor is reported, a decided one first. */
  async verifyAll({ certificates, anchor, anchorCertificate }: Candidate): Promise<Result<true, PathErrorCode>> {
    const pairs = certificates.map((certificate, index) => ({ certificate, spki: certificates[index + 1]?.spki ?? anchor.spki }))
    if (anchorCertificate !== undefined && isSelfIssued(anchorCertificate)) {
      pairs.push({ certificate: anchorCertificate, spki: anchor.spki })
    }
    const running = pairs.toReversed().map(({ certificate, spki }) => ({ certificate, verdict: this.verifyOne(certificate, spki) }))
    let undecided: Failure<PathErrorCode> | undefined
    for (const { certificate, verdict } of running) {
      const settled = await verdict
      if (settled.ok) continue
      const failed = failure(settled.code, certificate.subject.text)
      if (settled.code !== 'engine-failed' && settled.code !== 'search-exhausted') return failed
      undecided ??= failed
    }
    return undecided ?? success(true)
  }

  /** One certificate's signature under one key. */
  verifyOne(certificate: Certificate, spki: Bytes): Promise<SignatureVerdict> {
    const known = this.#verdicts.find((entry) => entry.certificate === certificate && equalBytes(entry.spki, spki))
    if (known !== undefined) return known.verdict
    if (this.#verdicts.length === MAX_SIGNATURES) return Promise.resolve(failure('search-exhausted'))
    const verdict = this.#verifyOnce(certificate, spki)
    this.#verdicts.push({ certificate, spki, verdict })
    return verdict
  }

  async #verifyOnce(certificate: Certificate, spki: Bytes): Promise<SignatureVerdict> {
    const scheme = signatureSchemeOf(certificate.signatureAlgorithm, this.#profile)
    if (scheme === undefined) return failure('signature-algorithm-unsupported')
    return verifyWithSpki(spki, scheme, certificate.signature, certificate.tbs)
  }
}
