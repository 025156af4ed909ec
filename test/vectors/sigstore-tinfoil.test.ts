import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { verifyProvenance } from '../../src/verify/provenance/sigstore/verify.ts'
import type { ProvenanceInput } from '../../src/verify/provenance/types.ts'
import { SHIPPED_SIGSTORE_ROOT } from '../../src/verify/trust/shipped-sigstore-root.ts'
import { changed } from '../support/change-json.ts'
import { describeVectors, vectorText } from './files.ts'

/** The bundle inside a bundle of Tinfoil's attestation service, under the root that ships. */
type Recorded = { readonly digest: string; readonly sigstoreBundle: unknown }

const REPOSITORY = 'tinfoilsh/confidential-model-router'
const ENTRY = 'verificationMaterial.tlogEntries.0'
const ZEROS = Buffer.alloc(32).toString('base64')

describeVectors('the bundle of a Tinfoil release', () => {
  let recorded: Recorded
  beforeAll(() => {
    recorded = JSON.parse(vectorText('tinfoil/atc-bundle-snp-v2.json'))
  })

  function input(bundle: unknown = recorded.sigstoreBundle): ProvenanceInput {
    return {
      bundle: JSON.stringify(bundle),
      repository: REPOSITORY,
      ref: { startsWith: 'refs/tags/' },
      runner: 'github-hosted',
      digest: recorded.digest,
      predicateType: 'https://tinfoil.sh/predicate/snp-tdx-multiplatform/v1',
      trustedRoot: SHIPPED_SIGSTORE_ROOT,
      now: new Date('2026-11-01T00:00:00Z'),
      hop: 0,
    }
  }

  async function codeOf(changes: Partial<ProvenanceInput>): Promise<string> {
    const { findings, provenance } = await verifyProvenance({ ...input(), ...changes })
    const failed = findings.filter(({ outcome }) => outcome !== 'passed')
    expect(provenance === undefined).toBe(failed.length > 0)
    return failed.map(({ check, code }) => `${check} ${code}`).join()
  }

  const withChanges = (changes: Readonly<Record<string, unknown>>) =>
    codeOf({ bundle: JSON.stringify(changed(recorded.sigstoreBundle, changes)) })

  it('says what was built, from where, and when', async () => {
    const { findings, provenance } = await verifyProvenance(input())
    expect(findings.map(({ outcome }) => outcome)).toEqual(Array(7).fill('passed'))
    expect(provenance?.times).toEqual([{ source: 'log', at: new Date('2026-01-22T22:42:02Z') }])
    expect(provenance?.signer.workflow).toMatchObject({
      sourceRepository: `https://github.com/${REPOSITORY}`,
      sourceRef: 'refs/tags/v0.0.38',
      sourceDigest: '7a4ca87d5481e1b37c1caa8b49c1771f0b8694a7',
      runnerEnvironment: 'github-hosted',
    })
    expect(provenance?.statement.subjects).toEqual([{ name: 'tinfoil-deployment.json', digest: { sha256: recorded.digest } }])
    expect(provenance?.statement.predicate).toMatchObject({
      snp_measurement: '09ef32acf90fcfeb6206d1a46c13145cef736ebbb83f18eaff680b686232031546ff5fd39c44599699ee8734cbbeb519',
    })
  })

  it.each([
    ['sigstore.identity subject-mismatch', { repository: 'tinfoilsh/confidential-model-route' }],
    ['sigstore.identity subject-mismatch', { repository: 'tinfoilsh/confidentialXmodel-router' }],
    ['sigstore.identity subject-mismatch', { workflow: 'release.yml' }],
    ['sigstore.identity ref-mismatch', { ref: { startsWith: 'refs/heads/' } }],
    ['sigstore.identity ref-mismatch', { ref: { exactly: 'refs/tags/v0.0.3' } }],
    ['sigstore.statement artifact-not-a-subject', { digest: '00'.repeat(32) }],
    ['sigstore.statement predicate-type-mismatch', { predicateType: 'https://slsa.dev/provenance/v1' }],
    ['sigstore.time time-in-future', { now: new Date('2026-01-22T22:00:00Z') }],
  ] as const)('fails with %s where something else is expected', async (code, changes) => {
    expect(await codeOf(changes)).toBe(code)
  })

  it.each([
    ['sigstore.format bundle-version', { mediaType: 'application/vnd.dev.sigstore.bundle.v0.9+json' }],
    ['sigstore.format bundle-malformed', { unknown: true }],
    ['sigstore.format bundle-material', { 'verificationMaterial.certificate': undefined }],
    ['sigstore.format bundle-content', { dsseEnvelope: undefined }],
    ['sigstore.format dsse-signature-count', { 'dsseEnvelope.signatures.1': { sig: 'AAAA' } }],
    ['sigstore.certificate certificate-malformed', { 'verificationMaterial.certificate.rawBytes': 'MAA=' }],
    ['sigstore.log log-entry-missing', { 'verificationMaterial.tlogEntries': [] }],
    ['sigstore.log log-unknown', { [`${ENTRY}.logId.keyId`]: ZEROS }],
    ['sigstore.log entry-timestamp-signature', { [`${ENTRY}.logIndex`]: '845420856' }],
    ['sigstore.log entry-timestamp-signature', { [`${ENTRY}.integratedTime`]: '1769121723' }],
    ['sigstore.log entry-timestamp-signature', { [`${ENTRY}.canonicalizedBody`]: 'e30=' }],
    ['sigstore.log entry-timestamp-signature', { [`${ENTRY}.inclusionPromise.signedEntryTimestamp`]: 'AAAA' }],
    ['sigstore.time time-missing', { [`${ENTRY}.inclusionPromise`]: undefined }],
    ['sigstore.log inclusion-proof-missing', { [`${ENTRY}.inclusionProof`]: undefined }],
    ['sigstore.log inclusion-proof-invalid', { [`${ENTRY}.inclusionProof.logIndex`]: '723516592' }],
    ['sigstore.log inclusion-proof-invalid', { [`${ENTRY}.inclusionProof.hashes.7`]: ZEROS }],
    ['sigstore.log inclusion-proof-invalid', { [`${ENTRY}.inclusionProof.hashes.7`]: undefined }],
    ['sigstore.log checkpoint-mismatch', { [`${ENTRY}.inclusionProof.rootHash`]: ZEROS }],
    ['sigstore.log checkpoint-mismatch', { [`${ENTRY}.inclusionProof.treeSize`]: '723516596' }],
    ['sigstore.log checkpoint-missing', { [`${ENTRY}.inclusionProof.checkpoint`]: undefined }],
    ['sigstore.log checkpoint-malformed', { [`${ENTRY}.inclusionProof.checkpoint.envelope`]: '' }],
    ['sigstore.log entry-kind-mismatch', { [`${ENTRY}.kindVersion.version`]: '0.0.2' }],
    ['sigstore.log entry-kind-mismatch', { [`${ENTRY}.kindVersion.kind`]: 'intoto' }],
    ['sigstore.log entry-payload-mismatch', { 'dsseEnvelope.payload': 'e30=' }],
    ['sigstore.log entry-signature-mismatch', { 'dsseEnvelope.signatures.0.sig': 'AAAA' }],
    ['sigstore.signature signature-invalid', { 'dsseEnvelope.payloadType': 'application/vnd.in-toto+jsom' }],
    [
      'sigstore.time timestamp-malformed',
      { 'verificationMaterial.timestampVerificationData.rfc3161Timestamps': [{ signedTimestamp: 'MAA=' }] },
    ],
  ])('fails with %s once a member is another: %j', async (code, changes) => {
    expect(await withChanges(changes)).toBe(code)
  })

  it('is not verified once any character of it is another', async () => {
    const text = JSON.stringify(recorded.sigstoreBundle)
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom('A', 'b', '0', '9', '"', '/', '-'), async (index, character) => {
        fc.pre(text[index] !== character)
        return (await codeOf({ bundle: text.slice(0, index) + character + text.slice(index + 1) })) !== ''
      }),
      { numRuns: 300 },
    )
  })
})
