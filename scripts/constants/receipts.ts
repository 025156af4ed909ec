import type { Group } from './types.ts'

/** What is signed of an answer. */
export const RECEIPTS: readonly Group[] = [
  {
    what: '`inference-receipt/1`: header, claims, hash domains, delivery, commitments of three kinds of evidence',
    where: [
      { file: 'receipts/inference-receipt/schema.ts' },
      { file: 'receipts/inference-receipt/verify.ts' },
      { file: 'receipts/inference-receipt/observe.ts' },
      { file: 'receipts/inference-receipt/key-commitment.ts', names: ['DIGEST_DIGITS'] },
    ],
    first: 'Lore-Hex/quill-cloud-proxy: docs/design/signed-receipts-wire-format.md',
    second: { kind: 'sample', files: ['inference-receipt/stream.sse', 'inference-receipt/request.json', 'inference-receipt/meta.json'] },
  },
  {
    what: '`inference-receipt/1` on AWS and Azure: places of the commitment',
    where: [{ file: 'receipts/inference-receipt/key-commitment.ts' }],
    first: 'Lore-Hex/quill-cloud-proxy: docs/design/signed-receipts-wire-format.md, section 7',
    second: {
      kind: 'one source only',
      because: 'the recording is of Google’s kind; the token of Azure’s in the vectors is of a session, and holds no key of receipts',
    },
  },
  {
    what: 'ACI receipts, reports, keysets and sessions',
    where: [
      { file: 'receipts/aci/document.ts' },
      { file: 'receipts/aci/receipt.ts' },
      { file: 'receipts/aci/report.ts' },
      { file: 'receipts/aci/session.ts' },
      { file: 'receipts/aci/session-evidence.ts' },
      { file: 'receipts/aci/key-commitment.ts' },
      { file: 'receipts/aci/observe.ts' },
      { file: 'receipts/aci/upstream.ts' },
      { file: 'receipts/aci/verify.ts' },
    ],
    first: 'Dstack-TEE/private-ai-gateway: spec',
    second: {
      kind: 'sample',
      files: ['dstack/aci/aci1_spec_vectors.json', 'dstack/aci/verifier-ts_aci_report.json', '2026-11/venice/aci-older-kat.json'],
      also: 'vectors and fixtures of the same maker; no receipt recorded from a live service was found',
    },
  },
  {
    what: 'AIR v1: keys of claims, profile, content type, modes, schemes, replay label',
    where: [
      { file: 'receipts/air/claims.ts' },
      { file: 'receipts/air/receipt.ts' },
      { file: 'receipts/air/verify.ts' },
      { file: 'receipts/air/draft.ts' },
    ],
    first: 'draft-cyntrisec-air (CDDL)',
    second: {
      kind: 'sample',
      files: [
        'air/golden-draft02/valid/v1-nitro-no-nonce.json',
        'air/golden-draft02/valid/v1-tdx-with-nonce.json',
        'air/evidence/publication-airv1-20260228/aws-nitro/receipt.cbor',
      ],
    },
  },
  {
    what: 'EphemeralML: envelopes and their domains, wire magic, slots of registers, headers, members',
    where: [
      { file: 'receipts/air/envelope.ts' },
      { file: 'receipts/air/binding.ts' },
      { file: 'receipts/air/evidence.ts' },
      { file: 'receipts/air/metadata.ts' },
      { file: 'receipts/air/observe.ts' },
      { file: 'receipts/air/gateway-hashes.ts' },
    ],
    first: 'cyntrisec/EphemeralML',
    second: {
      kind: 'one source only',
      because:
        'what is published of it are receipts, and quotes made for tests: no envelope is among them; its slots of registers are in the receipts',
    },
  },
  {
    what: 'Chat signatures: algorithms, text, members, kinds',
    where: [
      { file: 'receipts/chat-signature/schema.ts' },
      { file: 'receipts/chat-signature/signature.ts' },
      { file: 'receipts/chat-signature/report.ts' },
      { file: 'receipts/chat-signature/hops.ts' },
      { file: 'receipts/chat-signature/exchange.ts' },
      { file: 'receipts/chat-signature/completed.ts' },
      { file: 'receipts/chat-signature/binding.ts' },
    ],
    first: 'nearai/cloud-api: crates/api/src/routes; EIP-191',
    second: { kind: 'sample', files: ['dstack/near/near_docs_signed_chats.json', 'dstack/near/trace-commons_near_live_triple.json'] },
  },
  {
    what: 'Reports of NEAR’s form: members, halves of report data, how resold documents are told apart',
    where: [{ file: 'receipts/near-entry.ts' }, { file: 'receipts/report-data.ts' }, { file: 'receipts/reported-machine.ts' }],
    first: 'nearai/inference-proxy: src/types.rs',
    second: {
      kind: 'sample',
      files: ['dstack/near/trace-commons_near_live_triple.json', 'dstack/near/private-ai-verifier_intel_quote.hex'],
    },
  },
  {
    what: 'NEAR’s key for encrypted requests: members, lengths of key and signature',
    where: [{ file: 'receipts/chat-signature/ohttp.ts' }],
    first: 'nearai/cloud-api: crates/api/src/ohttp_gateway.rs',
    second: {
      kind: 'published',
      at: 'RFC 8032 (lengths), RFC 9458 section 3.1 (the 45 octets); `2026-11/near/ohttp-attestation-synthetic.json` was made after recordings',
    },
  },
  {
    what: 'OpenGradient: members, RSA-PSS with a salt of 32, places of the key’s hash in user data',
    where: [
      { file: 'receipts/opengradient/schema.ts' },
      { file: 'receipts/opengradient/verify.ts' },
      { file: 'receipts/opengradient/observe.ts' },
      { file: 'receipts/opengradient/key-commitment.ts' },
    ],
    first: 'OpenGradient/tee-gateway; brave/nitriding-daemon: attestation.go',
    second: {
      kind: 'one source only',
      because: 'the vectors have OpenGradient’s configuration, and no signed answer; the salt stands in its SDKs, which are its own',
    },
  },
  {
    what: 'Python’s way to write strings and JSON',
    where: [{ file: 'receipts/python-string.ts' }],
    first: 'The Python Standard Library, json',
    second: { kind: 'published', at: 'RFC 8259 section 7; results of CPython in `receipts/opengradient/python-json.test.ts`' },
  },
  {
    what: 'HTTP message signatures: components, algorithms, digests, replay label',
    where: [
      { file: 'receipts/http-signature/base.ts' },
      { file: 'receipts/http-signature/content-digest.ts' },
      { file: 'receipts/http-signature/key.ts' },
      { file: 'receipts/http-signature/observe.ts' },
      { file: 'receipts/http-signature/parse.ts' },
      { file: 'receipts/http-signature/verify.ts' },
    ],
    first: 'RFC 9421, RFC 9530',
    second: { kind: 'sample', files: ['rfc9421/rfc9421-appendix-b.json'] },
  },
  {
    what: 'Receipt formats by the names of this verifier',
    where: [{ file: 'receipts/registry.ts' }],
    first: 'ARCHITECTURE',
    second: { kind: 'own', because: 'names of this verifier’s table' },
  },
]
