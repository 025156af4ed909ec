import { FindingLog, faultIn } from '../../claims/finding.ts'
import { type MessageId, type Sentence, sentence } from '../../claims/sentence.ts'
import type { Finding } from '../../claims/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import type { Failure, Result } from '../../encoding/result.ts'
import type { Measurement } from '../../policy/types.ts'
import type { AttestationResult, AuthenticEvidence, Commitment, CompositeInput } from '../types.ts'
import { checkCertificate } from './check-certificate.ts'
import { type Aside, checkDevices } from './check-devices.ts'
import { checkSource } from './check-source.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { type DocumentCode, parseBundle, parseDocument, type TinfoilDocument } from './document.ts'
import { FORMAT, type KeyItem } from './schema.ts'

export type Log = FindingLog<CheckName>

/** Verifies the document that an enclave serves at `/.well-known/tinfoil-attestation`. */
export async function verifyAttestation(input: CompositeInput): Promise<AttestationResult> {
  return verifyDocument(await parseDocument(input.evidence), input)
}

/** Verifies what the attestation cache (ATC) hands out for an enclave, or a client assembled in its place. */
export async function verifyBundle(input: CompositeInput): Promise<AttestationResult> {
  return verifyDocument(await parseBundle(input.evidence), input)
}

/**
 * First the processor's own report, by its own verifier; then whether its data holds the rest of the document together; then what hangs on that:
 * nonce, keys, certificate, devices, source. Where the report's data is another, the document's keys are nobody's, and only what the report itself
 * says remains.
 */
async function verifyDocument(parsed: Result<TinfoilDocument, DocumentCode>, input: CompositeInput): Promise<AttestationResult> {
  const log: Log = new FindingLog(CHECKS, input.hop)
  if (!parsed.ok) {
    reportMalformed(parsed, log)
    return { findings: log.findings }
  }
  const document = parsed.value
  log.add('tinfoil.format', 'passed', sentence('tinfoil_format_passed', versionInWords(document)))
  checkCollateral(document, log)
  const { kind, octets } = document.cpu
  const cpu = await input.appraisePart({ kind, document: encodeBase64url(octets), collateral: document.collateral })
  if (cpu === undefined) {
    log.add('tinfoil.report', 'unchecked', 'tinfoil_report_unknown', { computed: kind })
    return { findings: log.findings }
  }
  const reported = cpu.authentic
  const findings = (): readonly Finding[] => [...log.findings.slice(0, 1), ...cpu.findings, ...log.findings.slice(1)]
  if (reported === undefined) return { findings: findings() }

  const keys = checkReportData(document, reported, log)
  if (keys === undefined) return { findings: findings(), authentic: describe(document, reported, []) }
  checkNonce(document, input, log)
  checkSections(document, log)
  await checkCertificate(document, keys, input, log)
  const devices = await checkDevices(document, input, log)
  const source = await checkSource(document, reported, input, log)
  const isKeyMaterialHeld = !log.findings.some(({ check, outcome }) => check === 'tinfoil.crypto-material' && outcome !== 'passed')
  return {
    findings: [...findings(), ...devices.findings, ...source.findings],
    authentic: describe(document, reported, isKeyMaterialHeld ? keys : [], devices, source),
  }
}

/** A format that is not known here, and a document that cannot be read, are both what was sent. */
function reportMalformed(fault: Failure<DocumentCode>, log: Log): void {
  const more = { ...faultIn('evidence', fault), theirs: true }
  if (fault.code !== 'tinfoil-unsupported') log.add('tinfoil.format', 'unchecked', 'tinfoil_format_failed', more)
  else log.add('tinfoil.format', 'unchecked', sentence('tinfoil_format_unsupported', fault.detail ?? ''), more)
}

/** Only version 3 requires its own collateral. */
function checkCollateral({ challenge, lacking }: TinfoilDocument, log: Log): void {
  if (challenge === undefined) return
  const said = { passed: 'tinfoil_collateral_passed', failed: 'tinfoil_collateral_failed' } as const
  log.decide('tinfoil.collateral', lacking === undefined, said, { at: 'evidence.collateral', expected: lacking })
}

/** Octets of either key that version 2 puts into the report's data, in hexadecimal digits. */
const KEY_DIGITS = 64

/** The keys that the report commits to: in version 2 its data is the keys, in version 3 a hash over what the document says they are. */
function checkReportData(document: TinfoilDocument, { commits }: AuthenticEvidence, log: Log): readonly KeyItem[] | undefined {
  const data = commits.find(({ field }) => field === 'report-data')?.value ?? ''
  const { reportData, challenge } = document
  if (reportData === undefined) {
    return [
      { id: 'tls', format: FORMAT.spkiFingerprint, data: data.slice(0, KEY_DIGITS) },
      { id: 'hpke', format: FORMAT.hpkeKey, data: data.slice(KEY_DIGITS) },
    ]
  }
  if (challenge !== undefined) {
    const said = { passed: 'tinfoil_challenge_passed', failed: 'tinfoil_challenge_failed' } as const
    const compared = { at: 'evidence.challenge.report_data', expected: challenge, computed: reportData } as const
    log.decide('tinfoil.challenge', challenge === reportData, said, compared)
  }
  const compared = { at: 'evidence.cpu.report_data', expected: data, computed: reportData } as const
  if (data === reportData) {
    log.add('tinfoil.report-data', 'passed', 'tinfoil_report_data_passed', { ...compared, assumes: ['assume_tls_binding'] })
    return document.keys
  }
  log.add('tinfoil.report-data', 'failed', 'tinfoil_report_data_failed', compared)
  return undefined
}

/** The nonce is the one that this verifier sent, or nothing says when the report was made. */
function checkNonce({ nonce }: TinfoilDocument, { evidence: { nonce: sent } }: CompositeInput, log: Log): void {
  const at = 'evidence.challenge.nonce'
  if (nonce === undefined) {
    log.add('tinfoil.nonce', 'unchecked', 'tinfoil_nonce_none', { assumes: ['assume_evidence_not_fresh'], at, code: 'nonce-none' })
  } else if (sent === undefined) {
    log.add('tinfoil.nonce', 'unchecked', 'tinfoil_nonce_not_sent', { assumes: ['assume_evidence_not_fresh'], at, code: 'nonce-not-sent' })
  } else {
    const said = { passed: 'tinfoil_nonce_passed', failed: 'tinfoil_nonce_failed' } as const
    log.decide('tinfoil.nonce', nonce === sent.toLowerCase(), said, { at, expected: sent, computed: nonce })
  }
}

/** Are the parts of the document those whose hashes the report commits to? */
function checkSections({ sections }: TinfoilDocument, log: Log): void {
  for (const { check, stated, computed } of sections) {
    const called = sentence(SECTION_NAMES[check])
    const compared = { expected: stated, computed }
    if (stated !== undefined && stated === computed) log.add(check, 'passed', sentence('tinfoil_section_passed', called), compared)
    else if (stated === undefined) log.add(check, 'failed', sentence('tinfoil_section_not_committed', called), compared)
    else if (computed === undefined) log.add(check, 'failed', sentence('tinfoil_section_missing', called), compared)
    // The switches' evidence was served in another spelling than the one that was hashed (June 2026): then it cannot be told.
    else if (check === 'tinfoil.switch-evidence') log.add(check, 'unchecked', 'tinfoil_switch_respelled', compared)
    else log.add(check, 'failed', sentence('tinfoil_section_failed', called), compared)
  }
}

const SECTION_NAMES = {
  'tinfoil.crypto-material': 'tinfoil_section_keys',
  'tinfoil.device-evidence': 'tinfoil_section_devices',
  'tinfoil.gpu-evidence': 'tinfoil_section_gpus',
  'tinfoil.switch-evidence': 'tinfoil_section_switches',
} as const

const VERSION_WORDS = {
  v2: 'tinfoil_version_2',
  'v2-bundle': 'tinfoil_version_2_bundle',
  'v3-early': 'tinfoil_version_3_early',
  v3: 'tinfoil_version_3',
} as const satisfies Record<TinfoilDocument['version'], MessageId>

function versionInWords({ version }: TinfoilDocument): Sentence {
  return sentence(VERSION_WORDS[version])
}

/** Ids of keys that may stand in the name of a measurement. */
const PLAIN_ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/**
 * What the document says once the report is authentic: everything that the report states, and beside it `tinfoil.key.<id>` for each key that it
 * commits to (the TLS key's fingerprint, the HPKE key that the page encrypts to), in hexadecimal.
 */
function describe(
  document: TinfoilDocument,
  reported: AuthenticEvidence,
  keys: readonly KeyItem[],
  ...aside: readonly Aside[]
): AuthenticEvidence {
  return {
    commits: [...reported.commits, ...keys.map(({ id, data }): Commitment => ({ field: 'runtime-claim', name: id, value: data }))],
    measurements: [
      ...reported.measurements,
      ...aside.flatMap(({ measurements }) => measurements),
      ...keys
        .filter(({ id }) => PLAIN_ID.test(id))
        .map(({ id, data }): Measurement => ({ name: `tinfoil.key.${id}`, value: data, kind: 'identity' })),
    ],
    unknown: [...(reported.unknown ?? []), ...aside.flatMap(({ unknown = [] }) => unknown)],
    platform: sentence('tinfoil_platform', reported.platform, versionInWords(document)),
  }
}
