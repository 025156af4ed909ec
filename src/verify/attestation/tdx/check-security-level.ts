import { type MessageId, type Sentence, sentence } from '../../claims/sentence.ts'
import { dayOf } from '../../claims/span.ts'
import type { AssumptionId } from '../../claims/types.ts'
import { tcbStatusInWords } from '../../policy/tcb-words.ts'
import type { Policy, TcbStatus } from '../../policy/types.ts'
import type { QeIdentity, TcbInfo } from './collateral-schema.ts'
import type { Pck } from './pck-certificate.ts'
import { matchQe, qeReportOf } from './qe.ts'
import type { Quote } from './quote.ts'
import {
  type Half,
  isRelaunchAdvised,
  type Level,
  type ModuleFault,
  matchModule,
  matchPlatform,
  mergeLevels,
  type StatedStatus,
} from './tcb.ts'
import type { Log } from './verify.ts'

/** A part is undefined unless its signature holds. */
type Known = {
  readonly quote: Quote
  readonly pck: Pck
  readonly tcbInfo: TcbInfo | undefined
  /** Older sets for the same platform that are in force too: Intel's standard one, beside an early one. */
  readonly otherInfos: readonly TcbInfo[]
  readonly qeIdentity: QeIdentity | undefined
  readonly policy: Policy
}

const DEFAULT_ACCEPTED: readonly TcbStatus[] = ['UpToDate', 'SWHardeningNeeded']
/** Intel's standard set had this number in June 2025; what is older describes platforms whose flaws have been known for long. */
const DEFAULT_FLOOR = 17

type Part = Half | 'qe'
/** A level that was reached, and which parts it judges. */
type Judged = { readonly level: Level; readonly short: readonly Part[] }

/**
 * Holds the platform, its TDX module and its quoting enclave against what Intel says of them. False when the enclave is not Intel's.
 */
export function checkSecurityLevel(known: Known, log: Log): boolean {
  const { quote, pck, tcbInfo, qeIdentity, policy } = known
  checkEvaluation([tcbInfo, qeIdentity], policy.tcb?.floor ?? DEFAULT_FLOOR, log)
  const enclave = checkEnclave(quote, qeIdentity, log)
  const platform = tcbInfo === undefined ? undefined : checkPlatform(quote, pck, tcbInfo, log)
  if (enclave === 'not-intels') return false
  if (enclave !== undefined && platform !== undefined && tcbInfo !== undefined) {
    const advised = isRelaunchAdvised(tcbInfo, pck, quote.report, { platform: platform.map(({ level }) => level), enclave: enclave.level })
    checkStatus([...platform, enclave], { isRelaunchAdvised: advised, inGrace: () => isInGrace(known, enclave) }, policy, log)
  }
  return true
}

/**
 * Intel publishes new levels early, and counts them against platforms after a grace period (`update=early` and `standard` of its service). Both
 * are Intel's word: whether an older set that is still in force accepts what the newest does not.
 */
function isInGrace({ quote, pck, otherInfos, policy }: Known, enclave: Judged): boolean {
  const floor = policy.tcb?.floor ?? DEFAULT_FLOOR
  return otherInfos.some((info) => {
    if (info.tcbEvaluationDataNumber < floor) return false
    const { level } = matchPlatform(info, pck, quote.report)
    const module = matchModule(info, quote.report)
    if (level === undefined || module.fault !== undefined) return false
    const levels = [level, ...(module.level === undefined ? [] : [module.level]), enclave.level]
    return isAccepted(mergeLevels(levels).status, policy)
  })
}

function acceptedBy({ tcb }: Policy): readonly TcbStatus[] {
  return tcb?.accept ?? DEFAULT_ACCEPTED
}

function isAccepted(status: StatedStatus, policy: Policy): boolean {
  return acceptedBy(policy).some((accepted) => accepted === status)
}

/** Intel numbers its sets of collateral: one from before a recovery event knows nothing of what was recovered from. */
function checkEvaluation(documents: readonly (TcbInfo | QeIdentity | undefined)[], floor: number, log: Log): void {
  const numbers = documents.flatMap((document) => (document === undefined ? [] : [document.tcbEvaluationDataNumber]))
  if (numbers.length === 0) return
  const least = Math.min(...numbers)
  const said = {
    passed: sentence('tdx_evaluation_passed', String(least), String(floor)),
    failed: sentence('tdx_evaluation_failed', String(least), String(floor)),
  }
  const compared = { expected: `at least ${floor}`, computed: String(least) }
  log.decide('tdx.tcb-evaluation', least >= floor, said, { at: 'collateral.tcbEvaluationDataNumber', ...compared })
}

function checkEnclave({ qeReport }: Quote, identity: QeIdentity | undefined, log: Log): Judged | 'not-intels' | undefined {
  const at = 'evidence.qe-report'
  if (identity === undefined) return undefined
  const verdict = matchQe(identity, qeReportOf(qeReport))
  if (verdict.fault === undefined) {
    log.add('tdx.qe-identity', 'passed', 'tdx_qe_passed', { at })
    return { level: verdict.level, short: ['qe'] }
  }
  if (verdict.fault === 'no-level') {
    log.add('tdx.qe-identity', 'failed', 'tdx_qe_no_level', { at, code: verdict.fault })
    return undefined
  }
  log.add('tdx.qe-identity', 'failed', 'tdx_qe_failed', { at, code: verdict.fault })
  return 'not-intels'
}

/** Undefined where the collateral is for other platforms, or no level matches. */
function checkPlatform({ report }: Quote, pck: Pck, tcbInfo: TcbInfo, log: Log): readonly Judged[] | undefined {
  const at = 'evidence.certification.pck-chain'
  const own = `${pck.fmspc}/${pck.pceId}`
  const described = `${tcbInfo.fmspc}/${tcbInfo.pceId}`
  if (own !== described) {
    log.add('tdx.platform', 'unchecked', 'tdx_platform_other', { at, expected: described, computed: own })
    return undefined
  }
  log.add('tdx.platform', 'passed', 'tdx_platform_passed', { at, expected: described, computed: own })

  const judgedModule = checkModule(report, tcbInfo, log)
  const { level, short } = matchPlatform(tcbInfo, pck, report)
  if (level === undefined) {
    log.add('tdx.tcb-level', 'failed', sentence('tdx_level_none', listed(short)), { at: 'evidence.body.tee-tcb-svn' })
    return undefined
  }
  log.add('tdx.tcb-level', 'passed', sentence('tdx_level_passed', dayOf(level.date)), { at: 'evidence.body.tee-tcb-svn' })
  return judgedModule === undefined ? undefined : [{ level, short }, ...judgedModule]
}

function checkModule(report: Quote['report'], tcbInfo: TcbInfo, log: Log): readonly Judged[] | undefined {
  const at = 'evidence.body.mr-signer-seam'
  const verdict = matchModule(tcbInfo, report)
  if (verdict.fault !== undefined) {
    // A version that Intel's document does not list may be newer than the document.
    const outcome = verdict.fault === 'version-unknown' ? 'unchecked' : 'failed'
    log.add('tdx.module', outcome, MODULE_WORDS[verdict.fault], { at, code: verdict.fault, computed: verdict.id })
    return undefined
  }
  log.add('tdx.module', 'passed', 'tdx_module_passed', { at, computed: verdict.id })
  return verdict.level === undefined ? [] : [{ level: verdict.level, short: ['tdx'] }]
}

const MODULE_WORDS = {
  'version-unknown': 'tdx_module_unknown',
  identity: 'tdx_module_identity',
  'no-level': 'tdx_module_no_level',
} as const satisfies Record<ModuleFault, MessageId>

/** What else bears on an outdated level. */
type Beside = { readonly isRelaunchAdvised: boolean; readonly inGrace: () => boolean }

/** The worst of all levels against the policy's list, in which `Revoked` cannot stand. */
function checkStatus(judged: readonly Judged[], beside: Beside, policy: Policy, log: Log): void {
  const at = 'collateral.tcbStatus'
  const { status, advisories } = mergeLevels(judged.map(({ level }) => level))
  const stated = beside.isRelaunchAdvised ? relaunchOf(status) : status
  const compared = { at, expected: acceptedBy(policy).join(', '), computed: [stated, ...advisories].join(', ') } as const
  const named = advisories.length === 0 ? sentence('tdx_advisories_none') : advisories.join(', ')
  const words = beside.isRelaunchAdvised ? sentence('tdx_status_relaunch') : tcbStatusInWords(status)
  const behind = judged.filter(({ level }) => level.status !== 'UpToDate')
  const since = new Date(Math.min(...behind.map(({ level }) => level.date.getTime())))
  if (status === 'Unknown') {
    log.add('tdx.tcb-status', 'unchecked', 'tdx_status_newer', compared)
  } else if (isAccepted(status, policy)) {
    const assumes: readonly AssumptionId[] = status === 'UpToDate' ? [] : ['assume_tdx_advisories']
    const isPlain = status === 'UpToDate' && advisories.length === 0
    const said = isPlain ? sentence('tdx_status_current') : sentence('tdx_status_accepted', words, named)
    log.add('tdx.tcb-status', 'passed', said, { assumes, ...compared })
  } else if (status !== 'Revoked' && beside.inGrace()) {
    const said = sentence('tdx_status_grace', words, dayOf(since), named)
    log.add('tdx.tcb-status', 'passed', said, { assumes: ['assume_tdx_grace', 'assume_tdx_advisories'], ...compared })
  } else {
    const parts = [...new Set(behind.flatMap(({ short }) => short))]
    log.add('tdx.tcb-status', 'failed', sentence('tdx_status_failed', words, listed(parts), dayOf(since), named), compared)
  }
}

/** As Intel's library calls it; no document of Intel's states it. */
function relaunchOf(status: StatedStatus): string {
  return status === 'OutOfDateConfigurationNeeded' ? 'TDRelaunchAdvisedConfigurationNeeded' : 'TDRelaunchAdvised'
}

function listed(parts: readonly Part[]): Sentence {
  const [first, ...more] = parts
  if (first === undefined) return sentence('tdx_part_configuration')
  return more.length === 0 ? partSentence(first) : sentence('tdx_and', partSentence(first), listed(more))
}

function partSentence(part: Part): Sentence {
  switch (part) {
    case 'microcode':
      return sentence('tdx_half_microcode')
    case 'pce':
      return sentence('tdx_half_pce')
    case 'tdx':
      return sentence('tdx_half_module')
    case 'qe':
      return sentence('tdx_half_qe')
  }
}
