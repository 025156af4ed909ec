import type { CollateralSeen, Dossier, EvidenceSeen, Missing, ReceiptSeen } from '../dossier/types.ts'
import { amdCollateral } from './amd.ts'
import type { Cache } from './cache.ts'
import type { Desk } from './document.ts'
import { intelCollateral } from './intel.ts'
import { hasKey, issuerKeys } from './keys.ts'
import { vendorLists } from './lists.ts'
import { ownEvidence } from './own-evidence.ts'
import type { PageLookup } from './page.ts'
import { embeddedEvidence, keyOfToken } from './peek.ts'
import { lookUpReceipt } from './receipt.ts'
import { type EvidenceOrMissing, fetchLinked, fetchReport } from './reports.ts'
import { siteCalled } from './services/route.ts'
import { endpointsOf, type Service } from './services/types.ts'

/** What was gathered for an exchange, and what could not be. */
export type Gathered = Pick<Dossier, 'receipts' | 'evidence' | 'collateral' | 'missing'>

/**
 * Fetches what an exchange still lacks: a receipt that is served apart, the evidence behind it, the documents that it names, and what all of
 * them are checked with. Without a receipt, the evidence that the service publishes. What is there already is kept, so that a retry asks only
 * for what is missing.
 */
export async function gather(dossier: Dossier, service: Service, cache: Cache, page: PageLookup): Promise<Gathered> {
  // Nothing is fetched for one site that only another of the service's uses.
  const desk: Desk = { dossier, service: siteCalled(service, dossier.exchange.url) ?? service, page }
  const nameable = dossier.receipts.length === 0 && dossier.exchange.unnamed !== true
  const looked = nameable ? await lookUpReceipt(service.receipts ?? [], desk) : undefined
  const receipts = looked !== undefined && 'receipt' in looked ? [...dossier.receipts, looked.receipt] : dossier.receipts
  const [receipt] = receipts
  const fetched = await fetchEvidence(receipt, receipt?.format ?? looked?.format, desk)
  const evidence = [...dossier.evidence, ...fetched.filter(isEvidence)]
  const collateral = await fetchCollateral(receipt, evidence, desk, cache)
  const unreceived = looked !== undefined && 'missing' in looked ? [looked.missing] : []
  const missing = [...unreceived, ...[...fetched, ...collateral].filter(isMissing)]
  return { receipts, evidence, collateral: [...dossier.collateral, ...collateral.filter(isCollateral)], missing }
}

function isMissing(item: EvidenceSeen | CollateralSeen | Missing): item is Missing {
  return 'what' in item
}

function isEvidence(item: EvidenceOrMissing): item is EvidenceSeen {
  return !('what' in item)
}

function isCollateral(item: CollateralSeen | Missing): item is CollateralSeen {
  return !('what' in item)
}

/** `format`: of the receipt, or of the one that was looked for. */
async function fetchEvidence(
  receipt: ReceiptSeen | undefined,
  format: string | undefined,
  desk: Desk,
): Promise<readonly EvidenceOrMissing[]> {
  const { dossier, service } = desk
  const wants = (kind: string) => !dossier.evidence.some((seen) => seen.kind === kind)
  const own = await ownEvidence(receipt, desk)
  const reports = (service.reports ?? [])
    .filter((report) => wants(report.kind) && wants(report.orElse?.kind ?? '') && (report.with === undefined || report.with === format))
    .map((report) => fetchReport(report, desk))
  const linked =
    receipt === undefined ? [] : (service.linked ?? []).filter(({ kind }) => wants(kind)).map((link) => fetchLinked(link, receipt, desk))
  return [...own, ...(await Promise.all(reports)), ...(await Promise.all(linked)).flat()]
}

async function fetchCollateral(
  receipt: ReceiptSeen | undefined,
  evidence: readonly EvidenceSeen[],
  { dossier, service }: Desk,
  cache: Cache,
): Promise<readonly (CollateralSeen | Missing)[]> {
  const found: (CollateralSeen | Missing)[] = []
  const embedded = receipt === undefined ? undefined : embeddedEvidence(receipt)
  const documents = [...(embedded === undefined ? [] : [embedded]), ...evidence]
  const has = (issuer: string, kid: string | undefined) =>
    [...dossier.collateral, ...found].some((seen) => !('what' in seen) && seen.issuer === issuer && hasKey(seen.document, kid))
  for (const { kind, document } of documents) {
    for (const issuer of service.issuers.filter(({ evidenceKind }) => evidenceKind === kind)) {
      const key = keyOfToken(document)
      if (key.by === 'chain' || has(issuer.issuer, key.kid)) continue
      const keys = await issuerKeys(issuer, key.kid, endpointsOf(service), cache)
      found.push(keys.ok ? keys.value : { what: 'collateral', source: issuer.jwks, reason: keys.code })
    }
  }
  if (documents.length > 0) found.push(...(await vendorLists(service, dossier.collateral, cache)))
  const texts = documents.map(({ document }) => document)
  const { vendors = [], vendorOrigins = {} } = service
  if (vendors.includes('intel')) found.push(...(await intelCollateral(texts, dossier.collateral, cache, vendorOrigins.intel)))
  if (vendors.includes('amd')) found.push(...(await amdCollateral(texts, dossier.collateral, cache, vendorOrigins.amd)))
  return found
}
