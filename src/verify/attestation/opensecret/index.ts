import type { AttestationKind } from '../types.ts'
import { verify } from './verify.ts'

/** What the attestation endpoint of an OpenSecret service (Maple) answers, as JSON text. The vendor's lists of images come as collateral. */
export const openSecret: AttestationKind = { id: 'opensecret', names: ['opensecret-attestation'], verify }
