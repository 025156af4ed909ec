import { type MessageId, type Sentence, sentence } from './sentence.ts'
import type { Claim, ClaimId, Standing } from './types.ts'

/**
 * "Proven: where it ran, which code, and that this is its answer. Assumed: the model." What is said where nothing
 * failed, lacks or went unchecked: only this tells one such answer from the next. Nothing where nothing is proven.
 */
export function provenAndAssumed(claims: readonly Claim[]): Sentence | undefined {
  const rows = new Map(claims.map((claim) => [claim.id, claim]))
  const proven = listOf(provenOf(rows))
  const assumed = listOf(assumedOf(rows))
  return proven === undefined || assumed === undefined ? undefined : sentence('headline_proven_assumed', proven, assumed)
}

type Rows = ReadonlyMap<ClaimId, Claim>

function provenOf(rows: Rows): readonly MessageId[] {
  const place = isWhole(rows, 'environment') ? 'proven_place' : hasHop(rows, 'environment', 'verified') ? 'proven_gateway' : undefined
  const ofGateway = place === 'proven_gateway' && hasHop(rows, 'workload', 'verified')
  return chosen([
    [place !== undefined, place ?? 'proven_place'],
    [isWhole(rows, 'workload'), 'proven_code'],
    [!isWhole(rows, 'workload') && ofGateway, 'proven_gateway_code'],
    [isWhole(rows, 'model'), 'proven_model'],
    [isWhole(rows, 'exchange'), place === undefined ? 'proven_exchange' : 'proven_its_answer'],
    [isWhole(rows, 'signature') && !isWhole(rows, 'exchange'), 'proven_signature'],
  ])
}

function assumedOf(rows: Rows): readonly MessageId[] {
  const host = !isWhole(rows, 'environment') && hasHop(rows, 'environment', 'verified')
  const code = !isWhole(rows, 'workload')
  // A host that is not proven as a place says nothing of its code either: once is enough.
  const codeOfGateway = host && hasHop(rows, 'workload', 'verified')
  const model = !isWhole(rows, 'model')
  const ids = chosen([
    [!isWhole(rows, 'environment') && !host, 'assumed_place'],
    [code && !codeOfGateway, 'assumed_code'],
    [!isWhole(rows, 'exchange'), 'assumed_exchange'],
    [model, 'assumed_model'],
    [host, 'assumed_host'],
  ])
  return model && host && ids.length === 2 ? ['assumed_model_and_host'] : ids
}

function isWhole(rows: Rows, id: ClaimId): boolean {
  return rows.get(id)?.standing === 'verified'
}

/** Whether one of several hops stands so: with a single one there is no part to tell from the whole. */
function hasHop(rows: Rows, id: ClaimId, standing: Standing): boolean {
  const hops = rows.get(id)?.hops ?? []
  return hops.length > 1 && hops.some((hop) => hop.standing === standing)
}

function chosen(candidates: readonly (readonly [wanted: boolean, id: MessageId])[]): readonly MessageId[] {
  return candidates.filter(([wanted]) => wanted).map(([, id]) => id)
}

/** "a", "a and b", "a, b, and c": how a list reads is the language's own. */
function listOf(ids: readonly MessageId[]): Sentence | undefined {
  const [first, ...rest] = ids.map((id) => sentence(id))
  const last = rest.pop()
  if (first === undefined) return undefined
  if (last === undefined) return first
  if (rest.length === 0) return sentence('list_pair', first, last)
  return sentence(
    'list_last',
    rest.reduce((before, next) => sentence('list_more', before, next), first),
    last,
  )
}
