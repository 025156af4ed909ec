import { withoutErrorAnswers } from '../dossier/no-document.ts'
import type { CollateralSeen, Dossier, EvidenceSeen } from '../dossier/types.ts'
import { ATTESTATION_KINDS } from './attestation/registry.ts'
import type { AttestationResult } from './attestation/types.ts'
import { deriveClaims } from './claims/derive.ts'
import { countOf, decidingOf, headlineOf } from './claims/headline.ts'
import type { Role } from './claims/rules.ts'
import { sentence } from './claims/sentence.ts'
import type { Finding, HopFact, Moment } from './claims/types.ts'
import { askClockFirst } from './clock.ts'
import { checkBindings, checkDelivery, checkEvidence, checkOctets, checkRelay, checkReplay, type VerifiedHop } from './common-checks.ts'
import { digestInputs } from './inputs.ts'
import { settleMachines } from './machines.ts'
import { checkModel } from './model-check.ts'
import { withKnownParties } from './parties.ts'
import { matchPolicy, unaskedExpectations } from './policy/match.ts'
import type { Measurement, Policy } from './policy/types.ts'
import { verifyProvenance } from './provenance/sigstore/verify.ts'
import { RECEIPT_FORMATS } from './receipts/registry.ts'
import type { AuthenticReceipt, HopEvidence, ReceiptResult } from './receipts/types.ts'
import type { Report } from './report.ts'
import type { TrustStore } from './trust/types.ts'
import { usedAt } from './used-at.ts'
import { VERIFIER } from './version.ts'

/** Everything a verdict depends on besides the dossier. The verifier has no clock, no network and no trust of its own. */
export type Context = {
  readonly policy: Policy
  readonly trust: TrustStore
  /** Replay memory: the exchange that first came with this receipt, if any did. */
  readonly seen: (receiptId: string) => string | undefined
  /** Whether that memory begins with this run (a command line), so that it says nothing of earlier receipts. */
  readonly forgetful?: boolean
  readonly moment: Moment
}

/** A service about which nothing authentic is known. */
const UNKNOWN_SERVICE: HopFact = { role: 'service', name: '', backing: 'evidence' }

/**
 * Appraises one exchange: verifies its receipt, verifies the evidence behind the receipt, asks whether one is about the other, compares what
 * was measured with the policy, and derives the five claims. Never throws on what a dossier contains: bad input becomes findings.
 */
export async function appraise(given: Dossier, context: Context): Promise<Report> {
  const { policy, moment } = context
  const dossier = withoutErrorAnswers(given)
  const receipt = await verifyReceipt(dossier, context)
  const known = receipt?.authentic
  const hops = known?.hops ?? [UNKNOWN_SERVICE]
  const signer = known?.signer ?? 0
  const machines = await verifyHops(receipt?.evidence ?? (await published(dossier)), dossier, known, context)
  const matched = (shown: readonly VerifiedHop[]) => matchHops(policy, hops, signer, known?.measurements, shown)
  const { evidence, findings: ofMachines } = await settleMachines(machines, async (machine) => {
    const findings = [
      ...checkEvidence(dossier, [machine], receipt),
      ...(machine.result?.findings ?? []),
      ...(await checkBindings(receipt, [machine])),
      ...matched([machine]),
    ]
    return findings.filter(({ hop }) => hop === machine.hop)
  })

  const collected: readonly Finding[] = askClockFirst(dossier.exchange, moment, [
    ...checkDelivery(dossier),
    ...(receipt?.findings ?? []),
    ...checkReplay(dossier, known, { seen: context.seen, lasting: context.forgetful !== true }),
    ...checkEvidence(dossier, evidence, receipt),
    ...evidence.flatMap(({ result }) => result?.findings ?? []),
    ...(await checkBindings(receipt, evidence)),
    ...ofMachines,
    ...checkModel(known?.model, policy),
    ...matched(evidence),
    ...checkRelay(dossier.exchange),
    ...checkOctets(dossier.exchange),
  ])
  const shown = {
    findings: collected,
    hops: hops.map((hop, index) =>
      describeHop(
        hop,
        evidence.find((found) => found.hop === index),
      ),
    ),
    signer,
  }
  const keyPinned = known !== undefined && (known.keyFromPolicy === true || policy.receiptKeys.includes(known.keyId))
  // Who else stands there depends on whether the exchange is proven, and nothing of the exchange on who else stands there.
  const passedOn = deriveClaims({ ...shown, keyPinned }).claims.some(({ id, standing }) => id === 'exchange' && standing === 'verified')
  const whole = known === undefined ? shown : withKnownParties(shown, dossier.exchange, passedOn)
  const { findings } = whole
  const { claims, decidedBy, chain } = deriveClaims({ ...whole, keyPinned })
  const shift = whole.signer - signer
  const deciding = decidingOf(claims, decidedBy)
  return {
    format: 'inference-receipt-checker/report',
    version: 1,
    verifier: VERIFIER,
    exchange: dossier.id,
    moment: { now: moment.now.toISOString(), basis: moment.basis },
    headline: headlineOf(claims, deciding),
    ...(deciding === undefined ? {} : { deciding }),
    count: countOf(claims),
    claims,
    chain,
    signer: whole.signer,
    findings,
    assumes: [...new Set(claims.flatMap((claim) => claim.assumes))],
    measurements: [
      ...evidence.flatMap(({ hop, result }) =>
        (result?.authentic?.measurements ?? []).map((measurement) => ({ ...measurement, hop: hop + shift })),
      ),
      ...(known?.measurements ?? []).map((measurement) => ({ ...measurement, hop: whole.signer })),
    ],
    inputs: await digestInputs(
      given,
      policy,
      machines.map(({ document }) => document),
    ),
    ...(known === undefined ? {} : { receiptId: known.id }),
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

/**
 * Without a receipt: what the service publishes about itself, which is about no answer in particular. Reports that hold the evidence are unpacked
 * by the format whose they are.
 */
async function published({ evidence }: Dossier): Promise<readonly HopEvidence[]> {
  for (const format of RECEIPT_FORMATS) {
    const unpacked = (await format.unpack?.(evidence)) ?? []
    if (unpacked.length > 0) return unpacked
  }
  const [document] = evidence
  return document === undefined ? [] : [{ hop: 0, document, binds: () => [] }]
}

function verifyHops(
  evidence: readonly HopEvidence[],
  dossier: Dossier,
  receipt: AuthenticReceipt | undefined,
  context: Context,
): Promise<VerifiedHop[]> {
  return Promise.all(
    evidence.map(async (hop) => {
      const at = usedAt(hop, receipt, context.moment)
      const result = await verifyEvidence(hop.document, dossier.collateral, at, hop.hop, context)
      return { ...hop, ...(result === undefined ? {} : { result }) }
    }),
  )
}

/** Parts of composite documents may themselves be composite, up to this depth. */
const DEEPEST_PART = 3

/** Verifies a document as the kind that it was called by. Undefined where none is known by that name: `checkEvidence` says so. */
async function verifyEvidence(
  evidence: EvidenceSeen,
  collateral: readonly CollateralSeen[],
  usedAt: Date,
  hop: number,
  context: Context,
  depth = 0,
): Promise<AttestationResult | undefined> {
  const kind = ATTESTATION_KINDS.find((candidate) => candidate.names.includes(evidence.kind))
  if (kind === undefined || depth > DEEPEST_PART) return undefined
  const { policy, trust } = context
  const { sigstoreRoot } = trust
  return kind.verify({
    evidence,
    collateral,
    trust,
    policy,
    usedAt,
    hop,
    appraisePart: (part) =>
      verifyEvidence(
        { ...evidence, kind: part.kind, document: part.document },
        [...(part.collateral ?? []), ...collateral],
        usedAt,
        hop,
        context,
        depth + 1,
      ),
    ...(sigstoreRoot === undefined
      ? {}
      : { verifyProvenance: (asked) => verifyProvenance({ ...asked, trustedRoot: sigstoreRoot, now: usedAt, hop }) }),
  })
}

/** What is measured of each hop against what the policy expects of it; what the receipt states counts for the hop that signed. */
function matchHops(
  policy: Policy,
  hops: readonly HopFact[],
  signer: number,
  stated: readonly Measurement[] | undefined,
  evidence: readonly VerifiedHop[],
): readonly Finding[] {
  const isAsked = (hop: HopFact, index: number) => hop.backing === 'evidence' || index === signer
  const matched = hops.flatMap((hop, index) => {
    const isSigner = index === signer
    if (!isAsked(hop, index)) return []
    const authentic = evidence.find((found) => found.hop === index)?.result?.authentic
    const measured = { evidence: authentic?.measurements, receipt: isSigner ? stated : undefined, unknown: authentic?.unknown }
    return matchPolicy(policy, { index, role: hop.role, isSigner }, measured)
  })
  const expected = hops.map((hop, index) => ({ role: hop.role, asked: isAsked(hop, index) }))
  return [...matched, ...unaskedExpectations(policy, expected, signer)]
}

/** Checks that ask where a hop's own evidence leads; a list or a source may rest on an added root by itself, and the hardware be real. */
const LEADS_TO_ROOT: readonly Role[] = ['evidence.anchor', 'evidence.chain']

/** What a hop's evidence says it is. Under a root that a user added it is that by its own account, and the row says so in its own sentence. */
function describeHop(hop: HopFact, evidence: VerifiedHop | undefined): HopFact {
  if (hop.backing !== 'evidence') return hop
  const { authentic, findings = [] } = evidence?.result ?? {}
  const platform = authentic?.platform ?? sentence('claim_environment_verified')
  const added = findings.some(({ role, assumes }) => LEADS_TO_ROOT.includes(role) && assumes.includes('assume_user_added_root'))
  return { ...hop, platform: added ? sentence('platform_user_root', platform) : platform }
}
