import { FindingLog, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import { dayOf, span } from '../../claims/span.ts'
import type { AssumptionId, Outcome } from '../../claims/types.ts'
import { decodeBase64url } from '../../encoding/base64.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { verifyWithSpki } from '../../encoding/signatures.ts'
import type { ValidPath } from '../../trust/path.ts'
import { pathFault } from '../path-fault.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { areLevelsCertified, chipOf, findEndorsementKey, validateEndorsement } from './endorsement.ts'
import type { EndorsementKey } from './endorsement-key.ts'
import { measurementsOf } from './measurements.ts'
import { productOfCpuid } from './product.ts'
import { parseReport, type SnpReport } from './report.ts'
import { checkRevocation } from './revocation.ts'
import { areLevelsWithin, levelsInWords, patchLevelsOf } from './tcb.ts'

type Log = FindingLog<CheckName>

/** Base64url characters of the largest buffer that a report is handed over in. */
const MAX_TEXT = 87_384
/** The host asked for the report, not the guest. */
const HOST_VMPL = 0xffff_ffff

/**
 * Verifies an AMD SEV-SNP attestation report: its signature under the key of the chip (VCEK) or the cloud provider (VLEK), that key to
 * AMD's pinned ones at the instant of use, the list of revoked keys, then what the report says of itself against that key's certificate and
 * against what is safe. The certificates and the list are taken from the collateral.
 */
export async function verify(input: AttestationInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const octets = decodeBase64url(input.evidence.document, MAX_TEXT)
  const parsed = octets.ok ? parseReport(octets.value) : octets
  if (!parsed.ok) {
    log.add('snp.format', 'failed', 'snp_format_failed', faultIn('evidence', parsed))
    return { findings: log.findings }
  }
  const report = parsed.value
  log.add('snp.format', 'passed', sentence('snp_format_passed', String(report.version)))

  const key = await checkSignature(report, input, log)
  if (key === undefined) return { findings: log.findings }
  const path = await checkChain(key, input, log)
  if (path === undefined) return { findings: log.findings }
  await reportRevocation(path, key, input, log)
  checkKey(report, key, log)
  checkLevels(report, key, log)
  checkGuest(report, log)
  checkAge(input, log)
  return {
    findings: log.findings,
    authentic: {
      commits: [{ field: 'report-data', value: encodeHex(report.reportData) }],
      measurements: measurementsOf(report),
      platform: sentence('snp_platform', `${key.product}`),
    },
  }
}

/** The signature over octets 0 to 0x29F. Gives the key if it holds. */
async function checkSignature(report: SnpReport, { collateral }: AttestationInput, log: Log): Promise<EndorsementKey | undefined> {
  const at = 'evidence.signature'
  const key = findEndorsementKey(report, collateral)
  if (key === undefined) {
    log.add('snp.signature', 'unchecked', 'snp_signature_no_key', { at, code: 'no-key' })
    return undefined
  }
  if (!key.ok) {
    log.add('snp.chain', 'failed', 'snp_chain_malformed', faultIn('collateral.amd-vcek', key))
    return undefined
  }
  const scheme = { kind: 'ecdsa-raw', hash: 'SHA-384' } as const
  const verdict = await verifyWithSpki(key.value.certificate.spki, scheme, report.signature, report.signed)
  if (verdict.ok) {
    log.add('snp.signature', 'passed', 'snp_signature_passed', { at })
    return key.value
  }
  const { code } = verdict
  if (code === 'engine-failed') log.add('snp.signature', 'unchecked', 'snp_signature_engine', { at, code })
  else log.add('snp.signature', 'failed', 'snp_signature_failed', { at, code })
  return undefined
}

/** What every verdict on these reports rests on. */
const BASIS: readonly AssumptionId[] = ['assume_hardware_vendor', 'assume_side_channels', 'assume_snp_security_level']

/** A path fails by its dates only where all its signatures hold: then only the time is wrong. */
async function checkChain(key: EndorsementKey, { collateral, trust, usedAt }: AttestationInput, log: Log): Promise<ValidPath | undefined> {
  const at = 'collateral.amd-vcek'
  const path = await validateEndorsement(key, collateral, trust, usedAt)
  if (!path.ok) {
    const fault = { ...faultIn(at, path), at } as const
    if (path.code === 'expired' || path.code === 'not-yet-valid') {
      log.add('snp.validity', 'failed', 'snp_validity_failed', { ...fault, expected: `at ${usedAt.toISOString()}` })
    } else {
      const outcome: Outcome = path.code === 'engine-failed' ? 'unchecked' : 'failed'
      log.add('snp.chain', outcome, pathFault(path.code, 'snp_chain_failed'), fault)
    }
    return undefined
  }
  const own = path.value.anchor.addedBy === 'user'
  log.add('snp.chain', 'passed', own ? 'snp_chain_user_root' : 'snp_chain_passed', {
    assumes: own ? ['assume_user_added_root'] : BASIS,
    at,
  })
  log.add('snp.validity', 'passed', 'snp_validity_passed', { assumes: ['assume_snp_no_time'], at })
  return path.value
}

async function reportRevocation(path: ValidPath, key: EndorsementKey, input: AttestationInput, log: Log): Promise<void> {
  const at = 'collateral.amd-crl'
  const { collateral, trust, usedAt } = input
  const verdict = await checkRevocation(path, key.product, collateral, trust, usedAt)
  switch (verdict.kind) {
    case 'not-revoked':
      log.add('snp.revocation', 'passed', sentence('snp_revocation_passed', dayOf(verdict.until)), { at })
      return
    case 'revoked':
      log.add('snp.revocation', 'failed', sentence('snp_revocation_revoked', dayOf(verdict.since)), { at })
      return
    case 'bad-list':
      log.add('snp.revocation', 'failed', 'snp_revocation_bad_list', { at, code: verdict.code })
      return
    case 'unknown':
      log.add('snp.revocation', 'unchecked', UNKNOWN[verdict.why], { at, code: verdict.why })
      return
  }
}

const UNKNOWN = {
  'not-obtained': 'snp_revocation_not_obtained',
  'out-of-date': 'snp_revocation_out_of_date',
  'serial-number': 'snp_revocation_serial_number',
  'engine-failed': 'snp_revocation_engine',
} as const

/** Is the certificate of the kind, the product and the chip that the report says? */
function checkKey(report: SnpReport, key: EndorsementKey, log: Log): void {
  const isOfKind = report.signingKey === key.kind
  log.add('snp.signing-key', isOfKind ? 'passed' : 'failed', KIND_SENTENCES[isOfKind ? key.kind : 'other'], {
    assumes: isOfKind && key.kind === 'vlek' ? ['assume_snp_loaded_key'] : [],
    at: 'evidence.flags',
    expected: report.signingKey,
    computed: key.kind,
  })

  const ran = report.cpuid === undefined ? undefined : productOfCpuid(report.cpuid)
  const at = 'evidence.cpuid'
  if (report.cpuid === undefined) log.add('snp.product', 'passed', sentence('snp_product_certified', `${key.product}`), { at })
  else if (ran === key.product) log.add('snp.product', 'passed', sentence('snp_product_passed', `${key.product}`), { at })
  else log.add('snp.product', 'failed', 'snp_product_failed', { at, expected: key.product, computed: ran ?? JSON.stringify(report.cpuid) })

  const chip = chipOf(report, key)
  log.add('snp.chip', chip === 'other' ? 'failed' : 'passed', CHIP_SENTENCES[chip], { at: 'evidence.chip_id' })
}

const KIND_SENTENCES = { vcek: 'snp_signing_key_vcek', vlek: 'snp_signing_key_vlek', other: 'snp_signing_key_failed' } as const
const CHIP_SENTENCES = {
  same: 'snp_chip_passed',
  other: 'snp_chip_failed',
  hidden: 'snp_chip_hidden',
  'not-certified': 'snp_chip_not_certified',
} as const

/**
 * Are the patch levels those that the key was made for, and no higher than what runs? AMD publishes no list of levels that are high
 * enough: that is the policy's question.
 */
function checkLevels(report: SnpReport, key: EndorsementKey, log: Log): void {
  const at = 'evidence.reported_tcb'
  const said = levelsInWords(report.reportedTcb, key.product)
  const isCertified = areLevelsCertified(report, key)
  log.decide('snp.tcb', isCertified, { passed: 'snp_tcb_passed', failed: 'snp_tcb_failed' }, { at, computed: said })

  const current = patchLevelsOf(report.currentTcb, key.product)
  const isOrdered = [report.reportedTcb, report.committedTcb].every((tcb) => areLevelsWithin(patchLevelsOf(tcb, key.product), current))
  const order = { passed: 'snp_tcb_order_passed', failed: 'snp_tcb_order_failed' } as const
  log.decide('snp.tcb-order', isOrdered, order, { at: 'evidence.current_tcb', computed: levelsInWords(report.currentTcb, key.product) })
}

/** What the guest allowed the host when it was launched, and from where in the guest the report was asked for. */
function checkGuest({ guestPolicy, vmpl }: SnpReport, log: Log): void {
  const at = 'evidence.policy'
  const { allowsDebug, allowsMigrationAgent, allowsSmt, isSingleSocket, abiMajor, abiMinor } = guestPolicy
  log.decide('snp.debug', !allowsDebug, { passed: 'snp_debug_passed', failed: 'snp_debug_failed' }, { at })
  log.decide('snp.migration', !allowsMigrationAgent, { passed: 'snp_migration_passed', failed: 'snp_migration_failed' }, { at })
  const smt = sentence(allowsSmt ? 'snp_smt_allowed' : 'snp_smt_forbidden')
  const sockets = sentence(isSingleSocket ? 'snp_sockets_one' : 'snp_sockets_any')
  log.add('snp.guest-policy', 'passed', sentence('snp_guest_policy', smt, sockets, `${abiMajor}.${abiMinor}`), {
    assumes: allowsSmt ? ['assume_snp_smt'] : [],
    at,
  })

  const level = String(vmpl)
  const asked = { at: 'evidence.vmpl', computed: level } as const
  if (vmpl === 0) log.add('snp.vmpl', 'passed', 'snp_vmpl_passed', asked)
  else if (vmpl <= 3) log.add('snp.vmpl', 'passed', sentence('snp_vmpl_lower', level), { ...asked, assumes: ['assume_snp_vmpl'] })
  else log.add('snp.vmpl', 'failed', vmpl === HOST_VMPL ? 'snp_vmpl_host' : 'snp_vmpl_failed', asked)
}

/** A report carries no time: how old it is cannot be told from it. */
function checkAge({ policy }: AttestationInput, log: Log): void {
  if (policy.maxEvidenceAge === undefined) return
  log.add('snp.age', 'unchecked', sentence('snp_age_unknown', span(policy.maxEvidenceAge)), { assumes: ['assume_snp_no_time'] })
}
