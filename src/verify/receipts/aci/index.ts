import type { ReceiptFormat } from '../types.ts'
import { announced, observe } from './observe.ts'
import { unpack, verify } from './verify.ts'

/** `aci/1` (Attested Confidential Inference): an Ed25519 signature over a JSON event log, its key in a keyset that the quote commits to. */
export const aci: ReceiptFormat = { id: 'aci', observe, announced, unpack, verify }
