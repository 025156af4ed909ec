import { faultIn } from '../../claims/finding.ts'
import { type MessageId, type Sentence, sentence } from '../../claims/sentence.ts'
import { dayOf } from '../../claims/span.ts'
import { anchorsFor } from '../../trust/anchors.ts'
import type { Certificate } from '../../trust/certificate.ts'
import { type Crl, crlIssuerOf, crlIssuerOfAnchor, revokedAt } from '../../trust/crl.ts'
import type { AttestationInput } from '../types.ts'
import { type PckChain, PURPOSE } from './authenticity.ts'
import { checkSecurityLevel } from './check-security-level.ts'
import {
  isCurrent,
  isWithin,
  newestList,
  type PartFault,
  type Pool,
  poolDocuments,
  poolLists,
  qeIdentityFor,
  readCollateral,
  tcbInfosFor,
} from './pool.ts'
import type { Quote } from './quote.ts'
import { DocumentVerifier } from './signed-document.ts'
import type { Log } from './verify.ts'

/**
 * Verifies what Intel says of the platform and holds the quote against it. False when Intel's own description shows that the enclave which
 * made the quote is not Intel's quoting enclave: then the quote is nobody's.
 */
export async function checkCollateral(quote: Quote, chain: PckChain, input: AttestationInput, log: Log): Promise<boolean> {
  const { usedAt, policy } = input
  const read = readCollateral(input.collateral)
  if (read === undefined) log.add('tdx.collateral', 'unchecked', 'tdx_collateral_missing', { at: 'collateral' })
  else if (!read.ok) log.add('tdx.collateral', 'unchecked', 'tdx_collateral_malformed', { ...faultIn('collateral', read), theirs: true })
  if (read?.ok !== true) return true
  const collateral = read.value
  const verifier = new DocumentVerifier(anchorsFor(input.trust.anchors, PURPOSE), usedAt, chain.path.anchorCertificate)
  const rootIssuer = crlIssuerOfAnchor(chain.path.anchor)
  // One processor family may be certified by either of Intel's authorities: the list has to be the one of the leaf's own issuer.
  const [tcbInfos, qeIdentities, rootLists, pckLists] = await Promise.all([
    poolDocuments(
      collateral.map(({ tcbInfo }) => tcbInfo),
      verifier,
    ),
    poolDocuments(
      collateral.map(({ qeIdentity }) => qeIdentity),
      verifier,
    ),
    poolLists(
      collateral.map(({ rootCaCrl }) => rootCaCrl),
      rootIssuer.ok ? rootIssuer.value : undefined,
    ),
    poolLists(
      collateral.map(({ pckCrl }) => pckCrl),
      crlIssuerOf(chain.authority),
    ),
  ])
  const infos = tcbInfosFor(tcbInfos, chain.pck, usedAt)
  const [tcbInfo] = infos
  const qeIdentity = qeIdentityFor(qeIdentities, tcbInfo?.value, usedAt)
  const [rootCrl, pckCrl] = [newestList(rootLists, usedAt), newestList(pckLists, usedAt)]
  report('tdx.tcb-info-signature', 'tdx_name_tcb_info', tcbInfos, log)
  report('tdx.qe-identity-signature', 'tdx_name_qe_identity', qeIdentities, log)
  report('tdx.root-crl', 'tdx_name_root_crl', rootLists, log)
  report('tdx.pck-crl', 'tdx_name_pck_crl', pckLists, log)

  const windows: readonly Window[] = [
    ...(tcbInfo === undefined ? [] : [windowOf('tdx_name_tcb_info', tcbInfo.value.issueDate, tcbInfo.value.nextUpdate)]),
    ...(qeIdentity === undefined ? [] : [windowOf('tdx_name_qe_identity', qeIdentity.value.issueDate, qeIdentity.value.nextUpdate)]),
    ...(rootCrl === undefined ? [] : [windowOf('tdx_name_root_crl', rootCrl.thisUpdate, rootCrl.nextUpdate)]),
    ...(pckCrl === undefined ? [] : [windowOf('tdx_name_pck_crl', pckCrl.thisUpdate, pckCrl.nextUpdate)]),
  ]
  checkTime(windows, usedAt, log)
  const signers = [tcbInfo?.signer, qeIdentity?.signer]
  checkRevocation({ chain, rootLists, pckLists, rootCrl, pckCrl, signers, usedAt }, log)
  return checkSecurityLevel(
    {
      quote,
      pck: chain.pck,
      tcbInfo: tcbInfo?.value,
      // What is still in force beside it: Intel's standard set, while an early one is newer.
      otherInfos: infos.slice(1).flatMap(({ value }) => (isCurrent(value, usedAt) ? [value] : [])),
      qeIdentity: qeIdentity?.value,
      policy,
    },
    log,
  )
}

type NameId = 'tdx_name_tcb_info' | 'tdx_name_qe_identity' | 'tdx_name_root_crl' | 'tdx_name_pck_crl'
type PartCheck = 'tdx.tcb-info-signature' | 'tdx.qe-identity-signature' | 'tdx.root-crl' | 'tdx.pck-crl'

/** What is not Intel's word says nothing, for or against: the check is not made, whoever is at fault. */
function report(check: PartCheck, name: NameId, { authentic, faults }: Pool<unknown>, log: Log): void {
  const at = 'collateral'
  if (authentic.length > 0) {
    log.add(check, 'passed', sentence('tdx_part_passed', sentence(name)), { at })
    return
  }
  const fault = faults.find(({ code }) => isOpen(code)) ?? faults[0]
  if (fault === undefined) {
    log.add(check, 'unchecked', sentence('tdx_part_missing', sentence(name)), { at, code: 'part-missing' })
    return
  }
  const more = { ...faultIn(at, fault), theirs: !isOpen(fault.code) }
  log.add(check, 'unchecked', sentence(faultWords(fault.code), sentence(name)), more)
}

/** Whether the fault lies with this browser, or with what it was not given. */
function isOpen(code: PartFault): boolean {
  return code === 'engine-failed' || code === 'signer-out-of-time' || code === 'signer-missing'
}

function faultWords(code: PartFault): MessageId {
  switch (code) {
    case 'engine-failed':
      return 'tdx_part_engine'
    case 'signer-out-of-time':
      return 'tdx_part_signer_out_of_time'
    case 'signer-missing':
      return 'tdx_part_signer_missing'
    case 'signature-invalid':
    case 'signer-path':
    case 'not-a-signer':
    case 'crl-issuer-key-identifier':
    case 'crl-issuer-key-usage':
      return 'tdx_part_refused'
    default:
      return 'tdx_part_unreadable'
  }
}

type Window = { readonly name: Sentence; readonly from: Date; readonly to: Date }

function windowOf(name: NameId, from: Date, to: Date): Window {
  return { name: sentence(name), from, to }
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
  readonly rootLists: Pool<Crl>
  readonly pckLists: Pool<Crl>
  readonly rootCrl: Crl | undefined
  readonly pckCrl: Crl | undefined
  readonly signers: readonly (Certificate | undefined)[]
  readonly usedAt: Date
}

/**
 * The root's lists cover the authority and Intel's signers, the authority's lists the platform. A revocation stands, however old the list that
 * tells of it; that nothing is revoked, only lists say that are in force.
 */
function checkRevocation({ chain, rootLists, pckLists, rootCrl, pckCrl, signers, usedAt }: Revocation, log: Log): void {
  const at = 'collateral'
  const listed: readonly (readonly [Pool<Crl>, Certificate | undefined])[] = [
    [pckLists, chain.leaf],
    [rootLists, chain.authority],
    ...signers.map((signer) => [rootLists, signer] as const),
  ]
  for (const [{ authentic }, certificate] of listed) {
    const since =
      certificate === undefined ? undefined : authentic.map((crl) => revokedAt(crl, certificate)).find((date) => date !== undefined)
    if (since === undefined || certificate === undefined) continue
    log.add('tdx.revocation', 'failed', sentence('tdx_revocation_failed', dayOf(since)), { at, computed: certificate.subject.text })
    return
  }
  const inForce = [rootCrl, pckCrl].filter((crl) => crl !== undefined && isWithin(crl.thisUpdate, crl.nextUpdate, usedAt))
  if (rootCrl === undefined || pckCrl === undefined || inForce.length < 2) {
    log.add('tdx.revocation', 'unchecked', 'tdx_revocation_unchecked', { at })
    return
  }
  const oldest = new Date(Math.min(rootCrl.thisUpdate.getTime(), pckCrl.thisUpdate.getTime()))
  log.add('tdx.revocation', 'passed', sentence('tdx_revocation_passed', dayOf(oldest)), { at, computed: oldest.toISOString() })
}
