import type { Bytes } from '../../encoding/bytes.ts'

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

/** Faults in the attributes of the domain (Intel TDX Module ABI, "ATTRIBUTES"), worst first. */
export type AttributeFault = 'reserved-bits' | 'migratable' | 'sept-ve'

/** Bits 0 to 7 are Intel's "TD under debug" group: debugging and profiling, both of which let the host look in. */
export function isUnderDebug({ tdAttributes }: TdReport): boolean {
  return tdAttributes[0] !== 0
}

/** Octet by octet, the bits that may be set beside the debug group: 28 SEPT_VE_DISABLE, 30 PKS, 31 KL, 63 PERFMON. */
const KNOWN_BITS = [0xff, 0x00, 0x00, 0xd0, 0x00, 0x00, 0x00, 0x80]
const SEPT_VE_DISABLE = 0x10
/** Bit 29: reserved in TD 1.0; in TD 1.5 the domain may be moved by a service domain. */
const MIGRATABLE = 0x20

/**
 * What is wrong with the attributes besides debugging. SEPT_VE_DISABLE must be set: without it the host can inject exceptions into the
 * guest wherever it touches memory.
 */
export function faultInAttributes({ tdAttributes, mrServiceTd }: TdReport): AttributeFault | undefined {
  const octet3 = tdAttributes[3] ?? 0
  const isMigratable = mrServiceTd !== undefined && (octet3 & MIGRATABLE) !== 0
  const isReserved = tdAttributes.some((octet, index) => {
    const known = (KNOWN_BITS[index] ?? 0) | (index === 3 && isMigratable ? MIGRATABLE : 0)
    return (octet & ~known) !== 0
  })
  if (isReserved) return 'reserved-bits'
  if (isMigratable) return 'migratable'
  return (octet3 & SEPT_VE_DISABLE) === 0 ? 'sept-ve' : undefined
}
