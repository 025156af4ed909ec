import type { ReceiptFormat } from '../types.ts'
import { observe, observeRequest } from './observe.ts'
import { unpack, verify } from './verify.ts'

/** Chat signatures as NEAR AI, Phala, RedPill and their resellers serve them under `/v1/signature/{id}`. */
export const chatSignature: ReceiptFormat = { id: 'chat-signature', observe, observeRequest, unpack, verify }
