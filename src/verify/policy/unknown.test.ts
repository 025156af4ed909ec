import { describe, expect, it } from 'vitest'
import { type Measured, matchPolicy } from './match.ts'
import type { Policy } from './types.ts'

const POLICY: Policy = {
  format: 'inference-receipt-checker/policy',
  version: 1,
  id: 'test',
  name: 'Test',
  service: '',
  expects: [{ measurement: 'source.repository', anyOf: ['owner/name'], source: 'user' }],
  receiptKeys: [],
}

const match = (measured: Measured) =>
  matchPolicy(POLICY, { index: 0, role: 'service', isSigner: true }, measured).map(({ check, outcome }) => `${check} ${outcome}`)
const stated = (value: string) => [{ name: 'source.repository', value, kind: 'code' } as const]

describe('a measurement that could not be told for now', () => {
  it('is unknown to a policy that expects it, and not another value', () => {
    expect(match({ evidence: [], receipt: undefined, unknown: ['source.repository'] })).toEqual([
      'policy.identity unchecked',
      'policy.measurement unchecked',
    ])
    expect(match({ evidence: [], receipt: undefined, unknown: ['source.tag'] })).toEqual([
      'policy.identity failed',
      'policy.measurement unchecked',
    ])
  })

  it('is what is stated wherever it is stated after all', () => {
    const unknown = ['source.repository']
    expect(match({ evidence: stated('owner/name'), receipt: undefined, unknown })).toEqual(['policy.measurement passed'])
    expect(match({ evidence: stated('owner/fork'), receipt: undefined, unknown })).toEqual(['policy.measurement failed'])
  })
})
