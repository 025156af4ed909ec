import { SigstoreVerifier } from '@freedomofpress/sigstore-browser'
import { ISSUER, SUBJECT } from './sigstore-evidence.ts'

/** @type {import('./subject.ts').Subject} */
export const prepare = async (files) => {
  const verifier = new SigstoreVerifier()
  await verifier.loadSigstoreRoot(JSON.parse(files.text('sigstore/trusted_root.json')))
  const bundle = JSON.parse(files.text('sigstore/bundle-verify/happy-path-v0.3/bundle.sigstore.json'))
  const artifact = files.bytes('sigstore/bundle-verify/a.txt')
  return async () => ((await verifier.verifyArtifact(SUBJECT, ISSUER, bundle, artifact)) ? 'accepted' : 'refused')
}
