import { FindingLog } from '../../claims/finding.ts'
import { type Sentence, sentence } from '../../claims/sentence.ts'
import type { AssumptionId } from '../../claims/types.ts'
import { checkGpuPairing } from '../gpu-pairing.ts'
import { type IssuerKeyVerdict, type KeySource, verifyUnderIssuerKey } from '../issuer-key.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { type Bundle, compareDigests, type DeviceToken, openBundle } from './detached.ts'
import { certificatesOf, failedCheckOf } from './device-claims.ts'
import { measurementsOf } from './measurements.ts'

type Log = FindingLog<CheckName>

/** The service, and the name under which its keys are looked up. */
const ISSUER = 'https://nras.attestation.nvidia.com'

/** Clocks that disagree by this much are forgiven at the start of validity; the end is exact. */
const SKEW_SECONDS = 60

/** What every verdict on a token of the service rests on. */
const BASIS: readonly AssumptionId[] = ['assume_hardware_vendor', 'assume_nvidia_verifier', 'assume_side_channels']

/** What the overall token is called in findings. */
const OVERALL = 'JWT'

/**
 * Verifies the reply of NVIDIA's Remote Attestation Service: a token about all devices and one about each (EAT as JWT, ES384), bound by digests
 * and each signed under a key that its `kid` names among the service's. The service checked the devices' own reports against its
 * reference values and says what it saw; the reports are not in the tokens. Which machine the devices are in is left open here.
 */
export async function verify(input: AttestationInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const opened = openBundle(input.evidence.document)
  if (!opened.ok) {
    log.add('nras.format', 'failed', sentence('nras_format_failed', opened.detail ?? opened.code))
    return { findings: log.findings }
  }
  const bundle = opened.value
  log.add('nras.format', 'passed', sentence('nras_format_passed', String(bundle.devices.length)))
  const pairing = checkGpuPairing([], { kind: 'none' }, input.hop)

  const areBound = await checkDigests(bundle, log)
  const areSigned = await checkSignatures(bundle, input, log)
  if (!areBound || !areSigned) return { findings: [...log.findings, pairing] }
  checkIssuer(bundle, log)
  checkValidity(bundle, input, log)
  checkResult(bundle, log)
  checkNonces(bundle, log)
  for (const device of bundle.devices) checkDevice(device, log)
  const models = [...new Set(bundle.devices.map(({ claims, name }) => claims.hwmodel ?? name))].join(', ')
  return {
    findings: [...log.findings, pairing],
    authentic: {
      commits: [{ field: 'nonce', value: bundle.overall.claims.eat_nonce }],
      measurements: measurementsOf(bundle),
      platform: sentence('nras_platform', models),
    },
  }
}

/** Asked first, and without the keys: they change every few hours, and what the token is about can be told without them. */
async function checkDigests(bundle: Bundle, log: Log): Promise<boolean> {
  const at = 'evidence.overall.submods'
  const verdict = await compareDigests(bundle)
  switch (verdict.kind) {
    case 'match':
      log.add('nras.digests', 'passed', sentence('nras_digests_passed', String(bundle.devices.length)), { at })
      return true
    case 'other-devices': {
      const stated = Object.keys(bundle.overall.claims.submods).join(', ')
      const beside = bundle.devices.map(({ name }) => name).join(', ')
      log.add('nras.digests', 'failed', sentence('nras_digests_other_devices', stated, beside), { at })
      return false
    }
    case 'other-token':
      log.add('nras.digests', 'failed', sentence('nras_digests_failed', verdict.name), { at })
      return false
  }
}

/** All of them under keys of the service; the first that does not hold decides. The source of the keys is a finding of its own. */
async function checkSignatures({ overall, devices }: Bundle, { collateral, trust }: AttestationInput, log: Log): Promise<boolean> {
  const tokens = [{ ...overall, name: OVERALL }, ...devices]
  const verdicts = await Promise.all(
    tokens.map(async ({ jws, header, name }) => {
      const verdict = await verifyUnderIssuerKey(jws, { issuer: ISSUER, kid: header.kid, alg: 'ES384' }, { collateral, trust })
      return { verdict, name, kid: header.kid }
    }),
  )
  const worst = (['refuted', 'no-key', 'engine-failed'] as const).flatMap((kind) =>
    verdicts.filter(({ verdict }) => verdict.kind === kind),
  )[0]
  if (worst !== undefined) {
    reportUnsigned(worst.verdict.kind, worst.name, worst.kid, log)
    return false
  }
  log.add('nras.signature', 'passed', sentence('nras_signature_passed'), { at: 'evidence.signature' })
  const sources = verdicts.flatMap(({ verdict }) => (verdict.kind === 'no-key' ? [] : [verdict]))
  const weakest = (['recorded', 'given', 'fetched'] as const).flatMap((source) => sources.filter((found) => found.source === source))[0]
  if (weakest !== undefined) reportSource(weakest.source, weakest.at, log)
  return true
}

function reportUnsigned(kind: IssuerKeyVerdict['kind'], name: string, kid: string, log: Log): void {
  const at = `evidence.${name}.signature` as const
  if (kind === 'refuted') log.add('nras.signature', 'failed', sentence('nras_signature_failed', name), { at })
  else if (kind === 'no-key') log.add('nras.signature', 'unchecked', sentence('nras_signature_no_key', kid), { at: `evidence.${name}.kid` })
  else log.add('nras.signature', 'unchecked', sentence('nras_signature_engine', name), { at })
}

/** NVIDIA publishes no root for these keys that is pinned here: the connection over which they were fetched is what vouches for them. */
function reportSource(source: KeySource, when: string, log: Log): void {
  const at = 'evidence.JWT.kid'
  const add = (outcome: 'passed' | 'unchecked', because: Sentence, assumption: AssumptionId) =>
    log.add('nras.key-source', outcome, because, { assumes: [...BASIS, assumption], at })
  switch (source) {
    case 'fetched':
      add('passed', sentence('nras_key_fetched', when), 'assume_archived_issuer_keys')
      return
    case 'given':
      add('passed', sentence('nras_key_given'), 'assume_keys_given')
      return
    case 'recorded':
      add('unchecked', sentence('nras_key_recorded'), 'assume_keys_recorded')
      return
  }
}

function checkIssuer({ overall, devices }: Bundle, log: Log): void {
  const other = [overall, ...devices].find(({ claims }) => claims.iss !== ISSUER)
  const at = 'evidence.JWT.iss'
  if (other === undefined) log.add('nras.issuer', 'passed', sentence('nras_issuer_passed'), { at })
  else log.add('nras.issuer', 'failed', sentence('nras_issuer_failed', other.claims.iss), { at })
}

/** RFC 7519 sections 4.1.4 to 4.1.6, at the instant of use, of all tokens. How old they were then is the policy's question. */
function checkValidity({ overall, devices }: Bundle, { usedAt, policy }: AttestationInput, log: Log): void {
  const at = 'evidence.JWT.exp'
  const all = [overall, ...devices].map(({ claims }) => claims)
  const from = Math.max(...all.map(({ nbf }) => nbf))
  const until = Math.min(...all.map(({ exp }) => exp))
  const issued = all.map(({ iat }) => iat)
  const used = usedAt.getTime() / 1000
  const when = sentence('nras_window', instant(from), instant(until))
  const validity = (outcome: 'passed' | 'failed', id: 'nras_validity_passed' | 'nras_validity_early' | 'nras_validity_expired') =>
    log.add('nras.validity', outcome, sentence(id, usedAt.toISOString(), when), { at })
  if (used < Math.max(from, ...issued) - SKEW_SECONDS) validity('failed', 'nras_validity_early')
  else if (used >= until) validity('failed', 'nras_validity_expired')
  else validity('passed', 'nras_validity_passed')

  const limit = policy.maxEvidenceAge
  if (limit === undefined) return
  const age = Math.max(0, Math.round(used - Math.min(...issued)))
  const passed = age <= limit
  const said = sentence(passed ? 'nras_age_passed' : 'nras_age_failed', String(age), String(limit))
  log.add('nras.age', passed ? 'passed' : 'failed', said, { at: 'evidence.JWT.iat' })
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

function checkResult({ overall }: Bundle, log: Log): void {
  const at = 'evidence.JWT.x-nvidia-overall-att-result'
  const passed = overall.claims['x-nvidia-overall-att-result']
  log.add('nras.result', passed ? 'passed' : 'failed', sentence(passed ? 'nras_result_passed' : 'nras_result_failed'), { at })
}

function checkNonces({ overall, devices }: Bundle, log: Log): void {
  const at = 'evidence.JWT.eat_nonce'
  const other = devices.find(({ claims }) => claims.eat_nonce !== overall.claims.eat_nonce)
  if (other === undefined) log.add('nras.nonce', 'passed', sentence('nras_nonce_passed'), { at })
  else log.add('nras.nonce', 'failed', sentence('nras_nonce_failed', other.name), { at })
}

/** What the service says of one device, claim by claim: its verdict on all is not taken for what it does not state. */
function checkDevice({ name, claims, payload }: DeviceToken, log: Log): void {
  const add = (check: CheckName, outcome: 'passed' | 'failed' | 'unchecked', because: Sentence, assumes: readonly AssumptionId[] = []) =>
    log.add(check, outcome, because, { assumes, at: `evidence.${name}` })
  const { measres, secboot, dbgstat } = claims
  if (measres === 'success') add('nras.measurements', 'passed', sentence('nras_measurements_passed', name, claims.hwmodel ?? ''))
  else add('nras.measurements', 'failed', sentence('nras_measurements_failed', name, measres ?? ''))

  if (secboot === true) add('nras.secure-boot', 'passed', sentence('nras_secure_boot_passed', name))
  else add('nras.secure-boot', 'failed', sentence('nras_secure_boot_failed', name))

  if (dbgstat === 'disabled') add('nras.debug', 'passed', sentence('nras_debug_passed', name))
  else add('nras.debug', 'failed', sentence('nras_debug_failed', name, dbgstat ?? ''))

  const failedCheck = failedCheckOf(name, payload)
  if (failedCheck === undefined) add('nras.device-checks', 'passed', sentence('nras_checks_passed', name))
  else add('nras.device-checks', 'failed', sentence('nras_checks_failed', name, failedCheck))

  const certificates = certificatesOf(name, payload)
  switch (certificates.kind) {
    case 'good':
      add('nras.revocation', 'passed', sentence('nras_revocation_passed', name))
      break
    case 'bad':
      add('nras.revocation', 'failed', sentence('nras_revocation_failed', name, certificates.why))
      break
    case 'not-stated':
      add('nras.revocation', 'unchecked', sentence('nras_revocation_not_stated', name), ['assume_nras_revocation'])
      break
  }
  const warning = claims['x-nvidia-attestation-warning'] ?? undefined
  if (warning !== undefined) add('nras.warning', 'unchecked', sentence('nras_warning', name, warning), ['assume_nras_warning'])
}
