import type { AttestationKind } from '../types.ts'
import { verify } from './verify.ts'

/** Tokens of NVIDIA's Remote Attestation Service about GPUs and switches. */
export const nras: AttestationKind = { id: 'nras', names: ['nvidia-nras'], verify }
