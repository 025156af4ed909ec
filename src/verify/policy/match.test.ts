import { describe, expect, it } from 'vitest'
import { unreadablePolicy } from './empty.ts'
import { type Measured, matchPolicy, unaskedExpectations } from './match.ts'
import type { Expectation, Policy } from './types.ts'

function policy(...expects: readonly Expectation[]): Policy {
  return { format: 'inference-receipt-checker/policy', version: 1, id: 'p', name: '', service: '', expects, receiptKeys: [] }
}

const SIGNER = { index: 0, role: 'gateway', isSigner: true } as const
const image = (value: string) => ({ name: 'container.image-digest', value, kind: 'code' }) as const
const IMAGE: Expectation = { measurement: 'container.image-digest', anyOf: ['a', 'b'], source: 'user' }
const outcomes = (measured: Partial<Measured>) =>
  matchPolicy(policy(IMAGE), SIGNER, { evidence: undefined, receipt: undefined, ...measured }).map(({ outcome }) => outcome)

describe('several values of one name', () => {
  it('are all in force, in whatever order', () => {
    expect(outcomes({ evidence: [image('a'), image('b')] })).toEqual(['passed'])
    expect(outcomes({ evidence: [image('a'), image('c')] })).toEqual(['failed'])
    expect(outcomes({ evidence: [image('c'), image('a')] })).toEqual(['failed'])
  })
})

describe('an expectation about a party', () => {
  const ofHost: Expectation = { ...IMAGE, hop: 'model-host' }
  const asked = { role: 'gateway', asked: true } as const

  it('that is not there is said at the signer', () =>
    expect(unaskedExpectations(policy(ofHost), [asked], 0)).toMatchObject([
      { check: 'policy.hop', role: 'workload.identity', outcome: 'unchecked', hop: 0, because: { id: 'policy_hop_absent' } },
    ]))
  it('that shows nothing is said there', () =>
    expect(unaskedExpectations(policy(ofHost), [asked, { role: 'model-host', asked: false }], 0)).toMatchObject([
      { outcome: 'unchecked', hop: 1, because: { id: 'policy_hop_silent' } },
    ]))
  it('is asked in the shape that is there, where the policy speaks of both', () => {
    const both = policy({ ...IMAGE, hop: 'service' }, { ...IMAGE, hop: 'gateway' }, ofHost)
    expect(unaskedExpectations(both, [{ role: 'service', asked: true }], 0)).toEqual([])
    expect(unaskedExpectations(both, [asked, { role: 'model-host', asked: false }], 0)).toMatchObject([
      { hop: 1, because: { id: 'policy_hop_silent' } },
    ])
    // A gateway without its host is half a shape.
    expect(unaskedExpectations(both, [asked], 0)).toMatchObject([{ hop: 0, because: { id: 'policy_hop_absent' } }])
    // And a policy that speaks of a gateway alone is not answered by a service that shows none.
    const gateway = policy({ ...IMAGE, hop: 'gateway' })
    expect(unaskedExpectations(gateway, [{ role: 'service', asked: true }], 0)).toHaveLength(1)
  })
  it('that was asked is no news', () => {
    expect(unaskedExpectations(policy(ofHost), [asked, { role: 'model-host', asked: true }], 0)).toEqual([])
    expect(unaskedExpectations(policy(IMAGE), [asked], 0)).toEqual([])
  })
})

describe('a policy that could not be read', () => {
  it('is said in place of every comparison', () =>
    expect(
      matchPolicy(unreadablePolicy('redpill', { ok: false, code: 'policy-schema', path: 'expects.0' }), SIGNER, {
        evidence: [image('a')],
        receipt: undefined,
      }),
    ).toMatchObject([
      { check: 'policy.readable', role: 'policy.readable', outcome: 'unchecked', code: 'policy-schema', at: 'policy.expects.0' },
    ]))
})
