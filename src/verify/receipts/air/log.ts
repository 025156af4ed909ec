import type { FindingLog } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { CheckName } from './checks.ts'
import { type DraftCheckName, draftArguments } from './draft.ts'

export type Log = FindingLog<CheckName>

/** Notes that a rule of the draft is broken, in the draft's own terms. */
export function refuse(log: Log, check: DraftCheckName, code: string, detail = ''): void {
  log.add(check, 'failed', sentence('air_rule_broken', ...draftArguments(check, code), detail))
}
