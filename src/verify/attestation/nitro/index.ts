import type { AttestationKind } from '../types.ts'
import { verify } from './verify.ts'

/** AWS Nitro Enclaves attestation documents: COSE_Sign1, as base64url. */
export const nitro: AttestationKind = { id: 'nitro', names: ['aws-nitro-cose'], verify }
