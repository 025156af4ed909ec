import { type MessageId, type Sentence, sentence } from './sentence.ts'
import type { Claim, ClaimId, Hop } from './types.ts'

/**
 * "Proven: where it ran, which code, and that this is its answer. Assumed: the model." What is said where nothing
 * failed, lacks or went unchecked: only this tells one such answer from the next. Nothing where nothing is proven.
 */
export function provenAndAssumed(claims: readonly Claim[]): Sentence | undefined {
  const rows = new Map(claims.map((claim) => [claim.id, claim]))
  const proven = listOf(provenOf(rows))
  const assumed = listOf(assumedOf(rows))
  return proven && assumed && sentence('headline_proven_assumed', proven, assumed)
}

/** How far the proof of a row with several hops reaches. `part`: some hop holds, and neither all gateways nor all hosts. */
type Reach = 'whole' | 'gateway' | 'host' | 'part' | 'none'

/** Which of a row's hops are verified, by who they are: a host that holds proves nothing of the gateway before it. */
export function reachOf(claim: Claim | undefined): Reach {
  if (claim === undefined) return 'none'
  if (claim.standing === 'verified') return 'whole'
  const holds = ({ standing }: Hop) => standing === 'verified'
  const gateways = claim.hops.filter(({ role }) => role === 'gateway')
  const others = claim.hops.filter(({ role }) => role !== 'gateway')
  if (gateways.length > 0 && gateways.every(holds)) return 'gateway'
  if (others.length > 0 && others.every(holds)) return 'host'
  return claim.hops.some(holds) ? 'part' : 'none'
}

type Rows = ReadonlyMap<ClaimId, Claim>

const PROVEN_PLACE = {
  whole: 'proven_place',
  gateway: 'proven_gateway',
  host: 'proven_host',
  part: 'proven_part',
} as const satisfies Partial<Record<Reach, MessageId>>

const ASSUMED_PLACE = {
  gateway: 'assumed_host',
  host: 'assumed_gateway',
  part: 'assumed_rest',
  none: 'assumed_place',
} as const satisfies Partial<Record<Reach, MessageId>>

function provenOf(rows: Rows): readonly MessageId[] {
  const place = reachOf(rows.get('environment'))
  const code = reachOf(rows.get('workload'))
  const named = place !== 'none' && place !== 'part'
  const exchange = isWhole(rows, 'exchange')
  return [
    ...(place === 'none' ? [] : [PROVEN_PLACE[place]]),
    ...(code === 'whole' ? (['proven_code'] as const) : []),
    ...(code !== 'whole' && named && code === place ? (['proven_its_code'] as const) : []),
    ...(isWhole(rows, 'model') ? (['proven_model'] as const) : []),
    ...(exchange ? ([named ? 'proven_its_answer' : 'proven_exchange'] as const) : []),
    ...(isWhole(rows, 'signature') && !exchange ? (['proven_signature'] as const) : []),
  ]
}

function assumedOf(rows: Rows): readonly MessageId[] {
  const place = reachOf(rows.get('environment'))
  const code = reachOf(rows.get('workload'))
  const assumed: MessageId[] = []
  if (place !== 'whole' && place !== 'gateway') assumed.push(ASSUMED_PLACE[place])
  // Of a party that is not proven as a place the code is not known either: to name the party is enough.
  const covered = place !== 'whole' && place !== 'none' && code === place
  if (code !== 'whole' && !covered) assumed.push('assumed_code')
  if (!isWhole(rows, 'exchange')) assumed.push('assumed_exchange')
  if (!isWhole(rows, 'model')) assumed.push('assumed_model')
  if (place === 'gateway') assumed.push(ASSUMED_PLACE[place])
  return assumed.join() === 'assumed_model,assumed_host' ? ['assumed_model_and_host'] : assumed
}

function isWhole(rows: Rows, id: ClaimId): boolean {
  return reachOf(rows.get(id)) === 'whole'
}

/** "a", "a and b", "a, b, and c": how a list reads is the language's own. */
function listOf(ids: readonly MessageId[]): Sentence | undefined {
  const [first, ...rest] = ids.map((id) => sentence(id))
  const last = rest.pop()
  if (first === undefined || last === undefined) return first
  if (rest.length === 0) return sentence('list_pair', first, last)
  const all = rest.reduce((before, next) => sentence('list_more', before, next), first)
  return sentence('list_last', all, last)
}
