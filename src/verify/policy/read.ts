import { parseJson } from '../encoding/json.ts'
import { failure, type Result, renamed, success } from '../encoding/result.ts'
import { parseWith } from '../encoding/schema.ts'
import { isMeasurement } from './names.ts'
import { policySchema } from './schema.ts'
import type { Policy } from './types.ts'

export const POLICY_ERRORS = ['policy-json', 'policy-schema', 'policy-unknown-measurement', 'policy-other-service'] as const
export type PolicyError = (typeof POLICY_ERRORS)[number]

/**
 * Reads a policy from JSON text. An expectation with an empty list of values is refused: it could only ever fail, or be taken for none; and so is
 * one of a measurement that nothing states. `service`: the service it is to be used for; a policy that names another is refused. Digests come
 * out in lower case without `0x`, as measurements are written.
 */
export function parsePolicy(text: string, service = ''): Result<Policy, PolicyError> {
  const json = parseJson(text)
  if (!json.ok) return failure('policy-json', json.code)
  const parsed = parseWith(policySchema, json.value)
  if (!parsed.ok) return renamed('policy-schema', parsed)
  const policy: Policy = parsed.value
  const unknown = policy.expects.find(({ measurement }) => !isMeasurement(measurement))
  if (unknown !== undefined) return failure('policy-unknown-measurement', unknown.measurement)
  if (policy.service !== '' && service !== '' && policy.service !== service) {
    return failure('policy-other-service', policy.service)
  }
  const expects = policy.expects.map((expectation) => ({ ...expectation, anyOf: expectation.anyOf.map(asMeasured) }))
  return success({ ...policy, expects })
}

const DIGEST = /^(?:0x)?(sha(?:256|384|512):)?((?:[0-9a-f]{2}){8,64})$/i

/** A digest as measurements write it; anything else as it is. */
function asMeasured(value: string): string {
  const [, algorithm = '', digits] = DIGEST.exec(value) ?? []
  return digits === undefined ? value : `${algorithm}${digits}`.toLowerCase()
}
