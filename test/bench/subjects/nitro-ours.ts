import { verify } from '../../../src/verify/attestation/nitro/verify.ts'
import { base64url, inputOf, verdictOf } from './ours.ts'
import type { Subject } from './subject.ts'

export const prepare: Subject = async (files) => {
  const document = base64url(files.bytes('nitro/evervault/beta/valid-attestation-doc-bytes'))
  // Without a policy there is no limit to its age.
  return async () => verdictOf(await verify(inputOf('aws-nitro-cose', { document, at: '2022-10-13T08:58:02.136Z' })), ['nitro.age'])
}
