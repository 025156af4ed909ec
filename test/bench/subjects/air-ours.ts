import { presetFor } from '../../../src/verify/policy/presets.ts'
import { air } from '../../../src/verify/receipts/air/index.ts'
import type { ReceiptInput } from '../../../src/verify/receipts/types.ts'
import { golden } from './air-evidence.ts'
import { base64url } from './ours.ts'
import type { Subject } from './subject.ts'

const AT = '2025-02-25T16:18:20Z'
const NOT_CAPTURED = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] } as const

export const prepare: Subject = async (files) => {
  const { receipt, key } = golden(files)
  const input: ReceiptInput = {
    receipt: { format: 'air', delivery: 'lookup', position: 'not-applicable', text: base64url(receipt), provenance: 'given' },
    exchange: {
      method: 'POST',
      url: '',
      startedAt: AT,
      endedAt: AT,
      headers: [],
      request: NOT_CAPTURED,
      response: { ...NOT_CAPTURED, ids: [] },
    },
    policy: { ...presetFor(''), air: { profile: 'draft-02', keys: [base64url(key)] } },
    moment: { now: new Date(AT), basis: 'given' },
    evidence: [],
  }
  return async () => {
    const { findings, authentic } = await air.verify(input)
    const failed = findings.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)
    return authentic !== undefined && failed.length === 0 ? 'accepted' : failed.join(', ')
  }
}
