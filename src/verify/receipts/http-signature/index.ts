import type { ReceiptFormat } from '../types.ts'
import { observe } from './observe.ts'
import { verify } from './verify.ts'

/**
 * HTTP message signatures (RFC 9421) over responses: what is left where a service has no receipts of its own. The service's list of kept
 * headers has to name `signature`, `signature-input`, `content-digest`, `content-encoding`, and whatever else the service signs.
 */
export const httpSignature: ReceiptFormat = { id: 'http-signature', fallback: true, observe, verify }
