import { type Bytes, concatBytes } from '../../encoding/bytes.ts'
import { withoutPadding } from '../../encoding/padding.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import type { Cpuid } from './product.ts'

/** An attestation report (AMD 56860, "ATTESTATION_REPORT"). Octets as signed. */
export type SnpReport = {
  readonly version: 2 | 3 | 5
  readonly guestPolicy: GuestPolicy
  readonly familyId: Bytes
  readonly imageId: Bytes
  /** Privilege level at which the report was asked for; 2^32 - 1 when the host asked. */
  readonly vmpl: number
  readonly signingKey: 'vcek' | 'vlek' | 'none'
  /** Whether the host hid which chip this is. */
  readonly isChipMasked: boolean
  readonly reportData: Bytes
  /** Launch measurement. */
  readonly measurement: Bytes
  readonly hostData: Bytes
  readonly idKeyDigest: Bytes
  readonly authorKeyDigest: Bytes
  readonly reportId: Bytes
  readonly chipId: Bytes
  /** Absent in version 2. */
  readonly cpuid?: Cpuid
  /** TCB_VERSION, eight octets each; how they are laid out depends on the product. */
  readonly currentTcb: Bytes
  readonly reportedTcb: Bytes
  readonly committedTcb: Bytes
  readonly launchTcb: Bytes
  /** What is signed. */
  readonly signed: Bytes
  /** r ‖ s, big-endian, 48 octets each. */
  readonly signature: Bytes
}

export type GuestPolicy = {
  readonly octets: Bytes
  readonly abiMajor: number
  readonly abiMinor: number
  readonly allowsSmt: boolean
  readonly allowsMigrationAgent: boolean
  readonly allowsDebug: boolean
  readonly isSingleSocket: boolean
}

export type SnpReportCode =
  | 'snp-length'
  | 'snp-version'
  | 'snp-signature-algorithm'
  | 'snp-policy-reserved'
  | 'snp-flags-reserved'
  /** Octets that have to be zero; `detail` is where. */
  | 'snp-reserved'
  /** The octets above r and s, and behind them: nothing signs them, so that they have to be what the format says. */
  | 'snp-signature-padding'

const LENGTH = 0x4a0
const SIGNED_LENGTH = 0x2a0
/** A number of the signature: 72 octets, little-endian, of which P-384 fills 48. */
const NUMBER_LENGTH = 72
const COORDINATE_LENGTH = 48
const ECDSA_P384_SHA384 = 1

/** Bits of the guest policy. From bit 26 on they are reserved. */
const POLICY_BIT = { smt: 16, mustBeOne: 17, migrationAgent: 18, debug: 19, singleSocket: 20, firstReserved: 26 }

/** What has to be zero in every version, by first octet and the one behind the last. */
const RESERVED: readonly (readonly [from: number, to: number])[] = [
  [0x4c, 0x50],
  [0x18b, 0x1a0],
  [0x1eb, 0x1ec],
  [0x1ef, 0x1f0],
  [0x208, 0x2a0],
]
/** In version 2 there is no CPUID; before version 5, there are no mitigation vectors. */
const CPUID: readonly [number, number] = [0x188, 0x18b]
const MITIGATION_VECTORS: readonly [number, number] = [0x1f8, 0x208]

/**
 * Parses a report of version 2, 3 or 5 without believing it: 1184 octets, and zeros where the whole buffer was handed
 * over; everything reserved zero. Bits of the platform
 * information are not interpreted: no verdict rests on them, and new ones come with new firmware.
 */
export function parseReport(buffer: Bytes): Result<SnpReport, SnpReportCode> {
  const input = withoutPadding(buffer, LENGTH)
  if (input === undefined) return failure('snp-length', String(buffer.length))
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const version = view.getUint32(0, true)
  if (version !== 2 && version !== 3 && version !== 5) return failure('snp-version', String(version))
  if (view.getUint32(0x34, true) !== ECDSA_P384_SHA384) return failure('snp-signature-algorithm')
  const guestPolicy = guestPolicyOf(input.slice(0x08, 0x10))
  if (guestPolicy === undefined) return failure('snp-policy-reserved')
  const flags = view.getUint32(0x48, true)
  const signingKey = SIGNING_KEYS.get((flags >> 2) & 7)
  if (flags >>> 5 !== 0 || signingKey === undefined) return failure('snp-flags-reserved')
  for (const [from, to] of [...RESERVED, ...(version === 2 ? [CPUID] : []), ...(version === 5 ? [] : [MITIGATION_VECTORS])]) {
    if (!isZero(input.subarray(from, to))) return failure('snp-reserved', `0x${from.toString(16)}`)
  }
  const signature = signatureOf(input.subarray(SIGNED_LENGTH))
  if (signature === undefined) return failure('snp-signature-padding')
  const take = (from: number, length: number) => input.slice(from, from + length)
  return success({
    version,
    guestPolicy,
    familyId: take(0x10, 16),
    imageId: take(0x20, 16),
    vmpl: view.getUint32(0x30, true),
    currentTcb: take(0x38, 8),
    signingKey,
    isChipMasked: (flags & 2) !== 0,
    reportData: take(0x50, 64),
    measurement: take(0x90, 48),
    hostData: take(0xc0, 32),
    idKeyDigest: take(0xe0, 48),
    authorKeyDigest: take(0x110, 48),
    reportId: take(0x140, 32),
    reportedTcb: take(0x180, 8),
    ...(version === 2 ? {} : { cpuid: { family: view.getUint8(0x188), model: view.getUint8(0x189), stepping: view.getUint8(0x18a) } }),
    chipId: take(0x1a0, 64),
    committedTcb: take(0x1e0, 8),
    launchTcb: take(0x1f0, 8),
    signed: take(0, SIGNED_LENGTH),
    signature,
  })
}

const SIGNING_KEYS: ReadonlyMap<number, SnpReport['signingKey']> = new Map([
  [0, 'vcek'],
  [1, 'vlek'],
  [7, 'none'],
])

function guestPolicyOf(octets: Bytes): GuestPolicy | undefined {
  const has = (bit: number) => ((octets[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0
  for (let bit = POLICY_BIT.firstReserved; bit < 64; bit += 1) {
    if (has(bit)) return undefined
  }
  if (!has(POLICY_BIT.mustBeOne)) return undefined
  return {
    octets,
    abiMinor: octets[0] ?? 0,
    abiMajor: octets[1] ?? 0,
    allowsSmt: has(POLICY_BIT.smt),
    allowsMigrationAgent: has(POLICY_BIT.migrationAgent),
    allowsDebug: has(POLICY_BIT.debug),
    isSingleSocket: has(POLICY_BIT.singleSocket),
  }
}

function signatureOf(octets: Bytes): Bytes | undefined {
  const r = octets.subarray(0, NUMBER_LENGTH)
  const s = octets.subarray(NUMBER_LENGTH, 2 * NUMBER_LENGTH)
  const behind = octets.subarray(2 * NUMBER_LENGTH)
  if (!isZero(r.subarray(COORDINATE_LENGTH)) || !isZero(s.subarray(COORDINATE_LENGTH)) || !isZero(behind)) return undefined
  return concatBytes(r.slice(0, COORDINATE_LENGTH).reverse(), s.slice(0, COORDINATE_LENGTH).reverse())
}

export function isZero(octets: Bytes): boolean {
  return octets.every((octet) => octet === 0)
}
