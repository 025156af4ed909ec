import { decodeBase64 } from '../encoding/base64.ts'
import { type Bytes, equalBytes } from '../encoding/bytes.ts'
import { failure, type Result, success } from '../encoding/result.ts'
import { type Certificate, type CertificateErrorCode, parseCertificate } from './certificate.ts'

export type PemErrorCode = 'pem-malformed' | 'pem-too-many' | CertificateErrorCode

const MAX_CERTIFICATES = 8
const MAX_CHARACTERS = 65_536
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n((?:[A-Za-z0-9+/=]{1,76}\r?\n)+)-----END ([A-Z0-9 ]+)-----(?:\r?\n|$)/y

/**
 * Reads text encodings of one label behind one another (RFC 7468): nothing before, between or behind them, lines of at most 76 characters,
 * canonical base64. At least one, in order.
 */
export function decodePem(text: string, label: string): Result<readonly Bytes[], 'pem-malformed' | 'pem-too-many'> {
  if (text.length === 0 || text.length > MAX_CHARACTERS) return failure('pem-malformed')
  const found: Bytes[] = []
  for (let offset = 0; offset < text.length; ) {
    BLOCK.lastIndex = offset
    const match = BLOCK.exec(text)
    if (match === null || match[1] !== label || match[3] !== label) return failure('pem-malformed')
    const der = decodeBase64((match[2] ?? '').replace(/[\r\n]/g, ''))
    if (!der.ok) return failure('pem-malformed', der.code)
    if (found.length === MAX_CERTIFICATES) return failure('pem-too-many')
    found.push(der.value)
    offset = BLOCK.lastIndex
  }
  return success(found)
}

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
