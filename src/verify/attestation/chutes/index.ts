import type { AttestationKind } from '../types.ts'
import { verify } from './verify.ts'

/** What one instance of Chutes shows of itself: a TDX quote, the encryption key that it covers, and the evidence of its graphics cards. */
export const chutes: AttestationKind = { id: 'chutes', names: ['chutes-instance'], verify }
