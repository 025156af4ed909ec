import { ByteReader } from '../../encoding/byte-reader.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { isPadding } from '../../encoding/padding.ts'
import { failure, type Result, success } from '../../encoding/result.ts'

/**
 * An attestation report: the SPDM request that the GPU was sent and the response that it signed (DMTF DSP0274 version 1.1.0, GET_MEASUREMENTS and
 * MEASUREMENTS), one behind the other; numbers little-endian:
 *
 * | part | octets |
 * |---|---|
 * | request: version 11, code E0, attributes 01 (a signature is wanted), operation FF (all measurements) | 4 |
 * | nonce, slot | 32 + 1 |
 * | response: version 11, code 60, two parameters | 4 |
 * | number of blocks, length of the record | 1 + 3 |
 * | each block: index, specification 01 (DMTF), size; type, size, value | 1 + 1 + 2; 1 + 2 + n |
 * | the GPU's own nonce | 32 |
 * | length of the opaque data; each entry: type, length, value | 2; 2 + 2 + n |
 * | signature r ‖ s over everything before it | 48 + 48 |
 */
export type GpuReport = {
  readonly signed: Bytes
  readonly signature: Bytes
  /** What the GPU was asked to answer. */
  readonly nonce: Bytes
  /** Values by index. */
  readonly measurements: ReadonlyMap<number, Bytes>
  /** Values by type. */
  readonly opaqueData: ReadonlyMap<number, Bytes>
}

export type ReportErrorCode =
  | 'report-too-large'
  /** Of another version of SPDM than 1.1. */
  | 'report-version'
  | 'report-truncated'
  | 'report-request'
  | 'report-response'
  | 'report-measurements'
  | 'report-opaque-data'
  | 'report-trailing-bytes'

const MAX_OCTETS = 65_536
const NONCE = 32
const SIGNATURE = 96
const SPDM_1_1 = 0x11
/** Version, code, and in the request the two parameters. */
const REQUEST = [SPDM_1_1, 0xe0, 0x01, 0xff]
const RESPONSE = [SPDM_1_1, 0x60]
const DMTF = 1

/**
 * Parses a report: every length is met exactly, no index or type comes twice, nothing follows the signature but the zeros of the buffer that
 * was handed over (one real recording has one). How long it is, its own lengths say.
 */
export function parseReport(bytes: Bytes): Result<GpuReport, ReportErrorCode> {
  if (bytes.length > MAX_OCTETS) return failure('report-too-large')
  const reader = new ByteReader(bytes)
  const request = reader.take(REQUEST.length)
  const nonce = reader.take(NONCE)
  const slot = reader.uint8()
  const response = reader.take(4)
  const count = reader.uint8()
  const recordLength = reader.uint24()
  if (request === undefined || nonce === undefined || slot === undefined) return failure('report-truncated', 'request')
  if (request[0] !== SPDM_1_1) return failure('report-version', versionOf(request[0]))
  if (!REQUEST.every((octet, index) => request[index] === octet)) return failure('report-request')
  if (response === undefined || count === undefined || recordLength === undefined) return failure('report-truncated', 'response')
  if (response[0] !== SPDM_1_1) return failure('report-version', versionOf(response[0]))
  if (!RESPONSE.every((octet, index) => response[index] === octet)) return failure('report-response')

  const record = reader.take(recordLength)
  const ownNonce = reader.take(NONCE)
  const opaqueLength = reader.uint16()
  const opaque = opaqueLength === undefined ? undefined : reader.take(opaqueLength)
  const signed = bytes.subarray(0, reader.offset)
  const signature = reader.take(SIGNATURE)
  if (record === undefined) return failure('report-truncated', 'measurements')
  if (ownNonce === undefined || opaque === undefined || signature === undefined) return failure('report-truncated', 'opaque data')
  if (!isPadding(reader.rest())) return failure('report-trailing-bytes')

  const measurements = measurementsOf(record, count)
  if (measurements === undefined) return failure('report-measurements')
  const opaqueData = entriesOf(opaque)
  if (opaqueData === undefined) return failure('report-opaque-data')
  return success({ signed, signature, nonce, measurements, opaqueData })
}

/** DSP0274 table "Measurement block format", and "DMTF measurement specification format" inside it. */
function measurementsOf(record: Bytes, count: number): ReadonlyMap<number, Bytes> | undefined {
  const reader = new ByteReader(record)
  const measurements = new Map<number, Bytes>()
  for (let block = 0; block < count; block += 1) {
    const index = reader.uint8()
    const specification = reader.uint8()
    const size = reader.uint16()
    const type = reader.uint8()
    const valueSize = reader.uint16()
    const value = valueSize === undefined ? undefined : reader.take(valueSize)
    if (index === undefined || specification !== DMTF || type === undefined || value === undefined) return undefined
    if (index === 0 || measurements.has(index) || size !== value.length + 3) return undefined
    measurements.set(index, value)
  }
  return count === 0 || reader.rest().length > 0 ? undefined : measurements
}

function entriesOf(opaque: Bytes): ReadonlyMap<number, Bytes> | undefined {
  const reader = new ByteReader(opaque)
  const entries = new Map<number, Bytes>()
  while (reader.rest().length > 0) {
    const type = reader.uint16()
    const length = reader.uint16()
    const value = length === undefined ? undefined : reader.take(length)
    if (type === undefined || value === undefined || entries.has(type)) return undefined
    entries.set(type, value)
  }
  return entries
}

/** `1.2` of the octet 0x12. */
function versionOf(octet = 0): string {
  return `${octet >> 4}.${octet & 0x0f}`
}
