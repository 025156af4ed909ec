import { weightOf } from './judge.ts'
import { provenAndAssumed, reachOf } from './proven.ts'
import type { Role } from './rules.ts'
import { type MessageId, type Sentence, sentence } from './sentence.ts'
import { CLAIM_IDS, type Claim, type ClaimId, type Deciding, type Finding, STANDINGS, type Standing } from './types.ts'

/**
 * Among rows that stand equally badly, the one whose news comes first. What is broken at the root is told before what
 * hangs on it; where nothing is broken, what the reader most likely believes without proof (which model answered) is
 * told first.
 */
const ORDER: Readonly<Record<BadNews, readonly ClaimId[]>> = {
  failed: ['environment', 'signature', 'exchange', 'workload', 'model'],
  absent: ['signature', 'environment', 'workload', 'model', 'exchange'],
  unchecked: ['environment', 'signature', 'exchange', 'workload', 'model'],
  assumed: ['signature', 'exchange', 'model', 'environment', 'workload'],
}

type BadNews = Exclude<Standing, 'verified'>

/** Where the check that decided has better words than its row. */
const BY_ROLE: { readonly [standing in BadNews]: { readonly [role in Role]?: MessageId } } = {
  failed: {
    'evidence.anchor': 'headline_unknown_root',
    'evidence.chain': 'headline_chain_failed',
    'evidence.time': 'headline_evidence_expired',
    'evidence.revocation': 'headline_revoked',
    'evidence.debug': 'headline_debug',
    'evidence.platform': 'headline_platform',
    'evidence.binding': 'headline_other_key',
    'device.pairing': 'headline_device',
    'device.state': 'headline_device',
    'host.vouched': 'headline_host_not_vouched',
    'workload.measurement': 'headline_other_code',
    'workload.freshness': 'headline_not_fresh',
    'model.artifact': 'headline_other_model',
    'exchange.request': 'headline_other_request',
    'exchange.request-told': 'headline_other_request',
    'exchange.response': 'headline_other_response',
    'receipt.signature': 'headline_bad_signature',
    'receipt.key': 'headline_wrong_key',
    'receipt.replay': 'headline_replayed',
  },
  absent: {
    'receipt.delivery': 'headline_receipt_withheld',
  },
  unchecked: {
    'evidence.chain': 'headline_chain_unchecked',
    'evidence.time': 'headline_time_unchecked',
    'evidence.revocation': 'headline_revocation_unchecked',
    'evidence.platform': 'headline_platform_unchecked',
    'policy.readable': 'headline_policy_unreadable',
    'exchange.capture': 'headline_capture_unchecked',
    'exchange.request': 'headline_request_unchecked',
    'exchange.response': 'headline_response_unchecked',
    'receipt.key': 'headline_key_unchecked',
  },
  assumed: {
    'exchange.request-told': 'headline_request_told',
    'exchange.source': 'headline_hashes_recorded',
  },
}

/** Where the sentence of the check that decided is news of its own among those of its role. */
const BY_SENTENCE: { readonly [id in MessageId]?: MessageId } = {
  aci_nonce_failed: 'headline_evidence_not_fresh',
  chat_nonce_failed: 'headline_evidence_not_fresh',
  clock_first: 'headline_clock_first',
  clock_first_ahead: 'headline_clock',
  clock_first_behind: 'headline_clock',
  evidence_age_failed: 'headline_evidence_old',
  evidence_not_fetched: 'headline_evidence_not_fetched',
  opengradient_nonce_failed: 'headline_evidence_not_fresh',
  opensecret_nonce_failed: 'headline_evidence_not_fresh',
  path_foreign_root: 'headline_unknown_root',
  path_out_of_time: 'headline_evidence_expired',
  policy_not_stated: 'headline_policy_not_stated',
  receipt_not_fetched: 'headline_receipt_not_fetched',
  receipt_not_given: 'headline_receipt_not_seen',
  receipt_not_recorded: 'headline_receipt_not_seen',
  receipt_not_seen: 'headline_receipt_not_seen',
  tinfoil_certificate_early: 'headline_evidence_expired',
  tinfoil_certificate_expired: 'headline_evidence_expired',
  tinfoil_nonce_failed: 'headline_evidence_not_fresh',
}

/** What the other side sent and nobody can read: as good as nothing, and said as what it is. */
const THEIRS: { readonly [claim in ClaimId]?: MessageId } = {
  environment: 'headline_evidence_unreadable',
  signature: 'headline_receipt_unreadable',
}

/** The model host's part, where the gateway before it is proven. */
const OF_HOST: { readonly [standing in BadNews]?: MessageId } = {
  absent: 'headline_host_absent',
  unchecked: 'headline_host_unchecked',
}

/**
 * Whose news comes first: the row, how it stands, and the check that decided it, if one did. Nothing where all is
 * verified.
 */
export function decidingOf(claims: readonly Claim[], decidedBy: Readonly<Record<ClaimId, Finding | undefined>>): Deciding | undefined {
  const worst = STANDINGS[Math.min(...claims.map(weightOf))] ?? 'unchecked'
  if (worst === 'verified') return undefined
  const isWorst = (claim: Claim) => STANDINGS[weightOf(claim)] === worst
  const worstRows = ORDER[worst].filter((candidate) => claims.some((row) => row.id === candidate && isWorst(row)))
  // A hash of the model that only lacks proven ground is no news of its own: what the ground lacks is.
  const claim = worstRows.find((candidate) => candidate !== 'model' || decidedBy.model !== undefined) ?? worstRows[0] ?? 'signature'
  // Where what was sent cannot be read, the row ranks with those that were offered nothing, and says what it is.
  const row = claims.find(({ id }) => id === claim)
  const { role, because } = decidedBy[claim] ?? {}
  return {
    claim,
    standing: row === undefined || row.standing === 'verified' ? worst : row.standing,
    ...(role === undefined ? {} : { role }),
    ...(because === undefined ? {} : { says: because.id }),
    ...(row?.theirs === undefined ? {} : { theirs: row.theirs }),
  }
}

/**
 * The news of the row that decides, in one sentence, in the words of the check that decided it. There is no headline
 * that says "secure": where nothing is worse than assumed, what is proven is told together with what is not.
 */
export function headlineOf(claims: readonly Claim[], deciding: Deciding | undefined): Sentence {
  if (deciding === undefined) return sentence('headline_all_verified')
  const { claim, standing } = deciding
  const general: MessageId = `headline_${claim}_${standing}`
  const own = unreadable(deciding) ?? ofHost(claims, deciding) ?? wordsOf(deciding)
  if (own !== undefined) return sentence(own)
  // A signature by nobody known is the news: what rests on it is assumed for its sake.
  const list = standing === 'assumed' && claim !== 'signature' ? provenAndAssumed(claims) : undefined
  return list ?? sentence(general)
}

function unreadable({ claim, theirs }: Deciding): MessageId | undefined {
  return theirs && THEIRS[claim]
}

function wordsOf({ standing, role, says }: Deciding): MessageId | undefined {
  return (says && BY_SENTENCE[says]) ?? (role && BY_ROLE[standing][role])
}

function ofHost(claims: readonly Claim[], { claim, standing }: Deciding): MessageId | undefined {
  const row = claims.find(({ id }) => id === claim)
  return claim === 'environment' && reachOf(row) === 'gateway' ? OF_HOST[standing] : undefined
}

/** "3 of 5 claims verified, 1 failed, 1 only assumed". */
export function countOf(claims: readonly Claim[]): Sentence {
  const total = String(CLAIM_IDS.length)
  const having = (standing: Standing) => claims.filter((claim) => claim.standing === standing).length
  const parts = STANDINGS.filter((standing) => standing !== 'verified' && having(standing) > 0).map((standing): Sentence => {
    const id: MessageId = `count_${standing}`
    return sentence(id, String(having(standing)))
  })
  return parts.reduce((before, next) => sentence('count_join', before, next), sentence('count_verified', String(having('verified')), total))
}
