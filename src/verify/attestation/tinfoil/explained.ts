import type { Explained } from '../../claims/explained.ts'
import type { CheckName } from './checks.ts'

/** What each check compares, and where that is asked for: for `docs/CHECKS.md`. A check without it does not compile. */
export const EXPLAINED = {
  'tinfoil.format': { compares: 'the members of the document with those of a version that is known', section: 'tinfoilsh/verifier' },
  'tinfoil.collateral': {
    compares: 'the makers’ documents that came along with those that a document of this version has',
    section: 'tinfoilsh/verifier',
  },
  'tinfoil.report': { compares: 'the processor’s report with the rules of its own kind', section: 'tinfoilsh/verifier' },
  'tinfoil.report-data': {
    compares: 'the report data with the hash over keys, devices’ evidence and one-time number',
    section: 'tinfoilsh/tinfoil-js, packages/verifier',
  },
  'tinfoil.challenge': {
    compares: 'the report data that the document states with the one in the processor’s report',
    section: 'tinfoilsh/tinfoil-js, packages/verifier',
  },
  'tinfoil.crypto-material': {
    compares: 'the hash of the keys with the one that the report data is made of',
    section: 'tinfoilsh/tinfoil-js, packages/verifier',
  },
  'tinfoil.device-evidence': {
    compares: 'the hash of the devices’ evidence with the one that the report data is made of',
    section: 'tinfoilsh/tinfoil-js, packages/verifier',
  },
  'tinfoil.gpu-evidence': {
    compares: 'the hash of the GPUs’ evidence with the one that the report data is made of',
    section: 'tinfoilsh/tinfoil-js, packages/verifier',
  },
  'tinfoil.gpu-nonce': {
    compares: 'the one-time number that the GPUs answered with the document’s',
    section: 'tinfoilsh/tinfoil-js, packages/verifier',
  },
  'tinfoil.device': {
    compares: 'each device’s evidence with the rules of its own kind',
    section: 'DMTF DSP0274 version 1.1.0, MEASUREMENTS',
  },
  'tinfoil.switch-evidence': {
    compares: 'the hash of the switches’ evidence with the one that the report data is made of',
    section: 'tinfoilsh/tinfoil-js, packages/verifier',
  },
  'tinfoil.nonce': {
    compares: 'the document’s one-time number with the one that was sent',
    section: 'tinfoilsh/tinfoil-js, packages/verifier',
  },
  'tinfoil.certificate': { compares: 'the enclave’s certificate with being there and well formed', section: 'RFC 5280 section 4.1' },
  'tinfoil.tls-key': {
    compares: 'the key of the enclave’s certificate with the one that the processor’s report names',
    section: 'tinfoilsh/verifier',
  },
  'tinfoil.hpke-key': {
    compares: 'the encryption key that the certificate names with the one that the processor’s report names',
    section: 'tinfoilsh/verifier',
  },
  'tinfoil.attestation-hash': {
    compares: 'the hash that the certificate names with the one of this document',
    section: 'tinfoilsh/verifier',
  },
  'tinfoil.domain': { compares: 'the names of the certificate with the host that was called', section: 'RFC 5280 section 4.2.1.6' },
  'tinfoil.certificate-time': { compares: 'the certificate’s window with the time of use', section: 'RFC 5280 section 4.1.2.5' },
  'tinfoil.source': {
    compares: 'the signed word on the code’s source with being there',
    section: 'sigstore/architecture-docs, client-spec.md section 4',
  },
  'tinfoil.release-digest': {
    compares: 'the release’s hash in the document with the one that the signed word is about',
    section: 'tinfoilsh/verifier',
  },
  'tinfoil.code-measurement': {
    compares: 'what the processor measured with the measurements of the signed release',
    section: 'tinfoilsh/verifier',
  },
} as const satisfies Readonly<Record<CheckName, Explained>>
