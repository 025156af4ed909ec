import type { FindingLog } from '../../claims/finding.ts'
import type { CheckName } from './checks.ts'
import type { DraftCheckName } from './draft.ts'

export type Log = FindingLog<CheckName>

/** Notes that a rule of the draft is broken, by the draft's own code. */
export function refuse(log: Log, check: DraftCheckName, code: string, detail?: string): void {
  log.add(check, 'failed', 'air_rule_broken', { at: 'receipt', code, computed: detail })
}
