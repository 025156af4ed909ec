import type { AssumptionId } from '../../claims/types.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { isPadding } from '../../encoding/padding.ts'
import { bitsInText } from '../bits.ts'
import { attributesOf, isUnderDebug, type TdReport } from './td-report.ts'
import type { Log } from './verify.ts'

/** How the trust domain is set up: what lets the host look in fails, what is unusual is named, what is not known is told. */
export function checkDomain(report: TdReport, log: Log): void {
  const at = 'evidence.body.td-attributes'
  const attributes = attributesOf(report)
  const more = { at, computed: bitsInText(attributes) } as const
  log.decide('tdx.debug', !isUnderDebug(report), { passed: 'tdx_debug_passed', failed: 'tdx_debug_failed' }, more)

  const isMigratable = attributes.set.has('MIGRATABLE')
  // Linux insists on SEPT_VE_DISABLE. Azure's domains often lack it: there a paravisor, which is measured, takes the exceptions itself.
  const isSteady = attributes.set.has('SEPT_VE_DISABLE')
  const assumes: readonly AssumptionId[] = [
    ...(isMigratable ? ['assume_tdx_migratable' as const] : []),
    ...(isSteady ? [] : ['assume_tdx_sept_ve' as const]),
  ]
  const isNewer = attributes.unknown.some((bit) => bit > 7)
  if (isNewer) log.add('tdx.attributes', 'unchecked', 'tdx_attributes_unknown', { ...more, code: 'newer', assumes })
  else if (isMigratable) log.add('tdx.attributes', 'passed', 'tdx_attributes_migratable', { ...more, assumes })
  else log.add('tdx.attributes', 'passed', isSteady ? 'tdx_attributes_passed' : 'tdx_attributes_sept_ve', { ...more, assumes })

  if (report.mrServiceTd === undefined) return
  const isAlone = isPadding(report.mrServiceTd)
  log.add('tdx.service-td', 'passed', isAlone ? 'tdx_service_td_passed' : 'tdx_service_td_bound', {
    at: 'evidence.body.mr-service-td',
    computed: encodeHex(report.mrServiceTd),
    assumes: isAlone ? [] : ['assume_tdx_service_td'],
  })
}
