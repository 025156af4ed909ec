import { readSetting } from '../platform/settings.ts'
import { presetFor } from '../verify/policy/presets.ts'
import { parsePolicy } from '../verify/policy/read.ts'
import type { Policy } from '../verify/policy/types.ts'

/** The user's policy for a service, stored as JSON text under `policy:<service>`; the service's preset where there is none that can be read. */
export async function policyFor(service: string): Promise<Policy> {
  const stored = await readSetting(`policy:${service}`)
  const parsed = typeof stored === 'string' ? parsePolicy(stored) : undefined
  return parsed?.ok === true ? parsed.value : presetFor(service)
}
