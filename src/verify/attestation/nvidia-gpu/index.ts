import type { AttestationKind } from '../types.ts'
import { verifyOne, verifyPayload } from './verify.ts'

/** Attestation reports of NVIDIA GPUs: of one GPU, and of all GPUs of a service. */
export const nvidiaGpu: AttestationKind = { id: 'nvidia-gpu', names: ['nvidia-gpu-evidence'], verify: verifyOne }
export const nvidiaPayload: AttestationKind = { id: 'nvidia-payload', names: ['nvidia-payload'], verify: verifyPayload }
