import { FindingLog, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import { dayOf } from '../../claims/span.ts'
import type { AssumptionId } from '../../claims/types.ts'
import type { Jws } from '../../encoding/jose.ts'
import { tcbStatusInWords } from '../../policy/tcb-words.ts'
import type { Policy, TcbStatus } from '../../policy/types.ts'
import { type KeySource, verifyUnderIssuerKey } from '../issuer-key.ts'
import { pathOutcome } from '../path-outcome.ts'
import { openToken } from '../token.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { checkAge, checkTokenTimes } from '../validity.ts'
import { verifyUnderCertificates } from './certificates.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { measurementsOf } from './measurements.ts'
import { type GpuClaims, type TokenClaims, tokenClaims, tokenHeader } from './schema.ts'

type Log = FindingLog<CheckName>

/** The issuer of Confidential Space tokens. Also the name under which its keys are looked up. */
const ISSUER = 'https://confidentialcomputing.googleapis.com'

const NOT_DEBUG = 'disabled-since-boot'

/** Hardware that Confidential Space names, and how people call it. */
const HARDWARE: Readonly<Record<string, string>> = {
  GCP_INTEL_TDX: 'Intel TDX',
  GCP_AMD_SEV: 'AMD SEV',
  GCP_AMD_SEV_ES: 'AMD SEV-ES',
  GCP_AMD_SEV_SNP: 'AMD SEV-SNP',
}

/** A shielded VM boots what is signed, and its memory is open to the host. Hardware of any other name may be newer than this checker. */
const NOT_CONFIDENTIAL = /^(GCP_)?SHIELDED_VM$/

/**
 * Verifies a Confidential Space token: an RS256 JWT in OIDC form (key by `kid` from the issuer) or PKI form (`x5c` to Google's pinned root).
 * Google's verifier checked the hardware's own evidence and says what it saw; the raw evidence is not in the token.
 */
export async function verify(input: AttestationInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const token = openToken(input.evidence.document, tokenHeader, tokenClaims)
  if (!token.ok) {
    log.add('confidential-space.format', 'unchecked', 'cs_format_failed', { ...faultIn('evidence', token), theirs: true })
    return { findings: log.findings }
  }
  const { jws, header, claims } = token.value
  log.add('confidential-space.format', 'passed', 'cs_format_passed')

  const { x5c, kid } = header
  const voucher = x5c === undefined ? await checkIssuerKey(jws, kid ?? '', input, log) : await checkChain(jws, x5c, input, log)
  if (voucher === undefined) return { findings: log.findings }
  checkIssuer(claims, log)
  checkValidity(claims, input, log)
  checkDebug(claims, log)
  const hardware = checkPlatform(claims, log)
  checkAttester(claims, log)
  checkSecurityLevel(claims, input.policy, log)
  checkGpu(claims, log)
  return {
    findings: log.findings,
    authentic: {
      commits: (claims.eat_nonce ?? []).map((value) => ({ field: 'nonce', value })),
      measurements: await measurementsOf(claims),
      platform: sentence('cs_platform', hardware),
    },
  }
}

/** Whose word an authentic token is: the issuer's, or that of whoever holds a root that the user added. Undefined: it is not authentic. */
type Voucher = 'issuer' | 'user-root' | undefined

/** OIDC form. The source of the key is a finding of its own. */
async function checkIssuerKey(jws: Jws, kid: string, { collateral, trust }: AttestationInput, log: Log): Promise<Voucher> {
  const at = 'evidence.header.kid'
  const verdict = await verifyUnderIssuerKey(jws, { issuer: ISSUER, kid, alg: 'RS256' }, { collateral, trust })
  switch (verdict.kind) {
    case 'no-key':
      log.add('confidential-space.signature', 'unchecked', 'cs_signature_no_key', { at, code: 'no-key', expected: kid })
      return undefined
    case 'engine-failed':
      log.add('confidential-space.signature', 'unchecked', 'cs_signature_engine', { at, code: 'engine-failed' })
      return undefined
    case 'refuted':
      log.add('confidential-space.signature', 'failed', 'cs_signature_failed', { at: 'evidence.signature' })
      return undefined
    case 'verified':
      log.add('confidential-space.signature', 'passed', 'cs_signature_passed', { at: 'evidence.signature' })
      reportSource(verdict.source, verdict.at, log)
      return 'issuer'
  }
}

function reportSource(source: KeySource, when: string, log: Log): void {
  const at = 'evidence.header.kid'
  switch (source) {
    case 'fetched':
      log.add('confidential-space.key-source', 'passed', sentence('cs_key_fetched', when), {
        assumes: [...BASIS, 'assume_archived_keys'],
        at,
      })
      return
    case 'given':
      log.add('confidential-space.key-source', 'passed', 'cs_key_given', { assumes: [...BASIS, 'assume_keys_given'], at })
      return
    case 'recorded':
      log.add('confidential-space.key-source', 'unchecked', 'cs_key_recorded', {
        assumes: [...BASIS, 'assume_keys_recorded'],
        at,
      })
      return
  }
}

/** What every verdict on a token of Google's rests on. */
const BASIS: readonly AssumptionId[] = ['assume_hardware_vendor', 'assume_google_verifier', 'assume_side_channels', 'assume_no_revocation']

/** PKI form. */
async function checkChain(jws: Jws, x5c: readonly string[], { trust, usedAt }: AttestationInput, log: Log): Promise<Voucher> {
  const at = 'evidence.header.x5c'
  const verdict = await verifyUnderCertificates(jws, x5c, trust, usedAt)
  switch (verdict.kind) {
    case 'malformed':
      log.add('confidential-space.chain', 'unchecked', 'cs_chain_malformed', { at, code: verdict.code, theirs: true })
      return undefined
    case 'path-invalid': {
      const { outcome, because, more } = pathOutcome(verdict.fault, 'cs_chain_failed', 'evidence')
      // A key out of certificates that are not all there is nobody's word, as a recorded key is its recorder's.
      log.add(outcome === 'failed' ? 'confidential-space.key-source' : 'confidential-space.chain', outcome, because, { ...more, at })
      return undefined
    }
    case 'refuted':
      log.add('confidential-space.signature', 'failed', 'cs_signature_failed', { at: 'evidence.signature' })
      return undefined
    case 'engine-failed':
      log.add('confidential-space.signature', 'unchecked', 'cs_signature_engine', { at: 'evidence.signature', code: 'engine-failed' })
      return undefined
    case 'verified': {
      const own = verdict.anchor.addedBy === 'user'
      log.add('confidential-space.signature', 'passed', own ? 'cs_signature_user_root' : 'cs_signature_passed', {
        at: 'evidence.signature',
      })
      log.add('confidential-space.key-source', 'passed', own ? 'cs_chain_user_root' : 'cs_chain_passed', {
        assumes: own ? ['assume_user_added_root', 'assume_no_revocation'] : BASIS,
        at,
      })
      return own ? 'user-root' : 'issuer'
    }
  }
}

function checkIssuer({ iss }: TokenClaims, log: Log): void {
  const said = { passed: 'cs_issuer_passed', failed: sentence('cs_issuer_failed', iss) } as const
  log.decide('confidential-space.issuer', iss === ISSUER, said, { at: 'evidence.payload.iss', expected: ISSUER, computed: iss })
}

/** How old the token was when it was used is the policy's question. */
function checkValidity(claims: TokenClaims, { usedAt, policy: { maxEvidenceAge } }: AttestationInput, log: Log): void {
  const [outcome, because, more] = checkTokenTimes(claims, usedAt)
  log.add('confidential-space.validity', outcome, because, { ...more, at: 'evidence.payload.exp' })
  if (maxEvidenceAge === undefined) return
  const [aged, said, ages] = checkAge(claims.iat, usedAt, maxEvidenceAge)
  log.add('confidential-space.age', aged, said, { ...ages, at: 'evidence.payload.iat' })
}

function checkDebug({ dbgstat }: TokenClaims, log: Log): void {
  const compared = { at: 'evidence.payload.dbgstat', expected: NOT_DEBUG, computed: dbgstat } as const
  log.decide('confidential-space.debug', dbgstat === NOT_DEBUG, { passed: 'cs_debug_passed', failed: 'cs_debug_failed' }, compared)
}

/** Confidential hardware, secure boot, the Confidential Space image and its support. Gives the hardware's name. */
function checkPlatform({ hwmodel, secboot, swname, dbgstat, submods }: TokenClaims, log: Log): string {
  const hardware = Object.hasOwn(HARDWARE, hwmodel) ? HARDWARE[hwmodel] : undefined
  const named = { at: 'evidence.payload.hwmodel', computed: hwmodel } as const
  if (NOT_CONFIDENTIAL.test(hwmodel)) log.add('confidential-space.hardware', 'failed', 'cs_hardware_failed', named)
  else if (hardware === undefined) log.add('confidential-space.hardware', 'unchecked', sentence('cs_hardware_unknown', hwmodel), named)
  else log.add('confidential-space.hardware', 'passed', sentence('cs_hardware_passed', hardware), named)

  const booted = { passed: 'cs_secure_boot_passed', failed: 'cs_secure_boot_failed' } as const
  log.decide('confidential-space.secure-boot', secboot, booted, { at: 'evidence.payload.secboot' })

  // A plain confidential VM says `GCE`: it measures no container, and whoever runs it can log in.
  const settable = Object.keys(submods.container?.env_override ?? {}).length > 0 || (submods.container?.cmd_override ?? []).length > 0
  const runs = { passed: 'cs_software_passed', failed: 'cs_software_failed' } as const
  log.decide('confidential-space.software', swname === SOFTWARE, runs, {
    assumes: settable ? ['assume_container_settings'] : [],
    at: 'evidence.payload.swname',
    expected: SOFTWARE,
    computed: swname,
  })
  if (dbgstat === NOT_DEBUG) checkSupport(submods.confidential_space?.support_attributes, log)
  return hardware ?? hwmodel
}

/** What the image of Confidential Space calls itself. */
const SOFTWARE = 'CONFIDENTIAL_SPACE'

/** `USABLE` alone means that the image is out of support. Debug images carry no attributes: they are refused for what they are. */
function checkSupport(attributes: readonly string[] | undefined, log: Log): void {
  const at = 'evidence.payload.submods.confidential_space.support_attributes'
  const supported = attributes !== undefined && (attributes.includes('STABLE') || attributes.includes('LATEST'))
  const compared = { at, expected: 'STABLE, LATEST', computed: (attributes ?? []).join(', ') } as const
  log.decide('confidential-space.image-support', supported, { passed: 'cs_support_passed', failed: 'cs_support_failed' }, compared)
}

/** What AMD's older memory encryption leaves to the host (AMD64 Architecture Programmer's Manual volume 2, sections 15.34 to 15.36). */
const LEFT_TO_HOST: Readonly<Record<string, readonly AssumptionId[]>> = {
  GCP_AMD_SEV: ['assume_sev_registers', 'assume_sev_integrity'],
  GCP_AMD_SEV_ES: ['assume_sev_integrity'],
}

/**
 * Where the evidence came from that Google checked. `attester_tcb` names the maker of the hardware where the hardware itself gave it; without it,
 * the machine was measured by Google's virtual TPM.
 */
function checkAttester({ hwmodel, attester_tcb: attesters = [], tdx }: TokenClaims, log: Log): void {
  const at = 'evidence.payload.attester_tcb'
  const maker = MAKERS.find(({ hardware }) => hwmodel.startsWith(hardware))
  // Of hardware that is unknown nothing more is known.
  if (maker === undefined) return
  const left = Object.hasOwn(LEFT_TO_HOST, hwmodel) ? (LEFT_TO_HOST[hwmodel] ?? []) : []
  const level: readonly AssumptionId[] = tdx?.gcp_attester_tcb_status === undefined ? ['assume_google_security_level'] : []
  if (attesters.length === 0) {
    const assumes: readonly AssumptionId[] = ['assume_google_vtpm', ...level, ...left]
    log.add('confidential-space.attester', 'passed', 'cs_attester_vtpm', { assumes, at })
    return
  }
  const said = { passed: sentence('cs_attester_passed', maker.called), failed: 'cs_attester_failed' } as const
  const compared = { at, expected: maker.name, computed: attesters.join(', ') } as const
  const isSame = attesters.every((attester) => attester === maker.name)
  log.decide('confidential-space.attester', isSame, said, { ...compared, assumes: isSame ? [...level, ...left] : [] })
}

/** Makers of hardware, as the token names them and as people do. */
const MAKERS: readonly { readonly hardware: string; readonly name: string; readonly called: string }[] = [
  { hardware: 'GCP_INTEL_', name: 'INTEL', called: 'Intel' },
  { hardware: 'GCP_AMD_', name: 'AMD', called: 'AMD' },
]

const DEFAULT_ACCEPTED: readonly TcbStatus[] = ['UpToDate', 'SWHardeningNeeded']

/** Tokens of TDX machines may tell Intel's status of Google's machines, as of when Google began to roll the firmware out. */
function checkSecurityLevel({ tdx }: TokenClaims, { tcb }: Policy, log: Log): void {
  const status = tdx?.gcp_attester_tcb_status
  if (status === undefined) return
  const at = 'evidence.payload.tdx.gcp_attester_tcb_status'
  const accepted: readonly string[] = tcb?.accept ?? DEFAULT_ACCEPTED
  const called = tcbStatusInWords(status)
  const date = tdx?.gcp_attester_tcb_date
  const isAccepted = accepted.includes(status)
  const said = {
    passed: date === undefined ? sentence('cs_tcb_passed', called) : sentence('cs_tcb_passed_dated', called, dayOf(date)),
    failed: date === undefined ? sentence('cs_tcb_failed', called) : sentence('cs_tcb_failed_dated', called, dayOf(date)),
  }
  const compared = { at, expected: accepted.join(', '), computed: status } as const
  log.decide('confidential-space.tcb', isAccepted, said, { ...compared, assumes: isAccepted ? ['assume_google_rollout'] : [] })
}

/** `ON` is the one mode in which a GPU protects what it is given; `DEVTOOLS` looks the same to programs and protects nothing. */
function checkGpu({ submods: { nvidia_gpu: gpu } }: TokenClaims, log: Log): void {
  if (gpu === undefined) return
  const at = 'evidence.payload.submods.nvidia_gpu.cc_mode'
  const mode = gpu.cc_mode ?? undefined
  if (mode === undefined) {
    log.add('confidential-space.gpu', 'unchecked', 'cs_gpu_not_stated', { assumes: ['assume_gpu_unattested'], at })
  } else if (mode === 'ON') {
    log.add('confidential-space.gpu', 'passed', sentence('cs_gpu_passed', modelsOf(gpu)), { assumes: ['assume_google_gpu'], at })
  } else {
    const said = mode === 'DEVTOOLS' ? 'cs_gpu_devtools' : 'cs_gpu_failed'
    log.add('confidential-space.gpu', 'failed', said, { at, expected: 'ON', computed: mode })
  }
}

function modelsOf({ gpus }: GpuClaims): string {
  const named = (gpus ?? []).flatMap(({ hwmodel }) => hwmodel ?? [])
  return [...new Set(named.map(called))].join(', ') || 'NVIDIA'
}

/** "NVIDIA H100" for `GCP_NVIDIA_H100`. */
function called(model: string): string {
  return model.replace(/^GCP_/, '').replaceAll('_', ' ')
}
