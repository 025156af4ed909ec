import { vi } from 'vitest'
import { faultsOfFinding } from './spoken.ts'

/**
 * Looks at every finding that any unit test has a verifier make: what it says is fit to be read. The matrix of faults is as large as all suites
 * together.
 */
vi.mock('../../src/verify/claims/finding.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/verify/claims/finding.ts')>()
  const looked = (finding: ReturnType<typeof original.makeFinding>) => {
    const faults = faultsOfFinding(finding)
    if (faults.length > 0) throw new Error(`${finding.check} says what is not fit to be read: ${faults.join('; ')}`)
    return finding
  }
  class FindingLog<Id extends `${string}.${string}`> extends original.FindingLog<Id> {
    override add(...args: Parameters<InstanceType<typeof original.FindingLog<Id>>['add']>) {
      return looked(super.add(...args))
    }
  }
  const makeFinding: typeof original.makeFinding = (...args) => looked(original.makeFinding(...args))
  return { ...original, FindingLog, makeFinding }
})
