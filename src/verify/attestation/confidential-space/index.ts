import type { AttestationKind } from '../types.ts'
import { verify } from './verify.ts'

/** Google Cloud Attestation tokens of Confidential Space workloads (EAT as JWT, RFC 9711). */
export const confidentialSpace: AttestationKind = { id: 'confidential-space', names: ['gcp-cs-jwt'], verify }
