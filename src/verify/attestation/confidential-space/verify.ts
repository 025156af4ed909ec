import { FindingLog } from '../../claims/finding.ts'
import { type Sentence, sentence } from '../../claims/sentence.ts'
import type { AssumptionId } from '../../claims/types.ts'
import type { Jws } from '../../encoding/jose.ts'
import type { Policy, TcbStatus } from '../../policy/types.ts'
import { type KeySource, verifyUnderIssuerKey } from '../issuer-key.ts'
import { openToken } from '../token.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { verifyUnderCertificates } from './certificates.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { measurementsOf } from './measurements.ts'
import { type GpuClaims, type TokenClaims, tokenClaims, tokenHeader } from './schema.ts'

type Log = FindingLog<CheckName>

/** The issuer of Confidential Space tokens. Also the name under which its keys are looked up. */
const ISSUER = 'https://confidentialcomputing.googleapis.com'

/** Clocks that disagree by this much are forgiven at the start of validity; the end is exact. */
const SKEW_SECONDS = 60

const NOT_DEBUG = 'disabled-since-boot'

/** Hardware that Confidential Space names, and how people call it. Anything else is not confidential hardware to this verifier. */
const HARDWARE: Readonly<Record<string, string>> = {
  GCP_INTEL_TDX: 'Intel TDX',
  GCP_AMD_SEV: 'AMD SEV',
  GCP_AMD_SEV_ES: 'AMD SEV-ES',
  GCP_AMD_SEV_SNP: 'AMD SEV-SNP',
}

/**
 * Verifies a Confidential Space token: an RS256 JWT in OIDC form (key by `kid` from the issuer) or PKI form (`x5c` to Google's pinned root).
 * Google's verifier checked the hardware's own evidence and says what it saw; the raw evidence is not in the token.
 */
export async function verify(input: AttestationInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const malformed = (detail: string): AttestationResult => {
    log.add('confidential-space.format', 'failed', sentence('cs_format_failed', detail))
    return { findings: log.findings }
  }
  const token = openToken(input.evidence.document, tokenHeader, tokenClaims)
  if (!token.ok) return malformed(token.detail ?? token.code)
  const { jws, header, claims } = token.value
  log.add('confidential-space.format', 'passed', sentence('cs_format_passed'))

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
      platform: sentence(voucher === 'user-root' ? 'cs_platform_user_root' : 'cs_platform', hardware),
    },
  }
}

/** Whose word an authentic token is: the issuer's, or that of whoever holds a root that the user added. Undefined: it is not authentic. */
type Voucher = 'issuer' | 'user-root' | undefined

/** OIDC form. The source of the key is a finding of its own. */
async function checkIssuerKey(jws: Jws, kid: string, { collateral, trust }: AttestationInput, log: Log): Promise<Voucher> {
  const at = 'evidence.header.kid'
  const verdict = await verifyUnderIssuerKey(jws, { issuer: ISSUER, kid, alg: 'RS256' }, { collateral, trust })
  if (verdict.kind === 'no-key') {
    log.add('confidential-space.signature', 'unchecked', sentence('cs_signature_no_key', kid), { at })
    return undefined
  }
  if (verdict.kind === 'engine-failed') {
    log.add('confidential-space.signature', 'unchecked', sentence('cs_signature_engine'), { at })
    return undefined
  }
  const passed = verdict.kind === 'verified'
  log.add('confidential-space.signature', passed ? 'passed' : 'failed', sentence(passed ? 'cs_signature_passed' : 'cs_signature_failed'), {
    at: 'evidence.signature',
  })
  if (passed) reportSource(verdict.source, verdict.at, log)
  return passed ? 'issuer' : undefined
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
      log.add('confidential-space.key-source', 'passed', sentence('cs_key_given'), { assumes: [...BASIS, 'assume_keys_given'], at })
      return
    case 'recorded':
      log.add('confidential-space.key-source', 'unchecked', sentence('cs_key_recorded'), {
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
      log.add('confidential-space.key-source', 'failed', sentence('cs_chain_malformed', verdict.code), { at })
      return undefined
    case 'path-invalid':
      log.add('confidential-space.key-source', 'failed', sentence('cs_chain_failed', verdict.code), { at })
      return undefined
    case 'refuted':
      log.add('confidential-space.signature', 'failed', sentence('cs_signature_failed'), { at: 'evidence.signature' })
      return undefined
    case 'engine-failed':
      log.add('confidential-space.signature', 'unchecked', sentence('cs_signature_engine'), { at: 'evidence.signature' })
      return undefined
    case 'verified': {
      const own = verdict.anchor.addedBy === 'user'
      log.add('confidential-space.signature', 'passed', sentence(own ? 'cs_signature_user_root' : 'cs_signature_passed'), {
        at: 'evidence.signature',
      })
      log.add('confidential-space.key-source', 'passed', sentence(own ? 'cs_chain_user_root' : 'cs_chain_passed'), {
        assumes: own ? ['assume_user_added_root', 'assume_no_revocation'] : BASIS,
        at,
      })
      return own ? 'user-root' : 'issuer'
    }
  }
}

function checkIssuer({ iss }: TokenClaims, log: Log): void {
  const at = 'evidence.payload.iss'
  if (iss === ISSUER) log.add('confidential-space.issuer', 'passed', sentence('cs_issuer_passed'), { at })
  else log.add('confidential-space.issuer', 'failed', sentence('cs_issuer_failed', iss), { at })
}

/** RFC 7519 sections 4.1.4 to 4.1.6, at the instant of use. How old the token was then is the policy's question. */
function checkValidity({ iat, nbf, exp }: TokenClaims, { usedAt, policy }: AttestationInput, log: Log): void {
  const used = usedAt.getTime() / 1000
  const at = 'evidence.payload.exp'
  const when = sentence('cs_window', instant(nbf), instant(exp))
  if (used < Math.max(nbf, iat) - SKEW_SECONDS) {
    log.add('confidential-space.validity', 'failed', sentence('cs_validity_early', usedAt.toISOString(), when), { at })
  } else if (used >= exp)
    log.add('confidential-space.validity', 'failed', sentence('cs_validity_expired', usedAt.toISOString(), when), { at })
  else log.add('confidential-space.validity', 'passed', sentence('cs_validity_passed', usedAt.toISOString(), when), { at })

  if (policy.maxEvidenceAge === undefined) return
  const age = Math.max(0, Math.round(used - iat))
  const outcome = age <= policy.maxEvidenceAge ? 'passed' : 'failed'
  log.add(
    'confidential-space.age',
    outcome,
    sentence(outcome === 'passed' ? 'cs_age_passed' : 'cs_age_failed', String(age), String(policy.maxEvidenceAge)),
    {
      at: 'evidence.payload.iat',
    },
  )
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

function checkDebug({ dbgstat }: TokenClaims, log: Log): void {
  const at = 'evidence.payload.dbgstat'
  if (dbgstat === NOT_DEBUG) log.add('confidential-space.debug', 'passed', sentence('cs_debug_passed'), { at })
  else log.add('confidential-space.debug', 'failed', sentence('cs_debug_failed', dbgstat), { at })
}

/** Confidential hardware, secure boot, the Confidential Space image and its support. Gives the hardware's name. */
function checkPlatform({ hwmodel, secboot, swname, dbgstat, submods }: TokenClaims, log: Log): string {
  const hardware = Object.hasOwn(HARDWARE, hwmodel) ? HARDWARE[hwmodel] : undefined
  if (hardware === undefined) {
    log.add('confidential-space.hardware', 'failed', sentence('cs_hardware_failed', hwmodel), { at: 'evidence.payload.hwmodel' })
  } else log.add('confidential-space.hardware', 'passed', sentence('cs_hardware_passed', hardware), { at: 'evidence.payload.hwmodel' })

  log.add(
    'confidential-space.secure-boot',
    secboot ? 'passed' : 'failed',
    sentence(secboot ? 'cs_secure_boot_passed' : 'cs_secure_boot_failed'),
    {
      at: 'evidence.payload.secboot',
    },
  )
  // A plain confidential VM says `GCE`: it measures no container, and whoever runs it can log in.
  const software = swname === 'CONFIDENTIAL_SPACE'
  const settable = Object.keys(submods.container?.env_override ?? {}).length > 0 || (submods.container?.cmd_override ?? []).length > 0
  log.add(
    'confidential-space.software',
    software ? 'passed' : 'failed',
    software ? sentence('cs_software_passed') : sentence('cs_software_failed', swname),
    {
      assumes: settable ? ['assume_container_settings'] : [],
      at: 'evidence.payload.swname',
    },
  )
  if (dbgstat === NOT_DEBUG) checkSupport(submods.confidential_space?.support_attributes, log)
  return hardware ?? hwmodel
}

/** `USABLE` alone means that the image is out of support. Debug images carry no attributes: they are refused for what they are. */
function checkSupport(attributes: readonly string[] | undefined, log: Log): void {
  const at = 'evidence.payload.submods.confidential_space.support_attributes'
  const supported = attributes !== undefined && (attributes.includes('STABLE') || attributes.includes('LATEST'))
  const said: Sentence = supported ? sentence('cs_support_passed') : sentence('cs_support_failed', (attributes ?? []).join(', '))
  log.add('confidential-space.image-support', supported ? 'passed' : 'failed', said, { at })
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
  // Hardware that is unknown is refused for that.
  if (maker === undefined) return
  const left = Object.hasOwn(LEFT_TO_HOST, hwmodel) ? (LEFT_TO_HOST[hwmodel] ?? []) : []
  const level: readonly AssumptionId[] = tdx?.gcp_attester_tcb_status === undefined ? ['assume_google_security_level'] : []
  if (attesters.length === 0) {
    const assumes: readonly AssumptionId[] = ['assume_google_vtpm', ...level, ...left]
    log.add('confidential-space.attester', 'passed', sentence('cs_attester_vtpm'), { assumes, at })
  } else if (attesters.every((attester) => attester === maker.name)) {
    log.add('confidential-space.attester', 'passed', sentence('cs_attester_passed', maker.name), { assumes: [...level, ...left], at })
  } else log.add('confidential-space.attester', 'failed', sentence('cs_attester_failed', attesters.join(', ')), { at })
}

const MAKERS = [
  { hardware: 'GCP_INTEL_', name: 'INTEL' },
  { hardware: 'GCP_AMD_', name: 'AMD' },
] as const

const DEFAULT_ACCEPTED: readonly TcbStatus[] = ['UpToDate', 'SWHardeningNeeded']

/** Tokens of TDX machines may tell Intel's status of Google's machines, as of when Google began to roll the firmware out. */
function checkSecurityLevel({ tdx }: TokenClaims, { tcb }: Policy, log: Log): void {
  const status = tdx?.gcp_attester_tcb_status
  if (status === undefined) return
  const at = 'evidence.payload.tdx.gcp_attester_tcb_status'
  const accepted: readonly string[] = tcb?.accept ?? DEFAULT_ACCEPTED
  const date = tdx?.gcp_attester_tcb_date ?? '?'
  if (accepted.includes(status)) {
    log.add('confidential-space.tcb', 'passed', sentence('cs_tcb_passed', status, date), { assumes: ['assume_google_rollout'], at })
  } else log.add('confidential-space.tcb', 'failed', sentence('cs_tcb_failed', status, date), { at })
}

/** `ON` is the one mode in which a GPU protects what it is given; `DEVTOOLS` looks the same to programs and protects nothing. */
function checkGpu({ submods: { nvidia_gpu: gpu } }: TokenClaims, log: Log): void {
  if (gpu === undefined) return
  const at = 'evidence.payload.submods.nvidia_gpu.cc_mode'
  const mode = gpu.cc_mode ?? undefined
  if (mode === undefined) {
    log.add('confidential-space.gpu', 'unchecked', sentence('cs_gpu_not_stated'), { assumes: ['assume_gpu_unattested'], at })
  } else if (mode === 'ON') {
    log.add('confidential-space.gpu', 'passed', sentence('cs_gpu_passed', modelsOf(gpu)), { assumes: ['assume_google_gpu'], at })
  } else {
    const said = mode === 'DEVTOOLS' ? sentence('cs_gpu_devtools') : sentence('cs_gpu_failed', mode)
    log.add('confidential-space.gpu', 'failed', said, { at })
  }
}

function modelsOf({ gpus }: GpuClaims): string {
  return [...new Set((gpus ?? []).map(({ hwmodel }) => hwmodel ?? '?'))].join(', ') || 'NVIDIA'
}
