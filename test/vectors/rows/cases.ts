import * as v from 'valibot'
import { parseDossier } from '../../../src/dossier/read.ts'
import type { Dossier } from '../../../src/dossier/types.ts'
import { appraise } from '../../../src/verify/appraise.ts'
import { decodeBase64url, encodeBase64url } from '../../../src/verify/encoding/base64.ts'
import { sha256 } from '../../../src/verify/encoding/digest.ts'
import { encodeUtf8 } from '../../../src/verify/encoding/utf8.ts'
import { observe } from '../../../src/verify/observe.ts'
import { presetFor } from '../../../src/verify/policy/presets.ts'
import type { Report } from '../../../src/verify/report.ts'
import { SHIPPED_ANCHORS } from '../../../src/verify/trust/anchors.ts'
import { SHIPPED_SIGSTORE_ROOT } from '../../../src/verify/trust/shipped-sigstore-root.ts'
import type { TrustAnchor } from '../../../src/verify/trust/types.ts'
import { rowsOf } from '../../verify/dossiers.ts'
import type { VectorFiles } from './row.ts'

export const CASES_FOLDER = '2026-11/'
export const CASES_FILE = `${CASES_FOLDER}cases/CASES.json`

/** When the simulator made those that are under its roots. */
export const CASES_MADE_AT = new Date('2026-11-16T10:20:30Z')

const casesSchema = v.object({
  rows: v.pipe(v.array(v.object({ file: v.string(), at: v.optional(v.string()), roots: v.string() })), v.minLength(1)),
})

/** What a case comes to: its rows, everything that failed or that its sender garbled, what else the case is about, and whether to try again. */
export type CaseOutcome = {
  readonly rows: string
  readonly against: readonly string[]
  readonly about: readonly string[]
  readonly retry: boolean
}

type Expected = Omit<CaseOutcome, 'retry'> & { readonly retry?: boolean }

const UNRECEIVED = { against: [], retry: false } as const
const INTEL: Expected = {
  rows: 'f a ? ? ?',
  // What the platform is, and not what Intel says of it.
  against: ['failed tdx.debug tdx_debug_failed', 'failed tdx.tcb-status tdx_status_failed'],
  about: [
    'passed tdx.tcb-info-signature tdx_part_passed',
    'passed tdx.qe-identity-signature tdx_part_passed',
    'passed tdx.collateral-time tdx_collateral_current',
  ],
}
const GPU: Expected = {
  ...UNRECEIVED,
  rows: '? a ? ? ?',
  about: ['passed nvidia-gpu.signature nvidia_signature_passed', 'passed nvidia-gpu.chain nvidia_chain_passed'],
}
/** Graphics cards whose evidence breaks off: what was sent cannot be read. */
const BROKEN_GPU: Expected = {
  rows: '? a a a a',
  against: ['unchecked nvidia-gpu.format nvidia_format_failed'],
  about: [],
}

/** By hand from `expected` of each case and PRODUCT.md's rules. */
const EXPECTED_CASES: Readonly<Record<string, Expected>> = {
  'cases/intel-chain-blank-line.json': INTEL,
  'cases/intel-chain-control.json': INTEL,
  'cases/gpu-report-trailing-zero.json': GPU,
  'cases/gpu-report-control.json': GPU,
  'cases/answer-number-beyond-2-53.json': {
    rows: 'v a a v v',
    against: [],
    about: ['passed chat-signature.response-hash chat_response_respaced'],
  },
  'cases/recovery-id-0-1.json': { rows: 'v a a v v', against: [], about: ['passed chat-signature.signature chat_signature_passed'] },
  'cases/report-is-an-error-object.json': {
    rows: '? ? a a a',
    against: [],
    about: ['unchecked evidence.presence evidence_not_fetched'],
    retry: true,
  },
  'cases/gpu-payload-as-object.json': BROKEN_GPU,
  // It was to fail as on the day; since, what cannot be read contradicts nothing, in either spelling alike.
  'cases/gpu-payload-as-text.json': BROKEN_GPU,
  'cases/clock-five-minutes-fast.json': {
    rows: 'a[va] f[fa] a v v',
    against: ['failed inference-receipt.issued-at clock_first'],
    about: [],
  },
  'cases/nras-sdk-wrapped.json': { ...UNRECEIVED, rows: '? a ? ? ?', about: [] },
  'cases/aci-session-without-evidence.json': {
    rows: 'a[va] a[aa] a v v',
    against: [],
    about: ['unchecked aci.session-evidence aci_session_evidence_none'],
  },
  'cases/snp-chip-id-masked.json': { ...UNRECEIVED, rows: 'a a ? ? ?', about: ['passed snp.chip snp_chip_hidden'] },
  'cases/snp-mask-chip-key-set.json': { rows: 'f a ? ? ?', against: ['failed snp.signing-key snp_unsigned'], about: [] },
  // Its image, the simulator’s, is in no list of the maker’s: that decides, and the list is read.
  'cases/maple-list-one-more-member.json': {
    rows: 'a f - - -',
    against: [
      'failed receipt.presence receipt_not_offered',
      'failed opensecret.pcr-history opensecret_history_not_listed',
      'failed policy.identity policy_not_stated',
    ],
    about: [],
  },
}

export function expectedCases(): Readonly<Record<string, CaseOutcome>> {
  return Object.fromEntries(Object.entries(EXPECTED_CASES).map(([file, expected]) => [file, { retry: false, ...expected }]))
}

/** The paths that `judgeCases` reads. */
export function casePaths(text: (path: string) => string): readonly string[] {
  const { rows } = v.parse(casesSchema, JSON.parse(text(CASES_FILE)))
  return [CASES_FILE, ...rows.map(({ file }) => `${CASES_FOLDER}${file}`)]
}

/** Judges every case as the extension would have; by file. `anchors`: the simulator's roots, for the cases that were made under them. */
export async function judgeCases(files: VectorFiles, anchors: readonly TrustAnchor[]): Promise<Readonly<Record<string, CaseOutcome>>> {
  const { rows } = v.parse(casesSchema, JSON.parse(files.text(CASES_FILE)))
  const outcomes: Record<string, CaseOutcome> = {}
  for (const { file, at, roots } of rows) {
    const parsed = parseDossier(files.text(`${CASES_FOLDER}${file}`), 'own-store')
    if (!parsed.ok) throw new Error(`${file}: ${parsed.code} ${parsed.detail ?? ''}`)
    const dossier = await capturedAgain(parsed.value)
    const report = await appraise(dossier, {
      policy: presetFor(dossier.service),
      trust: {
        anchors: roots === 'shipped' ? SHIPPED_ANCHORS : [...SHIPPED_ANCHORS, ...anchors],
        issuerKeys: [],
        sigstoreRoot: SHIPPED_SIGSTORE_ROOT,
      },
      seen: () => undefined,
      moment: {
        now: new Date(at ?? dossier.exchange.endedAt ?? dossier.exchange.startedAt),
        basis: at === undefined ? 'captured-here' : 'given',
      },
    })
    outcomes[file] = outcomeOf(report, EXPECTED_CASES[file]?.about ?? [])
  }
  return outcomes
}

function outcomeOf(report: Report, asked: readonly string[]): CaseOutcome {
  const spelled = report.findings.map((finding) => ({ finding, text: `${finding.outcome} ${finding.check} ${finding.because.id}` }))
  return {
    rows: rowsOf(report),
    against: spelled.filter(({ finding }) => finding.outcome === 'failed' || finding.theirs === true).map(({ text }) => text),
    about: asked.filter((text) => spelled.some((each) => each.text === text)),
    retry: report.retry,
  }
}

/** The answer of the case that is about how an answer is captured: found again by the hash that the file has of it. */
const ANSWER = encodeUtf8('{"id":"chatcmpl-1","choices":[{"logprob":-3.4028234663852886e+38}]}')

/** A dossier keeps digests, and no answer: of this one they are taken anew, as they would be today. */
async function capturedAgain(dossier: Dossier): Promise<Dossier> {
  const own = encodeBase64url(await sha256(ANSWER))
  const { response } = dossier.exchange
  if (!response.digests.some(({ of, value }) => of === 'body' && value === own)) return dossier
  const body = { body: ANSWER, contentType: 'application/json', headers: [] }
  const { digests, ids } = await observe({ ...body, bodyProvenance: 'page-reported', headerProvenance: 'browser' })
  return { ...dossier, exchange: { ...dossier.exchange, response: { ...response, digests, ids } } }
}

/** Anchors as JSON, so that a page can be given them. */
export function writeAnchors(anchors: readonly TrustAnchor[]): string {
  return JSON.stringify(anchors.map(({ name, spki, ...rest }) => ({ ...rest, name: encodeBase64url(name), spki: encodeBase64url(spki) })))
}

const octets = v.pipe(
  v.string(),
  v.transform((text) => {
    const decoded = decodeBase64url(text)
    if (!decoded.ok) throw new Error(decoded.code)
    return decoded.value
  }),
)
const date = v.pipe(
  v.string(),
  v.transform((text) => new Date(text)),
)
const anchorsSchema = v.array(
  v.object({
    id: v.string(),
    purpose: v.string(),
    name: octets,
    spki: octets,
    notBefore: date,
    notAfter: date,
    addedBy: v.picklist(['shipped', 'user']),
    publishedAt: v.string(),
  }),
)

export function readAnchors(text: string): readonly TrustAnchor[] {
  return v.parse(anchorsSchema, JSON.parse(text))
}
