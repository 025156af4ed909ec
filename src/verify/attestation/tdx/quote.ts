import { ByteReader } from '../../encoding/byte-reader.ts'
import { type Bytes, concatBytes } from '../../encoding/bytes.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { isPadding, withoutTrailingZeros } from '../../encoding/padding.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { type TdReport, tdReportOf } from './td-report.ts'

/**
 * A TDX quote (Intel TDX DCAP Quoting Library API, appendix A.3 for version 4, A.4 for version 5), all numbers little-endian:
 *
 * | part | octets |
 * |---|---|
 * | header | 48 |
 * | version 5 only: body type (2 = TD 1.0, 3 = TD 1.5), body size | 2 + 4 |
 * | body | 584 (TD 1.0) or 648 (TD 1.5) |
 * | length of the signature data | 4 |
 * | signature r ‖ s, attestation key x ‖ y | 64 + 64 |
 * | certification data: type 6, size | 2 + 4 |
 * | QE report, its signature r ‖ s | 384 + 64 |
 * | QE authentication data: length, octets | 2 + n |
 * | certification data: type 5, size, PEM certificates from the PCK leaf up | 2 + 4 + n |
 */
export type Quote = {
  readonly version: 4 | 5
  /** Header and body: what the attestation key signs. */
  readonly signed: Bytes
  readonly report: TdReport
  readonly signature: Bytes
  readonly attestationKey: Bytes
  readonly qeReport: Bytes
  readonly qeReportSignature: Bytes
  readonly qeAuthenticationData: Bytes
  /** PEM text, without the zero octet that ends it as a C string. */
  readonly pckChain: Bytes
}

export type QuoteErrorCode =
  /** The text that ACI's reference gateway puts in a quote's place where there is no hardware. */
  | 'quote-stub'
  | 'quote-truncated'
  | 'quote-too-large'
  /** A quote of an SGX enclave (version 3, or TEE type 0). */
  | 'quote-not-tdx'
  | 'quote-version'
  | 'quote-key-type'
  | 'quote-tee-type'
  | 'quote-vendor'
  /** A body of version 5 that is of a type that is not known here. */
  | 'quote-body-type'
  /** A body whose size is not that of its type. */
  | 'quote-body'
  /** Signature and key and nothing that vouches for the key. */
  | 'quote-uncertified'
  /** The same, with registers that are one octet over and over: made for a test. */
  | 'quote-synthetic'
  | 'quote-certification'
  | 'quote-trailing-bytes'

export const QUOTE_LIMIT = 65_536
const HEADER = 48
const BODY_SIZES = { td10: 584, td15: 648 } as const
const SIGNATURE_AND_KEY = 128
const QE_REPORT = 384

const ECDSA_P256 = 2
const TEE_SGX = 0x00
const TEE_TDX = 0x81
/** 939a7233-f79c-4ca9-940a-0db3957f0607: Intel's quoting enclave. */
const INTEL_QE = [0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07]
/** `aci-stub-quote|` */
const STUB = encodeUtf8('aci-stub-quote|')
const QE_REPORT_DATA = 6
const PCK_CHAIN = 5

/**
 * Parses a quote. Trailing octets: producers hand out their whole buffer, so behind the signature data any number of zero octets may follow,
 * and nothing else; likewise zero octets end the PEM text. Every other length must be met exactly.
 */
export function parseQuote(bytes: Bytes): Result<Quote, QuoteErrorCode> {
  if (bytes.length > QUOTE_LIMIT) return failure('quote-too-large')
  if (STUB.every((octet, index) => bytes[index] === octet)) return failure('quote-stub')
  const reader = new ByteReader(bytes)
  const header = reader.take(HEADER)
  if (header === undefined) return failure('quote-truncated', 'header')
  const version = uint16(header, 0)
  const teeType = uint32(header, 4)
  if (version === 3 || ((version === 4 || version === 5) && teeType === TEE_SGX)) return failure('quote-not-tdx')
  if (version !== 4 && version !== 5) return failure('quote-version', String(version))
  const keyType = uint16(header, 2)
  if (keyType !== ECDSA_P256) return failure('quote-key-type', String(keyType))
  if (teeType !== TEE_TDX) return failure('quote-tee-type', String(teeType))

  const described = bodySizeOf(version, reader)
  if (!described.ok) return described
  const size = described.value
  const body = reader.take(size)
  if (body === undefined) return failure('quote-truncated', 'body')
  const report = tdReportOf(body)
  const signed = bytes.subarray(0, reader.offset)

  const signatureLength = reader.uint32()
  const data = signatureLength === undefined ? undefined : reader.take(signatureLength)
  if (data === undefined) return failure('quote-truncated', 'signature data')
  if (!isPadding(reader.rest())) return failure('quote-trailing-bytes')
  if (data.length === SIGNATURE_AND_KEY) return failure(isMadeUp(report) ? 'quote-synthetic' : 'quote-uncertified')
  if (!INTEL_QE.every((octet, index) => header[12 + index] === octet)) {
    return failure('quote-vendor', encodeHex(header.subarray(12, 28)))
  }
  return withSignatureData(data, { version, signed, report })
}

function withSignatureData(data: Bytes, quote: Pick<Quote, 'version' | 'signed' | 'report'>): Result<Quote, QuoteErrorCode> {
  const reader = new ByteReader(data)
  const signature = reader.take(64)
  const attestationKey = reader.take(64)
  const certification = takeBlock(reader, QE_REPORT_DATA)
  if (signature === undefined || attestationKey === undefined) return failure('quote-truncated', 'signature')
  if (certification === undefined || reader.rest().length > 0) return failure('quote-certification', 'QE report')

  const inner = new ByteReader(certification)
  const qeReport = inner.take(QE_REPORT)
  const qeReportSignature = inner.take(64)
  const length = inner.uint16()
  const qeAuthenticationData = length === undefined ? undefined : inner.take(length)
  const chain = takeBlock(inner, PCK_CHAIN)
  if (qeReport === undefined || qeReportSignature === undefined || qeAuthenticationData === undefined) {
    return failure('quote-certification', 'QE report')
  }
  if (chain === undefined || inner.rest().length > 0) return failure('quote-certification', 'PCK certificates')
  return success({
    ...quote,
    signature,
    attestationKey,
    qeReport,
    qeReportSignature,
    qeAuthenticationData,
    pckChain: withoutTrailingZeros(chain),
  })
}

/** Version 4 has TD 1.0 bodies; version 5 says type and size, which must agree. */
function bodySizeOf(version: 4 | 5, reader: ByteReader): Result<number, 'quote-not-tdx' | 'quote-body-type' | 'quote-body'> {
  if (version === 4) return success(BODY_SIZES.td10)
  const type = reader.uint16()
  const size = reader.uint32()
  if (type === 1) return failure('quote-not-tdx')
  const wanted = type === 2 ? BODY_SIZES.td10 : type === 3 ? BODY_SIZES.td15 : undefined
  if (wanted === undefined) return failure('quote-body-type', String(type))
  return size === wanted ? success(wanted) : failure('quote-body')
}

/** Whether MRTD and the RTMRs are each one octet over and over, as no hash ever is. Zero RTMRs are real: they were never extended. */
function isMadeUp({ mrTd, rtmrs }: TdReport): boolean {
  return [mrTd, ...rtmrs].every((register) => register.every((octet) => octet === register[0]))
}

/** Type, size and contents, of the type asked for. */
function takeBlock(reader: ByteReader, type: number): Bytes | undefined {
  const found = reader.uint16()
  const size = reader.uint32()
  return found === type && size !== undefined ? reader.take(size) : undefined
}

/** Two octets, little-endian. */
export function uint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) + (bytes[offset + 1] ?? 0) * 0x100
}

function uint32(bytes: Uint8Array, offset: number): number {
  return uint16(bytes, offset) + uint16(bytes, offset + 2) * 0x1_0000
}

/** SubjectPublicKeyInfo of a P-256 key given as x ‖ y (RFC 5480 section 2). */
export function p256Spki(point: Bytes): Bytes {
  return concatBytes(P256_SPKI_PREFIX, point)
}

const P256_SPKI_PREFIX = Uint8Array.from([
  0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
  0x03, 0x42, 0x00, 0x04,
])
