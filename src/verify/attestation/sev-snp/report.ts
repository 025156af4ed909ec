import { type Bytes, concatBytes } from '../../encoding/bytes.ts'
import { isPadding, withoutPadding } from '../../encoding/padding.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { type Bits, bitsIn } from '../bits.ts'
import type { Cpuid } from './product.ts'

/** An attestation report (AMD 56860, "ATTESTATION_REPORT"). Octets as signed, numbers little-endian. */
export type SnpReport = {
  readonly version: number
  readonly guestSvn: number
  readonly guestPolicy: GuestPolicy
  readonly familyId: Bytes
  readonly imageId: Bytes
  /** Privilege level at which the report was asked for; 2^32 - 1 when the host asked. */
  readonly vmpl: number
  readonly platformInfo: Bits
  readonly signingKey: 'vcek' | 'vlek' | 'none' | 'unknown'
  /** MASK_CHIP_KEY: the firmware was told not to sign, and writes zeros in the signature's place. */
  readonly isKeyMasked: boolean
  readonly reportData: Bytes
  /** Launch measurement. */
  readonly measurement: Bytes
  readonly hostData: Bytes
  readonly idKeyDigest: Bytes
  readonly authorKeyDigest: Bytes
  readonly reportId: Bytes
  /** Zero where the host hides which chip it is. */
  readonly chipId: Bytes
  /** Absent in version 2. */
  readonly cpuid?: Cpuid
  /** TCB_VERSION, eight octets each; how they are laid out depends on the product. */
  readonly currentTcb: Bytes
  readonly reportedTcb: Bytes
  readonly committedTcb: Bytes
  readonly launchTcb: Bytes
  /** Of the firmware that runs, and of the oldest that the host can go back to: `1.55.29`. */
  readonly currentFirmware: string
  readonly committedFirmware: string
  /** Mitigations of the firmware, one bit each, at launch and now. From version 5 on. */
  readonly mitigations?: { readonly launch: Bytes; readonly current: Bytes }
  /** What is newer than this verifier, each by its stable name (`version-6`, `policy-bit-26`). Whatever it means is not known. */
  readonly newer: readonly string[]
  /** What is signed. */
  readonly signed: Bytes
  /** r ‖ s, big-endian, 48 octets each. */
  readonly signature: Bytes
}

export type GuestPolicy = Bits & { readonly abiMajor: number; readonly abiMinor: number }

export type SnpReportCode =
  | 'snp-length'
  | 'snp-version'
  | 'snp-signature-algorithm'
  /** The octets above r and s, and behind them: nothing signs them, so that they have to be what the format says. */
  | 'snp-signature-padding'

const LENGTH = 0x4a0
const SIGNED_LENGTH = 0x2a0
/** A number of the signature: 72 octets, little-endian, of which P-384 fills 48. */
const NUMBER_LENGTH = 72
const COORDINATE_LENGTH = 48
const ECDSA_P384_SHA384 = 1

/** The versions whose layout is known: 3 adds the CPUID, 4 is laid out as 3, 5 adds the mitigation vectors. */
const FIRST_VERSION = 2
const LAST_VERSION = 5
const CPUID_SINCE = 3
const MITIGATIONS_SINCE = 5

/** Bits of the guest policy above the two octets of the ABI's version (AMD 56860, "Guest Policy"). */
const POLICY_BITS: ReadonlyMap<number, string> = new Map([
  [16, 'SMT'],
  [17, 'RESERVED_ONE'],
  [18, 'MIGRATE_MA'],
  [19, 'DEBUG'],
  [20, 'SINGLE_SOCKET'],
  [21, 'CXL_ALLOW'],
  [22, 'MEM_AES_256_XTS'],
  [23, 'RAPL_DIS'],
  [24, 'CIPHERTEXT_HIDING'],
  [25, 'PAGE_SWAP_DISABLE'],
])
const ABI_BITS = 16
/** What the platform says of itself (AMD 56860, "PLATFORM_INFO"). Bit 6, once reserved, is Turin's (AMD-SB-3016; tinfoilsh/go-sev-guest, `abi`). */
const PLATFORM_BITS: ReadonlyMap<number, string> = new Map([
  [0, 'SMT_EN'],
  [1, 'TSME_EN'],
  [2, 'ECC_EN'],
  [3, 'RAPL_DIS'],
  [4, 'CIPHERTEXT_HIDING_DRAM_EN'],
  [5, 'ALIAS_CHECK_COMPLETE'],
  [6, 'IOMMU_WRITE_SAFE'],
  [7, 'TIO_EN'],
])

/** What is zero in every version that is known, by first octet and the one behind the last. */
const RESERVED: readonly (readonly [from: number, to: number])[] = [
  [0x4c, 0x50],
  [0x18b, 0x1a0],
  [0x1eb, 0x1ec],
  [0x1ef, 0x1f0],
  [0x208, 0x2a0],
]
const CPUID: readonly [number, number] = [0x188, 0x18b]
const MITIGATION_VECTORS: readonly [number, number] = [0x1f8, 0x208]

/**
 * Parses a report without believing it: 1184 octets, and zeros where the whole buffer was handed over. It is read by its layout: versions 2
 * to 5 are known, and later ones are read as 5, since what is signed and where the signature stands does not change. Bits and fields that
 * are not known are named in `newer`; they are signed, so that they are told and not refused. Bits of the platform information decide
 * nothing and are only shown.
 */
export function parseReport(buffer: Bytes): Result<SnpReport, SnpReportCode> {
  const input = withoutPadding(buffer, LENGTH)
  if (input === undefined) return failure('snp-length', String(buffer.length))
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const version = view.getUint32(0, true)
  if (version < FIRST_VERSION) return failure('snp-version', String(version))
  const algorithm = view.getUint32(0x34, true)
  if (algorithm !== ECDSA_P384_SHA384) return failure('snp-signature-algorithm', String(algorithm))
  const signature = signatureOf(input.subarray(SIGNED_LENGTH))
  if (signature === undefined) return failure('snp-signature-padding')
  const take = (from: number, length: number) => input.slice(from, from + length)
  const guestPolicy = bitsIn(take(0x08, 8), POLICY_BITS, ABI_BITS)
  const flags = view.getUint32(0x48, true)
  const key = (flags >>> 2) & 7
  return success({
    version,
    guestSvn: view.getUint32(0x04, true),
    guestPolicy: { ...guestPolicy, abiMinor: input[0x08] ?? 0, abiMajor: input[0x09] ?? 0 },
    familyId: take(0x10, 16),
    imageId: take(0x20, 16),
    vmpl: view.getUint32(0x30, true),
    currentTcb: take(0x38, 8),
    platformInfo: bitsIn(take(0x40, 8), PLATFORM_BITS),
    signingKey: SIGNING_KEYS.get(key) ?? 'unknown',
    isKeyMasked: (flags & 2) !== 0,
    reportData: take(0x50, 64),
    measurement: take(0x90, 48),
    hostData: take(0xc0, 32),
    idKeyDigest: take(0xe0, 48),
    authorKeyDigest: take(0x110, 48),
    reportId: take(0x140, 32),
    reportedTcb: take(0x180, 8),
    ...(version < CPUID_SINCE
      ? {}
      : { cpuid: { family: view.getUint8(0x188), model: view.getUint8(0x189), stepping: view.getUint8(0x18a) } }),
    chipId: take(0x1a0, 64),
    committedTcb: take(0x1e0, 8),
    launchTcb: take(0x1f0, 8),
    currentFirmware: firmwareOf(take(0x1e8, 3)),
    committedFirmware: firmwareOf(take(0x1ec, 3)),
    ...(version < MITIGATIONS_SINCE ? {} : { mitigations: { launch: take(0x1f8, 8), current: take(0x200, 8) } }),
    newer: [
      ...(version > LAST_VERSION ? [`version-${version}`] : []),
      ...(SIGNING_KEYS.has(key) ? [] : [`signing-key-${key}`]),
      ...bitsIn(take(0x48, 4), KEY_BITS).unknown.map((bit) => `key-info-bit-${bit}`),
      ...guestPolicy.unknown.map((bit) => `policy-bit-${bit}`),
      ...(guestPolicy.set.has('RESERVED_ONE') ? [] : ['policy-bit-17-clear']),
      ...reservedIn(input, version).map((from) => `field-0x${from.toString(16)}`),
    ],
    signed: take(0, SIGNED_LENGTH),
    signature,
  })
}

const SIGNING_KEYS: ReadonlyMap<number, SnpReport['signingKey']> = new Map([
  [0, 'vcek'],
  [1, 'vlek'],
  [7, 'none'],
])
/** AUTHOR_KEY_EN, MASK_CHIP_KEY, and the three bits of SIGNING_KEY. */
const KEY_BITS: ReadonlyMap<number, string> = new Map([0, 1, 2, 3, 4].map((bit) => [bit, String(bit)]))

/** Where something stands that has to be zero in this version, by its first octet. */
function reservedIn(input: Bytes, version: number): readonly number[] {
  const ranges = [...RESERVED, ...(version < CPUID_SINCE ? [CPUID] : []), ...(version < MITIGATIONS_SINCE ? [MITIGATION_VECTORS] : [])]
  return ranges.filter(([from, to]) => !isPadding(input.subarray(from, to))).map(([from]) => from)
}

/** Build, minor, major, one octet each. */
function firmwareOf(octets: Bytes): string {
  return [...octets].toReversed().join('.')
}

function signatureOf(octets: Bytes): Bytes | undefined {
  const r = octets.subarray(0, NUMBER_LENGTH)
  const s = octets.subarray(NUMBER_LENGTH, 2 * NUMBER_LENGTH)
  const behind = octets.subarray(2 * NUMBER_LENGTH)
  if (!isPadding(r.subarray(COORDINATE_LENGTH)) || !isPadding(s.subarray(COORDINATE_LENGTH)) || !isPadding(behind)) return undefined
  return concatBytes(r.slice(0, COORDINATE_LENGTH).reverse(), s.slice(0, COORDINATE_LENGTH).reverse())
}
