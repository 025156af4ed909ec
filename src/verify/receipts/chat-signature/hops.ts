import type { EvidenceSeen, Exchange } from '../../../dossier/types.ts'
import { type FindingMore, faultIn, makeFinding } from '../../claims/finding.ts'
import { type MessageId, sentence } from '../../claims/sentence.ts'
import type { Finding, HopFact } from '../../claims/types.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { evidenceOfEntry, identityOfEntry, type NearEntry } from '../near-entry.ts'
import type { HopEvidence } from '../types.ts'
import { bindsHop, type Link } from './binding.ts'
import { CHECKS } from './checks.ts'
import type { ChatSignature, Kind } from './parse.ts'
import { type Party, readReport, type ServiceReport } from './report.ts'
import type { Signer } from './signature.ts'

/** Who stands between your bytes and the model, who of them signed, and what evidence each shows. */
export type Chain = {
  readonly hops: readonly HopFact[]
  readonly signer: number
  readonly evidence: readonly HopEvidence[]
  readonly findings: readonly Finding[]
  readonly request: ServiceReport['request']
}

/** The service's report, if one was obtained that can be read; where none can, what is wrong with it. */
export function openReports(
  gathered: readonly EvidenceSeen[],
  parties?: Exchange['parties'],
): { reports: readonly ServiceReport[]; findings: readonly Finding[] } {
  const offered = gathered.filter(({ kind }) => kind === 'near-attestation-report')
  if (offered.length === 0) return { reports: [], findings: [] }
  const read = offered.map((report) => readReport(report, parties))
  const reports = read.flatMap((result) => (result.ok ? [result.value] : []))
  const came = makeFinding(CHECKS, 'chat-signature.report', 'passed', 'aci_report_passed', { at: 'report' })
  const [first] = read
  if (reports.length > 0 || first === undefined || first.ok) return { reports, findings: [] }
  return { reports, findings: [came, unreadable(faultIn('report', first))] }
}

/** Without a report: what the label of the signature says of who signed. Whether there is evidence of anybody is not known from here. */
export function chainWithoutReport({ kind, model = '' }: ChatSignature): Chain {
  const common = { signer: 0, evidence: [], request: 'as-sent' } as const
  const hops: readonly HopFact[] =
    kind === 'gateway'
      ? [
          { role: 'gateway', name: '', backing: 'evidence' },
          { role: 'model-host', name: model, backing: 'evidence' },
        ]
      : [{ role: 'service', name: '', backing: 'evidence' }]
  return { ...common, hops, findings: [] }
}

/**
 * The chain by the report that has the signer, or by the first. The hop that signed is the one whose entry has the signer's address, if the kind
 * of signature is one that it makes: a signature labelled as the gateway's is never the model's, nor the other way round.
 */
export function chainOf(
  signed: ChatSignature,
  signer: Signer,
  reports: readonly [ServiceReport, ...ServiceReport[]],
  asked: string | undefined,
): Chain {
  const [first] = reports
  const report = reports.find(({ parties }) => parties.some((party) => hasSigner(party, signer.identity))) ?? first
  const { parties, seen, request, hasComposeManager } = report
  const holders = parties.flatMap((party, index) => (hasSigner(party, signer.identity) ? [index] : []))
  const allowed = parties.flatMap((party, index) => (party.signs.includes(signed.kind) ? [index] : []))
  const [index = holders[0] ?? allowed[0] ?? 0] = holders.filter((holder) => allowed.includes(holder))
  const linkOf = (hop: number): Link => {
    if (holders.length === 0) return allowed.includes(hop) ? 'other-key' : 'unlinked'
    return hop === index ? 'signer' : 'unlinked'
  }
  const picked = parties.map((party) => pick(party, signer.identity, signed.model ?? asked))
  return {
    hops: parties.map((party, hop) => hopOf(party, party.role === 'model-host' && hop === index ? (signed.model ?? '') : '')),
    signer: index,
    request,
    evidence: picked.flatMap((entry, hop): HopEvidence[] => {
      const party = parties[hop]
      if (entry === undefined || party === undefined) return []
      const identity = identityOfEntry(entry)
      const about = {
        hop,
        role: party.role,
        link: linkOf(hop),
        entry: party.gpu === 'same-machine' ? entry : { ...entry, nvidia_payload: undefined },
        ...(identity === undefined ? {} : { identity }),
        seen,
        hasComposeManager: hasComposeManager && party.role !== 'gateway',
      }
      return [{ hop, document: evidenceOfEntry(seen, entry, party.gpu), binds: (evidence) => bindsHop(about, evidence) }]
    }),
    findings: [...parties.flatMap(presenceOf), ...kindFindings(signed, holders, allowed, parties)],
  }
}

/** Without an authentic signature: what the nearest party shows of itself, about no answer in particular. */
export function published(reports: readonly ServiceReport[]): readonly HopEvidence[] {
  const [report] = reports
  const [entry] = report?.parties.flatMap(({ entries }) => entries) ?? []
  if (report === undefined || entry === undefined) return []
  const binds = () => [makeFinding(CHECKS, 'chat-signature.key-commitment', 'unchecked', 'ir_commitment_no_key')]
  return [{ hop: 0, document: evidenceOfEntry(report.seen, entry), binds }]
}

function hasSigner({ entries }: Party, identity: Bytes): boolean {
  return entries.some((entry) => isOf(entry, identity))
}

function isOf(entry: NearEntry, identity: Bytes): boolean {
  const own = identityOfEntry(entry)
  return own !== undefined && equalBytes(own.signer, identity)
}

/** The machine that signed; else one of the model that was named; else the first. */
function pick({ entries }: Party, identity: Bytes, model: string | undefined): NearEntry | undefined {
  return (
    entries.find((entry) => isOf(entry, identity)) ??
    entries.find(({ model_name }) => model !== undefined && model_name === model) ??
    entries[0]
  )
}

function hopOf({ role, entries, isMalformed }: Party, name: string): HopFact {
  return { role, name, backing: entries.length > 0 || isMalformed ? 'evidence' : 'none' }
}

function presenceOf({ entries, isMalformed }: Party, hop: number): readonly Finding[] {
  if (entries.length > 0) return []
  if (!isMalformed) return [noEvidence(hop)]
  const more = { hop, at: 'report' } as const
  return [makeFinding(CHECKS, 'chat-signature.report', 'passed', 'aci_report_passed', more), unreadable({ ...more, code: 'report-entry' })]
}

/** What came and says nothing to this verifier. */
function unreadable(more: FindingMore): Finding {
  return makeFinding(CHECKS, 'chat-signature.report-format', 'unchecked', 'aci_report_format_failed', { ...more, theirs: true })
}

function noEvidence(hop: number): Finding {
  return makeFinding(CHECKS, 'chat-signature.hop-evidence', 'failed', 'chat_hop_no_evidence', { hop })
}

/** Whoever wrote the label says that the signature means something, and what that is is not known here. */
function unknownKind(label: string): Finding {
  const because = sentence('chat_kind_unknown', label)
  return makeFinding(CHECKS, 'chat-signature.kind', 'unchecked', because, { at: KIND, computed: label, theirs: true })
}

/** What the label says where no report tells whose key it is. */
export function kindAlone({ kind, unknownLabel }: ChatSignature): Finding {
  if (unknownLabel !== undefined) return unknownKind(unknownLabel)
  return makeFinding(CHECKS, 'chat-signature.kind', 'passed', LABELLED[kind], { at: KIND, computed: kind })
}

const KIND = 'receipt.signature_kind'
/** What the label alone says of who signed, and what is known where the label's own party has the key. */
const LABELLED = {
  gateway: 'chat_kind_labelled_gateway',
  provider_tee: 'chat_kind_labelled_host',
  unlabelled: 'chat_kind_unlabelled',
} as const satisfies Record<Kind, MessageId>
const SIGNED_BY = {
  gateway: 'chat_kind_gateway',
  provider_tee: 'chat_kind_provider_tee',
  unlabelled: 'chat_kind_unlabelled',
} as const satisfies Record<Kind, MessageId>

/** Whether the party that holds the key is one that makes signatures of this kind. */
function kindFindings(
  { kind, unknownLabel }: ChatSignature,
  holders: readonly number[],
  allowed: readonly number[],
  parties: readonly Party[],
): readonly Finding[] {
  if (unknownLabel !== undefined) return [unknownKind(unknownLabel)]
  const more = { at: KIND, computed: kind } as const
  const isAllowed = holders.length === 0 ? allowed.length > 0 : holders.some((holder) => allowed.includes(holder))
  if (!isAllowed) {
    const [holder] = holders
    const role = holder === undefined ? undefined : parties[holder]?.role
    const said = role === 'gateway' ? 'chat_kind_by_gateway' : role === undefined ? 'chat_kind_nobody' : 'chat_kind_by_model'
    return [makeFinding(CHECKS, 'chat-signature.kind', 'failed', said, more)]
  }
  // Nobody in the report has the key: then the label is all that says whose it is.
  return [makeFinding(CHECKS, 'chat-signature.kind', 'passed', holders.length === 0 ? LABELLED[kind] : SIGNED_BY[kind], more)]
}
