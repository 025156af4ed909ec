import type { ReceiptFormat } from '../types.ts'
import { observe, observeRequest } from './observe.ts'
import { verify } from './verify.ts'

/** OpenGradient's signed answers: RSA-PSS over keccak hashes of one exchange, in members of the answer itself. */
export const openGradient: ReceiptFormat = { id: 'opengradient', observe, observeRequest, verify }
