import { type Sentence, sentence } from '../../claims/sentence.ts'
import type { AssumptionId } from '../../claims/types.ts'
import type { Policy } from '../../policy/types.ts'
import { areLevelsCertified } from './endorsement.ts'
import type { EndorsementKey } from './endorsement-key.ts'
import type { SnpReport } from './report.ts'
import { areLevelsWithin, levelsBelow, levelsInWords, patchLevelsOf } from './tcb.ts'
import type { Log } from './verify.ts'

/**
 * Are the patch levels those that the key was made for, no higher than what runs, and no lower than the policy allows? AMD publishes no list
 * of levels that are high enough.
 */
export function checkLevels(report: SnpReport, key: EndorsementKey, { snp }: Policy, log: Log): void {
  const { product } = key
  const at = 'evidence.reported_tcb'
  const said = levelsInWords(report.reportedTcb, product)
  const isCertified = areLevelsCertified(report, key)
  log.decide('snp.tcb', isCertified, { passed: 'snp_tcb_passed', failed: 'snp_tcb_failed' }, { at, computed: said })

  // A level reported below what runs, launched and committed is a cloud's choice, so that keys need not be renewed at once.
  const isOrdered = areLevelsWithin(patchLevelsOf(report.reportedTcb, product), patchLevelsOf(report.currentTcb, product))
  const order = { passed: 'snp_tcb_order_passed', failed: 'snp_tcb_order_failed' } as const
  log.decide('snp.tcb-order', isOrdered, order, {
    at: 'evidence.current_tcb',
    expected: said,
    computed: levelsInWords(report.currentTcb, product),
  })
  checkMinimum(report, key, snp?.minimumTcb?.[product], snp?.minimumTcb !== undefined, log)
}

type Minimum = NonNullable<NonNullable<NonNullable<Policy['snp']>['minimumTcb']>['Milan']>

/** What is reported is what the key stands for; what the guest was launched under measured it. */
function checkMinimum(report: SnpReport, { product }: EndorsementKey, minimum: Minimum | undefined, isAsked: boolean, log: Log): void {
  const at = 'evidence.reported_tcb'
  if (minimum === undefined) {
    if (isAsked) log.add('snp.tcb-minimum', 'unchecked', sentence('snp_tcb_minimum_none', String(product)), { at })
    return
  }
  const below = [
    ...levelsBelow(patchLevelsOf(report.reportedTcb, product), minimum).map((level) => `reported ${level}`),
    ...levelsBelow(patchLevelsOf(report.launchTcb, product), minimum).map((level) => `launched ${level}`),
  ]
  const said = { passed: 'snp_tcb_minimum_passed', failed: 'snp_tcb_minimum_failed' } as const
  log.decide('snp.tcb-minimum', below.length === 0, said, {
    at,
    expected: JSON.stringify(minimum),
    computed: below.length === 0 ? levelsInWords(report.reportedTcb, product) : below.join(', '),
  })
}

/** How the firmware stands to what the host committed to and launched the guest under, and to what the policy allows. */
export function checkFirmware(report: SnpReport, { product }: EndorsementKey, { snp }: Policy, log: Log): void {
  const { currentFirmware, committedFirmware } = report
  const at = 'evidence.current_version'
  const minimum = snp?.minimumFirmware
  if (minimum !== undefined && isOlder(currentFirmware, minimum)) {
    log.add('snp.firmware', 'failed', 'snp_firmware_failed', { at, code: 'firmware-too-old', expected: minimum, computed: currentFirmware })
    return
  }
  const isSame = (one: Uint8Array, other: Uint8Array) => one.every((octet, index) => octet === other[index])
  const isCommitted = isSame(report.currentTcb, report.committedTcb) && currentFirmware === committedFirmware
  const isLaunched = isSame(report.currentTcb, report.launchTcb)
  const assumes: readonly AssumptionId[] = [
    ...(isCommitted ? [] : ['assume_snp_provisional' as const]),
    ...(isLaunched ? [] : ['assume_snp_launched_otherwise' as const]),
    // Without a lowest level of the user's own, nobody says that it is high enough.
    ...(snp?.minimumTcb?.[product] === undefined ? ['assume_snp_security_level' as const] : []),
  ]
  log.add('snp.firmware', 'passed', firmwareSentence(isCommitted, isLaunched), {
    at,
    assumes,
    expected: `committed ${committedFirmware} (${levelsInWords(report.committedTcb, product)})`,
    computed: `${currentFirmware} (${levelsInWords(report.currentTcb, product)})`,
  })
}

function firmwareSentence(isCommitted: boolean, isLaunched: boolean): Sentence {
  if (!isCommitted) return sentence('snp_firmware_provisional')
  return sentence(isLaunched ? 'snp_firmware_passed' : 'snp_firmware_launched_otherwise')
}

/** `1.55.29` against `1.55.21`, number by number. */
function isOlder(version: string, minimum: string): boolean {
  const numbers = (text: string) => text.split('.').map(Number)
  const wanted = numbers(minimum)
  const [differing] = numbers(version).flatMap((number, index) => (number === wanted[index] ? [] : [number - (wanted[index] ?? 0)]))
  return differing !== undefined && differing < 0
}
