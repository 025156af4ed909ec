import type { AttestationKind } from '../types.ts'
import { verify } from './verify.ts'

/** Tokens of Microsoft Azure Attestation for confidential containers on AMD SEV-SNP. */
export const azureMaa: AttestationKind = { id: 'azure-maa', names: ['azure-maa-jwt'], verify }
