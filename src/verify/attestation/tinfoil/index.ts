import type { AttestationKind } from '../types.ts'
import { verifyAttestation, verifyBundle } from './verify.ts'

/** Tinfoil's attestation documents, as JSON text: what an enclave serves at its well-known address, and what the attestation cache (ATC) hands out. */
export const tinfoil: AttestationKind = { id: 'tinfoil', names: ['tinfoil-attestation'], verify: verifyAttestation }
export const tinfoilBundle: AttestationKind = { id: 'tinfoil-bundle', names: ['tinfoil-atc-bundle'], verify: verifyBundle }
