/** One signature verified by WebCrypto with its key imported: what the cheapest possible verifier would do that often. */
export type Operation = 'P-256' | 'P-384' | 'RS256 2048' | 'RS256 4096' | 'PS384 4096' | 'Ed25519'

export type SubjectEntry = {
  /** `ours`, or a package of `test/bench/package.json`. */
  readonly name: string
  /** Module under `test/bench/subjects`. */
  readonly module: string
  /** WebAssembly that it fetches, as a path under `node_modules`, by the address that the module uses. */
  readonly wasm?: Readonly<Record<string, string>>
  readonly note?: string
}

export type Row = {
  readonly evidence: string
  /** Recorded files that the subjects read. */
  readonly files: readonly string[]
  readonly floor: readonly (readonly [operation: Operation, times: number])[]
  /** How many times the floor ours may take, and how long from import to first verdict. */
  readonly bar: { readonly floors: number; readonly coldMs?: number }
  readonly subjects: readonly [ours: SubjectEntry, ...peers: SubjectEntry[]]
  /** Where a bar is not met: why. */
  readonly distance?: { readonly warm?: string; readonly cold?: string }
}

/** Bars of the whole extension. */
export const BARS = { backgroundKb: 120, evaluationMs: 80, hookKb: 4, popupKb: 20 } as const

/** Why the background is heavier than its bar. */
export const BACKGROUND_DISTANCE = 'each kind of evidence, receipt and provenance weighs 2 to 9 kB, the libraries 21, the anchors 8'

/** Peers that the registry does not give. */
export const NOT_INSTALLABLE = [
  '@freedomofpress/sigstore-browser 0.1.14 (wants a version of @freedomofpress/tuf-browser that was never published; 0.1.11 is compared)',
]

/** A new verifier is a row here and a module for each subject. */
export const ROWS: readonly Row[] = [
  {
    evidence: 'TDX quote v4 with collateral',
    distance: {
      cold: 'four documents and six certificates are read by code that runs for the first time; taken while other programs kept the processors busy',
    },
    files: ['dstack/dcap/tdx_quote', 'dstack/dcap/tdx_quote_collateral.json'],
    // Quote, QE report, PCK, its authority, its list and the root’s, TCB signer, TCB info, QE identity.
    floor: [['P-256', 9]],
    bar: { floors: 3, coldMs: 40 },
    subjects: [
      { name: 'ours', module: 'tdx-ours.ts' },
      { name: '@phala/dcap-qvl', module: 'tdx-phala-js.js' },
      {
        name: '@phala/dcap-qvl-web',
        module: 'tdx-phala-wasm.js',
        wasm: { '/wasm/dcap-qvl-web.wasm': '@phala/dcap-qvl-web/dcap-qvl-web_bg.wasm' },
      },
    ],
  },
  {
    evidence: 'SEV-SNP report with VCEK',
    files: ['tinfoil/atc-bundle-snp-v2.json'],
    // Report, VCEK under AMD’s signing key, which is pinned like its root.
    floor: [
      ['P-384', 1],
      ['PS384 4096', 1],
    ],
    bar: { floors: 2 },
    subjects: [
      { name: 'ours', module: 'snp-ours.ts' },
      { name: '@tinfoilsh/verifier', module: 'snp-tinfoil.js', note: 'unpacks the document as well' },
    ],
  },
  {
    evidence: 'Nitro document',
    files: ['nitro/evervault/beta/valid-attestation-doc-bytes'],
    // Document, and four certificates under the root.
    floor: [['P-384', 5]],
    bar: { floors: 1.6 },
    subjects: [
      { name: 'ours', module: 'nitro-ours.ts' },
      {
        name: '@evervault/wasm-attestation-bindings',
        module: 'nitro-evervault.js',
        wasm: { '/wasm/evervault.wasm': '@evervault/wasm-attestation-bindings/index_bg.wasm' },
        note: 'clock set to the document’s time for the call',
      },
    ],
  },
  {
    evidence: 'Confidential Space token (RS256, x5c)',
    distance: {
      warm: 'RSA verifies in hundredths of a millisecond: reading three certificates in PEM and the claims by their schema takes longer',
    },
    files: ['confidential-space/flare/pki.txt'],
    // Token, leaf under intermediate, intermediate under root.
    floor: [
      ['RS256 2048', 1],
      ['RS256 4096', 2],
    ],
    bar: { floors: 2.5 },
    subjects: [
      { name: 'ours', module: 'cs-ours.ts' },
      { name: 'jose', module: 'cs-jose.js', note: 'verifies the token only, not the chain' },
    ],
  },
  {
    evidence: 'Azure token (RS256, key set)',
    distance: {
      warm: 'the one signature takes 0.03 ms: reading token, key set and runtime claims strictly takes longer, as it does for jose, which does less',
    },
    files: ['azure-maa/maa_real_jwks.json', 'azure-maa/maa_real_sevsnp_token.jwt'],
    floor: [['RS256 2048', 1]],
    bar: { floors: 2.5 },
    subjects: [
      { name: 'ours', module: 'maa-ours.ts' },
      { name: 'jose', module: 'maa-jose.js', note: 'verifies the token only, not its claims' },
    ],
  },
  {
    evidence: 'NVIDIA GPU report (five certificates)',
    files: ['nvidia/sample_attestation_data/gpu/hopperAttestationReport.txt', 'nvidia/sample_attestation_data/gpu/hopperCertChain.txt'],
    // Report, and four certificates under the root.
    floor: [['P-384', 5]],
    bar: { floors: 1.6 },
    subjects: [{ name: 'ours', module: 'nvidia-ours.ts' }],
  },
  {
    evidence: 'Sigstore bundle v0.3',
    distance: { warm: 'certificate extensions, log entry and proof are read and compared' },
    files: ['sigstore/trusted_root.json', 'sigstore/bundle-verify/happy-path-v0.3/bundle.sigstore.json', 'sigstore/bundle-verify/a.txt'],
    // Artifact, SCT, log promise, checkpoint; certificate, and the one between it and the root.
    floor: [
      ['P-256', 4],
      ['P-384', 2],
    ],
    bar: { floors: 2 },
    subjects: [
      { name: 'ours', module: 'sigstore-ours.ts' },
      { name: '@freedomofpress/sigstore-browser', module: 'sigstore-browser.js' },
    ],
  },
  {
    evidence: 'AIR receipt',
    distance: { warm: 'the one signature takes 0.06 ms: CBOR is read twice, strictly, and each claim held to the draft' },
    files: ['air/golden-draft02/valid/v1-nitro-no-nonce.json'],
    floor: [['Ed25519', 1]],
    bar: { floors: 1.5 },
    subjects: [
      { name: 'ours', module: 'air-ours.ts' },
      { name: 'cbor-x', module: 'air-cbor-x.js', note: 'with WebCrypto: the signature only, nothing held to the draft' },
    ],
  },
]
