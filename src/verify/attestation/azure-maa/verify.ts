import { type Because, FindingLog, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { AssumptionId } from '../../claims/types.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import type { Jws } from '../../encoding/jose.ts'
import type { Failure } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import type { Policy } from '../../policy/types.ts'
import { type KeySource, verifyUnderIssuerKey } from '../issuer-key.ts'
import { openToken } from '../token.ts'
import type { AttestationInput, AttestationResult } from '../types.ts'
import { checkAge, checkTokenTimes } from '../validity.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { reportCommitments, runtimeCommitments, snpMeasurements, tokenMeasurements } from './measurements.ts'
import { areRuntimeClaimsReported } from './runtime-claims.ts'
import { SNP, type SnpClaims, snpClaims, type TokenClaims, tokenClaims, tokenHeader } from './schema.ts'

type Log = FindingLog<CheckName>

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
  const unreadable = (fault: Failure<string>): AttestationResult => {
    log.add('azure-maa.format', 'unchecked', 'maa_format_failed', { ...faultIn('evidence', fault), theirs: true })
    return { findings: log.findings }
  }
  const token = openToken(input.evidence.document, tokenHeader, tokenClaims)
  if (!token.ok) return unreadable(token)
  const { jws, header, claims, payload } = token.value
  const type = claims['x-ms-attestation-type']
  const snp = type === SNP ? parseWith(snpClaims, payload) : undefined
  if (snp?.ok === false) return unreadable(snp)
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
      log.add('azure-maa.signature', 'unchecked', 'maa_signature_no_key', { at: 'evidence.header.kid', code: 'no-key', expected: kid })
      return false
    case 'engine-failed':
      log.add('azure-maa.signature', 'unchecked', 'maa_signature_engine', { at, code: 'engine-failed' })
      return false
    case 'refuted':
      log.add('azure-maa.signature', 'failed', 'maa_signature_failed', { at })
      return false
    case 'verified':
      log.add('azure-maa.signature', 'passed', 'maa_signature_passed', { at })
      reportSource(verdict.source, verdict.at, log)
      return true
  }
}

/** The service's certificates are self-signed for each instance: the connection over which its keys were fetched is what vouches for them. */
function reportSource(source: KeySource, when: string, log: Log): void {
  const at = 'evidence.header.kid'
  const add = (outcome: 'passed' | 'unchecked', because: Because, assumption: AssumptionId) =>
    log.add('azure-maa.key-source', outcome, because, { assumes: [...BASIS, assumption], at })
  switch (source) {
    case 'fetched':
      add('passed', sentence('maa_key_fetched', when), 'assume_archived_issuer_keys')
      return
    case 'given':
      add('passed', 'maa_key_given', 'assume_keys_given')
      return
    case 'recorded':
      add('unchecked', 'maa_key_recorded', 'assume_keys_recorded')
      return
  }
}

/** Every expectation about the issuer has to accept it, and there has to be one: a token may come from an instance of anybody's. */
function checkIssuer({ iss }: TokenClaims, { expects }: Policy, log: Log): void {
  const at = 'evidence.payload.iss'
  const named = expects.filter(({ measurement }) => measurement === 'token.issuer')
  if (named.length > 0 && named.every(({ anyOf }) => anyOf.includes(iss))) {
    log.add('azure-maa.issuer', 'passed', sentence('maa_issuer_passed', iss), { at, computed: iss })
  } else log.add('azure-maa.issuer', 'unchecked', sentence('maa_issuer_not_named', iss), { at, computed: iss })
}

/** How old the token was when it was used is the policy's question. */
function checkValidity(claims: TokenClaims, { usedAt, policy: { maxEvidenceAge } }: AttestationInput, log: Log): void {
  const [outcome, because, more] = checkTokenTimes(claims, usedAt)
  log.add('azure-maa.validity', outcome, because, { ...more, at: 'evidence.payload.exp' })
  if (maxEvidenceAge === undefined) return
  const [aged, said, ages] = checkAge(claims.iat, usedAt, maxEvidenceAge)
  log.add('azure-maa.age', aged, said, { ...ages, at: 'evidence.payload.iat' })
}

/** Tokens about Intel TDX, virtual machines without containers and SGX exist; their claims are not confirmed by a real one, so not read. */
function checkType(type: string, log: Log): void {
  const at = 'evidence.payload.x-ms-attestation-type'
  const compared = { at, expected: SNP, computed: type } as const
  if (type === SNP) log.add('azure-maa.attestation-type', 'passed', 'maa_type_passed', compared)
  else log.add('azure-maa.attestation-type', 'unchecked', sentence('maa_type_unknown', type), compared)
}

/** The service's verdict, and what the report itself says: rules of an instance's own may call anything compliant. */
function checkPlatform(claims: SnpClaims, log: Log): void {
  const status = claims['x-ms-compliance-status']
  log.decide('azure-maa.compliance', status === COMPLIANT, COMPLIANCE, {
    at: 'evidence.payload.x-ms-compliance-status',
    expected: COMPLIANT,
    computed: status,
  })
  const debug = claims['x-ms-sevsnpvm-is-debuggable']
  log.decide('azure-maa.debug', !debug, DEBUG, { at: 'evidence.payload.x-ms-sevsnpvm-is-debuggable' })
  const moves = claims['x-ms-sevsnpvm-migration-allowed']
  log.decide('azure-maa.migration', !moves, MIGRATION, { at: 'evidence.payload.x-ms-sevsnpvm-migration-allowed' })
  const vmpl = claims['x-ms-sevsnpvm-vmpl']
  const level = { at: 'evidence.payload.x-ms-sevsnpvm-vmpl', expected: '0', computed: String(vmpl) } as const
  const asked = { passed: 'maa_vmpl_passed', failed: sentence('maa_vmpl_failed', String(vmpl)) } as const
  log.decide('azure-maa.privilege-level', vmpl === 0, asked, level)
  checkEndorsement(claims, log)
}

const COMPLIANCE = { passed: 'maa_compliance_passed', failed: 'maa_compliance_failed' } as const
const DEBUG = { passed: 'maa_debug_passed', failed: 'maa_debug_failed' } as const
const MIGRATION = { passed: 'maa_migration_passed', failed: 'maa_migration_failed' } as const

/** Where the token repeats Microsoft's endorsement of a utility VM, it has to be of the one that was launched. */
function checkEndorsement(claims: SnpClaims, log: Log): void {
  const endorsement = claims['x-ms-sevsnpvm-uvm-endorsement']
  if (endorsement === undefined) return
  const expected = endorsement['x-ms-sevsnpvm-launchmeasurement']
  const computed = claims['x-ms-sevsnpvm-launchmeasurement']
  const said = { passed: 'maa_uvm_passed', failed: 'maa_uvm_failed' } as const
  const at = 'evidence.payload.x-ms-sevsnpvm-uvm-endorsement'
  log.decide('azure-maa.uvm-endorsement', expected === computed, said, { at, expected, computed })
}

/** The service's signature covers the runtime claims in any case; whether the processor's report does too can only be confirmed. */
async function checkRuntimeClaims(claims: SnpClaims, payload: Bytes, log: Log): Promise<void> {
  const at = 'evidence.payload.x-ms-sevsnpvm-reportdata'
  const reported = await areRuntimeClaimsReported(payload, claims['x-ms-sevsnpvm-reportdata'])
  if (reported) log.add('azure-maa.runtime-claims', 'passed', 'maa_runtime_passed', { at })
  else log.add('azure-maa.runtime-claims', 'unchecked', 'maa_runtime_unconfirmed', { at })
}
