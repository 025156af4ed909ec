import type { Measurement } from '../policy/types.ts'

/**
 * One measurement of several GPUs; `values` has one for each, undefined where it states none. Where they differ, the value is all of them,
 * sorted and joined by a comma, so that a policy that names one is not met by one GPU of several. Nothing where one states none: the others
 * cannot speak for it.
 */
export function measurementOfAll(name: string, values: readonly (string | undefined)[]): readonly Measurement[] {
  const stated = values.filter((value) => value !== undefined)
  if (stated.length === 0 || stated.length < values.length) return []
  return [{ name, value: [...new Set(stated)].sort().join(', '), kind: 'identity' }]
}
