import type { ReceiptFormat } from '../types.ts'
import { requestDigests } from './gateway-hashes.ts'
import { announced, observe } from './observe.ts'
import { verify } from './verify.ts'

/** Attested Inference Receipts (AIR v1): COSE_Sign1 over EAT claims, as EphemeralML's gateway delivers them or out of a file. */
export const air: ReceiptFormat = { id: 'air', observe, observeRequest: requestDigests, announced, verify }
