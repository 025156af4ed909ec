import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { type DerValue, readDer, TAG } from '../../encoding/der.ts'
import { fieldsOf, readAscii, readOid, readSmallInteger } from '../../encoding/der-read.ts'
import { sha2 } from '../../encoding/digest.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { type SignatureHash, verifyWithSpki } from '../../encoding/signatures.ts'
import { signatureSchemeOf } from '../../trust/algorithms.ts'
import { type Certificate, parseCertificate } from '../../trust/certificate.ts'
import { EXTENSION } from '../../trust/extensions.ts'
import { validatePath } from '../../trust/path.ts'
import { RFC5280 } from '../../trust/profile.ts'
import { isWithin, type SigstoreAuthority } from '../../trust/sigstore-root.ts'
import { isNamedBy, readHashAlgorithm, readSignedData, type SignedData } from './cms.ts'

export type TimestampCode =
  | 'timestamp-malformed'
  | 'timestamp-not-granted'
  /** It is about other octets than the signature. */
  | 'timestamp-imprint'
  /** The signed attributes are not about this content or this signer. */
  | 'timestamp-attributes'
  | 'timestamp-signature'
  | 'timestamp-authority-unknown'
  /** The authority, or a certificate of it, was not valid at the time that it states. */
  | 'timestamp-authority-time'
  | 'engine-failed'

const TST_INFO = '1.2.840.113549.1.9.16.1.4'
const CONTENT_TYPE = '1.2.840.113549.1.9.3'
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4'
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47'
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
const GRANTED = 0
const GRANTED_WITH_MODS = 1

/**
 * Verifies an RFC 3161 TimeStampResp over `stamped`, and gives the time that it states. The token's signer must be a certificate for time
 * stamping that leads to one of the authorities, and both must have been valid then. Certificates in the token are only candidates.
 */
export async function verifyTimestamp(
  response: Bytes,
  stamped: Bytes,
  authorities: readonly SigstoreAuthority[],
): Promise<Result<Date, TimestampCode>> {
  const token = readResponse(response)
  if (!token.ok) return token
  const { signedData, info } = token.value
  if (!equalBytes(await sha2(info.hash, stamped), info.imprint)) return failure('timestamp-imprint')
  if (!(await areAttributesAbout(signedData))) return failure('timestamp-attributes')
  const signer = await findSigner(signedData, info.time, authorities)
  if (!signer.ok) return signer
  return (await verifySignature(signedData, signer.value)) ?? success(info.time)
}

type TstInfo = { readonly hash: SignatureHash; readonly imprint: Bytes; readonly time: Date }

/** TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL } (RFC 3161 section 2.4.2). */
function readResponse(response: Bytes): Result<{ signedData: SignedData; info: TstInfo }, TimestampCode> {
  const der = readDer(response)
  if (!der.ok || der.value.tag !== TAG.sequence) return failure('timestamp-malformed', der.ok ? undefined : der.code)
  const fields = fieldsOf(der.value)
  const status = readSmallInteger(fields.take(TAG.sequence)?.children[0])
  if (status === undefined) return failure('timestamp-malformed', 'status')
  if (status !== GRANTED && status !== GRANTED_WITH_MODS) return failure('timestamp-not-granted', String(status))
  const token = fields.take(TAG.sequence)
  const signedData = token === undefined || !fields.done() ? undefined : readSignedData(token)
  if (signedData === undefined || signedData.contentType !== TST_INFO) return failure('timestamp-malformed', 'token')
  const content = readDer(signedData.content)
  const info = content.ok ? readTstInfo(content.value) : undefined
  return info === undefined ? failure('timestamp-malformed', 'TSTInfo') : success({ signedData, info })
}

/**
 * TSTInfo ::= SEQUENCE { version 1, policy, messageImprint, serialNumber, genTime, accuracy?, ordering DEFAULT FALSE, nonce?, tsa [0]?,
 * extensions [1]? }. Extensions are refused: what they mean is not known here.
 */
function readTstInfo(value: DerValue): TstInfo | undefined {
  const fields = fieldsOf(value)
  const version = readSmallInteger(fields.take(TAG.integer))
  const policy = readOid(fields.take(TAG.oid))
  const [algorithm, imprint, ...rest] = fields.take(TAG.sequence)?.children ?? []
  const serial = fields.take(TAG.integer)
  const time = readGenTime(fields.take(TAG.generalizedTime))
  fields.option(TAG.sequence)
  fields.option(TAG.boolean)
  fields.option(TAG.integer)
  fields.option(0xa0)
  if (value.tag !== TAG.sequence || version !== 1 || policy === undefined || serial === undefined || !fields.done()) return undefined
  const hash = readHashAlgorithm(algorithm)
  if (hash === undefined || imprint?.tag !== TAG.octetString || rest.length > 0 || time === undefined) return undefined
  return { hash, imprint: imprint.content, time }
}

/** RFC 3161: a GeneralizedTime in UTC with seconds, and fractions without trailing zeros. Milliseconds are kept. */
function readGenTime(value: DerValue | undefined): Date | undefined {
  const text = value === undefined ? undefined : readAscii(value.content)
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z$/.exec(text ?? '')
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = ''] = match
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
  const date = new Date(iso)
  return !Number.isNaN(date.getTime()) && date.toISOString() === iso ? date : undefined
}

/** The signed attributes name the type and the digest of the content (RFC 5652 section 11). */
async function areAttributesAbout({ contentType, content, signer }: SignedData): Promise<boolean> {
  if (readOid(signer.attributes.get(CONTENT_TYPE)) !== contentType) return false
  const digest = signer.attributes.get(MESSAGE_DIGEST)
  return digest?.tag === TAG.octetString && equalBytes(digest.content, await sha2(signer.digest, content))
}

/** The certificate of whoever signed, once a path leads from it to an authority at that time. */
async function findSigner(
  { signer, certificates }: SignedData,
  at: Date,
  authorities: readonly SigstoreAuthority[],
): Promise<Result<Certificate, TimestampCode>> {
  const isSigner = (one: Certificate) => isNamedBy(one, signer)
  const ofAuthority = authorities.flatMap((authority) => authority.certificates).some(isSigner)
  // Parsed only where the root does not have the certificate itself.
  const embedded = ofAuthority ? [] : certificates.map(parseCertificate).flatMap((parsed) => (parsed.ok ? [parsed.value] : []))
  let isOutdated = false
  let isUndecided = false
  for (const authority of authorities) {
    const certificate = authority.certificates.find(isSigner) ?? embedded.find(isSigner)
    if (certificate === undefined || !isForTimestamps(certificate)) continue
    const use = { keyUsage: 'digitalSignature', extendedKeyUsage: TIME_STAMPING } as const
    const path = await validatePath({
      leaf: certificate,
      intermediates: authority.certificates.filter((one) => one !== certificate),
      anchors: [authority.anchor],
      at,
      use,
    })
    if (path.ok && isWithin(authority.validity, at)) {
      // RFC 5816: the token names its signer's certificate by digest, so that no other with the same name and number can take its place.
      return (await isNamedByDigest(signer.attributes.get(SIGNING_CERTIFICATE_V2), certificate))
        ? success(certificate)
        : failure('timestamp-attributes')
    }
    isOutdated ||= path.ok || path.code === 'expired' || path.code === 'not-yet-valid'
    isUndecided ||= !path.ok && path.code === 'engine-failed'
  }
  if (isUndecided) return failure('engine-failed')
  return failure(isOutdated ? 'timestamp-authority-time' : 'timestamp-authority-unknown')
}

/** RFC 3161 section 2.3: time stamping, nothing else, and critical. */
function isForTimestamps({ extendedKeyUsage, extensions }: Certificate): boolean {
  return (
    extendedKeyUsage?.length === 1 && extendedKeyUsage[0] === TIME_STAMPING && extensions.get(EXTENSION.extendedKeyUsage)?.critical === true
  )
}

/** SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2 { hashAlgorithm DEFAULT sha256, certHash, … }, … }, the signer's first. */
async function isNamedByDigest(attribute: DerValue | undefined, certificate: Certificate): Promise<boolean> {
  const id = attribute?.children[0]?.children[0]
  const [first, second] = id?.children ?? []
  const digest = first?.tag === TAG.octetString ? first : second
  const hash = first?.tag === TAG.octetString ? 'SHA-256' : readHashAlgorithm(first)
  if (hash === undefined || digest?.tag !== TAG.octetString) return false
  return equalBytes(digest.content, await sha2(hash, certificate.der))
}

/** Nothing where the signature holds. */
async function verifySignature({ signer }: SignedData, certificate: Certificate) {
  const scheme = signatureSchemeOf(signer.signatureAlgorithm, RFC5280)
  if (scheme === undefined) return failure('timestamp-signature', 'algorithm')
  const verdict = await verifyWithSpki(certificate.spki, scheme, signer.signature, signer.signedAttributes)
  if (verdict.ok) return undefined
  return failure(verdict.code === 'engine-failed' ? verdict.code : 'timestamp-signature', verdict.code)
}
