import type { Moment } from './claims/types.ts'
import type { AuthenticReceipt, HopEvidence } from './receipts/types.ts'

/**
 * The instant at which evidence had to be valid. Evidence that a receipt names was used when the receipt was signed, unless that time is one the
 * signer cannot be believed. Evidence that no receipt names was used when it was obtained: an enclave's token lives for an hour and its
 * document for three, and neither is worse for being looked at again the day after.
 *
 * When a document in a file was obtained is its author's word, who could choose a time at which an old one was good. It counts only where there
 * is no receipt, and nothing is better than assumed anyway.
 */
export function usedAt({ document, named }: HopEvidence, receipt: AuthenticReceipt | undefined, { now }: Moment): Date {
  const signed = receipt?.issuedInTime === true ? receipt.issuedAt : undefined
  const obtained = new Date(document.at)
  const isKnown = !Number.isNaN(obtained.getTime())
  if (named === true || !isKnown) return signed ?? now
  if (document.provenance !== 'recorded') return obtained
  return receipt === undefined && obtained <= now ? obtained : (signed ?? now)
}
