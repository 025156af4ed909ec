import type { EvidenceSeen, Exchange } from '../../../dossier/types.ts'
import { isoOf, windowInFields } from '../../claims/compared.ts'
import { type Because, type FindingMore, faultIn, makeFinding } from '../../claims/finding.ts'
import { type MessageId, sentence } from '../../claims/sentence.ts'
import type { Finding, HopFact } from '../../claims/types.ts'
import type { Measurement } from '../../policy/types.ts'
import type { HopEvidence } from '../types.ts'
import { CHECKS, type CheckName } from './checks.ts'
import type { EventLog, UpstreamEvent } from './receipt.ts'
import { type PreservedEvidence, readSession, type Session, type StatedClaim } from './session.ts'
import { auditOf } from './session-evidence.ts'

/** What stands behind the workload that signed. */
export type Upstream = {
  readonly hops: readonly HopFact[]
  readonly evidence: readonly HopEvidence[]
  readonly findings: readonly Finding[]
  readonly measurements: readonly Measurement[]
  /** The prompt was not forwarded, for the reason given. */
  readonly refused?: string
}

type Source = {
  readonly events: EventLog
  readonly servedAt: number
  readonly exchange: Exchange
  readonly gathered: readonly EvidenceSeen[]
}

const NO_MORE: Upstream = { hops: [], evidence: [], findings: [], measurements: [] }
/** Places of the workload that signed, and of the first one behind it. */
const SIGNER = 0
const FIRST = 1

/**
 * The hops behind the workload that signed, by its receipt (sections 7.5 and 9.3). The signed event decides. Where there is none, the service runs
 * the model itself only if its adapter knows that; the report's own word for it, `serving`, is signed by nobody.
 */
export async function upstreamOf({ events, servedAt, exchange, gathered }: Source): Promise<Upstream> {
  const { upstream, forwarded } = events
  if (upstream === undefined) return runsTheModel(exchange) ? NO_MORE : nothingBehind('aci_upstream_silent', '')
  if (upstream.result === 'verified') return cited(upstream, servedAt, gathered)
  // A refusal answers with an error. An answer that is none had a model host, whatever the receipt says of it.
  const wasRefused = forwarded === undefined && upstream.required && exchange.status !== undefined && exchange.status >= 400
  if (wasRefused) return { ...NO_MORE, refused: upstream.reason }
  return nothingBehind(sentence('aci_upstream_unverified', upstream.reason), upstream.upstream_name ?? '')
}

function runsTheModel({ parties }: Exchange): boolean {
  return parties?.length === 1 && parties[0] === 'service'
}

function nothingBehind(because: Because, name: string): Upstream {
  return {
    ...NO_MORE,
    hops: [{ role: 'model-host', name, backing: 'none' }],
    findings: [makeFinding(CHECKS, 'aci.upstream-evidence', 'failed', because, { hop: FIRST, at: UPSTREAM })],
  }
}

const UPSTREAM = 'receipt.event_log.upstream.verified'

/** The gateway says that it verified the host, and cites the session in which it did. */
async function cited(
  { session_id, model_id }: Extract<UpstreamEvent, { result: 'verified' }>,
  servedAt: number,
  gathered: readonly EvidenceSeen[],
): Promise<Upstream> {
  const stated: readonly Measurement[] = [{ name: 'receipt.upstream-model', value: model_id, kind: 'identity' }]
  const log: Finding[] = []
  const say: Say = (check, outcome, because, more = {}) => {
    log.push(makeFinding(CHECKS, check, outcome, because, { hop: FIRST, at: 'session', ...more }))
  }
  const session = await findSession(session_id, gathered, say)
  if (session === undefined) {
    log.push(vouched(sentence('aci_upstream_vouched', model_id), FIRST))
    return { ...NO_MORE, hops: [{ role: 'model-host', name: model_id, backing: 'vouched' }], findings: log, measurements: stated }
  }
  checkWindow(session, servedAt, say)
  const kept = checkPreserved(session, say)
  const measurements = [...stated, ...measurementsOf(session)]
  const audit = kept === undefined ? undefined : auditOf(session, kept)
  const name = session.name
  if (audit === undefined) {
    // First, because it is the row's reason: the claims say what the gateway looked at.
    log.push(vouched(sentence('aci_upstream_vouched', name), FIRST))
    for (const claim of session.claims) sayClaim(claim, say)
    return { ...NO_MORE, hops: [{ role: 'model-host', name, backing: 'vouched' }], findings: log, measurements }
  }
  for (const claim of session.claims) if (claim.status === 'refuted') sayClaim(claim, say)
  const attested: HopFact = { role: audit.role, name, backing: 'evidence', linkedBy: SIGNER }
  const common = { ...NO_MORE, evidence: [audit.evidenceAt(FIRST)], measurements }
  if (audit.role === 'model-host') return { ...common, hops: [attested], findings: log }
  log.push(vouched(sentence('aci_upstream_behind', name), FIRST + 1))
  return { ...common, hops: [attested, { role: 'model-host', name: model_id, backing: 'vouched' }], findings: log }
}

function vouched(because: Finding['because'], hop: number): Finding {
  return makeFinding(CHECKS, 'aci.upstream', 'unchecked', because, {
    hop,
    assumes: ['assume_gateway_checked_host'],
    at: UPSTREAM,
  })
}

type Say = (check: CheckName, outcome: Finding['outcome'], because: Because, more?: FindingMore) => void

/** The record whose recomputed id the receipt cites. What was obtained under that name and is another record is refused. */
async function findSession(id: string, gathered: readonly EvidenceSeen[], say: Say): Promise<Session | undefined> {
  const records = gathered.filter(({ kind }) => kind === 'aci-session')
  if (records.length === 0) {
    say('aci.session', 'unchecked', 'aci_session_missing')
    return undefined
  }
  const read = await Promise.all(records.map(readSession))
  const session = read.flatMap((result) => (result.ok ? [result.value] : [])).find((candidate) => candidate.id === id)
  if (session !== undefined) {
    say('aci.session-id', 'passed', 'aci_session_id_passed')
    return session
  }
  const [first] = read
  if (first?.ok === false) say('aci.session', 'unchecked', 'aci_session_malformed', { ...faultIn('session', first), theirs: true })
  else say('aci.session-id', 'failed', 'aci_session_id_failed')
  return undefined
}

/** A host that was checked so long before is another than the one that was checked, for all that anybody shows. In seconds: a day. */
const LONG_WINDOW = 24 * 60 * 60

function checkWindow({ establishedAt, expiresAt }: Session, servedAt: number, say: Say): void {
  const inside = establishedAt <= servedAt && servedAt < expiresAt
  const assumes: Finding['assumes'] = servedAt - establishedAt > LONG_WINDOW ? ['assume_aci_session_long'] : []
  say('aci.session-window', inside ? 'passed' : 'failed', inside ? 'aci_session_window_passed' : 'aci_session_window_failed', {
    assumes,
    expected: windowInFields(establishedAt, expiresAt),
    computed: isoOf(servedAt),
  })
}

/** The evidence that the session kept, if it is what the session's digest names. */
function checkPreserved({ kept }: Session, say: Say): PreservedEvidence | undefined {
  if (kept === undefined) {
    say('aci.session-evidence', 'unchecked', 'aci_session_evidence_none')
    return undefined
  }
  const { statedDigest, evidence } = kept
  if (!evidence.ok) {
    say('aci.session-evidence', 'unchecked', 'aci_session_evidence_malformed', { ...faultIn('session.evidence', evidence), theirs: true })
    return undefined
  }
  const { digest } = evidence.value
  const holds = digest === statedDigest
  say('aci.session-evidence-digest', holds ? 'passed' : 'failed', holds ? 'aci_session_evidence_passed' : 'aci_session_evidence_failed', {
    at: 'session.evidence',
    expected: statedDigest,
    computed: digest,
  })
  return holds ? evidence.value : undefined
}

/** A claim is somebody's word, and the sentence says whose. One that the gateway itself refutes contradicts that it verified the host. */
function sayClaim({ name, status, source, reason }: StatedClaim, say: Say): void {
  const claim: MessageId = `aci_claim_${name}`
  const by: MessageId = `aci_source_${source}`
  const id = status === 'refuted' ? 'aci_claim_refuted' : 'aci_claim_asserted'
  const said = sentence(id, sentence(claim), sentence(by))
  const because = reason === null || reason === undefined || reason === '' ? said : sentence('aci_claim_reason', said, reason)
  say('aci.session-claim', status === 'refuted' ? 'failed' : 'unchecked', because, { at: `session.claims.${name}` })
}

/** The claims as values that a policy can ask for: `receipt.upstream-tee-attested` is `hardware_proven`. */
function measurementsOf({ name, claims }: Session): readonly Measurement[] {
  return [
    { name: 'receipt.upstream-name', value: name, kind: 'identity' },
    ...claims.map((claim): Measurement => {
      const value = claim.status === 'refuted' ? 'refuted' : claim.source
      return { name: `receipt.upstream-${claim.name.replaceAll('_', '-')}`, value, kind: 'identity' }
    }),
  ]
}
