import { MAPLE } from './maple.ts'
import { NANO_GPT } from './nano-gpt.ts'
import { NEAR_AI, NEAR_PRIVATE_CHAT } from './near-ai.ts'
import { REDPILL } from './redpill.ts'
import { TINFOIL } from './tinfoil.ts'
import { TRUSTEDROUTER } from './trustedrouter.ts'
import type { Service } from './types.ts'
import { VENICE } from './venice.ts'

/** The services that this build knows. The demo puts its own list in place of this file. */
export const SERVICES: readonly Service[] = [TRUSTEDROUTER, NEAR_AI, NEAR_PRIVATE_CHAT, REDPILL, VENICE, NANO_GPT, TINFOIL, MAPLE]
