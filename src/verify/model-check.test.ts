import { describe, expect, it } from 'vitest'
import { checkModel } from './model-check.ts'
import type { ModelExpectation, Policy } from './policy/types.ts'
import type { ModelFact } from './receipts/types.ts'

const HASH = 'ab'.repeat(32)
const FACT: ModelFact = { hash: HASH, scheme: 'sha256-manifest', at: 'receipt.model', assumes: ['assume_clock'] }
const ENTRY: ModelExpectation = {
  hash: HASH,
  scheme: 'sha256-manifest',
  name: 'm-1',
  publishedAt: 'https://models.example/m-1',
  source: 'user',
}

function policy(...models: readonly ModelExpectation[]): Policy {
  return { format: 'inference-receipt-checker/policy', version: 1, id: 'p', name: '', service: '', expects: [], receiptKeys: [], models }
}

describe('a signed hash of the model', () => {
  const one = (fact: ModelFact | undefined, ...models: readonly ModelExpectation[]) => checkModel(fact, policy(...models))[0]

  it('is not asked for where there is none', () => expect(checkModel(undefined, policy(ENTRY))).toEqual([]))
  it('has the name that the policy gives it, and where that is published', () => {
    expect(one(FACT, ENTRY)).toMatchObject({
      role: 'model.artifact',
      outcome: 'passed',
      because: { id: 'model_matches', args: [HASH, 'sha256-manifest', 'm-1', 'https://models.example/m-1'] },
      expected: HASH,
      computed: HASH,
      assumes: ['assume_clock'],
    })
  })
  it('of a list that is the vendor’s own word', () =>
    expect(one(FACT, { ...ENTRY, source: 'vendor' })?.assumes).toEqual(['assume_clock', 'assume_model_published_by_vendor']))
  it('is none of those listed', () => {
    expect(one(FACT, { ...ENTRY, hash: 'cd'.repeat(32) })).toMatchObject({ outcome: 'failed', because: { id: 'model_not_listed' } })
    expect(one(FACT, { ...ENTRY, scheme: 'sha256-single' })).toMatchObject({ outcome: 'failed' })
  })
  it('without a list identifies octets, and no name', () =>
    expect(one(FACT)).toMatchObject({
      outcome: 'passed',
      because: { id: 'model_hash_unnamed' },
      assumes: ['assume_clock', 'assume_model_unnamed'],
    }))
  it('of an unknown scheme can only be compared', () => {
    const { scheme: _, ...opaque } = FACT
    expect(one(opaque)).toMatchObject({ outcome: 'unchecked', because: { id: 'model_hash_opaque' } })
    expect(one(opaque, ENTRY)).toMatchObject({ outcome: 'passed', assumes: ['assume_clock', 'assume_model_scheme'] })
  })
})
