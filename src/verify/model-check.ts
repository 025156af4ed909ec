import { type Checks, makeFinding } from './claims/finding.ts'
import { sentence } from './claims/sentence.ts'
import type { AssumptionId, Finding } from './claims/types.ts'
import type { Policy } from './policy/types.ts'
import type { ModelFact } from './receipts/types.ts'

export const CHECKS = { 'model.artifact': 'model.artifact' } as const satisfies Checks<`model.${string}`>
export type CheckName = keyof typeof CHECKS

/**
 * What a signed hash of the model is worth. A hash whose scheme is known identifies octets; the policy's registry gives them a name, and where
 * it lists models at all, the hash has to be one of them. A hash without a scheme can be compared, and identifies nothing by itself.
 */
export function checkModel(model: ModelFact | undefined, { models = [] }: Policy): readonly Finding[] {
  if (model === undefined) return []
  const { hash, scheme, at, assumes } = model
  const listed = models.length === 0 ? undefined : models.map((candidate) => candidate.hash).join(', ')
  const say = (outcome: Finding['outcome'], because: Finding['because'], more: readonly AssumptionId[] = []) => [
    makeFinding(CHECKS, 'model.artifact', outcome, because, { assumes: [...assumes, ...more], at, expected: listed, computed: hash }),
  ]
  const entry = models.find((candidate) => candidate.hash === hash && (scheme === undefined || candidate.scheme === scheme))
  if (entry !== undefined) {
    const known = sentence('model_matches', hash, entry.scheme, entry.name, entry.publishedAt)
    if (scheme === undefined) return say('passed', known, ['assume_model_scheme'])
    return say('passed', known, entry.source === 'vendor' ? ['assume_model_published_by_vendor'] : [])
  }
  if (models.length > 0) return say('failed', sentence('model_not_listed', hash))
  if (scheme === undefined) return say('unchecked', sentence('model_hash_opaque', hash))
  return say('passed', sentence('model_hash_unnamed', hash, scheme), ['assume_model_unnamed'])
}
