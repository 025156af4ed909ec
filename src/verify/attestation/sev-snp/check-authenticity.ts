import { faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import { dayOf } from '../../claims/span.ts'
import type { AssumptionId } from '../../claims/types.ts'
import type { Failure } from '../../encoding/result.ts'
import { verifyWithSpki } from '../../encoding/signatures.ts'
import type { ValidPath } from '../../trust/path.ts'
import { pathOutcome } from '../path-outcome.ts'
import type { AttestationInput } from '../types.ts'
import { findEndorsementKey, type KeyFault, validateEndorsement } from './endorsement.ts'
import type { EndorsementKey } from './endorsement-key.ts'
import type { SnpReport } from './report.ts'
import { checkRevocation } from './revocation.ts'
import type { Log } from './verify.ts'

/** Follows the signatures from the report to AMD's keys. Gives the key that signed, if all of them hold. */
export async function checkAuthenticity(report: SnpReport, input: AttestationInput, log: Log): Promise<EndorsementKey | undefined> {
  const key = await checkSignature(report, input, log)
  const path = key === undefined ? undefined : await checkChain(key, input, log)
  if (key === undefined || path === undefined) return undefined
  await reportRevocation(path, key, input, log)
  return key
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
    reportKey(key, log)
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

/** A certificate that cannot be read, or is for what is not known here, leaves the signature open; one that contradicts itself is none. */
function reportKey(fault: Failure<KeyFault>, log: Log): void {
  const at = 'collateral.amd-vcek'
  switch (fault.code) {
    case 'endorsement-key-issuer':
      log.add('snp.chain', 'failed', 'snp_key_contradictory', faultIn(at, fault))
      return
    case 'endorsement-key-name':
    case 'endorsement-key-product':
      log.add('snp.chain', 'unchecked', sentence('snp_key_unknown', fault.detail ?? ''), { ...faultIn(at, fault), theirs: true })
      return
    default:
      log.add('snp.chain', 'unchecked', 'snp_key_unreadable', { ...faultIn(at, fault), theirs: true })
  }
}

/** What every verdict on these reports rests on. */
const BASIS: readonly AssumptionId[] = ['assume_hardware_vendor', 'assume_side_channels']

/** A path fails by its dates only where all its signatures hold: then only the time is wrong. */
async function checkChain(key: EndorsementKey, { collateral, trust, usedAt }: AttestationInput, log: Log): Promise<ValidPath | undefined> {
  const at = 'collateral.amd-vcek'
  const path = await validateEndorsement(key, collateral, trust, usedAt)
  if (!path.ok) {
    if (path.code === 'expired' || path.code === 'not-yet-valid') {
      log.add('snp.validity', 'failed', 'snp_validity_failed', { ...faultIn(at, path), at, expected: `at ${usedAt.toISOString()}` })
    } else {
      // All of AMD's keys below its roots are pinned: an issuer that is missing is not one of them.
      const { outcome, because, more } = pathOutcome(path, 'snp_chain_failed', 'evidence')
      log.add('snp.chain', outcome, because, { ...more, at })
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
      log.add('snp.revocation', 'passed', sentence('snp_revocation_passed', dayOf(verdict.until)), {
        at,
        computed: verdict.from.toISOString(),
      })
      return
    case 'revoked':
      log.add('snp.revocation', 'failed', sentence('snp_revocation_revoked', dayOf(verdict.since)), { at })
      return
    case 'unknown':
      log.add('snp.revocation', 'unchecked', UNKNOWN[verdict.why], { at, code: verdict.why, theirs: verdict.why === 'not-authentic' })
      return
  }
}

const UNKNOWN = {
  'not-obtained': 'snp_revocation_not_obtained',
  'not-authentic': 'snp_revocation_not_authentic',
  'out-of-date': 'snp_revocation_out_of_date',
  'serial-number': 'snp_revocation_serial_number',
  'engine-failed': 'snp_revocation_engine',
} as const
