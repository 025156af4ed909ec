import type { AttestationKind } from '../types.ts'
import { verify } from './verify.ts'

/** What a dstack workload shows of itself: a TDX quote, the event log and compose file behind it, and what else comes with them. */
export const dstack: AttestationKind = { id: 'dstack', names: ['dstack-evidence'], verify }
