import { readSetting } from '../platform/settings.ts'
import { failure } from '../verify/encoding/result.ts'
import { unreadablePolicy } from '../verify/policy/empty.ts'
import { presetFor } from '../verify/policy/presets.ts'
import { parsePolicy } from '../verify/policy/read.ts'
import type { Policy } from '../verify/policy/types.ts'

/**
 * The user's policy for a service, stored as JSON text under `policy:<service>`; the service's preset where there is none. One that is there and
 * cannot be read is never replaced by the preset: the user believes it to be in force.
 */
export async function policyFor(service: string): Promise<Policy> {
  const stored = await readSetting(`policy:${service}`)
  if (stored === undefined) return presetFor(service)
  if (typeof stored !== 'string') return unreadablePolicy(service, failure('policy-json'))
  const parsed = parsePolicy(stored, service)
  return parsed.ok ? parsed.value : unreadablePolicy(service, parsed)
}
