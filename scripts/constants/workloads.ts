import type { Group } from './types.ts'

/** What runs in the hardware: dstack, Tinfoil, OpenSecret, Chutes, and who built it. */
export const WORKLOADS: readonly Group[] = [
  {
    what: 'dstack event log: members, runtime event type, register, digests of two versions, boot events',
    where: [
      { file: 'attestation/dstack/event-log.ts' },
      { file: 'attestation/dstack/replay.ts' },
      { file: 'attestation/dstack/boot-events.ts' },
      { file: 'attestation/dstack/check-event-log.ts' },
      { file: 'attestation/dstack/measurements.ts' },
    ],
    first: 'Dstack-TEE/dstack: cc-eventlog/src/runtime_events.rs',
    second: { kind: 'sample', files: ['dstack/dstack/quote-report.json', 'dstack/dstack/tdx-lite-getquote.json'] },
  },
  {
    what: 'dstack MRCONFIGID: three versions, kinds of key provider',
    where: [{ file: 'attestation/dstack/config-id.ts' }],
    first: 'Dstack-TEE/dstack: dstack-types/src/mr_config.rs',
    second: {
      kind: 'sample',
      files: ['dstack/dstack/quote-report.json', 'dstack/near/trace-commons_near_live_triple.json'],
      also: 'version 1; versions 2 and 3 by dstack’s own code alone',
    },
  },
  {
    what: 'dstack KMS: messages that are signed, purposes by role, where the nonce stands',
    where: [{ file: 'attestation/dstack/key-custody.ts' }, { file: 'attestation/dstack/verify.ts' }],
    first: 'Dstack-TEE/dstack: kms; Dstack-TEE/private-ai-gateway: spec',
    second: { kind: 'sample', files: ['dstack/aci/verifier-ts_aci_report.json'] },
  },
  {
    what: 'dstack documents: members; compose file',
    where: [
      { file: 'attestation/dstack/schema.ts' },
      { file: 'attestation/dstack/compose.ts' },
      { file: 'attestation/dstack/yaml.ts' },
      { file: 'attestation/dstack/os-image.ts' },
    ],
    first: 'Dstack-TEE/dstack: dstack-types; YAML 1.2 and the Compose specification for the file',
    second: { kind: 'sample', files: ['dstack/dstack/quote-report.json', 'dstack/aci/gateway_aci_report_fixture.json'] },
  },
  {
    what: 'NEAR’s compose manager: members, what is hashed of its actions, what its quote holds',
    where: [{ file: 'attestation/dstack/compose-manager.ts' }],
    first: 'nearai/inference-proxy: src/types.rs; recorded reports of June 2026',
    second: {
      kind: 'sample',
      files: ['2026-11/near/compose-manager-synthetic.json'],
      also: 'the fixture of nearai/inference-sdk has actions and their hash, and no quote',
    },
  },
  {
    what: 'dstack images that their makers call production',
    where: [{ file: 'attestation/dstack/os-images.ts' }],
    first: 'Dstack-TEE/private-ai-gateway: clients/verifier-ts/src/transcript.ts',
    second: {
      kind: 'one source only',
      because:
        'reference values of the vendor; that of 0.5.9 stands in records of several operators, 0G’s list (`2026-11/0g/os-images.json`) has other releases',
    },
  },
  {
    what: 'Tinfoil documents: formats, members, what report data is hashed from',
    where: [
      { file: 'attestation/tinfoil/schema.ts' },
      { file: 'attestation/tinfoil/document.ts' },
      { file: 'attestation/tinfoil/report-data.ts' },
      { file: 'attestation/tinfoil/verify.ts' },
      { file: 'attestation/tinfoil/collateral.ts' },
    ],
    first: 'tinfoilsh/tinfoil-go: document',
    second: {
      kind: 'sample',
      files: ['tinfoil/atc-bundle-snp-v2.json'],
      also: 'version 3 by the vectors of tinfoilsh/tinfoil-go alone: no recording of one was found',
    },
  },
  {
    what: 'Tinfoil releases: predicate and its members',
    where: [{ file: 'attestation/tinfoil/check-source.ts' }],
    first: 'tinfoilsh/tinfoil-go: sigstore',
    second: { kind: 'sample', files: ['tinfoil/atc-bundle-snp-v2.json'] },
  },
  {
    what: 'OpenSecret: answer, where the lists are, what is signed of an entry (P1363 over the digits of PCR0)',
    where: [{ file: 'attestation/opensecret/history.ts' }, { file: 'attestation/opensecret/verify.ts' }],
    first: 'OpenSecretCloud/OpenSecret-SDK: src/lib/pcr.ts',
    second: {
      kind: 'published',
      at: 'MaplePrivacyLabs/Maple: services/opensecret/docs/pcr-compatibility.md; one published entry verifies in a test. The sweep found the lists moved',
    },
  },
  {
    what: 'Chutes: members of an instance; what its quote and its cards answer',
    where: [{ file: 'attestation/chutes/schema.ts' }],
    first: 'nearai/cloud-api: attested/chutes',
    second: {
      kind: 'published',
      at: 'recomputed on 17 recorded instances, by the manifest of `2026-11/chutes/binding-synthetic.json`; that file itself was made after the rule',
    },
  },
  {
    what: 'Kinds of evidence by the names that services give them',
    where: [{ file: 'attestation/registry.ts' }],
    first: 'the services’ documents',
    second: { kind: 'own', because: 'names of this verifier’s table' },
  },
  {
    what: 'Sigstore bundles, log entries, inclusion proofs, checkpoints',
    where: [
      { file: 'provenance/sigstore/bundle.ts' },
      { file: 'provenance/sigstore/entry-body.ts' },
      { file: 'provenance/sigstore/merkle.ts' },
      { file: 'provenance/sigstore/checkpoint.ts' },
      { file: 'provenance/sigstore/verify-bundle.ts' },
      { file: 'provenance/sigstore/times.ts' },
      { file: 'provenance/sigstore/checks.ts' },
    ],
    first: 'sigstore/protobuf-specs; RFC 6962 section 2.1; C2SP tlog-checkpoint',
    second: {
      kind: 'sample',
      files: [
        'sigstore/bundle-verify/happy-path-v0.1/bundle.sigstore.json',
        'sigstore/bundle-verify/happy-path-v0.3-new-mediaType/bundle.sigstore.json',
      ],
    },
  },
  {
    what: 'Fulcio’s extensions, workflow identities, signed certificate timestamps',
    where: [
      { file: 'provenance/sigstore/signer.ts' },
      { file: 'provenance/sigstore/certificate.ts' },
      { file: 'provenance/sigstore/identity.ts' },
      { file: 'provenance/sigstore/sct.ts' },
    ],
    first: 'sigstore/fulcio: docs/oid-info.md; RFC 6962 section 3.3',
    second: {
      kind: 'sample',
      files: ['tinfoil/atc-bundle-snp-v2.json', 'sigstore/bundle-verify/bundle-with-sct-with-extensions/bundle.sigstore.json'],
    },
  },
  {
    what: 'RFC 3161 timestamps and CMS',
    where: [{ file: 'provenance/sigstore/timestamp.ts' }, { file: 'provenance/sigstore/cms.ts' }],
    first: 'RFC 3161, RFC 5652, RFC 5816',
    second: {
      kind: 'sample',
      files: [
        'sigstore/bundle-verify/rekor2-timestamp-without-embedded-cert/bundle.sigstore.json',
        '2026-11/github/release-attestation.sigstore.json',
      ],
    },
  },
  {
    what: 'in-toto statements and SLSA predicates',
    where: [{ file: 'provenance/sigstore/statement.ts' }, { file: 'provenance/slsa/predicate.ts' }],
    first: 'in-toto attestation framework; slsa.dev, provenance v0.2 and v1',
    second: {
      kind: 'sample',
      files: ['sigstore/statement.json', '2026-11/github/private-provenance-bundle.jsonl'],
    },
  },
]
