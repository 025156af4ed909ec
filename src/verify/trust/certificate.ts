import { type Bytes, equalBytes } from '../encoding/bytes.ts'
import { type DerErrorCode, type DerLimits, type DerValue, readDer, TAG } from '../encoding/der.ts'
import { fieldsOf, readOctetsOfBitString, readTime } from '../encoding/der-read.ts'
import { failure, type Result, success } from '../encoding/result.ts'
import { type DecodedExtensions, decodeExtensions, type Extension, extensionsOf } from './extensions.ts'
import { type Name, nameOf } from './name.ts'

/** An X.509 certificate (RFC 5280 section 4.1). All octets are as received. */
export type Certificate = DecodedExtensions & {
  readonly der: Bytes
  /** TBSCertificate: what is signed. */
  readonly tbs: Bytes
  /** AlgorithmIdentifier, the same inside and outside of what is signed. */
  readonly signatureAlgorithm: Bytes
  readonly signature: Bytes
  readonly version: 1 | 2 | 3
  /** Contents octets of the INTEGER. */
  readonly serial: Bytes
  readonly issuer: Name
  readonly subject: Name
  readonly notBefore: Date
  readonly notAfter: Date
  /** SubjectPublicKeyInfo. */
  readonly spki: Bytes
  /** All extensions by object identifier, the decoded ones among them. */
  readonly extensions: ReadonlyMap<string, Extension>
}

export type CertificateErrorCode =
  | DerErrorCode
  | 'certificate-malformed'
  | 'certificate-version'
  | 'signature-algorithm-mismatch'
  | 'name-malformed'
  | 'time-malformed'
  | 'extension-malformed'
  | 'extension-duplicate'

const LIMITS: DerLimits = { maxBytes: 65_536, maxDepth: 16, maxValues: 8_192 }

/**
 * Parses one certificate: one value in strict DER, of the structure of RFC 5280 section 4.1, with the extensions that path validation knows
 * decoded. Whether its contents keep the rules of RFC 5280 is judged with the path. The tests hold this reading to that of another library
 * (`test/support/second-reading.ts`).
 */
export function parseCertificate(der: Bytes): Result<Certificate, CertificateErrorCode> {
  const gate = readDer(der, LIMITS)
  return gate.ok ? readCertificate(gate.value) : gate
}

function readCertificate(value: DerValue): Result<Certificate, CertificateErrorCode> {
  const outer = fieldsOf(value)
  const tbs = outer.take(TAG.sequence)
  const signatureAlgorithm = outer.take(TAG.sequence)
  const signature = readOctetsOfBitString(outer.take(TAG.bitString))
  if (value.tag !== TAG.sequence || tbs === undefined || signatureAlgorithm === undefined || signature === undefined || !outer.done()) {
    return failure('certificate-malformed')
  }

  const fields = fieldsOf(tbs)
  const version = versionOf(fields.option(0xa0))
  if (version === undefined) return failure('certificate-version')
  const serial = fields.take(TAG.integer)
  const innerAlgorithm = fields.take(TAG.sequence)
  const issuerValue = fields.take(TAG.sequence)
  const validity = fields.take(TAG.sequence)
  const subjectValue = fields.take(TAG.sequence)
  const spki = fields.take(TAG.sequence)
  const issuerId = fields.option(0x81)
  const subjectId = fields.option(0x82)
  const wrappedExtensions = fields.option(0xa3)
  if (serial === undefined || innerAlgorithm === undefined || issuerValue === undefined || validity === undefined) {
    return failure('certificate-malformed')
  }
  if (subjectValue === undefined || spki === undefined || !fields.done()) return failure('certificate-malformed')
  if ((issuerId !== undefined || subjectId !== undefined) && version === 1) return failure('certificate-version')
  if (wrappedExtensions !== undefined && version !== 3) return failure('certificate-version')
  if (!equalBytes(innerAlgorithm.encoding, signatureAlgorithm.encoding)) return failure('signature-algorithm-mismatch')

  const issuer = nameOf(issuerValue)
  if (!issuer.ok) return issuer
  const subject = nameOf(subjectValue)
  if (!subject.ok) return subject
  const [from, to, ...more] = validity.children
  const notBefore = readTime(from)
  const notAfter = readTime(to)
  if (notBefore === undefined || notAfter === undefined || more.length > 0) return failure('time-malformed')

  const extensions = wrappedExtensions === undefined ? success(NO_EXTENSIONS) : unwrapExtensions(wrappedExtensions)
  if (!extensions.ok) return extensions
  const decoded = decodeExtensions(extensions.value)
  if (!decoded.ok) return decoded
  return success({
    ...decoded.value,
    der: value.encoding,
    tbs: tbs.encoding,
    signatureAlgorithm: signatureAlgorithm.encoding,
    signature,
    version,
    serial: serial.content,
    issuer: issuer.value,
    subject: subject.value,
    notBefore,
    notAfter,
    spki: spki.encoding,
    extensions: extensions.value,
  })
}

const NO_EXTENSIONS: ReadonlyMap<string, Extension> = new Map()

function unwrapExtensions(wrapped: DerValue): Result<ReadonlyMap<string, Extension>, 'extension-malformed' | 'extension-duplicate'> {
  const [list, ...more] = wrapped.children
  return list === undefined || more.length > 0 ? failure('extension-malformed') : extensionsOf(list)
}

/** [0] EXPLICIT INTEGER DEFAULT v1: DER leaves v1 out. */
function versionOf(wrapped: DerValue | undefined): 1 | 2 | 3 | undefined {
  if (wrapped === undefined) return 1
  const [version, ...more] = wrapped.children
  if (version?.tag !== TAG.integer || version.content.length !== 1 || more.length > 0) return undefined
  switch (version.content[0]) {
    case 1:
      return 2
    case 2:
      return 3
    default:
      return undefined
  }
}
