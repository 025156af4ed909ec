import { describe, expect, it } from 'vitest'
import { ROLES, RULES } from './claims/rules.ts'
import { sentence } from './claims/sentence.ts'
import type { Finding } from './claims/types.ts'
import type { VerifiedHop } from './common-checks.ts'
import { settleMachines } from './machines.ts'

/** Everything that a machine needs to hold, passed. */
const HOLDING: readonly Finding[] = ROLES.filter((role) => RULES[role].needed).map((role) => ({
  check: 'test.all',
  role,
  hop: 0,
  outcome: 'passed',
  because: sentence('claim_environment_verified'),
  assumes: [],
}))
const machine = (index: number): VerifiedHop => ({
  hop: 0,
  document: { kind: 'tdx-quote', document: String(index), source: '', at: '', provenance: 'fetched' },
  result: { findings: [] },
  binds: async () => [],
})
const settled = async (count: number) => {
  const { evidence, findings } = await settleMachines(
    Array.from({ length: count }, (_, index) => machine(index)),
    async () => HOLDING,
  )
  return { speakers: evidence.length, said: findings.map(({ outcome, because }) => [outcome, because]) }
}

describe('machines that share one key', () => {
  it('are all looked at, as many as any service has', async () => {
    expect(await settled(256)).toEqual({ speakers: 1, said: [['passed', { id: 'machines_all', args: ['256'] }]] })
  })
  it('are counted where they are more than are looked at, and those beyond are not said to hold', async () => {
    expect(await settled(300)).toEqual({ speakers: 1, said: [['unchecked', { id: 'machines_some', args: ['256', '300'] }]] })
  })
})
