import { type Because, FindingLog, type FindingMore, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { AssumptionId } from '../../claims/types.ts'
import { checkGpuPairing } from '../gpu-pairing.ts'
import { type IssuerKeyVerdict, type KeySource, verifyUnderIssuerKey } from '../issuer-key.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { checkAge, checkTokenTimes } from '../validity.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { type Bundle, compareDigests, type DeviceToken, LOCAL, OVERALL, openBundle } from './detached.ts'
import { certificatesOf, failedCheckOf, isContradiction, type Refusal, refusalOf, refusalWords } from './device-claims.ts'
import { measurementsOf } from './measurements.ts'

type Log = FindingLog<CheckName>

/** The service, and the name under which its keys are looked up. */
const ISSUER = 'https://nras.attestation.nvidia.com'

/** What every verdict on a token of the service rests on. */
const BASIS: readonly AssumptionId[] = ['assume_hardware_vendor', 'assume_nvidia_verifier', 'assume_side_channels']

/**
 * Verifies the reply of NVIDIA's Remote Attestation Service: a token about all devices and one about each (EAT as JWT, ES384), bound by digests
 * and each signed under a key that its `kid` names among the service's. The service checked the devices' own reports against its
 * reference values and says what it saw; the reports are not in the tokens. Which machine the devices are in is left open here.
 */
export async function verify(input: AttestationInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const opened = openBundle(input.evidence.document)
  if (!opened.ok) {
    const said = opened.code === LOCAL ? 'nras_format_local' : 'nras_format_failed'
    log.add('nras.format', 'unchecked', said, { ...faultIn('evidence', opened), theirs: true })
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
  const isAllGood = bundle.overall.claims['x-nvidia-overall-att-result']
  // Of a device that it refused to judge, the service claims nothing else.
  for (const device of bundle.devices) if (isAllGood || refusalOf(device.payload) === undefined) checkDevice(device, log)
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
      log.add('nras.digests', 'failed', 'nras_digests_other_devices', { at, code: verdict.kind, expected: stated, computed: beside })
      return false
    }
    case 'other-token':
      log.add('nras.digests', 'failed', sentence('nras_digests_failed', verdict.name), { at: `${at}.${verdict.name}`, code: verdict.kind })
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
  log.add('nras.signature', 'passed', 'nras_signature_passed', { at: 'evidence.signature' })
  const sources = verdicts.flatMap(({ verdict }) => (verdict.kind === 'no-key' ? [] : [verdict]))
  const weakest = (['recorded', 'given', 'fetched'] as const).flatMap((source) => sources.filter((found) => found.source === source))[0]
  if (weakest !== undefined) reportSource(weakest.source, weakest.at, log)
  return true
}

function reportUnsigned(kind: IssuerKeyVerdict['kind'], name: string, kid: string, log: Log): void {
  const at = `evidence.${name}.signature` as const
  if (kind === 'refuted') log.add('nras.signature', 'failed', sentence('nras_signature_failed', name), { at })
  else if (kind === 'no-key')
    log.add('nras.signature', 'unchecked', 'nras_signature_no_key', { at: `evidence.${name}.kid`, code: kind, expected: kid })
  else log.add('nras.signature', 'unchecked', sentence('nras_signature_engine', name), { at, code: kind })
}

/** NVIDIA publishes no root for these keys that is pinned here: the connection over which they were fetched is what vouches for them. */
function reportSource(source: KeySource, when: string, log: Log): void {
  const at = 'evidence.JWT.kid'
  const add = (outcome: 'passed' | 'unchecked', because: Because, assumption: AssumptionId) =>
    log.add('nras.key-source', outcome, because, { assumes: [...BASIS, assumption], at })
  switch (source) {
    case 'fetched':
      add('passed', sentence('nras_key_fetched', when), 'assume_archived_issuer_keys')
      return
    case 'given':
      add('passed', 'nras_key_given', 'assume_keys_given')
      return
    case 'recorded':
      add('unchecked', 'nras_key_recorded', 'assume_keys_recorded')
      return
  }
}

function checkIssuer({ overall, devices }: Bundle, log: Log): void {
  const other = [overall, ...devices].find(({ claims }) => claims.iss !== ISSUER)
  const at = 'evidence.JWT.iss'
  const named = other?.claims.iss
  if (named === undefined) log.add('nras.issuer', 'passed', 'nras_issuer_passed', { at })
  else log.add('nras.issuer', 'failed', sentence('nras_issuer_failed', named), { at, expected: ISSUER, computed: named })
}

/** At the instant of use, of all tokens. How old they were then is the policy's question. */
function checkValidity({ overall, devices }: Bundle, { usedAt, policy: { maxEvidenceAge } }: AttestationInput, log: Log): void {
  const all = [overall, ...devices].map(({ claims }) => claims)
  const issued = all.map(({ iat }) => iat)
  const times = {
    iat: Math.max(...issued),
    nbf: Math.max(...all.map(({ nbf }) => nbf)),
    exp: Math.min(...all.map(({ exp }) => exp)),
  }
  const [outcome, because, more] = checkTokenTimes(times, usedAt)
  log.add('nras.validity', outcome, because, { ...more, at: 'evidence.JWT.exp' })
  if (maxEvidenceAge === undefined) return
  const [aged, said, ages] = checkAge(Math.min(...issued), usedAt, maxEvidenceAge)
  log.add('nras.age', aged, said, { ...ages, at: 'evidence.JWT.iat' })
}

/** The service's own verdict on all; where it refused to judge a device, with its reason. */
function checkResult({ overall, devices }: Bundle, log: Log): void {
  const at = 'evidence.JWT.x-nvidia-overall-att-result'
  const passed = overall.claims['x-nvidia-overall-att-result']
  const refused = passed ? [] : devices.flatMap(({ name, payload }) => withName(name, refusalOf(payload)))
  const [first] = [...refused.filter(({ refusal }) => isContradiction(refusal)), ...refused]
  if (first === undefined)
    return void log.decide('nras.result', passed, { passed: 'nras_result_passed', failed: 'nras_result_failed' }, { at })
  const { name, refusal } = first
  const more = {
    at: `evidence.${name}.x-nvidia-error-details`,
    code: String(refusal.code),
    computed: refusal.reason === '' ? undefined : refusal.reason,
  } as const
  const said = sentence(refusalWords(refusal), name)
  if (isContradiction(refusal)) log.add('nras.result', 'failed', said, more)
  // Nothing was found against the device, and nothing for it: no row may rest on that.
  else log.add('nras.refusal', 'unchecked', said, { ...more, theirs: true })
}

function withName(name: string, refusal: Refusal | undefined): readonly { readonly name: string; readonly refusal: Refusal }[] {
  return refusal === undefined ? [] : [{ name, refusal }]
}

function checkNonces({ overall, devices }: Bundle, log: Log): void {
  const at = 'evidence.JWT.eat_nonce'
  // Only a device that was not judged states none.
  const other = devices.find(({ claims }) => (claims.eat_nonce ?? overall.claims.eat_nonce) !== overall.claims.eat_nonce)
  if (other === undefined) return void log.add('nras.nonce', 'passed', 'nras_nonce_passed', { at })
  const compared = { expected: overall.claims.eat_nonce, computed: other.claims.eat_nonce ?? undefined }
  log.add('nras.nonce', 'failed', sentence('nras_nonce_failed', other.name), { at: `evidence.${other.name}.eat_nonce`, ...compared })
}

/** What the service says of one device, claim by claim: its verdict on all is not taken for what it does not state. */
function checkDevice({ name, claims, payload }: DeviceToken, log: Log): void {
  const at = `evidence.${name}` as const
  const decide = (check: CheckName, holds: boolean, passed: Because, failed: Because, more: FindingMore = {}) =>
    log.decide(check, holds, { passed, failed }, { at, ...more })
  const { measres, secboot, dbgstat } = claims
  const firmware = { at: `${at}.measres`, expected: 'success', computed: measres ?? undefined } as const
  const asExpected = sentence('nras_measurements_passed', name, claims.hwmodel ?? 'NVIDIA')
  decide('nras.measurements', measres === 'success', asExpected, sentence('nras_measurements_failed', name), firmware)
  const booted = sentence('nras_secure_boot_passed', name)
  decide('nras.secure-boot', secboot === true, booted, sentence('nras_secure_boot_failed', name), { at: `${at}.secboot` })
  const debugging = { at: `${at}.dbgstat`, expected: 'disabled', computed: dbgstat ?? undefined } as const
  decide('nras.debug', dbgstat === 'disabled', sentence('nras_debug_passed', name), sentence('nras_debug_failed', name), debugging)

  const failedCheck = failedCheckOf(name, payload)
  const own = failedCheck === undefined ? {} : ({ at: `${at}.${failedCheck}`, code: failedCheck } as const)
  decide('nras.device-checks', failedCheck === undefined, sentence('nras_checks_passed', name), sentence('nras_checks_failed', name), own)
  checkCertificates(name, payload, log)
  const warning = claims['x-nvidia-attestation-warning'] ?? undefined
  if (warning !== undefined) {
    log.add('nras.warning', 'unchecked', sentence('nras_warning', name, warning), { at, assumes: ['assume_nras_warning'] })
  }
}

/** Whether NVIDIA withdrew the device's certificates, by the service's own word. */
function checkCertificates(name: string, payload: unknown, log: Log): void {
  const at = `evidence.${name}` as const
  const certificates = certificatesOf(name, payload)
  switch (certificates.kind) {
    case 'good':
      log.add('nras.revocation', 'passed', sentence('nras_revocation_passed', name), { at })
      return
    case 'bad':
      log.add('nras.revocation', 'failed', sentence('nras_revocation_failed', name), { at, computed: certificates.why })
      return
    case 'not-stated': {
      const assumes: readonly AssumptionId[] = ['assume_nras_revocation']
      log.add('nras.revocation', 'unchecked', sentence('nras_revocation_not_stated', name), { at, assumes })
      return
    }
  }
}
