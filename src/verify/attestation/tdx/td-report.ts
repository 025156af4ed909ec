import type { Bytes } from '../../encoding/bytes.ts'
import { type Bits, bitsIn } from '../bits.ts'

/**
 * The body of a quote: what the TDX module reports of a trust domain (Intel TDX DCAP Quoting Library API, appendix A.3.2).
 * Offsets and lengths in octets; a TD 1.5 body is a TD 1.0 body with two fields more.
 */
export type TdReport = {
  /** 0/16: security version numbers of TDX module and microcode when the domain was built. */
  readonly teeTcbSvn: Bytes
  /** 16/48 */
  readonly mrSeam: Bytes
  /** 64/48 */
  readonly mrSignerSeam: Bytes
  /** 112/8 */
  readonly seamAttributes: Bytes
  /** 120/8 */
  readonly tdAttributes: Bytes
  /** 128/8 */
  readonly xfam: Bytes
  /** 136/48: the memory that the domain was built with. */
  readonly mrTd: Bytes
  /** 184/48 */
  readonly mrConfigId: Bytes
  /** 232/48 */
  readonly mrOwner: Bytes
  /** 280/48 */
  readonly mrOwnerConfig: Bytes
  /** 328/48 each: extended while the domain boots and runs. */
  readonly rtmrs: readonly [Bytes, Bytes, Bytes, Bytes]
  /** 520/64 */
  readonly reportData: Bytes
  /** TD 1.5 only, 584/16: as `teeTcbSvn`, of the module that runs now. */
  readonly teeTcbSvn2?: Bytes
  /** TD 1.5 only, 600/48: service domains bound to this one. */
  readonly mrServiceTd?: Bytes
}

const TD15_SIZE = 648

/** Takes a body of 584 or 648 octets apart; the caller has made sure of its length. */
export function tdReportOf(body: Bytes): TdReport {
  const field = (offset: number, length: number) => body.subarray(offset, offset + length)
  return {
    teeTcbSvn: field(0, 16),
    mrSeam: field(16, 48),
    mrSignerSeam: field(64, 48),
    seamAttributes: field(112, 8),
    tdAttributes: field(120, 8),
    xfam: field(128, 8),
    mrTd: field(136, 48),
    mrConfigId: field(184, 48),
    mrOwner: field(232, 48),
    mrOwnerConfig: field(280, 48),
    rtmrs: [field(328, 48), field(376, 48), field(424, 48), field(472, 48)],
    reportData: field(520, 64),
    ...(body.length === TD15_SIZE ? { teeTcbSvn2: field(584, 16), mrServiceTd: field(600, 48) } : {}),
  }
}

/** Attributes of a domain that have names (Linux, arch/x86/include/asm/shared/tdx.h; Intel TDX Module ABI, "ATTRIBUTES"). */
const ATTRIBUTES: ReadonlyMap<number, string> = new Map([
  [0, 'DEBUG'],
  [4, 'HGS_PLUS_PROF'],
  [5, 'PERF_PROF'],
  [6, 'PMT_PROF'],
  [16, 'ICSSD'],
  [27, 'LASS'],
  [28, 'SEPT_VE_DISABLE'],
  [29, 'MIGRATABLE'],
  [30, 'PKS'],
  [31, 'KL'],
  [62, 'TPA'],
  [63, 'PERFMON'],
])

export function attributesOf({ tdAttributes }: TdReport): Bits {
  return bitsIn(tdAttributes, ATTRIBUTES)
}

/** Bits 0 to 7 are Intel's "TD under debug" group, those without a name too: debugging and profiling, which let the host look in. */
export function isUnderDebug({ tdAttributes }: TdReport): boolean {
  return tdAttributes[0] !== 0
}
