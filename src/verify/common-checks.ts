import type { BodySeen, Dossier, Exchange, Missing } from '../dossier/types.ts'
import type { AttestationResult } from './attestation/types.ts'
import { CUT_OFF, NO_ANSWER, STOPPED } from './claims/codes.ts'
import { type Because, type Checks, FindingLog, type FindingMore, makeFinding } from './claims/finding.ts'
import { type MessageId, type Sentence, sentence } from './claims/sentence.ts'
import type { AssumptionId, Finding } from './claims/types.ts'
import { RECEIPT_FORMATS } from './receipts/registry.ts'
import type { AuthenticReceipt, HopEvidence, ReceiptResult } from './receipts/types.ts'

/** Checks that are the same for every receipt format and every kind of evidence. */
export const CHECKS = {
  'receipt.presence': 'receipt.presence',
  'receipt.delivery': 'receipt.delivery',
  'receipt.single': 'receipt.format',
  'receipt.known-format': 'receipt.format',
  'receipt.replay': 'receipt.replay',
  'evidence.presence': 'evidence.presence',
  'evidence.known-kind': 'evidence.format',
  'evidence.binding': 'evidence.binding',
  'exchange.relay': 'relay.reader',
  'exchange.capture': 'exchange.capture',
  'exchange.source': 'exchange.source',
} as const satisfies Checks<`${string}.${string}`>
export type CheckName = keyof typeof CHECKS

/** Did a receipt come, and exactly one, of a format that is known? A receipt that was asked for and did not come is its own finding. */
export function checkDelivery({ receipts, asked, exchange, missing }: Dossier): readonly Finding[] {
  const log = new FindingLog(CHECKS, 0)
  const [receipt, ...more] = receipts
  if (receipt === undefined) return [noReceipt(asked !== undefined, exchange, missing)]
  // A receipt of another format, which anybody can put beside an answer, is not the one that was asked for.
  const awaited = RECEIPT_FORMATS.find(({ optIn }) => optIn !== undefined && optIn === asked?.header)
  if (awaited !== undefined && !receipts.some(({ format }) => format === awaited.id)) return [noReceipt(true, exchange, missing)]
  log.add('receipt.delivery', 'passed', 'receipt_delivered')
  if (more.length > 0) {
    const count = String(receipts.length)
    log.add('receipt.single', 'failed', sentence('receipt_several', count), { expected: '1', computed: count })
  }
  if (!RECEIPT_FORMATS.some((format) => format.id === receipt.format)) {
    log.add('receipt.known-format', 'unchecked', 'receipt_unknown_format', { computed: receipt.format, theirs: true })
  }
  return log.findings
}

function noReceipt(asked: boolean, exchange: Exchange, missing: readonly Missing[]): Finding {
  const { status, response } = exchange
  const presence = (outcome: 'failed' | 'unchecked', because: Because, more: FindingMore = {}) =>
    makeFinding(CHECKS, 'receipt.presence', outcome, because, more)
  // An error has no receipt; an answer is one under whatever status it stands.
  if (status !== undefined && status >= 400 && (response.answer ?? 'none') === 'none') {
    return presence('failed', sentence('receipt_error_status', String(status)), { at: 'exchange.status', computed: String(status) })
  }
  if (exchange.unnamed === true && !asked) return presence('failed', 'receipt_unnamed', { code: 'unnamed' })
  const unfetched = missing.find((item) => item.what === 'receipt')
  if (unfetched !== undefined) return presence('unchecked', sentence('receipt_not_fetched', reasonOf(unfetched)), notFetched(unfetched))
  const { capture } = response
  if (capture === 'broken-off') return receiptCutOff(asked, response)
  if (capture !== 'complete') return presence('unchecked', notSeen(exchange), { code: capture })
  // Without the response's headers it is not known what was in them.
  if (status === undefined) return presence('unchecked', notSeen(exchange), { code: 'headers-not-seen' })
  const [announced] = RECEIPT_FORMATS.flatMap((format) => format.announced?.(exchange) ?? [])
  if (announced !== undefined) return makeFinding(CHECKS, 'receipt.delivery', 'failed', announced, { code: 'announced' })
  if (asked) return makeFinding(CHECKS, 'receipt.delivery', 'failed', 'receipt_withheld')
  return presence('failed', 'receipt_not_offered')
}

/**
 * Of an answer that broke off, a receipt is missed only where it was cut: by the other end, or by anybody once the answer was whole, when
 * nothing was left for a user to stop. Once, that may be the network; again, it is how a receipt would be held back.
 */
function receiptCutOff(asked: boolean, { answer = 'begun', brokenOff }: Exchange['response']): Finding {
  const isCut = brokenOff?.by === 'service' || (brokenOff?.by === 'page' && answer === 'whole')
  if (!asked || !isCut || answer === 'none') {
    const because = brokenOff?.by === 'page' ? 'receipt_stopped' : 'receipt_broken_off'
    return makeFinding(CHECKS, 'receipt.presence', 'unchecked', because, { code: brokenOffCode(answer, brokenOff) })
  }
  return brokenOff.again === true
    ? makeFinding(CHECKS, 'receipt.delivery', 'failed', 'receipt_cut_again', { code: CUT_OFF })
    : makeFinding(CHECKS, 'receipt.delivery', 'unchecked', 'receipt_cut_once', { code: CUT_OFF })
}

/** A file that somebody else wrote holds what it holds; of a file given here, the user may have more. */
function notSeen({ response }: Exchange): MessageId {
  switch (basisOf(response)) {
    case 'given':
      return 'receipt_not_given'
    case 'recorded':
      return 'receipt_not_recorded'
    case 'captured':
      return 'receipt_not_seen'
  }
}

/** Where an exchange comes from, as far as sentences about it differ: a browser, files that the user named, or somebody's record. */
function basisOf(...bodies: readonly BodySeen[]): 'captured' | 'given' | 'recorded' {
  const has = (provenance: BodySeen['provenance']) => bodies.some((body) => body.provenance === provenance)
  if (has('recorded')) return 'recorded'
  return has('given') ? 'given' : 'captured'
}

/** What a finding says of something that could not be fetched. */
function notFetched({ reason, source }: Missing): FindingMore {
  return { code: reason, ...(source === '' ? {} : { computed: source }) }
}

/**
 * Replay memory: which exchange a receipt first came with. `lasting`: it holds what came before this run. Otherwise nothing is known of
 * earlier receipts, and only one that comes twice within the run is noticed.
 */
export type ReplayMemory = { readonly seen: (receiptId: string) => string | undefined; readonly lasting: boolean }

/** Was this receipt seen with another exchange? Asked only of authentic receipts: a forged one must not mark a genuine one as seen. */
export function checkReplay({ id, asked }: Dossier, receipt: AuthenticReceipt | undefined, memory: ReplayMemory): readonly Finding[] {
  if (receipt === undefined) return []
  const log = new FindingLog(CHECKS, 0)
  const owner = memory.seen(receipt.id)
  const assumes: readonly AssumptionId[] = asked?.nonce === undefined ? ['assume_not_seen_elsewhere'] : []
  if (owner !== undefined && owner !== id) log.add('receipt.replay', 'failed', 'receipt_replayed', { expected: id, computed: owner })
  else if (memory.lasting) log.add('receipt.replay', 'passed', 'receipt_not_replayed', { assumes })
  else log.add('receipt.replay', 'unchecked', 'receipt_replay_not_remembered', { assumes: ['assume_not_replayed', ...assumes] })
  return log.findings
}

/** A document about a hop, and what its verifier says of it. No result: nobody here knows documents of its kind. */
export type VerifiedHop = HopEvidence & { readonly result?: AttestationResult }

/** Is there evidence, of a kind that can be verified here? A receipt that names evidence has already said what became of it. */
export function checkEvidence(
  { missing, exchange }: Dossier,
  evidence: readonly VerifiedHop[],
  receipt: ReceiptResult | undefined,
): readonly Finding[] {
  const unknown = evidence
    .filter(({ result }) => result === undefined)
    .map(({ hop, document }) =>
      makeFinding(CHECKS, 'evidence.known-kind', 'unchecked', sentence('evidence_unknown_kind', document.kind), {
        hop,
        theirs: true,
        computed: document.kind,
      }),
    )
  const signer = receipt?.authentic?.signer ?? 0
  const lacking = hopsWithoutEvidence(receipt?.authentic, evidence, signer)
  const failed = missing.find((item) => item.what === 'evidence')
  const none = basisOf(exchange.request, exchange.response) === 'captured' ? 'evidence_none' : 'evidence_not_in_file'
  return [
    ...unknown,
    ...lacking.flatMap((hop) => {
      const named = receipt?.findings.some((finding) => finding.role === 'evidence.presence' && finding.hop === hop) ?? false
      if (named) return []
      if (failed === undefined) return [makeFinding(CHECKS, 'evidence.presence', 'failed', none, { hop })]
      const said = sentence('evidence_not_fetched', reasonOf(failed))
      return [makeFinding(CHECKS, 'evidence.presence', 'unchecked', said, { hop, ...notFetched(failed) })]
    }),
  ]
}

/** Hops that should rest on evidence and have none: the signer, and those that the receipt says have some. */
function hopsWithoutEvidence(receipt: AuthenticReceipt | undefined, evidence: readonly VerifiedHop[], signer: number): readonly number[] {
  const hops = receipt === undefined ? [signer] : receipt.hops.flatMap((hop, index) => (hop.backing === 'evidence' ? [index] : []))
  return hops.filter((hop) => !evidence.some((found) => found.hop === hop))
}

/** Is the evidence about this receipt? Without either there is nothing to ask, and evidence that is not authentic commits to nothing. */
export async function checkBindings(receipt: ReceiptResult | undefined, evidence: readonly VerifiedHop[]): Promise<readonly Finding[]> {
  const findings = evidence.map(async ({ hop, result, binds }) => {
    if (result === undefined) return []
    if (result.authentic === undefined) {
      const why = receipt === undefined ? 'binding_no_receipt' : 'binding_not_authentic'
      return [makeFinding(CHECKS, 'evidence.binding', 'unchecked', why, { hop })]
    }
    if (receipt === undefined) {
      // Whether it answers the nonce that was sent can be told all the same.
      const fresh = (await binds(result.authentic)).filter(({ role }) => role === 'workload.freshness')
      return [makeFinding(CHECKS, 'evidence.binding', 'unchecked', 'binding_no_receipt', { hop }), ...fresh]
    }
    return binds(result.authentic)
  })
  return (await Promise.all(findings)).flat()
}

/** Does somebody read along on the way to the service? Who is there, the adapter knows; nothing in an exchange may add or remove it. */
export function checkRelay({ relay }: Exchange): readonly Finding[] {
  if (relay === undefined) return []
  switch (relay) {
    case 'sealed':
      return [makeFinding(CHECKS, 'exchange.relay', 'unchecked', sentence('relay_sealed'), { assumes: ['assume_relay_sealed'] })]
    case 'reads':
      return [makeFinding(CHECKS, 'exchange.relay', 'unchecked', 'relay_reads', { assumes: ['assume_relay_reads'] })]
  }
}

/** Was the whole exchange captured, and who says so? */
export function checkOctets({ request, response }: Exchange): readonly Finding[] {
  const log = new FindingLog(CHECKS, 0)
  const side = response.capture === 'complete' ? 'request' : 'response'
  const { capture } = side === 'request' ? request : response
  if (capture === 'complete') log.add('exchange.capture', 'passed', 'capture_complete')
  else
    log.add('exchange.capture', 'unchecked', captureWords(capture, basisOf(request, response), side), {
      code: capture === 'broken-off' ? brokenOffCode(response.answer, response.brokenOff) : capture,
      at: `exchange.${side}`,
    })
  addSource(basisOf(request, response), [request, response], log)
  return log.findings
}

function brokenOffCode(answer: Exchange['response']['answer'], brokenOff: Exchange['response']['brokenOff']): string {
  if (answer === 'none') return NO_ANSWER
  return brokenOff?.by === 'page' ? STOPPED : 'broken-off'
}

function addSource(basis: ReturnType<typeof basisOf>, bodies: readonly BodySeen[], log: FindingLog<keyof typeof CHECKS>): void {
  const has = (provenance: BodySeen['provenance']) => bodies.some((body) => body.provenance === provenance)
  if (basis === 'recorded') log.add('exchange.source', 'unchecked', 'source_recorded', { assumes: ['assume_as_recorded'] })
  else if (has('none')) log.add('exchange.source', 'unchecked', 'source_none')
  else if (basis === 'given') log.add('exchange.source', 'passed', 'source_given', { assumes: ['assume_octets_given'] })
  else if (has('page-reported')) {
    log.add('exchange.source', 'passed', 'source_page', { assumes: ['assume_page_octets', 'assume_screen'] })
  } else log.add('exchange.source', 'passed', 'source_browser', { assumes: ['assume_screen'] })
}

function captureWords(
  capture: Exclude<BodySeen['capture'], 'complete'>,
  basis: ReturnType<typeof basisOf>,
  side: 'request' | 'response',
): MessageId {
  switch (capture) {
    case 'broken-off':
      return 'capture_broken_off'
    case 'too-large':
      return 'capture_too_large'
    case 'not-captured':
      if (basis === 'captured') return 'capture_not_captured'
      return side === 'request' && basis === 'given' ? 'capture_request_not_given' : 'capture_not_recorded'
    case 'ambiguous':
      return 'capture_ambiguous'
    case 'unsupported-body':
      return 'capture_unsupported_body'
    case 're-encoded':
      return 'capture_re_encoded'
  }
}

/** Why something could not be fetched, in words. */
export function reasonOf({ reason }: Missing): Sentence {
  switch (reason) {
    case 'offline':
      return sentence('missing_offline')
    case 'timeout':
      return sentence('missing_timeout')
    case 'http-status':
      return sentence('missing_http_status')
    case 'too-large':
      return sentence('missing_too_large')
    case 'malformed':
      return sentence('missing_malformed')
    case 'no-document':
      return sentence('missing_no_document')
    case 'not-allowed':
      return sentence('missing_not_allowed')
    case 'not-granted':
      return sentence('missing_not_granted')
    case 'not-found':
      return sentence('missing_not_found')
    case 'refused':
      return sentence('missing_refused')
    case 'page-gone':
      return sentence('missing_page_gone')
  }
}
