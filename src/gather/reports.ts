import type { EvidenceSeen, Missing, ReceiptSeen } from '../dossier/types.ts'
import { now } from '../platform/clock.ts'
import { freshHexNonce, freshUuid } from '../platform/nonce.ts'
import { type Desk, fetchText } from './document.ts'
import { hasMember, linkedIds } from './peek.ts'
import type { LinkedEndpoint, ReportEndpoint } from './services/types.ts'

/** A document of evidence, or why there is none. */
export type EvidenceOrMissing = EvidenceSeen | Missing

/** What the service reports of itself, for a nonce that nobody could have known before; or what stands in for it. */
export async function fetchReport({ orElse, ...report }: ReportEndpoint, desk: Desk): Promise<EvidenceOrMissing> {
  const found = await fetchOne(report, desk)
  // What stands in would be about another enclave than one that is not known here.
  if (orElse === undefined || ('what' in found && found.reason === 'not-allowed')) return found
  const isMeant = !('what' in found) && (report.having === undefined || hasMember(found.document, report.having))
  return isMeant ? found : fetchReport(orElse, desk)
}

async function fetchOne(
  { kind, nonce: form, resold, with: _, having: __, ...template }: ReportEndpoint,
  desk: Desk,
): Promise<EvidenceOrMissing> {
  const nonce = form === undefined ? undefined : form === 'uuid' ? await freshUuid() : await freshHexNonce(form)
  const { model } = desk.dossier.exchange
  const fetched = await fetchText(template, { ...(model === undefined ? {} : { model }), ...(nonce === undefined ? {} : { nonce }) }, desk)
  if (!fetched.ok) return { what: 'evidence', source: fetched.source, reason: fetched.code }
  const { text, source, provenance } = fetched.value
  const at = (await now()).toISOString()
  const asked = { ...(nonce === undefined ? {} : { nonce }), ...(resold === undefined ? {} : { resold }) }
  return { kind, ...asked, document: text, source, at, provenance }
}

/** The documents that a receipt names. */
export async function fetchLinked(
  { kind, ...template }: LinkedEndpoint,
  receipt: ReceiptSeen,
  desk: Desk,
): Promise<readonly EvidenceOrMissing[]> {
  const found: EvidenceOrMissing[] = []
  for (const id of linkedIds(kind, receipt.text)) {
    const fetched = await fetchText(template, { id }, desk)
    if (!fetched.ok) found.push({ what: 'evidence', source: fetched.source, reason: fetched.code })
    else {
      const { text, source, provenance } = fetched.value
      found.push({ kind, document: text, source, at: (await now()).toISOString(), provenance })
    }
  }
  return found
}
