import * as v from 'valibot'
import { FindingLog, faultIn } from '../../claims/finding.ts'
import type { AssumptionId } from '../../claims/types.ts'
import { decodeBase64, encodeBase64url } from '../../encoding/base64.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { parseForeignJson } from '../../encoding/json.ts'
import { parseWith } from '../../encoding/schema.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { Measurement } from '../../policy/types.ts'
import type { AttestationResult, AuthenticEvidence, CompositeInput } from '../types.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { lookUpImage } from './history.ts'

type Log = FindingLog<CheckName>

const answer = v.object({ attestation_document: v.pipe(v.string(), v.minLength(1), v.maxLength(65_536)) })
/** Hexadecimal digits of an X25519 public key. */
const KEY_DIGITS = 64
/** What an image was signed for, as a measurement. */
const RELEASE = 'opensecret.release'

/**
 * Verifies what `GET /attestation/{nonce}` of an OpenSecret service (Maple) answers: a Nitro document by its own verifier; whether it answers the nonce
 * that was asked with, a UUID whose ASCII text the enclave puts there; the key that sessions begin with; and whether OpenSecret signed the image.
 * The answer is the enclave's to this verifier: that the page's session is with the same enclave remains assumed.
 */
export async function verify(input: CompositeInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const json = parseForeignJson(input.evidence.document, { maxLength: 131_072 })
  const parsed = json.ok ? parseWith(answer, json.value) : json
  const octets = parsed.ok ? decodeBase64(parsed.value.attestation_document.trim()) : parsed
  if (!octets.ok) {
    log.add('opensecret.format', 'unchecked', 'opensecret_format_failed', { ...faultIn('evidence', octets), theirs: true })
    return { findings: log.findings }
  }
  const nitro = await input.appraisePart({ kind: 'aws-nitro-cose', document: encodeBase64url(octets.value) })
  if (nitro === undefined) {
    log.add('opensecret.format', 'unchecked', 'opensecret_nitro_unknown')
    return { findings: log.findings }
  }
  log.add('opensecret.format', 'passed', 'opensecret_format_passed')
  const { authentic } = nitro
  if (authentic === undefined) return { findings: [...log.findings, ...nitro.findings] }
  checkNonce(authentic, input, log)
  const key = checkSessionKey(authentic, log)
  const release = await checkImage(authentic, input, log)
  return {
    findings: [...log.findings, ...nitro.findings],
    authentic: {
      ...authentic,
      measurements: [...authentic.measurements, ...(release === 'unknown' ? [] : release), ...key],
      unknown: release === 'unknown' ? [RELEASE] : [],
    },
  }
}

function checkNonce({ commits }: AuthenticEvidence, { evidence: { nonce: sent } }: CompositeInput, log: Log): void {
  const at = 'evidence.payload.nonce'
  const answered = commits.find(({ field }) => field === 'nonce')?.value
  if (sent === undefined) {
    log.add('opensecret.nonce', 'unchecked', 'opensecret_nonce_not_sent', { assumes: ['assume_evidence_not_fresh'], at })
    return
  }
  const expected = encodeHex(encodeUtf8(sent))
  const compared = { at, expected, computed: answered } as const
  if (answered === expected) log.add('opensecret.nonce', 'passed', 'opensecret_nonce_passed', { ...compared, assumes: SESSION })
  else log.add('opensecret.nonce', 'failed', 'opensecret_nonce_failed', compared)
}

const SESSION: readonly AssumptionId[] = ['assume_opensecret_session']

/** The X25519 key to which a page encrypts what its session key comes from. */
function checkSessionKey({ commits }: AuthenticEvidence, log: Log): readonly Measurement[] {
  const at = 'evidence.payload.public_key'
  const key = commits.find(({ field }) => field === 'public-key')?.value ?? ''
  if (key.length !== KEY_DIGITS) {
    log.add('opensecret.session-key', 'failed', 'opensecret_session_key_failed', { at })
    return []
  }
  log.add('opensecret.session-key', 'passed', 'opensecret_session_key_passed', {
    assumes: ['assume_opensecret_session'],
    at,
  })
  return [{ name: 'opensecret.session-key', value: key, kind: 'identity' }]
}

/**
 * Has OpenSecret signed this image? What it signed it for is `opensecret.release` (`production`, `development`), which a policy may expect and
 * which counts as code: it stands for a set of images. An image that is signed for development alone is said to be so, and meets no expectation
 * of production.
 */
async function checkImage(
  authentic: AuthenticEvidence,
  { collateral, trust }: CompositeInput,
  log: Log,
): Promise<readonly Measurement[] | 'unknown'> {
  const at = 'collateral.pcr-history'
  const pcr0 = authentic.measurements.find(({ name }) => name === 'nitro.pcr0')?.value ?? ''
  const verdict = await lookUpImage(pcr0, collateral, trust.anchors)
  switch (verdict.kind) {
    case 'listed': {
      const isProduction = verdict.release === 'production'
      const own: readonly AssumptionId[] = verdict.key.addedBy === 'user' ? ['assume_user_added_root'] : []
      log.add(
        'opensecret.pcr-history',
        isProduction ? 'passed' : 'unchecked',
        isProduction ? 'opensecret_history_production' : 'opensecret_history_development',
        { assumes: ['assume_list_by_vendor', 'assume_opensecret_list', ...own], at },
      )
      return [{ name: RELEASE, value: verdict.release, kind: 'code' }]
    }
    case 'not-listed':
      log.add('opensecret.pcr-history', 'failed', 'opensecret_history_not_listed', { at, computed: pcr0 })
      return []
    case 'bad-signature':
      log.add('opensecret.pcr-history', 'failed', 'opensecret_history_bad_signature', { at, code: verdict.code })
      return []
    case 'unreadable':
      log.add('opensecret.pcr-history', 'unchecked', 'opensecret_history_malformed', { at, code: verdict.code, theirs: true })
      return 'unknown'
    case 'unknown':
      log.add('opensecret.pcr-history', 'unchecked', UNKNOWN[verdict.why], { at, code: verdict.why })
      return 'unknown'
  }
}

const UNKNOWN = {
  'not-obtained': 'opensecret_history_not_obtained',
  'no-key': 'opensecret_history_no_key',
  'engine-failed': 'opensecret_history_engine',
} as const
