import type { EvidenceSeen } from '../../../dossier/types.ts'
import type { AuthenticEvidence } from '../../attestation/types.ts'
import { type FindingMore, makeFinding } from '../../claims/finding.ts'
import type { MessageId } from '../../claims/sentence.ts'
import type { AssumptionId, Finding, HopRole } from '../../claims/types.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { hasGpuEvidence, octetsOf } from '../near-entry.ts'
import { type Identity, layoutOf, namesNobody, nonceOf } from '../report-data.ts'
import type { ReportedMachine } from '../reported-machine.ts'
import { CHECKS } from './checks.ts'
import type { Party } from './report.ts'

/** The claim under which the verifier of a Chutes instance hands on the nonce that the quote covers. */
const CHUTES_NONCE = 'chutes:nonce'
/** As dstack's verifier calls the log of the compose manager, where its own quote holds it. */
const COMPOSE_MANAGER = 'dstack.compose-manager'

/** How a hop stands to the signature: it made it; it is one that should have, and has another key; it is merely attested beside it. */
export type Link = 'signer' | 'other-key' | 'unlinked'

/** One machine of a hop, and when its evidence was asked for. */
export type MachineOfHop = { readonly hop: number; readonly machine: ReportedMachine; readonly seen: EvidenceSeen }

export type About = MachineOfHop & {
  readonly role: HopRole
  readonly link: Link
  /** Who signs here by the entry's own word. */
  readonly identity?: Identity
  readonly gpu: Party['gpu']
  readonly hasComposeManager: boolean
}

/**
 * Whether a machine's evidence commits to the signer, by one of the layouts of report data that the services of this family use, and whether it
 * answers the nonce that was sent. A hop that did not sign is attested, and no more: this answer is not linked to it.
 */
export async function bindsHop(about: About, evidence: AuthenticEvidence): Promise<readonly Finding[]> {
  return [await commitmentOf(about, evidence), ...(await nonceOfHop(about, evidence))]
}

async function commitmentOf(about: About, evidence: AuthenticEvidence): Promise<Finding> {
  const { link, identity, machine } = about
  // No other form of evidence names who signs.
  if (machine.form !== 'near') return commitment(about, 'unchecked', 'chat_binding_unlinked')
  if (link === 'other-key') return commitment(about, 'failed', 'chat_binding_other_key')
  const reportData = reportDataOf(evidence)
  if (reportData === undefined) return commitment(about, 'failed', 'chat_binding_failed')
  const layout = identity === undefined ? undefined : await layoutOf(reportData, identity)
  if (link === 'signer') {
    if (layout === undefined) return commitment(about, 'failed', 'chat_binding_failed')
    return commitment(about, 'passed', `chat_binding_${layout}`, basisOf(about, evidence))
  }
  if (layout !== undefined) return commitment(about, 'unchecked', 'chat_binding_unlinked')
  if (namesNobody(reportData)) return commitment(about, 'unchecked', 'chat_binding_nobody')
  // Its report says who signs, and its own quote contradicts it.
  return identity === undefined
    ? commitment(about, 'unchecked', 'chat_binding_unlinked')
    : commitment(about, 'failed', 'chat_binding_failed')
}

function commitment({ hop }: About, outcome: Finding['outcome'], id: MessageId, assumes: readonly AssumptionId[] = []): Finding {
  return makeFinding(CHECKS, 'chat-signature.key-commitment', outcome, id, { hop, assumes, at: 'evidence.report-data' })
}

function basisOf({ role, machine, gpu, hasComposeManager }: About, { commits }: AuthenticEvidence): readonly AssumptionId[] {
  if (machine.form !== 'near') return []
  const hasGpu = gpu === 'same-machine' && hasGpuEvidence(machine.entry)
  const isShown = hasComposeManager || (machine.entry.compose_manager_attestation ?? null) !== null
  const isAttested = commits.some((commit) => commit.field === 'runtime-claim' && commit.name === COMPOSE_MANAGER)
  return [
    'assume_key_custody',
    'assume_tls_binding',
    ...(role === 'gateway' || hasGpu ? [] : (['assume_chat_no_gpu'] as const)),
    ...(isShown && !isAttested ? (['assume_chat_compose_manager'] as const) : []),
  ]
}

function reportDataOf({ commits }: AuthenticEvidence): Bytes | undefined {
  const octets = commits.flatMap(({ field, value }) => (field === 'report-data' ? [decodeHex(value)] : []))[0]
  return octets?.ok === true && octets.value.length === 64 ? octets.value : undefined
}

/** Whether a machine's evidence answers the nonce that was sent, as far as evidence of its form answers any. */
export async function nonceOfHop(about: MachineOfHop, evidence: AuthenticEvidence): Promise<readonly Finding[]> {
  switch (about.machine.form) {
    case 'near': {
      const reportData = reportDataOf(evidence)
      return reportData === undefined ? [] : [await nonceFinding(about, nonceOf(reportData))]
    }
    case 'chutes':
      return [textFinding(about, evidence)]
    case 'tinfoil':
    case 'other':
      return [notAsked(about)]
  }
}

type Compared = { readonly outcome: 'passed' | 'failed'; readonly expected: string; readonly computed: string }

/** The second half of the report data is the nonce, or the hash of one that is not 32 octets long (NEAR's older gateways). */
async function nonceFinding(about: MachineOfHop, held: Bytes): Promise<Finding> {
  const { nonce } = about.seen
  if (nonce === undefined) return notAsked(about)
  const octets = octetsOf(nonce)
  const expected = octets?.length === held.length ? octets : await sha256(encodeUtf8(nonce))
  const outcome = equalBytes(held, expected) ? 'passed' : 'failed'
  return compared(about, { outcome, expected: encodeHex(expected), computed: encodeHex(held) })
}

/** Chutes hashes the text of the nonce, which its document says besides. */
function textFinding(about: MachineOfHop, { commits }: AuthenticEvidence): Finding {
  const { nonce } = about.seen
  const held = commits.find((commit) => commit.field === 'runtime-claim' && commit.name === CHUTES_NONCE)?.value
  if (nonce === undefined || held === undefined) return notAsked(about)
  return compared(about, { outcome: held === nonce ? 'passed' : 'failed', expected: nonce, computed: held })
}

/** Who asked in our place sent a nonce of its own; that is the custom of whoever resells, and contradicts nothing. */
function compared(about: MachineOfHop, { outcome, ...values }: Compared): Finding {
  const { resold, provenance } = about.seen
  if (outcome === 'failed' && resold === true)
    return say(about, 'unchecked', 'chat_nonce_resold', { ...values, assumes: ['assume_not_fresh'] })
  const assumes: readonly AssumptionId[] = outcome === 'passed' && provenance === 'recorded' ? ['assume_as_recorded'] : []
  return say(about, outcome, outcome === 'passed' ? 'aci_nonce_passed' : 'chat_nonce_failed', { ...values, assumes })
}

function notAsked(about: MachineOfHop): Finding {
  return say(about, 'unchecked', 'aci_nonce_none', { assumes: ['assume_not_fresh'] })
}

function say({ hop }: MachineOfHop, outcome: Finding['outcome'], id: MessageId, more: FindingMore): Finding {
  return makeFinding(CHECKS, 'chat-signature.nonce', outcome, id, { hop, at: 'evidence.report-data', ...more })
}
