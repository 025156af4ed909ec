import { FindingLog, faultIn, makeFinding } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { AssumptionId, Finding, HopFact } from '../../claims/types.ts'
import { decodeBase64url, encodeBase64url } from '../../encoding/base64.ts'
import { type Bytes, concatBytes, equalBytes } from '../../encoding/bytes.ts'
import { sigStructure } from '../../encoding/cose.ts'
import { sha256 } from '../../encoding/digest.ts'
import { verifyEd25519 } from '../../encoding/ed25519.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { Policy } from '../../policy/types.ts'
import { placeInTime } from '../issue-time.ts'
import type { AuthenticReceipt, HopEvidence, ModelFact, ReceiptInput, ReceiptResult } from '../types.ts'
import { bind } from './binding.ts'
import { CHECKS } from './checks.ts'
import { type AirClaims, type Profile, readClaims } from './claims.ts'
import { octetsOf } from './delivery.ts'
import { type AirEvidence, pickEvidence, readEvidence } from './evidence.ts'
import { checkExchange } from './exchange.ts'
import { type Log, refuse } from './log.ts'
import { PARSE_CHECKS, type ParsedReceipt, parseReceipt } from './receipt.ts'

/** Prefix of what is hashed to know a receipt again. */
const REPLAY_LABEL = encodeUtf8('air-v1\u0000')
const SIGNATURE_OCTETS = 64

/**
 * Verifies an AIR v1 receipt (draft-tsyrulnikov-rats-attested-inference-receipt-02): the four layers of its verification procedure, each only
 * if the one before holds, then what the draft leaves to the verifier: the platform's evidence, whether it commits to the key that signed, and
 * whether its registers are those of the receipt. Receipts carry no key: it comes out of the policy or out of the evidence.
 */
export async function verify(input: ReceiptInput): Promise<ReceiptResult> {
  const log: Log = new FindingLog(CHECKS, 0)
  const profile = input.policy.air?.profile ?? 'draft-02'
  const read = input.evidence.map((seen) => ({ seen, result: readEvidence(seen) }))
  const gathered = read.flatMap(({ result }) => (result.ok ? [result.value] : []))
  const parsed = await parse(input, log)
  const signed = parsed === undefined ? undefined : await authenticate(parsed, input.policy, gathered, profile, log)
  const hops = signed === undefined ? [] : hopsOf(signed.claims, input)
  const signer = Math.max(0, hops.length - 1)
  // What is said from here on is said of the hop that signed.
  const ofSigner: Log = new FindingLog(CHECKS, signer)
  for (const { result } of read) {
    if (!result.ok) ofSigner.add('air.envelope', 'failed', 'air_envelope_failed', faultIn('evidence', result))
  }
  const findings = () => [...log.findings, ...ofSigner.findings]
  if (signed === undefined) return { findings: findings(), evidence: asPublished(gathered) }

  if (signer > 0) log.add('air.gateway', 'failed', 'air_gateway')
  checkPolicy(signed.claims, input, ofSigner)
  checkExchange(signed.claims, input.receipt.delivery, input.exchange, ofSigner)
  const evidence = await findEvidence(signed, gathered, signer, ofSigner)
  return { findings: findings(), evidence, authentic: await describe(signed, hops, signer, input) }
}

/** Without a receipt that holds: what the service publishes, which is about no answer in particular. */
function asPublished([first]: readonly AirEvidence[]): readonly HopEvidence[] {
  if (first === undefined) return []
  const binds = () => [makeFinding(CHECKS, 'air.key-binding', 'unchecked', 'air_binding_no_receipt')]
  return [{ hop: 0, document: first.document, binds, named: true }]
}

/** Layer 1: the shape. */
async function parse({ receipt, exchange }: ReceiptInput, log: Log): Promise<ParsedReceipt | undefined> {
  const octets = await octetsOf(receipt, exchange, log)
  if (octets === undefined) return undefined
  const parsed = parseReceipt(octets)
  if (!parsed.ok) {
    refuse(log, PARSE_CHECKS[parsed.code], parsed.code, parsed.detail)
    return undefined
  }
  log.add('air.cose', 'passed', 'air_parsed')
  return parsed.value
}

type Signed = { readonly claims: AirClaims; readonly key: Bytes; readonly fromPolicy: boolean }

/**
 * Layers 2 and 3: signature and claims. Where there is no key to check the signature with, the claims are looked at all the same, for they can
 * be refused without it, and nothing more.
 */
async function authenticate(
  parsed: ParsedReceipt,
  policy: Policy,
  gathered: readonly AirEvidence[],
  profile: Profile,
  log: Log,
): Promise<Signed | undefined> {
  const inOrder = checkOrder(parsed, profile, log)
  const pinned = (policy.air?.keys ?? []).flatMap((text) => {
    const key = decodeBase64url(text)
    return key.ok ? [key.value] : []
  })
  const key = await checkSignature(parsed, [...pinned, ...gathered.flatMap(({ keys }) => keys)], log)
  if (key === 'failed') return undefined
  const claims = validate(parsed, profile, log)
  if (key === 'unchecked' || claims === undefined || !inOrder) return undefined
  const fromPolicy = pinned.some((candidate) => equalBytes(candidate, key))
  log.add('air.key', 'passed', fromPolicy ? 'air_key_policy' : 'air_key_evidence')
  log.add('air.claims', 'passed', 'air_claims_passed')
  sayMode(claims, profile, log)
  return { claims, key, fromPolicy }
}

/** Receipts from before the draft's second revision have their keys in any order; their verifier never looked. */
function checkOrder({ sorted }: ParsedReceipt, profile: Profile, log: Log): boolean {
  if (sorted) log.add('air.map-order', 'passed', 'air_order_passed')
  else if (profile === 'older') log.add('air.map-order', 'passed', 'air_order_older', { assumes: ['assume_air_older_profile'] })
  else log.add('air.map-order', 'failed', 'air_order_failed', { at: 'receipt', code: 'MAP_ORDER' })
  return sorted || profile === 'older'
}

/** The key among those known under which the signature holds. */
async function checkSignature({ message }: ParsedReceipt, keys: readonly Bytes[], log: Log): Promise<Bytes | 'failed' | 'unchecked'> {
  const at = 'receipt.signature'
  if (message.signature.length !== SIGNATURE_OCTETS) {
    refuse(log, 'air.signature', 'BAD_SIG_LENGTH')
    return 'failed'
  }
  if (keys.length === 0) {
    log.add('air.key', 'unchecked', 'air_key_none')
    log.add('air.signature', 'unchecked', 'air_signature_no_key', { at, code: 'no-key' })
    return 'unchecked'
  }
  const signed = sigStructure(message, new Uint8Array(0))
  for (const key of keys) {
    const holds = await verifyEd25519(key, message.signature, signed).catch(() => undefined)
    if (holds === undefined) {
      log.add('air.signature', 'unchecked', 'air_signature_engine', { at, code: 'engine-failed' })
      return 'unchecked'
    }
    if (holds) {
      log.add('air.signature', 'passed', 'air_signature_passed', { at })
      return key
    }
  }
  log.add('air.signature', 'failed', 'air_signature_failed', { at, code: 'SIG_FAILED' })
  return 'failed'
}

/** Layer 3: the claims, or a finding for each rule that they break. */
function validate({ payload }: ParsedReceipt, profile: Profile, log: Log): AirClaims | undefined {
  const claims = readClaims(payload, profile)
  if ('iss' in claims) return claims
  for (const { check, code } of claims) {
    if (check === 'air.security-mode') {
      const mode = code.slice(code.indexOf(':') + 1)
      log.add(check, 'failed', sentence('air_mode_unknown', mode), { at: 'receipt.payload.security_mode', code })
    } else refuse(log, check, code)
  }
  return undefined
}

function sayMode({ securityMode }: AirClaims, profile: Profile, log: Log): void {
  const at = 'receipt.payload.security_mode'
  if (profile === 'draft-02') log.add('air.security-mode', 'passed', sentence('air_mode_passed', securityMode), { at })
  else {
    const assumes = ['assume_air_older_profile'] as const
    log.add('air.security-mode', 'passed', sentence('air_mode_older', securityMode), { at, assumes })
  }
}

/** Layer 4, as far as it is this format's: time, nonce, and what the signer says of its own setup. The rest is matched for every format alike. */
function checkPolicy(claims: AirClaims, { policy, exchange, asked, moment }: ReceiptInput, log: Log): void {
  checkTime(claims, policy.air?.maxAge, exchange, moment, log)
  checkNonce(claims, asked, log)
  const at = 'receipt.payload.security_mode'
  if (claims.securityMode === 'evaluation') {
    log.add('air.production', 'failed', 'air_evaluation', { at, code: 'EVALUATION_MODE_REJECTED' })
  }
}

function checkTime(
  { iat }: AirClaims,
  maxAge: number | undefined,
  exchange: ReceiptInput['exchange'],
  moment: ReceiptInput['moment'],
  log: Log,
): void {
  const at = 'receipt.payload.iat'
  const issued = new Date(iat * 1000).toISOString()
  const place = placeInTime(iat, exchange, moment)
  const age = Math.floor(moment.now.getTime() / 1000) - iat
  if (place === 'future') {
    log.add('air.freshness', 'failed', sentence('air_future', issued), { at, code: 'TIMESTAMP_FUTURE' })
  } else if (place === 'stale' || (maxAge !== undefined && age > maxAge)) {
    log.add('air.freshness', 'failed', sentence('air_stale', issued), { at, code: 'TIMESTAMP_STALE' })
  } else {
    const live = moment.basis === 'captured-here'
    const assumes = [live ? 'assume_clock' : 'assume_not_backdated'] as const
    log.add('air.freshness', 'passed', sentence(live ? 'air_fresh' : 'air_issued', issued), { at, assumes })
  }
}

/** A nonce goes out as base64url and comes back as octets. */
function checkNonce({ nonce }: AirClaims, asked: ReceiptInput['asked'], log: Log): void {
  const at = 'receipt.payload.eat_nonce'
  if (asked?.nonce === undefined) {
    log.add('air.nonce', 'unchecked', 'air_nonce_not_sent', { at, assumes: ['assume_not_fresh'] })
  } else if (nonce === undefined) {
    log.add('air.nonce', 'failed', 'air_nonce_missing', { at, code: 'NONCE_MISSING', expected: asked.nonce })
  } else if (encodeBase64url(nonce) !== asked.nonce) {
    log.add('air.nonce', 'failed', 'air_nonce_failed', {
      at,
      code: 'NONCE_MISMATCH',
      expected: asked.nonce,
      computed: encodeBase64url(nonce),
    })
  } else {
    const assumes: readonly AssumptionId[] = [
      ...(asked.provenance === 'recorded' ? (['assume_as_recorded'] as const) : []),
      ...(asked.sharedBy === 1 ? [] : (['assume_nonce_shared'] as const)),
    ]
    log.add('air.nonce', 'passed', 'air_nonce_passed', { at, assumes })
  }
}

/**
 * The enclave signs and runs the model. Behind EphemeralML's gateway, which is an ordinary server that reads requests and answers in the
 * clear, it is the second hop.
 */
function hopsOf({ iss }: AirClaims, { receipt }: ReceiptInput): readonly HopFact[] {
  // How it came is, in a file, its author's word.
  if (receipt.delivery === 'lookup' && receipt.provenance !== 'recorded') return [{ role: 'service', name: iss, backing: 'evidence' }]
  return [
    { role: 'gateway', name: '', backing: 'none' },
    { role: 'model-host', name: iss, backing: 'evidence' },
  ]
}

async function findEvidence(
  { claims, key }: Signed,
  gathered: readonly AirEvidence[],
  hop: number,
  log: Log,
): Promise<readonly HopEvidence[]> {
  const picked = await pickEvidence(gathered, claims.attestationDocHash, key)
  if (picked === undefined) return []
  const { evidence, named } = picked
  const pointer = { at: 'receipt.payload.attestation_doc_hash' } as const
  log.add('air.evidence', 'passed', 'air_evidence', { at: 'evidence', computed: evidence.document.kind })
  if (named) log.add('air.attestation-document', 'passed', 'air_document_passed', pointer)
  else {
    const code = 'ATTESTATION_DOC_HASH_MISMATCH'
    log.add('air.attestation-document', 'unchecked', 'air_document_other', { ...pointer, code })
  }
  const binds: HopEvidence['binds'] = (authentic): Promise<readonly Finding[]> => bind(evidence, key, claims.measurements, hop, authentic)
  return [{ hop, document: evidence.document, binds }]
}

async function describe(
  { claims, key, fromPolicy }: Signed,
  hops: readonly HopFact[],
  signer: number,
  { exchange, moment }: ReceiptInput,
): Promise<AuthenticReceipt> {
  const { iss, iat, cti, modelId, modelVersion, measurements, policyVersion, securityMode } = claims
  const stated: readonly (readonly [string, string])[] = [
    ['receipt.issuer', iss],
    ['receipt.model', modelId],
    ['receipt.model-version', modelVersion],
    ['receipt.policy-version', policyVersion],
    ['receipt.security-mode', securityMode],
    ['receipt.measurement-type', measurements.type],
    // The signer's word until evidence states the same: no digest of code by itself.
    ...[...measurements.registers].map(([slot, octets]) => [`receipt.${slot}`, encodeHex(octets)] as const),
  ]
  return {
    // The draft has the same `cti` by the same signer count as the same receipt, whatever else it says.
    id: encodeBase64url(await sha256(concatBytes(REPLAY_LABEL, key, cti))),
    keyId: encodeBase64url(await sha256(key)),
    ...(fromPolicy ? { keyFromPolicy: true } : {}),
    issuedAt: new Date(iat * 1000),
    issuedInTime: placeInTime(iat, exchange, moment) === 'agrees',
    hops,
    signer,
    measurements: stated.map(([name, value]) => ({ name, value, kind: 'identity' })),
    model: modelOf(claims),
  }
}

/** EphemeralML writes `sha256-manifest` and puts in the hash of the weights file alone. */
function modelOf({ modelHash, modelHashScheme }: AirClaims): ModelFact {
  const assumes: readonly AssumptionId[] = [
    'assume_air_model_loaded',
    ...(modelHashScheme === 'sha256-manifest' ? (['assume_air_manifest'] as const) : []),
  ]
  return {
    hash: encodeHex(modelHash),
    ...(modelHashScheme === undefined ? {} : { scheme: modelHashScheme }),
    at: 'receipt.payload.model_hash',
    assumes,
  }
}
