import { failure, type Result, success } from '../../encoding/result.ts'
import type { Certificate } from '../../trust/certificate.ts'
import { faultInTime } from '../../trust/certificate-rules.ts'
import { type ValidPath, validatePath } from '../../trust/path.ts'
import { isWithin, type SigstoreRoot } from '../../trust/sigstore-root.ts'
import type { Material } from './bundle.ts'
import { type SctCode, verifyScts } from './sct.ts'

export type CertificateCode =
  /** It does not lead to an authority of the root; the detail names the fault. */
  | 'certificate-path'
  /** It, or one above it, was not valid at one of the times. */
  | 'certificate-time'
  /** No authority of the root was to vouch at one of the times. */
  | 'authority-time'
  /** It is not, or not only, for signing code. */
  | 'certificate-use'
  | SctCode
  | 'engine-failed'

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3'

/**
 * Verifies the signer's certificate: made for signing code, on a valid path to a certificate authority of the root at every one of the
 * times, in a log of certificates. Signatures are verified once, for the first time; for the others the windows are compared.
 */
export async function verifyCertificate(
  { leaf, intermediates }: Extract<Material, { kind: 'certificate' }>,
  times: readonly [Date, ...Date[]],
  root: SigstoreRoot,
): Promise<Result<true, CertificateCode>> {
  if (!isForSigningCode(leaf)) return failure('certificate-use')
  const [at, ...others] = times
  const authorities = root.certificateAuthorities.filter(({ validity }) => isWithin(validity, at))
  if (authorities.length === 0) return failure('authority-time')
  const path = await validatePath({
    leaf,
    intermediates: [...authorities.flatMap(({ certificates }) => certificates), ...intermediates],
    anchors: authorities.map(({ anchor }) => anchor),
    at,
    use: { keyUsage: 'digitalSignature', extendedKeyUsage: CODE_SIGNING },
  })
  if (!path.ok) {
    if (path.code === 'engine-failed') return failure(path.code)
    const isTooLateOrEarly = path.code === 'expired' || path.code === 'not-yet-valid'
    return failure(isTooLateOrEarly ? 'certificate-time' : 'certificate-path', path.code)
  }
  const { anchor, certificates } = path.value
  const validity = authorities.find((authority) => authority.anchor === anchor)?.validity
  if (validity === undefined || others.some((other) => !isWithin(validity, other))) return failure('authority-time')
  if (others.some((other) => isOutdated(path.value, other))) return failure('certificate-time')
  const scts = await verifyScts(leaf, certificates[1]?.spki ?? anchor.spki, root.ctlogs)
  return scts.ok ? success(true) : scts
}

function isForSigningCode({ extendedKeyUsage, keyUsage, basicConstraints }: Certificate): boolean {
  return extendedKeyUsage?.includes(CODE_SIGNING) === true && keyUsage?.has('digitalSignature') === true && basicConstraints?.ca !== true
}

function isOutdated({ certificates, anchor }: ValidPath, at: Date): boolean {
  return [...certificates, anchor].some((validity) => faultInTime(validity, at) !== undefined)
}
