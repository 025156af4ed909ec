import type { Dossier, EvidenceSeen } from '../dossier/types.ts'
import { ATTESTATION_KINDS } from './attestation/registry.ts'
import type { AttestationResult } from './attestation/types.ts'
import { deriveClaims } from './claims/derive.ts'
import { countOf, headlineOf } from './claims/headline.ts'
import { sentence } from './claims/sentence.ts'
import type { Finding, HopFact, Moment } from './claims/types.ts'
import { checkBinding, checkDelivery, checkEvidence, checkOctets, checkReplay } from './common-checks.ts'
import { digestInputs } from './inputs.ts'
import { matchPolicy } from './policy/match.ts'
import type { Policy } from './policy/types.ts'
import { RECEIPT_FORMATS } from './receipts/registry.ts'
import type { AuthenticReceipt, ReceiptResult } from './receipts/types.ts'
import type { Report } from './report.ts'
import type { TrustStore } from './trust/types.ts'
import { VERIFIER } from './version.ts'

/** Everything a verdict depends on besides the dossier. The verifier has no clock, no network and no trust of its own. */
export type Context = {
  readonly policy: Policy
  readonly trust: TrustStore
  /** Replay memory: the exchange that first came with this receipt, if any did. */
  readonly seen: (receiptId: string) => string | undefined
  readonly moment: Moment
}

/** A service about which nothing authentic is known. */
const UNKNOWN_SERVICE: HopFact = { role: 'service', name: '', backing: 'evidence' }

/**
 * Appraises one exchange: verifies its receipt, verifies the evidence behind the receipt, asks whether one is about the other, compares what
 * was measured with the policy, and derives the five claims. Never throws on what a dossier contains: bad input becomes findings.
 */
export async function appraise(dossier: Dossier, context: Context): Promise<Report> {
  const { policy, moment } = context
  const receipt = await verifyReceipt(dossier, context)
  const document = receipt === undefined ? dossier.evidence[0] : receipt.evidence
  const attestation = await verifyEvidence(document, dossier, usedAt(receipt?.authentic, moment), context)
  const measured = { evidence: attestation?.authentic?.measurements, receipt: receipt?.authentic?.measurements }

  const findings: readonly Finding[] = [
    ...checkDelivery(dossier),
    ...(receipt?.findings ?? []),
    ...checkReplay(dossier, receipt?.authentic, context.seen),
    ...checkEvidence(dossier, document, receipt, attestation),
    ...(attestation?.findings ?? []),
    ...checkBinding(receipt, attestation),
    ...matchPolicy(policy, measured),
    ...checkOctets(dossier.exchange),
  ]
  const { claims, decidedBy, chain } = deriveClaims({
    findings,
    hops: hopsOf(receipt?.authentic, attestation),
    keyPinned: receipt?.authentic !== undefined && policy.receiptKeys.includes(receipt.authentic.keyId),
  })
  return {
    format: 'inference-receipt-checker/report',
    version: 1,
    verifier: VERIFIER,
    exchange: dossier.id,
    moment: { now: moment.now.toISOString(), basis: moment.basis },
    headline: headlineOf(claims, decidedBy),
    count: countOf(claims),
    claims,
    chain,
    findings,
    assumes: [...new Set(claims.flatMap((claim) => claim.assumes))],
    measurements: [...(measured.evidence ?? []), ...(measured.receipt ?? [])],
    inputs: await digestInputs(dossier, policy, document),
    ...(receipt?.authentic === undefined ? {} : { receiptId: receipt.authentic.id }),
    retry: dossier.missing.length > 0,
  }
}

/** Verifies the exchange's receipt in its own format. Undefined where there is none, or none of a known format: `checkDelivery` says which. */
async function verifyReceipt(dossier: Dossier, { policy, moment }: Context): Promise<ReceiptResult | undefined> {
  const [receipt] = dossier.receipts
  const format = RECEIPT_FORMATS.find((candidate) => candidate.id === receipt?.format)
  if (receipt === undefined || format === undefined) return undefined
  const { exchange, asked, evidence } = dossier
  return format.verify({ receipt, exchange, ...(asked === undefined ? {} : { asked }), policy, moment, evidence })
}

/** Verifies the document as the kind that it was called by. Undefined where there is none, or none of a known kind: `checkEvidence` says which. */
async function verifyEvidence(
  evidence: EvidenceSeen | undefined,
  { collateral }: Dossier,
  at: Date,
  { policy, trust }: Context,
): Promise<AttestationResult | undefined> {
  const kind = ATTESTATION_KINDS.find((candidate) => evidence !== undefined && candidate.names.includes(evidence.kind))
  if (evidence === undefined || kind === undefined) return undefined
  return kind.verify({ evidence, collateral, trust, policy, usedAt: at, hop: 0 })
}

/** Evidence is judged when it was used, which is when the receipt was signed, unless that time is one the signer cannot be believed. */
function usedAt(receipt: AuthenticReceipt | undefined, moment: Moment): Date {
  return receipt?.issuedInTime === true ? receipt.issuedAt : moment.now
}

function hopsOf(receipt: AuthenticReceipt | undefined, attestation: AttestationResult | undefined): readonly HopFact[] {
  const [signer, ...others] = receipt?.hops ?? [UNKNOWN_SERVICE]
  if (signer === undefined) return [UNKNOWN_SERVICE]
  const platform = attestation?.authentic?.platform ?? sentence('claim_environment_verified')
  return [{ ...signer, platform }, ...others]
}
