import type { AttestationKind } from '../types.ts'
import { verify } from './verify.ts'

/** Quotes of Intel TDX trust domains (DCAP), binary as base64url. Collateral of kind `dcap`. */
export const tdx: AttestationKind = { id: 'tdx', names: ['tdx-quote'], verify }
