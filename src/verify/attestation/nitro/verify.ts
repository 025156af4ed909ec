import { FindingLog, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import { span } from '../../claims/span.ts'
import type { AssumptionId } from '../../claims/types.ts'
import { decodeBase64url } from '../../encoding/base64.ts'
import { type CoseSign1, verifyCoseSign1 } from '../../encoding/cose.ts'
import { type Failure, failure } from '../../encoding/result.ts'
import { anchorsFor } from '../../trust/anchors.ts'
import { type Certificate, parseCertificate } from '../../trust/certificate.ts'
import { validatePath } from '../../trust/path.ts'
import type { Deviation, PathProfile } from '../../trust/profile.ts'
import { pathOutcome } from '../path-outcome.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { checkAge } from '../validity.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { MAX_BUFFER, type NitroDocument, parseNitroDocument } from './document.ts'
import { commitmentsOf, measurementsOf } from './measurements.ts'

type Log = FindingLog<CheckName>

/** What anchors for these documents are marked with in the trust store. */
const PURPOSE = 'aws-nitro'
/** The certificates of instances name neither their own key nor their issuer's. Three authorities stand below the root. */
const AWS: PathProfile = {
  id: 'aws-nitro',
  maxIntermediates: 3,
  accepts: new Set<Deviation>(['authority-key-identifier-missing', 'subject-key-identifier-missing']),
  understoodExtensions: new Set(),
}
/** Clocks that disagree by this much are forgiven. */
const SKEW_MS = 60_000
/** Longest document in base64url characters. */
const MAX_TEXT = Math.ceil((MAX_BUFFER * 4) / 3)
/** Registers 0 to 2 hold what the enclave was started from; of an enclave in debug mode they are zero. */
const BOOT_REGISTERS = [0, 1, 2]

/**
 * Verifies an AWS Nitro Enclaves attestation document: its certificates to a pinned root at the document's own time (the leaf lives for
 * three hours), its ES384 signature under the leaf's key, then what it says of itself. Whether it was recent enough when it was used is a
 * finding of its own. AWS tells verifiers to leave revocation lists alone, so that revocation is an assumption.
 */
export async function verify(input: AttestationInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const malformed = (fault: Failure<string>): AttestationResult => {
    log.add('nitro.format', 'unchecked', 'nitro_format_failed', { ...faultIn('evidence', fault), theirs: true })
    return { findings: log.findings }
  }
  const octets = decodeBase64url(input.evidence.document, MAX_TEXT)
  if (!octets.ok) return malformed(octets)
  const parsed = parseNitroDocument(octets.value)
  if (!parsed.ok) return malformed(parsed)
  const { message, document } = parsed.value
  const leaf = parseCertificate(document.certificate)
  if (!leaf.ok) return malformed(failure('nitro-certificate', leaf.code))
  // One that cannot be read vouches for nothing; where the path needs it, it is missing.
  const issuers = document.cabundle.map(parseCertificate).flatMap((certificate) => (certificate.ok ? [certificate.value] : []))
  log.add('nitro.format', 'passed', 'nitro_format_passed')

  // Certificates out of a payload that nobody signed are nobody's: whose they are is not asked.
  if (!(await checkSignature(message, leaf.value, log))) return { findings: log.findings }
  if (!(await checkChain(leaf.value, issuers, document, input, log))) return { findings: log.findings }
  checkTime(document, leaf.value, input, log)
  checkSubject(document, leaf.value, log)
  return {
    findings: log.findings,
    authentic: {
      commits: commitmentsOf(document),
      measurements: measurementsOf(document),
      platform: sentence(document.subject === 'enclave' ? 'nitro_platform' : 'nitro_platform_instance'),
    },
  }
}

/** What every verdict on these documents rests on. */
const BASIS: readonly AssumptionId[] = [
  'assume_hardware_vendor',
  'assume_side_channels',
  'assume_nitro_no_revocation',
  'assume_nitro_no_security_level',
]

async function checkChain(
  leaf: Certificate,
  issuers: readonly Certificate[],
  { timestamp }: NitroDocument,
  { trust }: AttestationInput,
  log: Log,
): Promise<boolean> {
  const at = 'evidence.payload.cabundle'
  // The root comes along (section 3.2.3) and is trusted for name and key alone; it need not be there, since it is pinned.
  const path = await validatePath({
    leaf,
    intermediates: issuers,
    anchors: anchorsFor(trust.anchors, PURPOSE),
    at: new Date(timestamp),
    profile: AWS,
    use: { keyUsage: 'digitalSignature' },
  })
  if (!path.ok) {
    const { outcome, because, more } = pathOutcome(path, 'nitro_chain_failed', 'evidence')
    log.add('nitro.chain', outcome, because, { ...more, at })
    return false
  }
  const { anchor } = path.value
  const own = anchor.addedBy === 'user'
  log.add('nitro.chain', 'passed', own ? 'nitro_chain_user_root' : 'nitro_chain_passed', {
    assumes: own ? ['assume_user_added_root', 'assume_nitro_no_revocation'] : BASIS,
    at,
  })
  return true
}

async function checkSignature(message: CoseSign1, { spki }: Certificate, log: Log): Promise<boolean> {
  const at = 'evidence.signature'
  const verdict = await verifyCoseSign1(message, { alg: 'ES384', spki })
  if (verdict.ok) log.add('nitro.signature', 'passed', 'nitro_signature_passed', { at })
  else {
    const { code } = verdict
    if (code === 'engine-failed') log.add('nitro.signature', 'unchecked', 'nitro_signature_engine', { at, code })
    else log.add('nitro.signature', 'failed', 'nitro_signature_failed', { at, code })
  }
  return verdict.ok
}

/**
 * Is the document of the time at which it was used: did its certificate, which lives for three hours, hold then? A document from before or after
 * that is authentic all the same, and says nothing of then: an enclave makes a new one for the same key at any time. How old it may be is
 * the policy's question.
 */
function checkTime({ timestamp }: NitroDocument, leaf: Certificate, { usedAt, policy }: AttestationInput, log: Log): void {
  const at = 'evidence.payload.timestamp'
  const made = new Date(timestamp).toISOString()
  const age = usedAt.getTime() - timestamp
  const isOfThen = usedAt.getTime() >= leaf.notBefore.getTime() - SKEW_MS && usedAt <= leaf.notAfter
  if (isOfThen) log.add('nitro.time', 'passed', sentence('nitro_time_passed', made), { assumes: ['assume_nitro_still_valid'], at })
  else {
    const compared = { expected: `${leaf.notBefore.toISOString()} to ${leaf.notAfter.toISOString()}`, computed: usedAt.toISOString() }
    log.add('nitro.moment', 'unchecked', sentence('nitro_time_other', made), { assumes: ['assume_evidence_not_fresh'], at, ...compared })
  }

  const limit = policy.maxEvidenceAge
  if (limit === undefined) {
    const seconds = Math.max(0, Math.round(age / 1000))
    log.add('nitro.age', 'unchecked', sentence('evidence_age_unlimited', span(seconds)), { at, computed: `${seconds} s` })
    return
  }
  const [outcome, because, more] = checkAge(timestamp / 1000, usedAt, limit)
  log.add('nitro.age', outcome, because, { ...more, at })
}

/** Is it an enclave, not one in debug mode, and the one that the certificate was made for? */
function checkSubject(document: NitroDocument, leaf: Certificate, log: Log): void {
  if (document.subject === 'instance') {
    // AWS's hypervisor vouches for how it booted, and nothing shuts out who administers it: whether somebody looks in is not stated.
    log.add('nitro.enclave', 'unchecked', 'nitro_instance', {
      at: 'evidence.payload.module_id',
      code: 'instance',
      computed: document.moduleId,
    })
    return
  }
  checkDebug(document, log)
  checkEnclave(document, leaf, log)
}

function checkDebug({ pcrs }: NitroDocument, log: Log): void {
  const at = 'evidence.payload.pcrs'
  const missing = BOOT_REGISTERS.find((index) => !pcrs.has(index))
  const zero = BOOT_REGISTERS.find((index) => pcrs.get(index)?.every((octet) => octet === 0) === true)
  if (zero !== undefined) {
    log.add('nitro.debug', 'failed', 'nitro_debug_failed', { at: `${at}.${zero}`, code: 'register-zero', computed: `PCR${zero}` })
  } else if (missing !== undefined) {
    log.add('nitro.debug', 'unchecked', 'nitro_debug_not_stated', { at, code: 'register-missing', expected: `PCR${missing}` })
  } else log.add('nitro.debug', 'passed', 'nitro_debug_passed', { at })
}

/**
 * AWS names the module in the leaf's common name (`<module_id>.<region>.aws`), and enclaves by `-enc`: what else the same root speaks for is
 * not known here.
 */
function checkEnclave({ moduleId }: NitroDocument, { subject }: Certificate, log: Log): void {
  const at = 'evidence.payload.module_id'
  if (!/^i-[0-9a-f]+-enc[0-9a-f]+$/.test(moduleId)) {
    log.add('nitro.enclave', 'unchecked', sentence('nitro_enclave_unknown', moduleId), { at, code: 'module-unknown', computed: moduleId })
    return
  }
  const said = { passed: 'nitro_enclave_passed', failed: 'nitro_enclave_failed' } as const
  log.decide('nitro.enclave', subject.text.startsWith(`CN=${moduleId}.`), said, { at, expected: subject.text, computed: moduleId })
}
