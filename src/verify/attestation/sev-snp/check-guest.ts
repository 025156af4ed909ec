import { sentence } from '../../claims/sentence.ts'
import type { AssumptionId } from '../../claims/types.ts'
import { bitsInText } from '../bits.ts'
import type { SnpReport } from './report.ts'
import type { Log } from './verify.ts'

/** The host asked for the report, not the guest. */
const HOST_VMPL = 0xffff_ffff

/** What the guest allowed the host when it was launched, how the platform is set up, and from where in the guest the report was asked for. */
export function checkGuest({ guestPolicy, platformInfo, vmpl }: SnpReport, log: Log): void {
  const at = 'evidence.policy'
  const { set, abiMajor, abiMinor } = guestPolicy
  const allows = { at, computed: bitsInText(guestPolicy) } as const
  log.decide('snp.debug', !set.has('DEBUG'), { passed: 'snp_debug_passed', failed: 'snp_debug_failed' }, { at })
  log.decide('snp.migration', !set.has('MIGRATE_MA'), { passed: 'snp_migration_passed', failed: 'snp_migration_failed' }, { at })
  const smt = sentence(set.has('SMT') ? 'snp_smt_allowed' : 'snp_smt_forbidden')
  const sockets = sentence(set.has('SINGLE_SOCKET') ? 'snp_sockets_one' : 'snp_sockets_any')
  const risks: readonly AssumptionId[] = [
    ...(set.has('SMT') ? ['assume_snp_smt' as const] : []),
    ...(set.has('CXL_ALLOW') ? ['assume_snp_cxl' as const] : []),
  ]
  const said = sentence('snp_guest_policy', smt, sockets, [abiMajor, abiMinor].join('.'))
  log.add('snp.guest-policy', 'passed', said, { ...allows, assumes: risks })

  // Without the test for aliased memory (CVE-2024-21944), whoever wrote the memory modules' own description could map it twice.
  const isTested = platformInfo.set.has('ALIAS_CHECK_COMPLETE')
  log.add('snp.platform-info', 'passed', isTested ? 'snp_platform_info_tested' : 'snp_platform_info_untested', {
    at: 'evidence.platform_info',
    assumes: isTested ? [] : ['assume_snp_memory_aliases'],
    computed: bitsInText(platformInfo),
  })
  checkPrivilege(vmpl, log)
}

function checkPrivilege(vmpl: number, log: Log): void {
  const level = String(vmpl)
  const asked = { at: 'evidence.vmpl', computed: level } as const
  if (vmpl === 0) log.add('snp.vmpl', 'passed', 'snp_vmpl_passed', asked)
  else if (vmpl <= 3) log.add('snp.vmpl', 'passed', sentence('snp_vmpl_lower', level), { ...asked, assumes: ['assume_snp_vmpl'] })
  else if (vmpl === HOST_VMPL) log.add('snp.vmpl', 'failed', 'snp_vmpl_host', asked)
  else log.add('snp.vmpl', 'unchecked', 'snp_vmpl_unknown', asked)
}
