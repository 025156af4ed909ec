import { type Bytes, equalBytes } from '../encoding/bytes.ts'
import { decodePem, type PemCode } from '../encoding/pem.ts'
import { type Result, success } from '../encoding/result.ts'
import { type Certificate, type CertificateErrorCode, parseCertificate } from './certificate.ts'

export type PemErrorCode = PemCode | CertificateErrorCode

/**
 * Reads a chain of certificates in PEM, from the leaf up. The leaf has to be readable. Of the others, one that cannot be read vouches for
 * nothing and is passed over: where a path needs it, path validation finds it missing. `known`: certificates that were read before, which
 * are not read again.
 */
export function parsePemChain(
  text: string,
  known: readonly Certificate[] = [],
): Result<readonly [Certificate, ...Certificate[]], PemErrorCode> {
  const blocks = decodePem(text, 'CERTIFICATE')
  if (!blocks.ok) return blocks
  const read = (der: Bytes) => {
    const before = known.find((certificate) => equalBytes(certificate.der, der))
    return before === undefined ? parseCertificate(der) : success(before)
  }
  const [first, ...others] = blocks.value
  const leaf = read(first)
  if (!leaf.ok) return leaf
  const more = others.map(read).flatMap((certificate) => (certificate.ok ? [certificate.value] : []))
  return success([leaf.value, ...more])
}
