import type { Failure } from '../encoding/result.ts'
import type { Policy } from './types.ts'

/** Expects nothing: what is measured is shown, and nothing is matched. */
export const EMPTY: Policy = {
  format: 'inference-receipt-checker/policy',
  version: 1,
  id: 'none',
  name: 'No policy',
  service: '',
  expects: [],
  receiptKeys: [],
}

/** In place of a policy of the user's that cannot be read. It expects nothing, and says why. */
export function unreadablePolicy(service: string, unreadable: Failure<string>): Policy {
  return { ...EMPTY, id: 'unreadable', service, unreadable }
}
