import type { Group } from './types.ts'

/** Encodings and certificates: standards with test suites of others. */
export const FOUNDATIONS: readonly Group[] = [
  {
    what: 'Shipped roots and keys',
    where: [{ file: 'trust/shipped-anchors.ts' }, { file: 'trust/shipped-keys.ts' }, { file: 'trust/anchors.ts' }],
    first: 'their owners’ addresses (`publishedAt` of each)',
    second: {
      kind: 'sample',
      files: ['sev-snp/virtee-milan/cert_chain_milan', 'confidential-space/flare/root_cert.pem', '2026-11/sev-snp/turin-ark.der'],
      also: 'every recorded chain ends in one of them',
    },
  },
  {
    what: 'Sigstore’s public good root, and the form of trusted roots',
    where: [{ file: 'trust/shipped-sigstore-root.ts' }, { file: 'trust/sigstore-root.ts' }],
    first: 'sigstore/root-signing',
    second: { kind: 'sample', files: ['sigstore/trusted_root.json', '2026-11/github/trusted-root-github.json'] },
  },
  {
    what: 'X.509: extensions, names, algorithms, key usages, lists of revoked certificates, path rules',
    where: [
      { file: 'trust/algorithms.ts' },
      { file: 'trust/certificate.ts' },
      { file: 'trust/certificate-rules.ts' },
      { file: 'trust/crl.ts' },
      { file: 'trust/dead-end.ts' },
      { file: 'trust/extensions.ts' },
      { file: 'trust/general-name.ts' },
      { file: 'trust/name-constraints.ts' },
      { file: 'trust/name.ts' },
      { file: 'trust/profile.ts' },
    ],
    first: 'RFC 5280, RFC 4055, RFC 5758',
    second: { kind: 'sample', files: ['x509-limbo/limbo-nobettertls.json', '2026-11/tdx/collateral/root_ca_crl.der'] },
  },
  {
    what: 'DER: tags, lengths, keys of P-256, P-384, secp256k1, RSA and Ed25519',
    where: [
      { file: 'encoding/der.ts' },
      { file: 'encoding/der-read.ts' },
      { file: 'encoding/der-write.ts' },
      { file: 'encoding/der-spki.ts' },
    ],
    first: 'ITU-T X.690; RFC 5480, RFC 8017, RFC 8410',
    second: { kind: 'sample', files: ['wycheproof/ecdsa_secp256r1_sha256_test.json', 'wycheproof/ed25519_test.json'] },
  },
  {
    what: 'CBOR and COSE: labels, algorithms, tag 18',
    where: [{ file: 'encoding/cbor.ts' }, { file: 'encoding/cose.ts' }],
    first: 'RFC 8949, RFC 9052, RFC 9053',
    second: { kind: 'sample', files: ['cbor/appendix_a.json', 'cose-wg/sign1-tests/sign-pass-01.json'] },
  },
  {
    what: 'JOSE: algorithms, members of keys',
    where: [{ file: 'encoding/jose.ts' }, { file: 'encoding/jwk.ts' }],
    first: 'RFC 7515, RFC 7517, RFC 7518',
    second: { kind: 'sample', files: ['wycheproof/json_web_signature_test.json', 'wycheproof/json_web_key_test.json'] },
  },
  {
    what: 'Ed25519, secp256k1, Keccak: orders, primes, small-order points, recovery ids',
    where: [{ file: 'encoding/ed25519.ts' }, { file: 'encoding/secp256k1.ts' }, { file: 'encoding/keccak.ts' }],
    first: 'RFC 8032, SEC 2, the Keccak reference',
    second: {
      kind: 'sample',
      files: ['wycheproof/ed25519_test.json', 'wycheproof/ecdsa_secp256k1_sha256_test.json', 'dstack/near/near_docs_signed_chats.json'],
    },
  },
  {
    what: 'JSON, canonical JSON, server-sent events, structured fields',
    where: [
      { file: 'encoding/json.ts' },
      { file: 'encoding/exact-json.ts' },
      { file: 'encoding/jcs.ts' },
      { file: 'encoding/sse.ts' },
      { file: 'encoding/structured-fields.ts' },
      { file: 'encoding/schema.ts' },
    ],
    first: 'RFC 8259, RFC 8785, the HTML standard (section 9.2), RFC 9651',
    second: {
      kind: 'sample',
      files: ['rfc9421/rfc9421-appendix-b.json', 'inference-receipt/stream.sse', 'dstack/aci/aci1_spec_vectors.json'],
    },
  },
  {
    what: 'Base16, base32, base64, UTF-8, PEM, gzip',
    where: [
      { file: 'encoding/base32.ts' },
      { file: 'encoding/base64.ts' },
      { file: 'encoding/hex.ts' },
      { file: 'encoding/utf8.ts' },
      { file: 'encoding/pem.ts' },
      { file: 'encoding/gzip.ts' },
    ],
    first: 'RFC 4648, RFC 3629, RFC 7468, RFC 1952',
    second: { kind: 'published', at: 'Node’s own encoders and zlib, against which the tests compare' },
  },
]
