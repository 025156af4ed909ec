import { verify } from '../../../src/verify/attestation/confidential-space/verify.ts'
import { inputOf, verdictOf } from './ours.ts'
import type { Subject } from './subject.ts'

export const prepare: Subject = async (files) => {
  const document = files.text('confidential-space/flare/pki.txt').trim()
  return async () => {
    const result = await verify(inputOf('gcp-cs-jwt', { document, at: '2024-11-03T23:54:00Z' }))
    // A debug build on AMD SEV: signature, chain and time have to hold, the rest is what the row says.
    return result.authentic === undefined ? verdictOf(result) : 'accepted'
  }
}
