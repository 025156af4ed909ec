import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import type { QeIdentity } from './collateral-schema.ts'
import type { Quote } from './quote.ts'
import { uint16 } from './quote.ts'
import { isMasked, type Level, levelOf } from './tcb.ts'

/**
 * The report of the quoting enclave (REPORTBODY of 384 octets, Intel SDM volume 3D table 38-21). Offsets and lengths in octets, numbers
 * little-endian.
 */
export type QeReport = {
  /** 16/4 */
  readonly miscSelect: Bytes
  /** 48/16: flags and XFRM. */
  readonly attributes: Bytes
  /** 128/32 */
  readonly mrSigner: Bytes
  /** 256/2 */
  readonly isvProdId: number
  /** 258/2 */
  readonly isvSvn: number
  /** 320/64 */
  readonly reportData: Bytes
}

export function qeReportOf(report: Bytes): QeReport {
  return {
    miscSelect: report.subarray(16, 20),
    attributes: report.subarray(48, 64),
    mrSigner: report.subarray(128, 160),
    isvProdId: uint16(report, 256),
    isvSvn: uint16(report, 258),
    reportData: report.subarray(320, 384),
  }
}

/** Whether the quoting enclave vouches for the attestation key: SHA-256 of key and authentication data, then 32 zero octets. */
export async function vouchesForKey({ attestationKey, qeAuthenticationData, qeReport }: Quote): Promise<boolean> {
  const expected = concatBytes(await sha256(concatBytes(attestationKey, qeAuthenticationData)), new Uint8Array(32))
  return equalBytes(qeReportOf(qeReport).reportData, expected)
}

export type QeVerdict =
  | { readonly fault: 'mrsigner' | 'isvprodid' | 'miscselect' | 'attributes' | 'debug' | 'no-level' }
  | { readonly fault?: never; readonly level: Level }

/** Bit 1 of the flags: an enclave that a debugger may enter. */
const DEBUG = 0x02

/** Whether it is Intel's quoting enclave for trust domains, and the first of Intel's levels that it reaches. */
export function matchQe(identity: QeIdentity, report: QeReport): QeVerdict {
  if (encodeHex(report.mrSigner) !== identity.mrsigner) return { fault: 'mrsigner' }
  if (report.isvProdId !== identity.isvprodid) return { fault: 'isvprodid' }
  if (!isMasked(encodeHex(report.miscSelect), identity.miscselectMask, identity.miscselect)) return { fault: 'miscselect' }
  if (((report.attributes[0] ?? 0) & DEBUG) !== 0) return { fault: 'debug' }
  if (!isMasked(encodeHex(report.attributes), identity.attributesMask, identity.attributes)) return { fault: 'attributes' }
  const level = identity.tcbLevels.find(({ tcb }) => report.isvSvn >= tcb.isvsvn)
  return level === undefined ? { fault: 'no-level' } : { level: levelOf(level) }
}
