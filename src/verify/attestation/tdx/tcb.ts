import { encodeHex } from '../../encoding/hex.ts'
import { TCB_STATUSES, type TcbStatus } from '../../policy/types.ts'
import type { TcbInfo } from './collateral-schema.ts'
import type { Pck } from './pck-certificate.ts'
import type { TdReport } from './td-report.ts'

/** A TCB level that was matched: what Intel says of platforms, modules or enclaves with these version numbers. */
export type Level = { readonly status: StatedStatus; readonly date: Date; readonly advisories: readonly string[] }

/** One of Intel's statuses, or `Unknown`: one that is newer than this verifier. */
export type StatedStatus = TcbStatus | 'Unknown'

/** Parts of a platform that can be behind. */
export type Half = 'microcode' | 'pce' | 'tdx'

export type PlatformVerdict = {
  /** Undefined: below every level that Intel knows. */
  readonly level: Level | undefined
  /** What is below the first level, the best that Intel lists. */
  readonly short: readonly Half[]
}

type TcbLevel = TcbInfo['tcbLevels'][number]

/**
 * The TCB level of a platform (Intel PCS API version 4, "TDX TCB Info", how to determine the TCB status): the first level, in Intel's order,
 * all of whose parts the platform reaches: 16 SGX components and PCESVN of the PCK certificate, TDX components of the TD report. Where
 * TEE_TCB_SVN[1], the version of the TDX module, is above 0, TDX components 0 and 1 are judged by the module's identity and not here.
 */
export function matchPlatform({ tcbLevels }: TcbInfo, pck: Pck, report: TdReport): PlatformVerdict {
  const matched = tcbLevels.find((candidate) => shortIn(candidate, pck, report).length === 0)
  const [best] = tcbLevels
  return { level: matched && levelOf(matched), short: best === undefined ? [] : shortIn(best, pck, report) }
}

function shortIn({ tcb }: TcbLevel, pck: Pck, { teeTcbSvn }: TdReport): readonly Half[] {
  const from = hasModuleIdentity(teeTcbSvn) ? 2 : 0
  const isBelow = (own: ArrayLike<number>, wanted: readonly { readonly svn: number }[], start: number) =>
    wanted.some(({ svn }, index) => index >= start && (own[index] ?? 0) < svn)
  const short: Half[] = []
  if (isBelow(pck.components, tcb.sgxtcbcomponents, 0)) short.push('microcode')
  if (pck.pceSvn < tcb.pcesvn) short.push('pce')
  if (isBelow(teeTcbSvn, tcb.tdxtcbcomponents, from)) short.push('tdx')
  return short
}

function hasModuleIdentity(teeTcbSvn: Uint8Array): boolean {
  return (teeTcbSvn[1] ?? 0) > 0
}

type LeveledEntry = { readonly tcbStatus: string; readonly tcbDate: Date; readonly advisoryIDs?: string[] | undefined }

export function levelOf({ tcbStatus, tcbDate, advisoryIDs }: LeveledEntry): Level {
  const status = TCB_STATUSES.find((known) => known === tcbStatus) ?? 'Unknown'
  return { status, date: tcbDate, advisories: advisoryIDs ?? [] }
}

/** `version-unknown`: no identity for this version of the module. `identity`: not signed by whom, or not with the attributes, that Intel says. */
export type ModuleFault = 'version-unknown' | 'identity' | 'no-level'

export type ModuleVerdict =
  | { readonly fault: ModuleFault; readonly id: string }
  /** Modules of version 0 have no level of their own. */
  | { readonly fault?: never; readonly id: string; readonly level?: Level }

/**
 * The TDX module: signer and attributes (under Intel's mask) as Intel says, for the version that TEE_TCB_SVN[1] names (`TDX_03`), and the
 * first of that version's levels that TEE_TCB_SVN[0] reaches.
 */
export function matchModule({ tdxModule, tdxModuleIdentities }: TcbInfo, report: TdReport): ModuleVerdict {
  const [svn = 0, version = 0] = report.teeTcbSvn
  const id = moduleId(version)
  if (!hasModuleIdentity(report.teeTcbSvn)) return isModule(tdxModule, report) ? { id } : { fault: 'identity', id }
  const identity = tdxModuleIdentities.find((candidate) => candidate.id === id)
  if (identity === undefined) return { fault: 'version-unknown', id }
  if (!isModule(identity, report)) return { fault: 'identity', id }
  const level = identity.tcbLevels.find(({ tcb }) => svn >= tcb.isvsvn)
  return level === undefined ? { fault: 'no-level', id } : { id, level: levelOf(level) }
}

/** `TDX_03`, as Intel calls the third version of the module. */
function moduleId(version: number): string {
  return `TDX_${version.toString(16).toUpperCase().padStart(2, '0')}`
}

function isModule({ mrsigner, attributes, attributesMask }: TcbInfo['tdxModule'], { mrSignerSeam, seamAttributes }: TdReport): boolean {
  return encodeHex(mrSignerSeam) === mrsigner && isMasked(encodeHex(seamAttributes), attributesMask, attributes)
}

/** Whether a value equals another under a mask; all three in hexadecimal of the same length, lower case. */
export function isMasked(value: string, mask: string, expected: string): boolean {
  if (value.length !== mask.length || value.length !== expected.length) return false
  for (let index = 0; index < value.length; index += 1) {
    const digit = Number.parseInt(value.charAt(index), 16) & Number.parseInt(mask.charAt(index), 16)
    if (digit !== Number.parseInt(expected.charAt(index), 16)) return false
  }
  return true
}

/**
 * One status for the platform, its module and its quoting enclave: the worst. Outdated code in a configuration that needs care is
 * `OutOfDateConfigurationNeeded`. Advisories are those of all.
 */
export function mergeLevels(levels: readonly Level[]): { readonly status: StatedStatus; readonly advisories: readonly string[] } {
  const statuses = levels.map(({ status }) => status)
  return { status: worst(statuses), advisories: [...new Set(levels.flatMap(({ advisories }) => advisories))].sort() }
}

function worst(statuses: readonly StatedStatus[]): StatedStatus {
  const has = (...wanted: readonly StatedStatus[]) => statuses.some((status) => wanted.includes(status))
  const needsConfiguration = has('ConfigurationNeeded', 'ConfigurationAndSWHardeningNeeded', 'OutOfDateConfigurationNeeded')
  if (has('Revoked')) return 'Revoked'
  if (has('Unknown')) return 'Unknown'
  if (has('OutOfDate', 'OutOfDateConfigurationNeeded')) return needsConfiguration ? 'OutOfDateConfigurationNeeded' : 'OutOfDate'
  const needsHardening = has('SWHardeningNeeded', 'ConfigurationAndSWHardeningNeeded')
  if (needsConfiguration) return needsHardening ? 'ConfigurationAndSWHardeningNeeded' : 'ConfigurationNeeded'
  return needsHardening ? 'SWHardeningNeeded' : 'UpToDate'
}

const SOUND: readonly StatedStatus[] = ['UpToDate', 'SWHardeningNeeded', 'ConfigurationNeeded', 'ConfigurationAndSWHardeningNeeded']
const OUTDATED: readonly StatedStatus[] = ['OutOfDate', 'OutOfDateConfigurationNeeded']

/**
 * Whether restarting the domain would cure an outdated level (TDRelaunchAdvised of Intel's verification library, TDRelaunchCheck): the host was
 * updated under a domain that began on the old one. TD 1.5 reports say what runs now (TEE_TCB_SVN2): it has to reach Intel's newest TDX
 * level or module, while microcode and quoting enclave are not behind. `judged`: levels of platform and module.
 */
export function isRelaunchAdvised(
  { tcbLevels, tdxModuleIdentities }: TcbInfo,
  pck: Pck,
  report: TdReport,
  judged: { readonly platform: readonly Level[]; readonly enclave: Level },
): boolean {
  const { teeTcbSvn2: now } = report
  const [newest] = tcbLevels
  if (now === undefined || newest === undefined || OUTDATED.includes(judged.enclave.status) || judged.enclave.status === 'Revoked')
    return false
  const ofHost = tcbLevels.find((level) => shortIn(level, pck, report).every((half) => half === 'tdx'))
  if (ofHost === undefined || !SOUND.includes(levelOf(ofHost).status)) return false
  if (!judged.platform.some(({ status }) => OUTDATED.includes(status))) return false
  const { tdxtcbcomponents } = newest.tcb
  const [svn = 0, version = 0, microcode = 0] = now
  if (microcode < (tdxtcbcomponents[2]?.svn ?? 0)) return false
  if (version === 0) return svn >= (tdxtcbcomponents[0]?.svn ?? 0)
  const newestOfModule = tdxModuleIdentities.find(({ id }) => id === moduleId(version))?.tcbLevels[0]
  return newestOfModule !== undefined && svn >= newestOfModule.tcb.isvsvn
}
