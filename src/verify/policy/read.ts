import { parseJson } from '../encoding/json.ts'
import { failure, type Result } from '../encoding/result.ts'
import { parseWith } from '../encoding/schema.ts'
import { policySchema } from './schema.ts'
import type { Policy } from './types.ts'

export type PolicyError = 'policy-json' | 'policy-schema'

/** Reads a policy from JSON text. An expectation with an empty list of values is refused: it could only ever fail, or be taken for none. */
export function parsePolicy(text: string): Result<Policy, PolicyError> {
  const json = parseJson(text)
  if (!json.ok) return failure('policy-json', json.code)
  const policy = parseWith(policySchema, json.value)
  return policy.ok ? policy : failure('policy-schema', policy.detail)
}
