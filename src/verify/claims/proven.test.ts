import { describe, expect, it } from 'vitest'
import { reachOf } from './proven.ts'
import { sentence } from './sentence.ts'
import type { Claim, Hop, HopRole, Standing } from './types.ts'

const hop = (role: HopRole, standing: Standing): Hop => ({ role, name: '', standing, because: sentence('claim_model') })
const gateway = (standing: Standing) => hop('gateway', standing)
const host = (standing: Standing) => hop('model-host', standing)
const row = (standing: Standing, ...hops: readonly Hop[]): Claim => ({
  id: 'environment',
  standing,
  hops,
  because: sentence('claim_model'),
  findings: [],
  assumes: [],
})

describe('how far the proof of a row reaches', () => {
  it.each([
    ['whole', row('verified', gateway('verified'), host('verified'))],
    ['whole', row('verified')],
    ['gateway', row('assumed', gateway('verified'), host('assumed'))],
    ['gateway', row('absent', gateway('verified'), gateway('verified'), host('absent'))],
    ['host', row('assumed', gateway('assumed'), host('verified'))],
    ['part', row('assumed', gateway('assumed'), gateway('verified'), host('assumed'))],
    ['part', row('assumed', gateway('assumed'), host('verified'), host('assumed'))],
    ['none', row('assumed', gateway('assumed'), host('assumed'))],
    ['none', row('assumed', gateway('assumed'))],
    ['none', row('unchecked', hop('service', 'unchecked'))],
    ['none', row('assumed')],
    ['none', undefined],
  ] as const)('is %s (%#)', (reach, claim) => expect(reachOf(claim)).toBe(reach))
})
