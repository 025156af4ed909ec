import type { EvidenceSeen, Exchange } from '../../../dossier/types.ts'
import { faultIn, makeFinding } from '../../claims/finding.ts'
import { type MessageId, sentence } from '../../claims/sentence.ts'
import type { Finding, HopFact } from '../../claims/types.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import type { Failure } from '../../encoding/result.ts'
import { evidenceOfMachine, identityOfMachine, type ReportedMachine } from '../reported-machine.ts'
import type { HopEvidence } from '../types.ts'
import { bindsHop, type Link, nonceOfHop } from './binding.ts'
import { CHECKS } from './checks.ts'
import type { ChatSignature, Kind } from './parse.ts'
import { type Party, type ReportCode, readReport, type ServiceReport } from './report.ts'
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
  const read = offered.map((seen) => readReport(seen, parties))
  const reports = read.flatMap((result) => (result.ok ? [result.value] : []))
  const came = makeFinding(CHECKS, 'chat-signature.report', 'passed', 'aci_report_passed', { at: 'report' })
  const [first] = read
  if (reports.length > 0 || first === undefined || first.ok) return { reports, findings: [] }
  return { reports, findings: [came, unreadable(first)] }
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
  return {
    hops: parties.map((party, hop) => hopOf(party, party.role === 'model-host' && hop === index ? (signed.model ?? '') : '')),
    signer: index,
    request,
    evidence: parties.flatMap((party, hop) =>
      pick(party, signer.identity, signed.model ?? asked).map((machine): HopEvidence => {
        const identity = identityOfMachine(machine)
        const about = {
          hop,
          role: party.role,
          link: linkOf(hop),
          machine,
          gpu: party.gpu,
          ...(identity === undefined ? {} : { identity }),
          seen,
          hasComposeManager: hasComposeManager && party.role !== 'gateway',
        }
        return { hop, document: evidenceOfMachine(seen, machine, party.gpu), binds: (evidence) => bindsHop(about, evidence) }
      }),
    ),
    findings: [...parties.flatMap(presenceOf), ...kindFindings(signed, holders, allowed, parties)],
  }
}

/** Without an authentic signature: what the nearest party shows of itself, about no answer in particular. */
export function published(reports: readonly ServiceReport[]): readonly HopEvidence[] {
  const [report] = reports
  const party = report?.parties.find(({ machines }) => machines.length > 0)
  if (report === undefined || party === undefined) return []
  return party.machines.map((machine) => ({
    hop: 0,
    document: evidenceOfMachine(report.seen, machine, party.gpu),
    binds: async (evidence) => [
      makeFinding(CHECKS, 'chat-signature.key-commitment', 'unchecked', 'ir_commitment_no_key'),
      ...(await nonceOfHop({ hop: 0, machine, seen: report.seen }, evidence)),
    ],
  }))
}

function hasSigner({ machines }: Party, identity: Bytes): boolean {
  return machines.some((machine) => isOf(machine, identity))
}

function isOf(machine: ReportedMachine, identity: Bytes): boolean {
  const own = identityOfMachine(machine)
  return own !== undefined && equalBytes(own.signer, identity)
}

/**
 * The machines that may have answered: those that share the key that signed; else those of the model that was named; else all. One that cannot be
 * read may be any of them.
 */
function pick({ machines }: Party, identity: Bytes, model: string | undefined): readonly ReportedMachine[] {
  const own = machines.filter((machine) => isOf(machine, identity))
  const named = machines.filter((machine) => machine.form === 'near' && model !== undefined && machine.entry.model_name === model)
  const chosen = own.length > 0 ? own : named
  return chosen.length > 0 ? [...chosen, ...machines.filter(({ form }) => form === 'other')] : machines
}

function hopOf({ role, machines }: Party, name: string): HopFact {
  return { role, name, backing: machines.length > 0 ? 'evidence' : 'none' }
}

function presenceOf({ machines }: Party, hop: number): readonly Finding[] {
  return machines.length > 0 ? [] : [makeFinding(CHECKS, 'chat-signature.hop-evidence', 'failed', 'chat_hop_no_evidence', { hop })]
}

/** What came and says nothing to this verifier; by its name, where it says what it is. */
function unreadable(fault: Failure<ReportCode>): Finding {
  const isNamed = fault.code === 'report-type' && fault.detail !== undefined
  const because = isNamed ? sentence('chat_report_type', fault.detail ?? '') : 'aci_report_format_failed'
  return makeFinding(CHECKS, 'chat-signature.report-format', 'unchecked', because, { ...faultIn('report', fault), theirs: true })
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
