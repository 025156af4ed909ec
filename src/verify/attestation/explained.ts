import type { Explained } from '../claims/explained.ts'
import type { CheckName } from './gpu-pairing.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'gpu.pairing': {
    compares: 'what the GPU answered, or the hash of its evidence, with what the processor’s evidence holds',
    section: 'docs/CLAIMS.md, Devices beside the processor',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
