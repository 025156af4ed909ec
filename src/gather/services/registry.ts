import { TRUSTEDROUTER } from './trustedrouter.ts'
import type { Service } from './types.ts'

/** The services that this build knows. The demo puts its own list in place of this file. */
export const SERVICES: readonly Service[] = [TRUSTEDROUTER]
