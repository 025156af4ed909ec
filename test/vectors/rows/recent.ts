import { chutes } from '../../../src/verify/attestation/chutes/index.ts'
import { CHECKS as DSTACK_CHECKS } from '../../../src/verify/attestation/dstack/checks.ts'
import { checkComposeManager } from '../../../src/verify/attestation/dstack/compose-manager.ts'
import { FindingLog } from '../../../src/verify/claims/finding.ts'
import { sentence } from '../../../src/verify/claims/sentence.ts'
import { decodeBase64url, encodeBase64 } from '../../../src/verify/encoding/base64.ts'
import type { Bytes } from '../../../src/verify/encoding/bytes.ts'
import { encodeHex } from '../../../src/verify/encoding/hex.ts'
import { encodeUtf8 } from '../../../src/verify/encoding/utf8.ts'
import { presetFor } from '../../../src/verify/policy/presets.ts'
import { verifyProvenance } from '../../../src/verify/provenance/sigstore/verify.ts'
import { checkOhttp } from '../../../src/verify/receipts/chat-signature/ohttp.ts'
import { SHIPPED_SIGSTORE_ROOT } from '../../../src/verify/trust/shipped-sigstore-root.ts'
import { base64url, collateralOf, fromHex, judgeDocument, pemBodies, saidOf, verifyDocument } from './evidence.ts'
import { judgeExchange } from './exchange.ts'
import type { Kind } from './kinds.ts'
import type { Row, Said, VectorFiles } from './row.ts'

/** Where a row says nothing of a time: within the years of every certificate in the recordings. */
const ANY_TIME = '2026-07-22T00:00:00Z'
/** Of a document that nobody's receipt names, judged under no policy. */
const ALONE = [
  'unchecked receipt.presence',
  'unchecked evidence.binding',
  'unchecked policy.measurement',
  'unchecked exchange.capture',
  'unchecked exchange.source',
]

/** How each kind of row of the folder 2026-11 is judged. */
export const KINDS_2026: Readonly<Record<string, Kind>> = {
  'sev-snp': { judge: judgeSnp, excused: ['unchecked snp.revocation'] },
  'azure-hcl': { judge: judgeAzure, excused: [...ALONE, 'unchecked snp.revocation', 'unchecked tdx.collateral'] },
  tdx: { judge: judgeQuote },
  'tdx-collateral': { judge: judgeCollateral },
  sgx: { judge: (row, files) => judgeUnread('sgx-quote', row, files), excused: ALONE },
  'nvidia-gpu': {
    judge: judgeGpu,
    excused: ['unchecked nvidia-gpu.firmware', 'unchecked nvidia-gpu.revocation', 'unchecked gpu.pairing'],
  },
  // The reference values lie beside the report, and are not read here: the report's values stay uncompared.
  'nvidia-rim': {
    judge: ({ files: [, , report = ''], at }, files) =>
      judgeGpu({ id: '', kind: '', outcome: 'accept', at, files: [report, 'nvidia/hopper-coco-certs.pem'] }, files),
    excused: ['unchecked nvidia-gpu.revocation', 'unchecked gpu.pairing'],
  },
  'sigstore-github': { judge: judgeBundle },
  // The row has no evidence of a graphics card, only the nonce that it answers.
  chutes: { judge: judgeChutes, excused: ['unchecked chutes.gpu-evidence'] },
  near: { judge: judgeNear },
  aci: { judge: judgeOlderAci, excused: ['failed evidence.presence', ...ALONE] },
  ppq: { judge: judgePpq, excused: ['failed evidence.presence', ...ALONE] },
  '0g': { judge: judge0g, excused: ['failed evidence.presence', ...ALONE] },
  opengradient: { judge: (row, files) => judgeUnread(row.id, row, files), excused: ALONE },
}

const AMD = 'https://kdsintf.amd.com'

/** Certificates as DER, or as PEM. */
function certificateIn(path: string, files: VectorFiles): Bytes {
  if (!path.endsWith('.pem')) return files.bytes(path)
  const [first] = pemBodies(files.text(path))
  if (first === undefined) throw new Error(`${path} has no certificate`)
  return first
}

async function judgeSnp({ files: [report = '', key = '', ...authorities], at }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const collateral = [
    collateralOf('amd-vcek', AMD, base64url(certificateIn(key, files))),
    ...authorities.map((path) => collateralOf('amd-ca', AMD, base64url(files.bytes(path)))),
  ]
  return [await judgeDocument({ kind: 'sev-snp-report', document: base64url(files.bytes(report)), collateral, at })]
}

/** Of a document that nobody here reads: that it is named. What is said besides is said of every document without a receipt. */
async function judgeUnread(kind: string, { files: [path = ''], at }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const document = path.endsWith('.json') ? files.text(path) : base64url(files.bytes(path))
  return [named(await judgeExchange({ at: at === '' ? ANY_TIME : at, basis: 'given', evidence: [{ kind, document }] }))]
}

/** Checks that say of a document or a receipt only that nobody here knows its kind: with the name that they give it. */
const NAMING = ['evidence.known-kind', 'receipt.known-format']

function named({ findings, authentic }: Said): Said {
  const spelled = findings.map((finding) =>
    NAMING.includes(finding.check) && finding.outcome === 'unchecked'
      ? { ...finding, check: `${finding.check} ${finding.computed ?? 'without a name'}` }
      : finding,
  )
  return { findings: spelled, authentic }
}

/** The paravisor's report: 32 octets of header, the hardware's report (HCL_REPORT of Azure's `azure-cvm-tooling`), its runtime data. */
const HCL_HEADER = 32
const SNP_REPORT = 1184

/** Azure's wrapper, which is not read; and the hardware's own evidence in it, which is. */
async function judgeAzure(row: Row, files: VectorFiles): Promise<readonly Said[]> {
  const [path = ''] = row.files
  const { at } = row
  const document = JSON.parse(files.text(path))
  const { hcl_report, vcek, td_quote } = document.evidence ?? document
  const wrapper = await judgeUnread('azure-hcl', row, files)
  if (typeof td_quote === 'string') return [...wrapper, await judgeDocument({ kind: 'tdx-quote', document: td_quote, at })]
  const report = octetsOf(hcl_report).subarray(HCL_HEADER, HCL_HEADER + SNP_REPORT)
  const key = collateralOf('amd-vcek', AMD, base64url(octetsOf(vcek)))
  return [...wrapper, await judgeDocument({ kind: 'sev-snp-report', document: base64url(report), collateral: [key], at })]
}

/** Quotes as recorded: octets, text in base64, or a member of a document. */
function quoteIn(path: string, files: VectorFiles): Bytes {
  if (path.endsWith('.dat')) return files.bytes(path)
  if (path.endsWith('.b64')) return octetsOf(files.text(path))
  const document = JSON.parse(files.text(path))
  return octetsOf((document.tdx ?? document.evidence).quote)
}

async function judgeQuote({ files: [path = ''] }: Row, files: VectorFiles): Promise<readonly Said[]> {
  return [await judgeDocument({ kind: 'tdx-quote', document: base64url(quoteIn(path, files)), at: ANY_TIME })]
}

/** Checks of Intel's documents alone; the platform that the quote is of may be out of date. */
const INTELS = ['tdx.tcb-info-signature', 'tdx.qe-identity-signature', 'tdx.root-crl', 'tdx.pck-crl', 'tdx.collateral-time']

/** Intel's documents beside a quote of a platform whose authority they are about. */
async function judgeCollateral(row: Row, files: VectorFiles): Promise<readonly Said[]> {
  const [info = '', infoChain = '', identity = '', identityChain = '', pckCrl = '', rootCrl = ''] = row.files
  const signed = (path: string, chain: string) => ({ body: files.text(path), issuerChain: files.text(chain) })
  const list = (path: string) => ({ body: encodeHex(files.bytes(path)) })
  const fetched = {
    format: 'intel-pcs',
    tcbInfo: signed(info, infoChain),
    qeIdentity: signed(identity, identityChain),
    pckCrl: list(pckCrl),
    rootCaCrl: list(rootCrl),
  }
  const { findings } = await verifyDocument({
    kind: 'tdx-quote',
    document: base64url(quoteIn('tdx/tdx-v4-live.dat', files)),
    collateral: [collateralOf('dcap', 'intel', JSON.stringify(fetched))],
    at: row.at,
  })
  const ofIntel = findings.filter(({ check }) => INTELS.includes(check))
  const isEachThere = INTELS.every((id) => ofIntel.some(({ check }) => check === id))
  return [{ findings: ofIntel, authentic: isEachThere }]
}

async function judgeGpu({ files: [report = '', chain = ''], at }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const item = {
    certificate: encodeBase64(encodeUtf8(files.text(chain))),
    evidence: encodeBase64(fromHex(files.text(report).replace(/\s/g, ''))),
    arch: 'HOPPER',
  }
  return [await judgeDocument({ kind: 'nvidia-gpu-evidence', document: JSON.stringify(item), at: at === '' ? ANY_TIME : at })]
}

/** GitHub's own bundles under the root that is shipped, the public one: no log of it has them. */
async function judgeBundle({ files: [path = ''], at }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const [bundle = ''] = path.endsWith('.jsonl') ? files.text(path).trim().split('\n') : [files.text(path)]
  const { findings, provenance } = await verifyProvenance({ bundle, trustedRoot: SHIPPED_SIGSTORE_ROOT, now: new Date(at), hop: 0 })
  return [saidOf({ findings, authentic: provenance })]
}

/** A receipt of the older schema, looked up as any other. */
async function judgeOlderAci({ files: [path = ''] }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const { receipt, request_body_utf8, response_body_utf8 } = JSON.parse(files.text(path))
  const said = await judgeExchange({
    at: new Date(receipt.served_at * 1000).toISOString(),
    request: encodeUtf8(request_body_utf8),
    response: { body: encodeUtf8(response_body_utf8), contentType: 'application/json' },
    receipt: { format: 'aci', text: JSON.stringify(receipt) },
  })
  return [said]
}

/**
 * Nonce and key of an instance, by the rule alone: the quote is another's, and its verifier is taken to have found in it what the row says. The
 * graphics cards' nonce is the same hash.
 */
async function judgeChutes({ files: [path = ''] }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const { nonce, e2e_pubkey, report_data_first_32, gpu_nonce } = JSON.parse(files.text(path))
  const document = JSON.stringify({ intel_quote: 'AAAA', nonce, e2e_pubkey })
  const { findings, authentic } = await chutes.verify({
    ...NOTHING_ELSE,
    evidence: { kind: 'chutes-instance', document, source: '', at: '', provenance: 'fetched' },
    appraisePart: async () => ({
      findings: [],
      authentic: {
        commits: [{ field: 'report-data', value: `${report_data_first_32}${'00'.repeat(32)}` }],
        measurements: [],
        platform: sentence('tdx_platform'),
      },
    }),
  })
  const isGpus = gpu_nonce === report_data_first_32
  return [
    { findings: [...findings, { check: 'chutes.gpu-nonce', outcome: isGpus ? 'passed' : 'failed' }], authentic: authentic !== undefined },
  ]
}

/**
 * NEAR's newer members, by the rule alone: of the compose manager's log a quote is taken to hold what the row says, made on the same machine; the key
 * that signs the one for encrypted requests is taken to be the gateway's.
 */
async function judgeNear({ id, files: [path = ''] }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const { actions, actions_hash, ohttp_attestation, ohttp_key_config } = JSON.parse(files.text(path))
  if (id === 'near-ohttp') {
    const gateway = { form: 'near', entry: { intel_quote: '00', signing_address: ohttp_attestation.signing_key } } as const
    const seen = { kind: 'near-attestation-report', document: '', source: '', at: '', provenance: 'fetched' } as const
    const findings = await checkOhttp({
      seen,
      parties: [{ role: 'gateway', signs: [], machines: [gateway], gpu: 'same-machine' }],
      request: 'as-sent',
      hasComposeManager: false,
      ohttp: ohttp_attestation,
      ohttpConfig: ohttp_key_config,
    })
    return [{ findings, authentic: findings.length === 1 }]
  }
  const log = new FindingLog(DSTACK_CHECKS, 0)
  const machine = {
    commits: [{ field: 'report-data', value: `${actions_hash}${'00'.repeat(32)}` }],
    measurements: [],
    platform: sentence('tdx_platform'),
  } as const
  const appraisePart = async () => ({ findings: [], authentic: machine })
  const evidence = { kind: 'dstack', document: '', source: '', at: '', provenance: 'fetched' } as const
  await checkComposeManager({ actions, actions_hash, quote: '00' }, machine, { ...NOTHING_ELSE, evidence, appraisePart }, log)
  return [{ findings: log.findings, authentic: log.findings.length === 1 }]
}

const NOTHING_ELSE = {
  collateral: [],
  trust: { anchors: [], issuerKeys: [] },
  policy: presetFor(''),
  usedAt: new Date(ANY_TIME),
  hop: 0,
} as const

/** Receipts in comments of a stream, which no format of ours finds there; and under the name that they have for themselves. */
async function judgePpq({ files: [path = ''] }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const { cases }: { readonly cases: readonly { readonly sse?: string }[] } = JSON.parse(files.text(path))
  return Promise.all(cases.flatMap(({ sse }) => (sse === undefined ? [] : [judgeUnknown('ppq-routing-receipt', sse)])))
}

function judge0g({ files: [, path = ''] }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const { cases }: { readonly cases: readonly object[] } = JSON.parse(files.text(path))
  return Promise.all(cases.map((signed) => judgeUnknown('0g-signature', JSON.stringify(signed))))
}

async function judgeUnknown(format: string, text: string): Promise<Said> {
  return named(await judgeExchange({ at: ANY_TIME, basis: 'given', receipt: { format, text } }))
}

/** Base64 of either alphabet, padded or not. */
function octetsOf(text: string): Bytes {
  const octets = decodeBase64url(text.trim().replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))
  if (!octets.ok) throw new Error(octets.code)
  return octets.value
}
