import { aci } from './aci/index.ts'
import { air } from './air/index.ts'
import { chatSignature } from './chat-signature/index.ts'
import { httpSignature } from './http-signature/index.ts'
import { inferenceReceipt } from './inference-receipt/index.ts'
import { openGradient } from './opengradient/index.ts'
import type { ReceiptFormat } from './types.ts'

/** Every receipt format that this verifier reads, one line each. */
export const RECEIPT_FORMATS: readonly ReceiptFormat[] = [inferenceReceipt, air, aci, chatSignature, openGradient, httpSignature]
