import { pairGpu } from '../../../src/verify/attestation/gpu-pairing.ts'
import { parseNitroDocument } from '../../../src/verify/attestation/nitro/document.ts'
import { validateEndorsement } from '../../../src/verify/attestation/sev-snp/endorsement.ts'
import { parseEndorsementKey } from '../../../src/verify/attestation/sev-snp/endorsement-key.ts'
import { parseQuote } from '../../../src/verify/attestation/tdx/quote.ts'
import { decodeBase64url, encodeBase64 } from '../../../src/verify/encoding/base64.ts'
import { encodeHex } from '../../../src/verify/encoding/hex.ts'
import { isJsonObject, parseJsonBytes } from '../../../src/verify/encoding/json.ts'
import { encodeUtf8 } from '../../../src/verify/encoding/utf8.ts'
import { dstackEvidence } from '../../../src/verify/receipts/dstack-document.ts'
import { SHIPPED_ANCHORS } from '../../../src/verify/trust/anchors.ts'
import { judgeAci } from './aci.ts'
import { judgeAir, judgeAirRun } from './air.ts'
import { judgeChats, judgeTriple } from './chat-signature.ts'
import { base64url, collateralOf, fromHex, judgeDocument, pemBodies, saidOf, verifyDocument } from './evidence.ts'
import { judgeRecording } from './recording.ts'
import type { Judge, Row, VectorFiles } from './row.ts'

export type Kind = {
  readonly judge: Judge
  /** Findings that rows of this kind may have without being decided by them: the recording has nothing for the check, or no policy was given. */
  readonly excused?: readonly string[]
}

/** Of an exchange whose bodies were not recorded. */
const BODIES = ['unchecked exchange.capture', 'unchecked exchange.source']
/** Of a receipt without evidence, judged under no policy for a workload. */
const ALONE = ['failed evidence.presence', 'unchecked policy.measurement']
/** Chat signatures carry no time, and name a model at most. */
const CHAT = ['unchecked chat-signature.time', 'unchecked chat-signature.model']
const AIR = ['unchecked air.nonce', 'unchecked air.request-hash', 'unchecked air.response-hash', 'unchecked model.artifact']

/** How each kind of row is judged: a new kind is one line here. */
export const KINDS: Readonly<Record<string, Kind>> = {
  // The gateway vouches for nobody, and no hash of a model is signed: the row’s claims say so, and nothing contradicts.
  receipt: {
    judge: async (row, files) => [await judgeRecording(row, files)],
    excused: ['unchecked inference-receipt.upstream-vouched', 'unchecked inference-receipt.model-artifact'],
  },
  tdx: { judge: judgeQuote },
  sgx: { judge: judgeQuote },
  'tdx+dstack': { judge: judgeDstack, excused: ['unchecked dstack.os-image'] },
  dstack: { judge: judgeDstack, excused: ['unchecked dstack.os-image', 'unchecked tdx.collateral'] },
  'chat-signature': {
    judge: judgeChats,
    excused: [...CHAT, ...BODIES, ...ALONE, 'unchecked chat-signature.request-hash', 'unchecked chat-signature.response-hash'],
  },
  'chat-signature+tdx': {
    judge: judgeTriple,
    excused: [...CHAT, 'unchecked dstack.event-log', 'unchecked dstack.os-image', 'unchecked policy.measurement'],
  },
  aci: { judge: judgeAci },
  'sev-snp': { judge: judgeSnpReport, excused: ['unchecked snp.revocation'] },
  'sev-snp chain': { judge: judgeSnpChain },
  nitro: { judge: judgeNitro, excused: ['unchecked nitro.age'] },
  'confidential-space': { judge: judgeToken },
  'azure-maa': { judge: judgeAzureToken },
  nvidia: {
    judge: judgeGpus,
    excused: [
      'unchecked nvidia-gpu.firmware',
      'unchecked nvidia-gpu.firmware-id',
      'unchecked nvidia-gpu.revocation',
      'unchecked gpu.pairing',
    ],
  },
  nras: {
    judge: async ({ files: [path = ''], at }, files) => [await judgeDocument({ kind: 'nvidia-nras', document: files.text(path), at })],
  },
  pairing: { judge: judgePairing },
  tinfoil: {
    judge: async ({ files: [path = ''], at }, files) => [
      await judgeDocument({ kind: 'tinfoil-atc-bundle', document: files.text(path), at }),
    ],
    excused: ['unchecked snp.revocation', 'unchecked tinfoil.nonce', 'unchecked tinfoil.source'],
  },
  air: { judge: async (row, files) => [await judgeAir(row, files)], excused: [...AIR, ...BODIES, ...ALONE] },
  'air+tdx': { judge: async (row, files) => [await judgeAirRun(row, files)], excused: [...AIR, ...BODIES] },
}

/** The quote in a file, whatever the file is. */
function quoteIn(path: string, files: VectorFiles): Uint8Array {
  if (path.endsWith('.json')) {
    const document = JSON.parse(files.text(path))
    return fromHex(document.quote ?? document.intel_quote)
  }
  return path.endsWith('.hex') ? fromHex(files.text(path)) : files.bytes(path)
}

async function judgeQuote({ files: [quote = '', ...others], at }: Row, files: VectorFiles) {
  const collateral = others
    .filter((path) => path.endsWith('_collateral.json'))
    .map((path) => collateralOf('dcap', 'intel', files.text(path)))
  return [await judgeDocument({ kind: 'tdx-quote', document: base64url(quoteIn(quote, files)), collateral, at })]
}

const AMD_ORIGIN = 'https://kdsintf.amd.com'

async function judgeSnpReport({ files: [chain = '', report = '', vcek = ''], at }: Row, files: VectorFiles) {
  const document = base64url(fromHex(files.text(report).replace(/\s/g, '')))
  const collateral = [
    collateralOf('amd-vcek', AMD_ORIGIN, base64url(files.bytes(vcek))),
    ...pemBodies(files.text(chain)).map((der) => collateralOf('amd-ca', AMD_ORIGIN, base64url(der))),
  ]
  return [await judgeDocument({ kind: 'sev-snp-report', document, collateral, at })]
}

async function judgeSnpChain({ files: [chain = '', vcek = ''], at }: Row, files: VectorFiles) {
  const key = parseEndorsementKey(files.bytes(vcek))
  if (!key.ok) return [{ findings: [{ check: 'snp.signing-key', outcome: 'failed' }], authentic: false } as const]
  const authorities = pemBodies(files.text(chain)).map((der) => collateralOf('amd-ca', AMD_ORIGIN, base64url(der)))
  const path = await validateEndorsement(key.value, authorities, { anchors: SHIPPED_ANCHORS, issuerKeys: [] }, new Date(at))
  const isRoot = path.ok && path.value.anchor.id === 'amd-ark-turin'
  return [{ findings: [{ check: 'snp.chain', outcome: isRoot ? 'passed' : 'failed' }], authentic: isRoot } as const]
}

/** A document is judged at the time that it states. */
async function judgeNitro({ files: [path = ''] }: Row, files: VectorFiles) {
  const octets = files.bytes(path)
  const parsed = parseNitroDocument(octets)
  if (!parsed.ok) throw new Error(parsed.code)
  return [
    await judgeDocument({
      kind: 'aws-nitro-cose',
      document: base64url(octets),
      at: new Date(parsed.value.document.timestamp).toISOString(),
    }),
  ]
}

async function judgeToken({ files: [path = ''], at }: Row, files: VectorFiles) {
  const document = files.text(path).trim()
  return [await judgeDocument({ kind: 'gcp-cs-jwt', document, at: at === 'token iat' ? issuedAt(document) : at })]
}

function issuedAt(token: string): string {
  const payload = decodeBase64url(token.split('.')[1] ?? '')
  const claims = payload.ok ? parseJsonBytes(payload.value) : payload
  const iat = claims.ok && isJsonObject(claims.value) ? claims.value['iat'] : undefined
  if (typeof iat !== 'number') throw new Error('the token has no iat')
  return new Date(iat * 1000).toISOString()
}

const AZURE_ISSUER = 'https://trquilluaen.uaen.attest.azure.net'

async function judgeAzureToken({ files: [jwks = '', token = ''], at }: Row, files: VectorFiles) {
  const collateral = [collateralOf('jwks', AZURE_ISSUER, files.text(jwks))]
  // The row has the issuer pinned by policy.
  const policy = { expects: [{ measurement: 'token.issuer', anyOf: [AZURE_ISSUER], source: 'user' as const }] }
  return [await judgeDocument({ kind: 'azure-maa-jwt', document: files.text(token).trim(), collateral, at, policy })]
}

/** GPU rows have no time: any at which the certificates hold. */
const ANY_TIME = '2026-03-12T07:20:00Z'

/** Reports first, the one chain behind them. */
function judgeGpus({ files: paths }: Row, files: VectorFiles) {
  const chain = paths.find((path) => path.includes('CertChain')) ?? ''
  const reports = paths.filter((path) => !path.includes('CertChain'))
  return Promise.all(
    reports.map((path) => {
      const item = {
        certificate: encodeBase64(encodeUtf8(files.text(chain))),
        evidence: encodeBase64(fromHex(files.text(path))),
        arch: 'HOPPER',
      }
      return judgeDocument({ kind: 'nvidia-gpu-evidence', document: JSON.stringify(item), at: ANY_TIME })
    }),
  )
}

/** Does the GPU answer the nonce in the second half of the quote's report data, as NEAR lays it out? */
async function judgePairing({ files: [quotePath = '', payload = ''] }: Row, files: VectorFiles) {
  const quote = parseQuote(fromHex(files.text(quotePath)))
  if (!quote.ok) throw new Error(quote.code)
  const gpu = await verifyDocument({ kind: 'nvidia-payload', document: files.text(payload), at: ANY_TIME })
  return [saidOf(pairGpu(gpu, { kind: 'nonce', nonce: encodeHex(quote.value.report.reportData.subarray(32)) }, 0))]
}

/** Within the years of its platform’s certificate. */
const GIVEN_TIME = '2026-07-01T00:00:00Z'

/** A quote with its event log and configuration; Intel's collateral where the row has it. */
async function judgeDstack({ files: [path = '', ...others], at }: Row, files: VectorFiles) {
  const report = JSON.parse(files.text(path))
  const seen = { kind: '', document: '', source: '', at: '', provenance: 'fetched' } as const
  const { kind, document } = dstackEvidence(seen, { quote: report.quote, eventLog: report.event_log, vmConfig: report.vm_config })
  const collateral = others.map((other) => collateralOf('dcap', 'intel', files.text(other)))
  return [await judgeDocument({ kind, document, collateral, at: at === 'given' ? GIVEN_TIME : at })]
}
