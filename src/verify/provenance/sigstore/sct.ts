import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { type DerValue, readDer, TAG } from '../../encoding/der.ts'
import { readOid } from '../../encoding/der-read.ts'
import { encodeDer } from '../../encoding/der-write.ts'
import { sha256 } from '../../encoding/digest.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { verifyWithSpki } from '../../encoding/signatures.ts'
import type { Certificate } from '../../trust/certificate.ts'
import { isWithin, type LogKey } from '../../trust/sigstore-root.ts'

export type SctCode = 'sct-missing' | 'sct-malformed' | 'sct-log-unknown' | 'sct-log-time' | 'sct-signature' | 'engine-failed'

/** A SignedCertificateTimestamp of version 1 (RFC 6962 section 3.2). */
type Sct = {
  readonly logId: Bytes
  /** Milliseconds since 1970, 8 octets. */
  readonly timestamp: Bytes
  readonly extensions: Bytes
  /** HashAlgorithm and SignatureAlgorithm of TLS 1.2 (RFC 5246 section 7.4.1.4.1). */
  readonly algorithm: number
  readonly signature: Bytes
}

const SCT_LIST = '1.3.6.1.4.1.11129.2.4.2'
const EXTENSIONS_FIELD = 0xa3
const V1 = 0
const MAX_SCTS = 8
const ALGORITHMS: Readonly<Record<string, number>> = { 'ecdsa SHA-256': 0x0403, 'rsa-pkcs1 SHA-256': 0x0401 }

/**
 * Verifies the certificate timestamps in a certificate that `issuerSpki` signed: at least one is from a log that the root knows, and every
 * one that is holds, at a time when the log's key was valid. Those of other logs count for nothing.
 *
 * Signed is: version, type, time, entry type 1, SHA-256 of the issuer's SubjectPublicKeyInfo, the TBSCertificate without the extension that
 * has the timestamps, and the log's own extensions (RFC 6962 sections 3.2 and 3.3).
 */
export async function verifyScts(certificate: Certificate, issuerSpki: Bytes, logs: readonly LogKey[]): Promise<Result<true, SctCode>> {
  const extension = certificate.extensions.get(SCT_LIST)
  if (extension === undefined) return failure('sct-missing')
  const scts = readList(extension.value)
  const tbs = withoutScts(certificate.tbs)
  if (scts === undefined || tbs === undefined) return failure('sct-malformed')
  const known = scts.flatMap((sct) => logs.filter(({ id }) => equalBytes(id, sct.logId)).map((log) => ({ sct, log })))
  if (known.length === 0) return failure('sct-log-unknown')
  const issuerKeyHash = await sha256(issuerSpki)
  for (const { sct, log } of known) {
    if (!isWithin(log.validity, timeOf(sct))) return failure('sct-log-time')
    if (log.scheme.kind === 'ed25519' || ALGORITHMS[`${log.scheme.kind} ${log.scheme.hash}`] !== sct.algorithm) {
      return failure('sct-signature', 'algorithm')
    }
    const verdict = await verifyWithSpki(log.spki, log.scheme, sct.signature, signedBy(sct, issuerKeyHash, tbs))
    if (!verdict.ok) return failure(verdict.code === 'engine-failed' ? verdict.code : 'sct-signature', verdict.code)
  }
  return success(true)
}

function signedBy({ timestamp, extensions }: Sct, issuerKeyHash: Bytes, tbs: Bytes): Bytes {
  const versionAndType = Uint8Array.of(V1, 0)
  const precertificate = Uint8Array.of(0, 1)
  return concatBytes(
    versionAndType,
    timestamp,
    precertificate,
    issuerKeyHash,
    uint(tbs.length, 3),
    tbs,
    uint(extensions.length, 2),
    extensions,
  )
}

/** The extension holds an OCTET STRING with a TLS list of lists of octets, each with its length in two octets. */
function readList(value: Bytes): readonly Sct[] | undefined {
  const der = readDer(value)
  if (!der.ok || der.value.tag !== TAG.octetString) return undefined
  const outer = new Octets(der.value.content)
  const list = outer.vector(2)
  if (list === undefined || !outer.isDone()) return undefined
  const inner = new Octets(list)
  const scts: Sct[] = []
  while (!inner.isDone()) {
    const sct = readSct(inner.vector(2))
    if (sct === undefined || scts.length === MAX_SCTS) return undefined
    scts.push(sct)
  }
  return scts.length === 0 ? undefined : scts
}

function readSct(value: Bytes | undefined): Sct | undefined {
  if (value === undefined) return undefined
  const octets = new Octets(value)
  const version = octets.take(1)
  const logId = octets.take(32)
  const timestamp = octets.take(8)
  const extensions = octets.vector(2)
  const algorithm = octets.take(2)
  const signature = octets.vector(2)
  if (version?.[0] !== V1 || logId === undefined || timestamp === undefined || extensions === undefined) return undefined
  if (algorithm === undefined || signature === undefined || !octets.isDone()) return undefined
  return { logId, timestamp, extensions, algorithm: numberOf(algorithm), signature }
}

/** The TBSCertificate that the log was shown: the same but for the extension with the timestamps. All lengths are written anew. */
function withoutScts(tbs: Bytes): Bytes | undefined {
  const der = readDer(tbs)
  if (!der.ok) return undefined
  const fields = der.value.children
  const wrapped = fields.find(({ tag }) => tag === EXTENSIONS_FIELD)
  const extensions = wrapped?.children[0]?.children
  if (wrapped === undefined || extensions === undefined) return undefined
  const kept = extensions.filter((extension) => readOid(extension.children[0]) !== SCT_LIST)
  const rewritten = encodeDer(EXTENSIONS_FIELD, encodeDer(TAG.sequence, ...encodings(kept)))
  return encodeDer(TAG.sequence, ...fields.map((field) => (field === wrapped ? rewritten : field.encoding)))
}

function encodings(values: readonly DerValue[]): readonly Bytes[] {
  return values.map(({ encoding }) => encoding)
}

function timeOf({ timestamp }: Sct): Date {
  return new Date(numberOf(timestamp))
}

/** Reads what TLS writes (RFC 8446 section 3): numbers and vectors, big-endian. */
class Octets {
  readonly #octets: Bytes
  #offset = 0

  constructor(octets: Bytes) {
    this.#octets = octets
  }

  take(length: number): Bytes | undefined {
    if (this.#offset + length > this.#octets.length) return undefined
    this.#offset += length
    return this.#octets.subarray(this.#offset - length, this.#offset)
  }

  /** A vector with its length in as many octets. */
  vector(lengthOctets: number): Bytes | undefined {
    const length = this.take(lengthOctets)
    return length === undefined ? undefined : this.take(numberOf(length))
  }

  isDone(): boolean {
    return this.#offset === this.#octets.length
  }
}

function numberOf(octets: Bytes): number {
  return octets.reduce((number, octet) => number * 256 + octet, 0)
}

function uint(number: number, length: number): Bytes {
  const octets = new Uint8Array(length)
  for (let index = 0; index < length; index += 1) octets[length - 1 - index] = (number >> (8 * index)) & 0xff
  return octets
}
