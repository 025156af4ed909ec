import type { ReceiptFormat } from '../types.ts'
import { observe } from './observe.ts'
import { verify } from './verify.ts'

/** `inference-receipt/1`: an Ed25519 JWS over the hashes of one exchange, its key committed in the gateway's attestation. */
export const inferenceReceipt: ReceiptFormat = {
  id: 'inference-receipt',
  optIn: 'x-inference-receipt',
  observe,
  verify,
}
