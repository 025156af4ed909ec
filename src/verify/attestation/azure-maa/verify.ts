import { FindingLog } from '../../claims/finding.ts'
import { type Sentence, sentence } from '../../claims/sentence.ts'
import type { AssumptionId } from '../../claims/types.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import type { Jws } from '../../encoding/jose.ts'
import { parseWith } from '../../encoding/schema.ts'
import type { Policy } from '../../policy/types.ts'
import { type KeySource, verifyUnderIssuerKey } from '../issuer-key.ts'
import { openToken } from '../token.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { reportCommitments, runtimeCommitments, snpMeasurements, tokenMeasurements } from './measurements.ts'
import { areRuntimeClaimsReported } from './runtime-claims.ts'
import { SNP, type SnpClaims, snpClaims, type TokenClaims, tokenClaims, tokenHeader } from './schema.ts'

type Log = FindingLog<CheckName>

/** Clocks that disagree by this much are forgiven at the start of validity; the end is exact. */
const SKEW_SECONDS = 60

/** What the service calls a utility VM of Azure's that runs confidential containers, once it has checked Microsoft's endorsement of it. */
const COMPLIANT = 'azure-compliant-uvm'

/** What every verdict on a token of the service rests on. */
const BASIS: readonly AssumptionId[] = ['assume_hardware_vendor', 'assume_azure_verifier', 'assume_side_channels', 'assume_no_revocation']

/**
 * Verifies a token of Microsoft Azure Attestation: an RS256 JWT under a key that its `kid` names among the keys of its issuer. Anybody can
 * make an instance of the service with rules of their own, so that the issuer counts only where the policy names it, and the claims
 * out of the report are checked beside the service's own verdict. The report itself is not in the token.
 */
export async function verify(input: AttestationInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  const malformed = (detail: string): AttestationResult => {
    log.add('azure-maa.format', 'failed', sentence('maa_format_failed', detail))
    return { findings: log.findings }
  }
  const token = openToken(input.evidence.document, tokenHeader, tokenClaims)
  if (!token.ok) return malformed(token.detail ?? token.code)
  const { jws, header, claims, payload } = token.value
  const type = claims['x-ms-attestation-type']
  const snp = type === SNP ? parseWith(snpClaims, payload) : undefined
  if (snp?.ok === false) return malformed(snp.detail ?? snp.code)
  log.add('azure-maa.format', 'passed', sentence('maa_format_passed'))

  if (!(await checkSignature(jws, header.kid, claims.iss, input, log))) return { findings: log.findings }
  checkIssuer(claims, input.policy, log)
  checkValidity(claims, input, log)
  checkType(type, log)
  const platform = sentence('maa_platform', claims.iss)
  const measurements = tokenMeasurements(claims)
  const commits = runtimeCommitments(claims)
  if (snp === undefined) return { findings: log.findings, authentic: { commits, measurements, platform } }
  checkPlatform(snp.value, log)
  await checkRuntimeClaims(snp.value, jws.payloadBytes, log)
  return {
    findings: log.findings,
    authentic: {
      commits: [...reportCommitments(snp.value), ...commits],
      measurements: [...measurements, ...snpMeasurements(snp.value)],
      platform,
    },
  }
}

/** Whether the signature holds under a key of the token's issuer. The source of the key is a finding of its own. */
async function checkSignature(jws: Jws, kid: string, issuer: string, { collateral, trust }: AttestationInput, log: Log): Promise<boolean> {
  const at = 'evidence.signature'
  const verdict = await verifyUnderIssuerKey(jws, { issuer, kid, alg: 'RS256' }, { collateral, trust })
  switch (verdict.kind) {
    case 'no-key':
      log.add('azure-maa.signature', 'unchecked', sentence('maa_signature_no_key', kid), { at: 'evidence.header.kid' })
      return false
    case 'engine-failed':
      log.add('azure-maa.signature', 'unchecked', sentence('maa_signature_engine'), { at })
      return false
    case 'refuted':
      log.add('azure-maa.signature', 'failed', sentence('maa_signature_failed'), { at })
      return false
    case 'verified':
      log.add('azure-maa.signature', 'passed', sentence('maa_signature_passed'), { at })
      reportSource(verdict.source, verdict.at, log)
      return true
  }
}

/** The service's certificates are self-signed for each instance: the connection over which its keys were fetched is what vouches for them. */
function reportSource(source: KeySource, when: string, log: Log): void {
  const at = 'evidence.header.kid'
  const add = (outcome: 'passed' | 'unchecked', because: Sentence, assumption: AssumptionId) =>
    log.add('azure-maa.key-source', outcome, because, { assumes: [...BASIS, assumption], at })
  switch (source) {
    case 'fetched':
      add('passed', sentence('maa_key_fetched', when), 'assume_archived_issuer_keys')
      return
    case 'given':
      add('passed', sentence('maa_key_given'), 'assume_keys_given')
      return
    case 'recorded':
      add('unchecked', sentence('maa_key_recorded'), 'assume_keys_recorded')
      return
  }
}

/** Every expectation about the issuer has to accept it, and there has to be one: a token may come from an instance of anybody's. */
function checkIssuer({ iss }: TokenClaims, { expects }: Policy, log: Log): void {
  const at = 'evidence.payload.iss'
  const named = expects.filter(({ measurement }) => measurement === 'token.issuer')
  if (named.length > 0 && named.every(({ anyOf }) => anyOf.includes(iss))) {
    log.add('azure-maa.issuer', 'passed', sentence('maa_issuer_passed', iss), { at })
  } else log.add('azure-maa.issuer', 'unchecked', sentence('maa_issuer_not_named', iss), { at })
}

/** RFC 7519 sections 4.1.4 to 4.1.6, at the instant of use. How old the token was then is the policy's question. */
function checkValidity({ iat, nbf, exp }: TokenClaims, { usedAt, policy }: AttestationInput, log: Log): void {
  const used = usedAt.getTime() / 1000
  const when = sentence('maa_window', instant(nbf), instant(exp))
  const validity = (outcome: 'passed' | 'failed', id: 'maa_validity_passed' | 'maa_validity_early' | 'maa_validity_expired') =>
    log.add('azure-maa.validity', outcome, sentence(id, usedAt.toISOString(), when), { at: 'evidence.payload.exp' })
  if (used < Math.max(nbf, iat) - SKEW_SECONDS) validity('failed', 'maa_validity_early')
  else if (used >= exp) validity('failed', 'maa_validity_expired')
  else validity('passed', 'maa_validity_passed')

  const limit = policy.maxEvidenceAge
  if (limit === undefined) return
  const age = Math.max(0, Math.round(used - iat))
  const passed = age <= limit
  const said = sentence(passed ? 'maa_age_passed' : 'maa_age_failed', String(age), String(limit))
  log.add('azure-maa.age', passed ? 'passed' : 'failed', said, { at: 'evidence.payload.iat' })
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

/** Tokens about Intel TDX, virtual machines without containers and SGX exist; their claims are not confirmed by a real one, so not read. */
function checkType(type: string, log: Log): void {
  const at = 'evidence.payload.x-ms-attestation-type'
  if (type === SNP) log.add('azure-maa.attestation-type', 'passed', sentence('maa_type_passed'), { at })
  else log.add('azure-maa.attestation-type', 'unchecked', sentence('maa_type_unknown', type), { at })
}

/** The service's verdict, and what the report itself says: rules of an instance's own may call anything compliant. */
function checkPlatform(claims: SnpClaims, log: Log): void {
  const status = claims['x-ms-compliance-status']
  const compliance = { at: 'evidence.payload.x-ms-compliance-status' } as const
  if (status === COMPLIANT) log.add('azure-maa.compliance', 'passed', sentence('maa_compliance_passed'), compliance)
  else log.add('azure-maa.compliance', 'failed', sentence('maa_compliance_failed', status ?? ''), compliance)

  const debug = claims['x-ms-sevsnpvm-is-debuggable']
  log.add('azure-maa.debug', debug ? 'failed' : 'passed', sentence(debug ? 'maa_debug_failed' : 'maa_debug_passed'), {
    at: 'evidence.payload.x-ms-sevsnpvm-is-debuggable',
  })
  const moves = claims['x-ms-sevsnpvm-migration-allowed']
  log.add('azure-maa.migration', moves ? 'failed' : 'passed', sentence(moves ? 'maa_migration_failed' : 'maa_migration_passed'), {
    at: 'evidence.payload.x-ms-sevsnpvm-migration-allowed',
  })
  const vmpl = claims['x-ms-sevsnpvm-vmpl']
  const level = { at: 'evidence.payload.x-ms-sevsnpvm-vmpl' } as const
  if (vmpl === 0) log.add('azure-maa.privilege-level', 'passed', sentence('maa_vmpl_passed'), level)
  else log.add('azure-maa.privilege-level', 'failed', sentence('maa_vmpl_failed', String(vmpl)), level)
  checkEndorsement(claims, log)
}

/** Where the token repeats Microsoft's endorsement of a utility VM, it has to be of the one that was launched. */
function checkEndorsement(claims: SnpClaims, log: Log): void {
  const endorsement = claims['x-ms-sevsnpvm-uvm-endorsement']
  if (endorsement === undefined) return
  const same = endorsement['x-ms-sevsnpvm-launchmeasurement'] === claims['x-ms-sevsnpvm-launchmeasurement']
  log.add('azure-maa.uvm-endorsement', same ? 'passed' : 'failed', sentence(same ? 'maa_uvm_passed' : 'maa_uvm_failed'), {
    at: 'evidence.payload.x-ms-sevsnpvm-uvm-endorsement',
  })
}

/** The service's signature covers the runtime claims in any case; whether the processor's report does too can only be confirmed. */
async function checkRuntimeClaims(claims: SnpClaims, payload: Bytes, log: Log): Promise<void> {
  const at = 'evidence.payload.x-ms-sevsnpvm-reportdata'
  const reported = await areRuntimeClaimsReported(payload, claims['x-ms-sevsnpvm-reportdata'])
  if (reported) log.add('azure-maa.runtime-claims', 'passed', sentence('maa_runtime_passed'), { at })
  else log.add('azure-maa.runtime-claims', 'unchecked', sentence('maa_runtime_unconfirmed'), { at })
}
