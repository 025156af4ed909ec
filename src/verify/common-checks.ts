import type { BodySeen, Dossier, Exchange, Missing } from '../dossier/types.ts'
import type { AttestationResult } from './attestation/types.ts'
import { type Checks, makeFinding } from './claims/finding.ts'
import { type Sentence, sentence } from './claims/sentence.ts'
import type { AssumptionId, Finding } from './claims/types.ts'
import { RECEIPT_FORMATS } from './receipts/registry.ts'
import type { AuthenticReceipt, HopEvidence, ReceiptResult } from './receipts/types.ts'

/** Checks that are the same for every receipt format and every kind of evidence. */
const CHECKS = {
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

/** Did a receipt come, and exactly one, of a format that is known? A receipt that was asked for and did not come is its own finding. */
export function checkDelivery({ receipts, asked, exchange, missing }: Dossier): readonly Finding[] {
  const [receipt, ...more] = receipts
  if (receipt === undefined) return [noReceipt(asked !== undefined, exchange, missing)]
  // A receipt of another format, which anybody can put beside an answer, is not the one that was asked for.
  const awaited = RECEIPT_FORMATS.find(({ optIn }) => optIn !== undefined && optIn === asked?.header)
  if (awaited !== undefined && !receipts.some(({ format }) => format === awaited.id)) return [noReceipt(true, exchange, missing)]
  return [
    makeFinding(CHECKS, 'receipt.delivery', 'passed', sentence('receipt_delivered')),
    ...(more.length === 0 ? [] : [makeFinding(CHECKS, 'receipt.single', 'failed', sentence('receipt_several', String(receipts.length)))]),
    ...(RECEIPT_FORMATS.some((format) => format.id === receipt.format)
      ? []
      : [makeFinding(CHECKS, 'receipt.known-format', 'unchecked', sentence('receipt_unknown_format', receipt.format), { theirs: true })]),
  ]
}

function noReceipt(asked: boolean, exchange: Exchange, missing: readonly Missing[]): Finding {
  const { status, response } = exchange
  if (status !== undefined && status >= 400) {
    return makeFinding(CHECKS, 'receipt.presence', 'failed', sentence('receipt_error_status', String(status)))
  }
  const unfetched = missing.find((item) => item.what === 'receipt')
  if (unfetched !== undefined) {
    return makeFinding(CHECKS, 'receipt.presence', 'unchecked', sentence('receipt_not_fetched', reasonOf(unfetched)))
  }
  if (response.capture === 'broken-off') return makeFinding(CHECKS, 'receipt.presence', 'failed', sentence('receipt_broken_off'))
  if (response.capture !== 'complete') return makeFinding(CHECKS, 'receipt.presence', 'unchecked', sentence('receipt_not_seen'))
  // Without the response's headers it is not known what was in them.
  if (status === undefined) return makeFinding(CHECKS, 'receipt.presence', 'unchecked', sentence('receipt_not_seen'))
  const [announced] = RECEIPT_FORMATS.flatMap((format) => format.announced?.(exchange) ?? [])
  if (announced !== undefined) return makeFinding(CHECKS, 'receipt.delivery', 'failed', announced)
  if (asked) return makeFinding(CHECKS, 'receipt.delivery', 'failed', sentence('receipt_withheld'))
  return makeFinding(CHECKS, 'receipt.presence', 'failed', sentence('receipt_not_offered'))
}

/** Was this receipt seen with another exchange? Asked only of authentic receipts: a forged one must not mark a genuine one as seen. */
export function checkReplay(
  { id, asked }: Dossier,
  receipt: AuthenticReceipt | undefined,
  seen: (receiptId: string) => string | undefined,
): readonly Finding[] {
  if (receipt === undefined) return []
  const owner = seen(receipt.id)
  if (owner !== undefined && owner !== id) return [makeFinding(CHECKS, 'receipt.replay', 'failed', sentence('receipt_replayed'))]
  const assumes: readonly AssumptionId[] = asked?.nonce === undefined ? ['assume_not_seen_elsewhere'] : []
  return [makeFinding(CHECKS, 'receipt.replay', 'passed', sentence('receipt_not_replayed'), { assumes })]
}

/** A document about a hop, and what its verifier says of it. No result: nobody here knows documents of its kind. */
export type VerifiedHop = HopEvidence & { readonly result?: AttestationResult }

/** Is there evidence, of a kind that can be verified here? A receipt that names evidence has already said what became of it. */
export function checkEvidence(
  { missing }: Dossier,
  evidence: readonly VerifiedHop[],
  receipt: ReceiptResult | undefined,
): readonly Finding[] {
  const unknown = evidence
    .filter(({ result }) => result === undefined)
    .map(({ hop, document }) =>
      makeFinding(CHECKS, 'evidence.known-kind', 'unchecked', sentence('evidence_unknown_kind', document.kind), { hop, theirs: true }),
    )
  const signer = receipt?.authentic?.signer ?? 0
  const lacking = hopsWithoutEvidence(receipt?.authentic, evidence, signer)
  const failed = missing.find((item) => item.what === 'evidence')
  return [
    ...unknown,
    ...lacking.flatMap((hop) => {
      const named = receipt?.findings.some((finding) => finding.role === 'evidence.presence' && finding.hop === hop) ?? false
      if (named) return []
      return failed === undefined
        ? [makeFinding(CHECKS, 'evidence.presence', 'failed', sentence('evidence_none'), { hop })]
        : [makeFinding(CHECKS, 'evidence.presence', 'unchecked', sentence('evidence_not_fetched', reasonOf(failed)), { hop })]
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
    if (receipt === undefined) return [makeFinding(CHECKS, 'evidence.binding', 'unchecked', sentence('binding_no_receipt'), { hop })]
    if (result.authentic === undefined) {
      return [makeFinding(CHECKS, 'evidence.binding', 'unchecked', sentence('binding_not_authentic'), { hop })]
    }
    return binds(result.authentic)
  })
  return (await Promise.all(findings)).flat()
}

/** Does somebody read along on the way to the service? Who is there, the adapter knows; nothing in an exchange may add or remove it. */
export function checkRelay({ relay }: Exchange): readonly Finding[] {
  if (relay === undefined) return []
  switch (relay) {
    case 'reads':
      return [makeFinding(CHECKS, 'exchange.relay', 'unchecked', sentence('relay_reads'), { assumes: ['assume_relay_reads'] })]
  }
}

/** Was the whole exchange captured, and who says so? */
export function checkOctets({ request, response }: Exchange): readonly Finding[] {
  const incomplete = response.capture === 'complete' ? request.capture : response.capture
  return [
    incomplete === 'complete'
      ? makeFinding(CHECKS, 'exchange.capture', 'passed', sentence('capture_complete'))
      : makeFinding(CHECKS, 'exchange.capture', 'unchecked', captureSentence(incomplete)),
    sourceOf([request, response]),
  ]
}

function sourceOf(bodies: readonly BodySeen[]): Finding {
  const has = (provenance: BodySeen['provenance']) => bodies.some((body) => body.provenance === provenance)
  if (has('recorded'))
    return makeFinding(CHECKS, 'exchange.source', 'unchecked', sentence('source_recorded'), { assumes: ['assume_as_recorded'] })
  if (has('none')) return makeFinding(CHECKS, 'exchange.source', 'unchecked', sentence('source_none'))
  if (has('given')) return makeFinding(CHECKS, 'exchange.source', 'passed', sentence('source_given'), { assumes: ['assume_octets_given'] })
  if (has('page-reported')) {
    return makeFinding(CHECKS, 'exchange.source', 'passed', sentence('source_page'), { assumes: ['assume_page_octets', 'assume_screen'] })
  }
  return makeFinding(CHECKS, 'exchange.source', 'passed', sentence('source_browser'), { assumes: ['assume_screen'] })
}

function captureSentence(capture: Exclude<BodySeen['capture'], 'complete'>): Sentence {
  switch (capture) {
    case 'broken-off':
      return sentence('capture_broken_off')
    case 'too-large':
      return sentence('capture_too_large')
    case 'not-captured':
      return sentence('capture_not_captured')
    case 'ambiguous':
      return sentence('capture_ambiguous')
    case 'unsupported-body':
      return sentence('capture_unsupported_body')
    case 're-encoded':
      return sentence('capture_re_encoded')
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
