import { verifySigstoreBundle } from '../../../src/verify/provenance/sigstore/verify-bundle.ts'
import { parseSigstoreRoot } from '../../../src/verify/trust/sigstore-root.ts'
import { ISSUER, SUBJECT } from './sigstore-evidence.ts'
import type { Subject } from './subject.ts'

export const prepare: Subject = async (files) => {
  const root = parseSigstoreRoot(files.text('sigstore/trusted_root.json'), 'user')
  if (!root.ok) throw new Error(root.code)
  const bundle = files.text('sigstore/bundle-verify/happy-path-v0.3/bundle.sigstore.json')
  const octets = files.bytes('sigstore/bundle-verify/a.txt')
  const policy = { kind: 'exact', issuer: ISSUER, subject: SUBJECT } as const
  return async () => {
    const verdict = await verifySigstoreBundle(bundle, {
      root: root.value,
      policy,
      artifact: { octets },
      now: new Date('2026-11-01T00:00:00Z'),
    })
    return verdict.ok ? 'accepted' : verdict.code
  }
}
