import { equalBytes } from '../encoding/bytes.ts'
import { decodePem, type PemCode } from '../encoding/pem.ts'
import { failure, type Result, success } from '../encoding/result.ts'
import { type Certificate, type CertificateErrorCode, parseCertificate } from './certificate.ts'

export type PemErrorCode = PemCode | CertificateErrorCode

/** Reads a chain of certificates in PEM, from the leaf up. `known`: certificates that were read before, which are not read again. */
export function parsePemChain(
  text: string,
  known: readonly Certificate[] = [],
): Result<readonly [Certificate, ...Certificate[]], PemErrorCode> {
  const blocks = decodePem(text, 'CERTIFICATE')
  if (!blocks.ok) return blocks
  const certificates: Certificate[] = []
  for (const der of blocks.value) {
    const before = known.find((certificate) => equalBytes(certificate.der, der))
    const certificate = before === undefined ? parseCertificate(der) : success(before)
    if (!certificate.ok) return certificate
    certificates.push(certificate.value)
  }
  const [leaf, ...more] = certificates
  return leaf === undefined ? failure('pem-malformed') : success([leaf, ...more])
}
