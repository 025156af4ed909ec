import type { EvidenceSeen } from '../../../dossier/types.ts'
import type { AuthenticEvidence } from '../../attestation/types.ts'
import { type FindingMore, makeFinding } from '../../claims/finding.ts'
import type { MessageId } from '../../claims/sentence.ts'
import type { AssumptionId, Finding, HopRole } from '../../claims/types.ts'
import { type Bytes, equalBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { hasGpuEvidence, type NearEntry, octetsOf } from '../near-entry.ts'
import { type Identity, layoutOf, namesNobody, nonceOf } from '../report-data.ts'
import { CHECKS } from './checks.ts'

/** How a hop stands to the signature: it made it; it is one that should have, and has another key; it is merely attested beside it. */
export type Link = 'signer' | 'other-key' | 'unlinked'

export type About = {
  readonly hop: number
  readonly role: HopRole
  readonly link: Link
  readonly entry: NearEntry
  /** Who signs here by the entry's own word. */
  readonly identity?: Identity
  readonly seen: EvidenceSeen
  readonly hasComposeManager: boolean
}

/**
 * Whether a hop's quote commits to the signer, by one of the layouts of report data that the services of this family use, and whether it
 * answers the nonce that was sent. A hop that did not sign is attested, and no more: this answer is not linked
 * to it.
 */
export async function bindsHop(about: About, { commits }: AuthenticEvidence): Promise<readonly Finding[]> {
  const reportData = commits.flatMap(({ field, value }) => (field === 'report-data' ? [decodeHex(value)] : []))[0]
  if (reportData?.ok !== true || reportData.value.length !== 64) return [commitment(about, 'failed', 'chat_binding_failed')]
  return [await commitmentOf(about, reportData.value), await nonceFinding(about, nonceOf(reportData.value))]
}

async function commitmentOf(about: About, reportData: Bytes): Promise<Finding> {
  const { link, identity } = about
  if (link === 'other-key') return commitment(about, 'failed', 'chat_binding_other_key')
  const layout = identity === undefined ? undefined : await layoutOf(reportData, identity)
  if (link === 'signer') {
    if (layout === undefined) return commitment(about, 'failed', 'chat_binding_failed')
    return commitment(about, 'passed', `chat_binding_${layout}`, basisOf(about))
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

function basisOf({ role, entry, hasComposeManager }: About): readonly AssumptionId[] {
  return [
    'assume_key_custody',
    'assume_tls_binding',
    ...(role === 'gateway' || hasGpuEvidence(entry) ? [] : (['assume_chat_no_gpu'] as const)),
    ...(hasComposeManager || (entry.compose_manager_attestation ?? null) !== null ? (['assume_chat_compose_manager'] as const) : []),
  ]
}

/** The second half of the report data is the nonce, or the hash of one that is not 32 octets long (NEAR's older gateways). */
async function nonceFinding({ hop, seen }: About, held: Bytes): Promise<Finding> {
  const say = (outcome: Finding['outcome'], id: MessageId, more: FindingMore = {}) =>
    makeFinding(CHECKS, 'chat-signature.nonce', outcome, id, { hop, at: 'evidence.report-data', ...more })
  const { nonce, provenance } = seen
  if (nonce === undefined) return say('unchecked', 'aci_nonce_none', { assumes: ['assume_not_fresh'] })
  const octets = octetsOf(nonce)
  const expected = octets?.length === held.length ? octets : await sha256(encodeUtf8(nonce))
  const compared = { expected: encodeHex(expected), computed: encodeHex(held) }
  if (!equalBytes(held, expected)) return say('failed', 'chat_nonce_failed', compared)
  return say('passed', 'aci_nonce_passed', { ...compared, assumes: provenance === 'recorded' ? ['assume_as_recorded'] : [] })
}
