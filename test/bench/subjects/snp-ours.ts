import { verify } from '../../../src/verify/attestation/sev-snp/verify.ts'
import { base64url, inputOf, verdictOf } from './ours.ts'
import { tinfoilDocument } from './snp-evidence.ts'
import type { Subject } from './subject.ts'

export const prepare: Subject = async (files) => {
  const { report, vcek } = await tinfoilDocument(files)
  const collateral = [{ kind: 'amd-vcek', issuer: 'https://kdsintf.amd.com', document: base64url(vcek) }] as const
  const document = base64url(report)
  // No revocation list was recorded, and a report carries no time.
  return async () =>
    verdictOf(await verify(inputOf('sev-snp-report', { document, collateral, at: '2026-02-01T00:00:00Z' })), ['snp.revocation', 'snp.age'])
}
