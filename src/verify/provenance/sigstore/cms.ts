import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { type DerValue, readDer, TAG } from '../../encoding/der.ts'
import { fieldsOf, readOid, readSmallInteger } from '../../encoding/der-read.ts'
import type { SignatureHash } from '../../encoding/signatures.ts'

/**
 * A SignedData (RFC 5652 section 5) as RFC 3161 section 2.4.2 has it: content inside, one signer, who signs attributes and is named by issuer
 * and serial number. Other forms are not read.
 */
export type SignedData = {
  readonly contentType: string
  readonly content: Bytes
  /** DER of the certificates that came along. */
  readonly certificates: readonly Bytes[]
  readonly signer: SignerInfo
}

export type SignerInfo = {
  /** DER of the issuer's Name. */
  readonly issuer: Bytes
  /** Contents octets of the serial number. */
  readonly serial: Bytes
  readonly digest: SignatureHash
  /** What is signed: the attributes as a SET OF (RFC 5652 section 5.4). */
  readonly signedAttributes: Bytes
  /** Values by type, each of which has exactly one. */
  readonly attributes: ReadonlyMap<string, DerValue>
  /** AlgorithmIdentifier, DER. */
  readonly signatureAlgorithm: Bytes
  readonly signature: Bytes
}

const SIGNED_DATA = '1.2.840.113549.1.7.2'
const CONTEXT_0 = 0xa0
const CONTEXT_1 = 0xa1
const MAX_CERTIFICATES = 8

/** The hashes of AlgorithmIdentifiers, whose parameters may be NULL or left out (RFC 5754 section 2). */
const HASHES: Readonly<Record<string, SignatureHash>> = {
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
}

/** Reads a hash algorithm of the SHA-2 family. */
export function readHashAlgorithm(value: DerValue | undefined): SignatureHash | undefined {
  const [oid, parameters, ...more] = value?.tag === TAG.sequence ? value.children : []
  const name = readOid(oid)
  if (name === undefined || more.length > 0 || (parameters !== undefined && parameters.tag !== TAG.null)) return undefined
  return Object.hasOwn(HASHES, name) ? HASHES[name] : undefined
}

/** Reads a ContentInfo that holds a SignedData. Undefined where it is malformed or of another form. */
export function readSignedData(contentInfo: DerValue): SignedData | undefined {
  const outer = fieldsOf(contentInfo)
  const type = readOid(outer.take(TAG.oid))
  const signedData = onlyChild(outer.take(CONTEXT_0))
  if (contentInfo.tag !== TAG.sequence || type !== SIGNED_DATA || signedData?.tag !== TAG.sequence || !outer.done()) return undefined

  const fields = fieldsOf(signedData)
  const version = readSmallInteger(fields.take(TAG.integer))
  const digest = readHashAlgorithm(onlyChild(fields.take(TAG.set)))
  const encapsulated = fields.take(TAG.sequence)
  const certificates = fields.option(CONTEXT_0)?.children ?? []
  fields.option(CONTEXT_1)
  const signer = onlyChild(fields.take(TAG.set))
  // Version 3: the content is of another type than `data` (section 5.1).
  if (version !== 3 || encapsulated === undefined || signer === undefined || !fields.done()) return undefined
  if (certificates.length > MAX_CERTIFICATES) return undefined

  const inner = fieldsOf(encapsulated)
  const contentType = readOid(inner.take(TAG.oid))
  const content = onlyChild(inner.take(CONTEXT_0))
  const read = readSigner(signer)
  if (contentType === undefined || content?.tag !== TAG.octetString || !inner.done()) return undefined
  if (read === undefined || read.digest !== digest) return undefined
  return { contentType, content: content.content, certificates: certificates.map(({ encoding }) => encoding), signer: read }
}

function readSigner(value: DerValue): SignerInfo | undefined {
  const fields = fieldsOf(value)
  const version = readSmallInteger(fields.take(TAG.integer))
  const [issuer, serial, ...rest] = fields.take(TAG.sequence)?.children ?? []
  const digest = readHashAlgorithm(fields.take(TAG.sequence))
  const attributes = fields.take(CONTEXT_0)
  const signatureAlgorithm = fields.take(TAG.sequence)
  const signature = fields.take(TAG.octetString)
  fields.option(CONTEXT_1)
  if (value.tag !== TAG.sequence || version !== 1 || !fields.done()) return undefined
  if (issuer?.tag !== TAG.sequence || serial?.tag !== TAG.integer || rest.length > 0) return undefined
  if (digest === undefined || attributes === undefined || signatureAlgorithm === undefined || signature === undefined) return undefined
  const read = readAttributes(attributes)
  if (read === undefined) return undefined
  return {
    issuer: issuer.encoding,
    serial: serial.content,
    digest,
    ...read,
    signatureAlgorithm: signatureAlgorithm.encoding,
    signature: signature.content,
  }
}

/** `signedAttrs` stands as [0] IMPLICIT, and is signed as the SET that it is. */
function readAttributes(value: DerValue): Pick<SignerInfo, 'signedAttributes' | 'attributes'> | undefined {
  const signedAttributes = concatBytes(Uint8Array.of(TAG.set), value.encoding.subarray(1))
  const set = readDer(signedAttributes)
  if (!set.ok) return undefined
  const attributes = new Map<string, DerValue>()
  for (const attribute of set.value.children) {
    const fields = fieldsOf(attribute)
    const type = readOid(fields.take(TAG.oid))
    const only = onlyChild(fields.take(TAG.set))
    if (type === undefined || only === undefined || !fields.done() || attributes.has(type)) return undefined
    attributes.set(type, only)
  }
  return { signedAttributes, attributes }
}

function onlyChild(value: DerValue | undefined): DerValue | undefined {
  const [only, ...more] = value?.children ?? []
  return more.length === 0 ? only : undefined
}

/** Whether a certificate is the one that the signer is named by. */
export function isNamedBy(
  certificate: { readonly issuer: { readonly der: Bytes }; readonly serial: Bytes },
  { issuer, serial }: SignerInfo,
): boolean {
  return equalBytes(certificate.issuer.der, issuer) && equalBytes(certificate.serial, serial)
}
