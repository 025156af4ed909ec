import type { Exchange } from '../../../dossier/types.ts'
import { FindingLog, faultIn, makeFinding } from '../../claims/finding.ts'
import { type MessageId, sentence } from '../../claims/sentence.ts'
import type { AssumptionId, HopFact } from '../../claims/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { concatBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { type JoseKey, verifyWithJwk } from '../../encoding/jose.ts'
import { serializeItem } from '../../encoding/structured-fields.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { Policy } from '../../policy/types.ts'
import { placeInTime, SKEW_SECONDS } from '../issue-time.ts'
import type { AuthenticReceipt, HopEvidence, ReceiptInput, ReceiptResult } from '../types.ts'
import { type BaseCode, type SignatureBase, signatureBase } from './base.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { CONTENT_DIGEST, compareDigests } from './content-digest.ts'
import { keyOf, rawKeyOf } from './key.ts'
import { type MessageSignature, parseSignatures } from './parse.ts'

type Log = FindingLog<CheckName>

const REPLAY_LABEL = encodeUtf8('http-signature\u0000')

/**
 * Verifies a signed HTTP response (RFC 9421) whose body stands in its Content-Digest (RFC 9530). Keys come from the policy alone, each with its
 * one algorithm; of several signatures the first whose key the policy has is judged. Such a signature says that the service sent this, and
 * nothing of where it ran or of the model.
 */
export async function verify(input: ReceiptInput): Promise<ReceiptResult> {
  const { receipt, exchange, policy } = input
  const log: Log = new FindingLog(CHECKS, 0)
  const evidence = published(input)
  const parsed = parseSignatures(receipt.text)
  if (!parsed.ok) {
    log.add('http-signature.format', 'unchecked', 'http_format_failed', { ...faultIn('receipt', parsed), theirs: true })
    return { findings: log.findings, evidence }
  }
  log.add('http-signature.format', 'passed', 'http_format_passed')
  const chosen = chooseKey(parsed.value, policy, log)
  if (chosen === undefined) return { findings: log.findings, evidence }
  const base = await authenticate(chosen, exchange, log)
  if (base === undefined) return { findings: log.findings, evidence }

  const { signature, key } = chosen
  checkTimes(signature, input, log)
  checkNonce(signature, input, log)
  checkRequest(signature, log)
  checkResponse(signature, exchange, log)
  log.add('http-signature.model', 'unchecked', 'http_model_none', { assumes: ['assume_model_name'] })
  if (evidence.length === 0) log.add('http-signature.evidence', 'failed', 'http_evidence_none')
  return { findings: log.findings, evidence, authentic: await describe(signature, key, base, input) }
}

/** Evidence that the service publishes is not about this key, as far as anybody says. */
function published({ evidence: [first] }: ReceiptInput): readonly HopEvidence[] {
  if (first === undefined) return []
  return [
    {
      hop: 0,
      document: first,
      binds: () => [makeFinding(CHECKS, 'http-signature.key-binding', 'unchecked', 'http_binding_none')],
    },
  ]
}

type Chosen = { readonly signature: MessageSignature; readonly key: JoseKey }

function chooseKey(signatures: readonly MessageSignature[], { httpKeys = [] }: Policy, log: Log): Chosen | undefined {
  for (const signature of signatures) {
    const entry = httpKeys.find(({ keyid }) => keyid === signature.keyid)
    if (entry === undefined) continue
    const key = keyOf(entry)
    if (key === undefined) {
      log.add('http-signature.key', 'unchecked', sentence('http_key_unusable', entry.keyid))
      return undefined
    }
    if (signature.alg !== undefined && signature.alg !== entry.alg) {
      log.add('http-signature.algorithm', 'failed', 'http_algorithm_failed', {
        at: 'receipt.alg',
        expected: entry.alg,
        computed: signature.alg,
      })
      return undefined
    }
    log.add('http-signature.key', 'passed', sentence('http_key_passed', entry.keyid))
    return { signature, key }
  }
  log.add('http-signature.key', 'unchecked', sentence('http_key_unknown', signatures[0]?.keyid ?? ''), { at: 'receipt.keyid' })
  log.add('http-signature.signature', 'unchecked', 'http_signature_no_key')
  return undefined
}

async function authenticate({ signature, key }: Chosen, exchange: Exchange, log: Log): Promise<SignatureBase | undefined> {
  const at = 'receipt.signature'
  const base = signatureBase(signature, exchange)
  if (!base.ok) {
    const { code, detail } = base
    const outcome = code === 'component-not-in-response' ? 'failed' : 'unchecked'
    log.add('http-signature.signature', outcome, COMPONENT_WORDS[code], { at, code, computed: detail })
    return undefined
  }
  const holds = await verifyWithJwk(key, signature.signature, encodeUtf8(base.value.text)).catch(() => undefined)
  if (holds === true) {
    log.add('http-signature.signature', 'passed', 'http_signature_passed', { at })
    return base.value
  }
  const [assumed] = base.value.assumed
  if (holds === undefined) log.add('http-signature.signature', 'unchecked', 'http_signature_engine', { at, code: 'engine-failed' })
  else if (assumed !== undefined)
    log.add('http-signature.signature', 'unchecked', 'http_signature_assumed', { at, code: 'component-assumed', computed: assumed })
  else log.add('http-signature.signature', 'failed', 'http_signature_failed', { at })
  return undefined
}

const COMPONENT_WORDS = {
  'component-not-in-response': 'http_component_foreign',
  'component-unseen': 'http_component_unseen',
  'component-unsupported': 'http_component_unsupported',
} as const satisfies Record<BaseCode, MessageId>

function checkTimes({ created, expires }: MessageSignature, { exchange, moment }: ReceiptInput, log: Log): void {
  const seen = Date.parse(exchange.endedAt ?? exchange.startedAt) / 1000
  if (expires !== undefined) {
    const until = isoTime(expires)
    if (!Number.isFinite(seen)) log.add('http-signature.expires', 'unchecked', sentence('http_expires_unknown', until))
    else if (expires >= seen - SKEW_SECONDS) log.add('http-signature.expires', 'passed', sentence('http_expires_passed', until))
    else log.add('http-signature.expires', 'failed', sentence('http_expires_failed', until), { code: 'of-another-time' })
  }
  if (created === undefined) {
    log.add('http-signature.created', 'unchecked', 'http_created_none', { assumes: ['assume_not_fresh'] })
    return
  }
  if (placeInTime(created, exchange, moment) !== 'agrees') {
    log.add('http-signature.created', 'failed', sentence('http_created_failed', isoTime(created)), { code: 'of-another-time' })
    return
  }
  const assumes = [moment.basis === 'captured-here' ? 'assume_clock' : 'assume_not_backdated'] as const
  log.add('http-signature.created', 'passed', sentence('http_created_passed', isoTime(created)), { assumes })
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

function checkNonce({ nonce }: MessageSignature, { asked }: ReceiptInput, log: Log): void {
  if (asked?.nonce === undefined) log.add('http-signature.nonce', 'unchecked', 'http_nonce_not_sent', { assumes: ['assume_not_fresh'] })
  else if (nonce !== asked.nonce)
    log.add('http-signature.nonce', 'failed', 'http_nonce_failed', { at: 'receipt.nonce', expected: asked.nonce, computed: nonce })
  else {
    const assumes: readonly AssumptionId[] = [
      ...(asked.provenance === 'recorded' ? (['assume_as_recorded'] as const) : []),
      ...(asked.sharedBy === 1 ? [] : (['assume_nonce_shared'] as const)),
    ]
    log.add('http-signature.nonce', 'passed', 'http_nonce_passed', { assumes })
  }
}

/** The request's digest went into the base as it was computed here, so that the signature over it has already compared it. */
function checkRequest(signature: MessageSignature, log: Log): void {
  if (covers(signature, `"${CONTENT_DIGEST}";req`)) log.add('http-signature.request', 'passed', 'http_request_passed')
  else log.add('http-signature.request', 'unchecked', 'http_request_not_covered')
}

function checkResponse(signature: MessageSignature, exchange: Exchange, log: Log): void {
  const at = `exchange.headers.${CONTENT_DIGEST}`
  if (!covers(signature, `"${CONTENT_DIGEST}"`)) {
    log.add('http-signature.covers-answer', 'failed', 'http_answer_not_covered', { at })
    log.add('http-signature.response', 'unchecked', 'http_response_not_covered')
    return
  }
  switch (compareDigests(exchange)) {
    case 'same':
      log.add('http-signature.response', 'passed', 'http_response_passed', { at })
      break
    case 'other':
      log.add('http-signature.response', 'failed', 'http_response_failed', { at })
      break
    case 'coded':
      log.add('http-signature.response', 'unchecked', 'http_response_coded', { at })
      break
    case 'none':
      log.add('http-signature.response', 'unchecked', 'http_response_no_digest', { at })
      break
    case 'incomplete':
      log.add('http-signature.response', 'unchecked', 'http_response_incomplete', { at })
      break
  }
}

function covers({ components }: MessageSignature, name: string): boolean {
  return components.some((component) => serializeItem(component) === name)
}

async function describe(
  { created }: MessageSignature,
  key: JoseKey,
  { text }: SignatureBase,
  { exchange, moment, evidence }: ReceiptInput,
): Promise<AuthenticReceipt> {
  const raw = rawKeyOf(key)
  const service: HopFact = { role: 'service', name: '', backing: evidence.length === 0 ? 'none' : 'evidence' }
  return {
    id: encodeBase64url(await sha256(concatBytes(REPLAY_LABEL, raw, encodeUtf8(text)))),
    keyId: encodeBase64url(await sha256(raw)),
    keyFromPolicy: true,
    ...(created === undefined ? {} : { issuedAt: new Date(created * 1000) }),
    issuedInTime: created !== undefined && placeInTime(created, exchange, moment) === 'agrees',
    hops: [service],
    signer: 0,
    measurements: [],
  }
}
