import { faultIn } from '../../claims/finding.ts'
import { type MessageId, type Sentence, sentence } from '../../claims/sentence.ts'
import { dayOf } from '../../claims/span.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { anchorsFor } from '../../trust/anchors.ts'
import type { Certificate } from '../../trust/certificate.ts'
import {
  type Crl,
  type CrlErrorCode,
  type CrlIssuer,
  type CrlSignatureCode,
  crlIssuerOf,
  crlIssuerOfAnchor,
  parseCrl,
  revokedAt,
  verifyCrl,
} from '../../trust/crl.ts'
import type { AttestationInput } from '../types.ts'
import { type PckChain, PURPOSE } from './authenticity.ts'
import { checkSecurityLevel } from './check-security-level.ts'
import { type Collateral, type PartErrorCode, parseCollateral, type SignedDocument } from './collateral.ts'
import type { Quote } from './quote.ts'
import { type DocumentCode, DocumentVerifier } from './signed-document.ts'
import type { Log } from './verify.ts'

/**
 * Verifies what Intel says of the platform and holds the quote against it. False when Intel's own description shows that the enclave which
 * made the quote is not Intel's quoting enclave: then the quote is nobody's.
 */
export async function checkCollateral(quote: Quote, chain: PckChain, input: AttestationInput, log: Log): Promise<boolean> {
  const collateral = chooseCollateral(input, chain.pck.fmspc, log)
  if (collateral === undefined) return true
  const verifier = new DocumentVerifier(anchorsFor(input.trust.anchors, PURPOSE), input.usedAt, chain.path.anchorCertificate)
  const rootIssuer = crlIssuerOfAnchor(chain.path.anchor)
  const [ofTcbInfo, ofQeIdentity, ofRootCrl, ofPckCrl] = await Promise.all([
    verifyDocument(collateral.tcbInfo, verifier),
    verifyDocument(collateral.qeIdentity, verifier),
    verifyList(collateral.rootCaCrl, rootIssuer.ok ? rootIssuer.value : undefined),
    verifyList(collateral.pckCrl, crlIssuerOf(chain.authority)),
  ])
  const tcbInfo = report('tdx.tcb-info-signature', 'tdx_name_tcb_info', ofTcbInfo, log)
  const qeIdentity = report('tdx.qe-identity-signature', 'tdx_name_qe_identity', ofQeIdentity, log)
  const rootCrl = report('tdx.root-crl', 'tdx_name_root_crl', ofRootCrl, log)
  const pckCrl = report('tdx.pck-crl', 'tdx_name_pck_crl', ofPckCrl, log)

  const windows: readonly Window[] = [
    ...(tcbInfo === undefined ? [] : [windowOf('tdx_name_tcb_info', tcbInfo.value.issueDate, tcbInfo.value.nextUpdate)]),
    ...(qeIdentity === undefined ? [] : [windowOf('tdx_name_qe_identity', qeIdentity.value.issueDate, qeIdentity.value.nextUpdate)]),
    ...(rootCrl === undefined ? [] : [windowOf('tdx_name_root_crl', rootCrl.thisUpdate, rootCrl.nextUpdate)]),
    ...(pckCrl === undefined ? [] : [windowOf('tdx_name_pck_crl', pckCrl.thisUpdate, pckCrl.nextUpdate)]),
  ]
  checkTime(windows, input.usedAt, log)
  checkRevocation({ chain, rootCrl, pckCrl, signers: [tcbInfo?.signer, qeIdentity?.signer] }, log)
  return checkSecurityLevel({ quote, pck: chain.pck, tcbInfo: tcbInfo?.value, qeIdentity: qeIdentity?.value, policy: input.policy }, log)
}

/** Of several, the one for this platform that was current at the time of use, then any for this platform, then any. */
function chooseCollateral({ collateral, usedAt }: AttestationInput, fmspc: string, log: Log): Collateral | undefined {
  const supplied = collateral.filter(({ kind }) => kind === 'dcap').map(({ document }) => parseCollateral(document))
  const [first] = supplied
  if (first === undefined) {
    log.add('tdx.collateral', 'unchecked', 'tdx_collateral_missing', { at: 'collateral' })
    return undefined
  }
  const readable = supplied.flatMap((result) => (result.ok ? [result.value] : []))
  const isOurs = ({ tcbInfo }: Collateral) => tcbInfo?.ok === true && tcbInfo.value.value.fmspc === fmspc
  const isCurrent = ({ tcbInfo }: Collateral) =>
    tcbInfo?.ok === true && isWithin(tcbInfo.value.value.issueDate, tcbInfo.value.value.nextUpdate, usedAt)
  const chosen = readable.find((item) => isOurs(item) && isCurrent(item)) ?? readable.find(isOurs) ?? readable[0]
  if (chosen === undefined) {
    log.add('tdx.collateral', 'unchecked', 'tdx_collateral_malformed', first.ok ? {} : faultIn('collateral', first))
  }
  return chosen
}

type NameId = 'tdx_name_tcb_info' | 'tdx_name_qe_identity' | 'tdx_name_root_crl' | 'tdx_name_pck_crl'
type PartCheck = 'tdx.tcb-info-signature' | 'tdx.qe-identity-signature' | 'tdx.root-crl' | 'tdx.pck-crl'

/** A part with its signature verified, why it is refused, or that nobody supplied it. */
type Verified<Value> = Result<Value, PartErrorCode | DocumentCode | CrlErrorCode | CrlSignatureCode | 'part-missing'>
type Signed<Value> = { readonly value: Value; readonly signer: Certificate }

async function verifyDocument<Value>(
  part: Result<SignedDocument<Value>, PartErrorCode> | undefined,
  verifier: DocumentVerifier,
): Promise<Verified<Signed<Value>>> {
  if (part === undefined) return failure('part-missing')
  if (!part.ok) return part
  const signer = await verifier.verify(part.value)
  return signer.ok ? success({ value: part.value.value, signer: signer.value }) : signer
}

async function verifyList(part: Result<Bytes, PartErrorCode> | undefined, issuer: CrlIssuer | undefined): Promise<Verified<Crl>> {
  if (part === undefined) return failure('part-missing')
  if (!part.ok) return part
  const crl = parseCrl(part.value)
  if (!crl.ok) return crl
  if (issuer === undefined) return failure('name-malformed')
  const verdict = await verifyCrl(crl.value, issuer)
  return verdict.ok ? crl : verdict
}

/** A part that nobody supplied, or that could not be verified, is unchecked; one that cannot be read or is not Intel's is refused. */
function report<Value>(check: PartCheck, name: NameId, verified: Verified<Value>, log: Log): Value | undefined {
  const at = 'collateral'
  if (verified.ok) {
    log.add(check, 'passed', sentence('tdx_part_passed', sentence(name)), { at })
    return verified.value
  }
  switch (verified.code) {
    case 'part-missing':
      log.add(check, 'unchecked', sentence('tdx_part_missing', sentence(name)), { at, code: verified.code })
      return undefined
    case 'engine-failed':
    case 'signer-out-of-time':
      log.add(check, 'unchecked', sentence(PART_UNCHECKED[verified.code], sentence(name)), { at, code: verified.code })
      return undefined
    default:
      log.add(check, 'failed', sentence('tdx_part_refused', sentence(name)), faultIn(at, verified))
      return undefined
  }
}

const PART_UNCHECKED = {
  'engine-failed': 'tdx_part_engine',
  'signer-out-of-time': 'tdx_part_signer_out_of_time',
} as const satisfies Record<string, MessageId>

type Window = { readonly name: Sentence; readonly from: Date; readonly to: Date }

function windowOf(name: NameId, from: Date, to: Date): Window {
  return { name: sentence(name), from, to }
}

/**
 * Collateral is fetched after the evidence was used, and Intel may have issued it in between. What is younger knows more, not less; beyond a
 * day it is about another time.
 */
const LEAD_MILLISECONDS = 24 * 60 * 60 * 1000

function isWithin(from: Date, to: Date, at: Date): boolean {
  return from.getTime() <= at.getTime() + LEAD_MILLISECONDS && at.getTime() <= to.getTime()
}

/** Was each authentic part current when the evidence was used? Out of time, nothing is refuted: it could not be checked. */
function checkTime(windows: readonly Window[], usedAt: Date, log: Log): void {
  const at = 'collateral'
  const outside = windows.find(({ from, to }) => !isWithin(from, to, usedAt))
  if (outside !== undefined) {
    const { name, from, to } = outside
    const compared = { expected: `${from.toISOString()} to ${to.toISOString()}`, computed: usedAt.toISOString() }
    const isLate = usedAt > to
    const said = isLate ? sentence('tdx_collateral_expired', name, dayOf(to)) : sentence('tdx_collateral_early', name, dayOf(from))
    log.add('tdx.collateral-time', 'unchecked', said, { at, code: isLate ? 'expired' : 'not-yet-valid', ...compared })
  } else if (windows.length > 0) {
    const last = new Date(Math.min(...windows.map(({ to }) => to.getTime())))
    log.add('tdx.collateral-time', 'passed', sentence('tdx_collateral_current', dayOf(last)), { at, computed: usedAt.toISOString() })
  }
}

type Revocation = {
  readonly chain: PckChain
  readonly rootCrl: Crl | undefined
  readonly pckCrl: Crl | undefined
  readonly signers: readonly (Certificate | undefined)[]
}

/** The root's list covers the authority and Intel's signers, the authority's list the platform. */
function checkRevocation({ chain, rootCrl, pckCrl, signers }: Revocation, log: Log): void {
  const at = 'collateral'
  const listed: readonly (readonly [Crl | undefined, Certificate | undefined])[] = [
    [pckCrl, chain.leaf],
    [rootCrl, chain.authority],
    ...signers.map((signer) => [rootCrl, signer] as const),
  ]
  for (const [crl, certificate] of listed) {
    const since = crl === undefined || certificate === undefined ? undefined : revokedAt(crl, certificate)
    if (since === undefined || certificate === undefined) continue
    log.add('tdx.revocation', 'failed', sentence('tdx_revocation_failed', dayOf(since)), { at, computed: certificate.subject.text })
    return
  }
  const isComplete = rootCrl !== undefined && pckCrl !== undefined
  log.add('tdx.revocation', isComplete ? 'passed' : 'unchecked', isComplete ? 'tdx_revocation_passed' : 'tdx_revocation_unchecked', { at })
}
