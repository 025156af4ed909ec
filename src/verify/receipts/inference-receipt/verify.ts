import type { BodyDigest, BodySeen, EvidenceSeen, Exchange } from '../../../dossier/types.ts'
import type { AuthenticEvidence } from '../../attestation/types.ts'
import { isoOf, spellSha256, windowInFields } from '../../claims/compared.ts'
import { FindingLog, faultIn, makeFinding } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { AssumptionId, Finding, HopFact, Moment } from '../../claims/types.ts'
import { decodeBase64url, encodeBase64url } from '../../encoding/base64.ts'
import { concatBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { verifyJws } from '../../encoding/jose.ts'
import { parseJsonBytes } from '../../encoding/json.ts'
import type { Failure } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { AuthenticReceipt, HopEvidence, ReceiptInput, ReceiptResult } from '../types.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { isKeyCommitted } from './key-commitment.ts'
import { type ParsedReceipt, type ParseError, parseReceipt } from './parse.ts'
import { anyVersion, claims, type ReceiptClaims } from './schema.ts'

/** Wire format section 3: `iat` at most this far ahead. The same allowance is made for clocks that are behind. */
const SKEW_SECONDS = 60
/** Domain separation of the key commitment, wire format section 7. */
const COMMITMENT_LABEL = encodeUtf8('inference-receipt-key-v1\u0000')

type Log = FindingLog<CheckName>

/**
 * Verifies an `inference-receipt/1` (wire format section 8): envelope, signature under the embedded key, key id; then, and only if the
 * signature holds, the claims against this exchange. Who vouches for the key is asked of the evidence by `binds`.
 */
export async function verify(input: ReceiptInput): Promise<ReceiptResult> {
  const log: Log = new FindingLog(CHECKS, 0)
  const parsed = parseReceipt(input.receipt)
  if (!parsed.ok) {
    reportFault(parsed, log)
    const [published] = input.evidence
    if (published === undefined) log.add('inference-receipt.evidence', 'unchecked', 'ir_evidence_unreadable')
    return { findings: log.findings, evidence: published === undefined ? [] : [{ hop: 0, document: published, binds: noKey }] }
  }
  checkPosition(input.receipt.position, log)
  const commitment = encodeHex(await sha256(concatBytes(COMMITMENT_LABEL, parsed.value.key)))

  const payload = await authenticate(parsed.value, log)
  const evidence = await findEvidence(parsed.value, payload?.att_sha256, input.evidence, log)
  if (evidence?.keyRevoked === true) {
    log.add('inference-receipt.key-revocation', 'failed', 'ir_key_revoked', { at: 'evidence', code: 'key-revoked' })
  }
  // Of a payload that cannot be read, nothing says that it is about this answer.
  const binds = ({ commits }: AuthenticEvidence) =>
    payload === undefined ? noKey() : [keyCommitted(isKeyCommitted(evidence?.kind ?? '', commitment, commits))]
  const isNamed = parsed.value.attestation !== undefined || payload?.att_sha256 !== undefined
  const hop = (document: EvidenceSeen): HopEvidence => ({ hop: 0, document, binds, ...(isNamed ? { named: true } : {}) })
  const common = { findings: log.findings, evidence: evidence === undefined ? [] : [hop(evidence)] }
  if (payload === undefined) return common

  checkExchange(payload, input.exchange, log)
  checkFreshness(payload, input, log)
  const hops = describeHops(payload, log)
  log.add('inference-receipt.model-artifact', 'unchecked', sentence('ir_model_named', payload.model.selected), {
    assumes: ['assume_model_name'],
    at: 'receipt.payload.model',
  })
  return { ...common, authentic: await describe(parsed.value, payload, hops, input) }
}

/** Codes of what stands beside a receipt where its signature does not reach, which the wire format forbids (sections 2.2 and 6). */
const BESIDE: readonly ParseError[] = ['receipt-beside', 'jws-unprotected-header']

/** A receipt that cannot be read contradicts nothing; one that brings something unsigned along does. */
function reportFault(fault: Failure<ParseError>, log: Log): void {
  const more = faultIn('receipt', fault)
  if (BESIDE.includes(fault.code)) log.add('inference-receipt.format', 'failed', 'ir_format_failed', more)
  else log.add('inference-receipt.format', 'unchecked', 'ir_format_unreadable', { ...more, theirs: true })
}

function checkPosition(position: ReceiptInput['receipt']['position'], log: Log): void {
  if (position === 'not-applicable') return
  log.decide('inference-receipt.position', position === 'last', { passed: 'ir_position_passed', failed: 'ir_position_failed' })
}

/** Signature, key id and claims. Gives the claims only if the signature holds and they are well formed. */
async function authenticate(receipt: ParsedReceipt, log: Log): Promise<ReceiptClaims | undefined> {
  const { jws, key, kid } = receipt
  const keyId = encodeBase64url(await sha256(key))
  log.decide(
    'inference-receipt.key-id',
    keyId === kid,
    { passed: 'ir_key_id_passed', failed: 'ir_key_id_failed' },
    { at: 'receipt.protected.kid', expected: kid, computed: keyId },
  )

  const at = 'receipt.signature'
  const holds = await signatureHolds(receipt)
  if (holds === undefined) log.add('inference-receipt.signature', 'unchecked', 'ir_signature_engine', { at, code: 'engine-failed' })
  else log.decide('inference-receipt.signature', holds, { passed: 'ir_signature_passed', failed: 'ir_signature_failed' }, { at })
  if (holds !== true) return undefined
  const json = parseJsonBytes(jws.payloadBytes)
  const payload = json.ok ? parseWith(claims, json.value) : json
  if (!payload.ok) {
    const version = json.ok ? parseWith(anyVersion, json.value) : json
    if (version.ok && version.value.rv > 1) {
      log.add('inference-receipt.format', 'unchecked', sentence('ir_version_newer', String(version.value.rv)), { at: 'receipt.payload.rv' })
    } else
      log.add('inference-receipt.format', 'unchecked', 'ir_format_unreadable', { ...faultIn('receipt.payload', payload), theirs: true })
    return undefined
  }
  log.add('inference-receipt.format', 'passed', 'ir_format_passed')
  return payload.value
}

/** Undefined where the engine could not do its part, so that nothing was checked. */
async function signatureHolds({ jws, key }: ParsedReceipt): Promise<boolean | undefined> {
  try {
    return await verifyJws(jws, { alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x: key } })
  } catch {
    return undefined
  }
}

/**
 * The attestation document: embedded in the protected header, or picked from what was gathered by the digest that the claims pin
 * (`att_sha256`, over the document as served: text for tokens, octets for COSE). A document that is not the pinned one is not used.
 */
async function findEvidence(
  receipt: ParsedReceipt,
  pinned: string | undefined,
  gathered: readonly EvidenceSeen[],
  log: Log,
): Promise<EvidenceSeen | undefined> {
  const offered = receipt.attestation === undefined ? gathered : [embedded(receipt.attestation)]
  const at = 'receipt.payload.att_sha256'
  const expected = pinned && spellSha256(pinned)
  for (const document of offered) {
    if (pinned === undefined) {
      log.add('inference-receipt.evidence', 'passed', 'ir_evidence_passed', { at: 'receipt.protected.att' })
      return document
    }
    if ((await digestOfDocument(document)) === pinned) {
      log.add('inference-receipt.evidence', 'passed', 'ir_evidence_passed', { at: 'evidence' })
      log.add('inference-receipt.evidence-digest', 'passed', 'ir_evidence_digest_passed', { at, expected, computed: expected })
      return document
    }
  }
  if (pinned !== undefined) log.add('inference-receipt.evidence', 'unchecked', 'ir_evidence_other', { at, expected })
  return undefined
}

function embedded({ kind, document }: { kind: string; document: string }): EvidenceSeen {
  return { kind, document, source: 'receipt', at: '', provenance: 'none' }
}

async function digestOfDocument({ kind, document }: EvidenceSeen): Promise<string | undefined> {
  const octets = kind === 'aws-nitro-cose' ? decodeBase64url(document) : { ok: true as const, value: encodeUtf8(document) }
  return octets.ok ? encodeBase64url(await sha256(octets.value)) : undefined
}

function keyCommitted(isCommitted: boolean): Finding {
  return isCommitted
    ? makeFinding(CHECKS, 'inference-receipt.key-commitment', 'passed', 'ir_commitment_passed', {
        assumes: ['assume_key_custody', 'assume_tls_binding'],
        at: 'evidence.commits',
      })
    : makeFinding(CHECKS, 'inference-receipt.key-commitment', 'failed', 'ir_commitment_failed', { at: 'evidence.commits' })
}

function noKey(): readonly Finding[] {
  return [makeFinding(CHECKS, 'inference-receipt.key-commitment', 'unchecked', 'ir_commitment_no_key')]
}

function checkExchange(payload: ReceiptClaims, exchange: Exchange, log: Log): void {
  const { request, response } = exchange
  checkResponseId(payload.jti, response, log)
  checkResponse(payload, response, log)
  checkRequest(payload, request, log)
}

/** `jti` is the response's own id, which every chunk repeats (wire format section 3). Half a response is not asked. */
function checkResponseId(jti: string, { capture, ids }: Exchange['response'], log: Log): void {
  if (capture !== 'complete') return
  const at = 'receipt.payload.jti'
  const compared = { at, expected: jti, computed: ids.join(', ') } as const
  if (ids.length === 0) return void log.add('inference-receipt.response-id', 'unchecked', 'ir_response_id_none', { at, expected: jti })
  const isSame = ids.every((id) => id === jti)
  log.decide('inference-receipt.response-id', isSame, { passed: 'ir_response_id_passed', failed: 'ir_response_id_failed' }, compared)
}

/** Compares the signed hash of the request with the digest of what was captured. */
function checkRequest({ req }: ReceiptClaims, request: BodySeen, log: Log): void {
  const at = 'receipt.payload.req.hash'
  const expected = spellSha256(req.hash)
  const digest = comparable(request, req.of)
  if (digest === undefined) {
    return void log.add('inference-receipt.request-hash', 'unchecked', 'ir_request_hash_unchecked', { at, expected })
  }
  const said = { passed: 'ir_request_hash_passed', failed: 'ir_request_hash_failed' } as const
  const compared = { at, expected, computed: spellSha256(digest.value) } as const
  log.decide('inference-receipt.request-hash', digest.value === req.hash, said, compared)
}

/** The same for the response, over the domain that the receipt names, and with its number of events where it states one. */
function checkResponse({ resp }: ReceiptClaims, response: BodySeen, log: Log): void {
  const at = 'receipt.payload.resp.hash'
  const expected = spellSha256(resp.hash)
  const digest = comparable(response, resp.of)
  if (digest === undefined) {
    return void log.add('inference-receipt.response-hash', 'unchecked', 'ir_response_hash_unchecked', { at, expected })
  }
  const said = { passed: 'ir_response_hash_passed', failed: 'ir_response_hash_failed' } as const
  if (resp.events === undefined || resp.events === digest.events) {
    const compared = { at, expected, computed: spellSha256(digest.value) } as const
    log.decide('inference-receipt.response-hash', digest.value === resp.hash, said, compared)
  } else {
    const counted = { expected: String(resp.events), computed: String(digest.events ?? 0) }
    log.add('inference-receipt.response-hash', 'failed', said.failed, {
      at: 'receipt.payload.resp.events',
      code: 'event-count',
      ...counted,
    })
  }
}

/** The digest over one domain. None of half a body, which is never compared. */
function comparable({ capture, digests }: BodySeen, of: BodyDigest['of']): BodyDigest | undefined {
  return capture === 'complete' ? digests.find((digest) => digest.of === of && digest.alg === 'sha-256') : undefined
}

function checkFreshness(payload: ReceiptClaims, { asked, exchange, moment }: ReceiptInput, log: Log): void {
  checkNonce(payload.nonce, asked, log)
  const at = 'receipt.payload.iat'
  const issued = isoOf(payload.iat)
  if (agreesInTime(payload.iat, exchange, moment)) {
    const live = moment.basis === 'captured-here'
    log.add('inference-receipt.issued-at', 'passed', sentence(live ? 'ir_issued_at_passed' : 'ir_issued_at_claimed', issued), {
      assumes: live ? ['assume_clock'] : ['assume_not_backdated'],
      at,
    })
  } else log.add('inference-receipt.issued-at', 'failed', sentence('ir_issued_at_failed', issued), { at, code: 'of-another-time' })
}

function checkNonce(nonce: string | undefined, asked: ReceiptInput['asked'], log: Log): void {
  const at = 'receipt.payload.nonce'
  if (asked?.nonce === undefined) {
    log.add('inference-receipt.nonce', 'unchecked', 'ir_nonce_not_requested', { assumes: ['assume_not_fresh'], at })
    return
  }
  const compared = { at, expected: asked.nonce, computed: nonce } as const
  if (nonce === undefined) log.add('inference-receipt.nonce', 'failed', 'ir_nonce_missing', { ...compared, code: 'nonce-missing' })
  else if (nonce !== asked.nonce) log.add('inference-receipt.nonce', 'failed', 'ir_nonce_failed', { ...compared, code: 'nonce-other' })
  else if (asked.sharedBy === 1) {
    const assumes: readonly AssumptionId[] = asked.provenance === 'recorded' ? ['assume_as_recorded'] : []
    log.add('inference-receipt.nonce', 'passed', 'ir_nonce_passed', { ...compared, assumes })
  } else {
    const said = sentence('ir_nonce_shared', String(asked.sharedBy))
    log.add('inference-receipt.nonce', 'passed', said, { ...compared, assumes: ['assume_nonce_shared'] })
  }
}

/**
 * Whether the time of issue is one that this verdict can live with. Captured here: within the exchange, give or take the skew. Later: not
 * after the moment of the verdict; that it was not backdated is then an assumption.
 */
function agreesInTime(iat: number, exchange: Exchange, moment: Moment): boolean {
  const latest = moment.now.getTime() / 1000 + SKEW_SECONDS
  if (moment.basis !== 'captured-here') return iat <= latest
  const started = Date.parse(exchange.startedAt) / 1000
  return Number.isFinite(started) && iat >= started - SKEW_SECONDS && iat <= latest
}

/** The gateway that signed, and the model host behind it as far as the gateway names one (wire format section 5). */
function describeHops(payload: ReceiptClaims, log: Log): readonly HopFact[] {
  const { upstream, model, iat, iss } = payload
  const gateway: HopFact = { role: 'gateway', name: iss, backing: 'evidence' }
  const at = 'receipt.payload.upstream'
  switch (upstream.tier) {
    case 'tee-verified': {
      const { policy, verified_at, verification_expires_at } = upstream
      const isCurrent = verified_at <= iat && iat < verification_expires_at
      if (isCurrent) {
        const assumes = ['assume_gateway_checked_host'] as const
        log.add('inference-receipt.upstream-vouched', 'unchecked', 'ir_upstream_vouched', { hop: 1, assumes, at, computed: policy })
      } else {
        const window = { expected: windowInFields(verified_at, verification_expires_at), computed: isoOf(iat) }
        log.add('inference-receipt.upstream-vouched', 'failed', 'ir_upstream_expired', { hop: 1, at, ...window })
      }
      return [gateway, { role: 'model-host', name: model.provider, backing: 'vouched' }]
    }
    case 'tls-webpki':
      log.add('inference-receipt.upstream-evidence', 'failed', 'ir_upstream_none', { hop: 1, at })
      return [gateway, { role: 'model-host', name: model.provider, backing: 'none' }]
  }
}

async function describe(
  receipt: ParsedReceipt,
  payload: ReceiptClaims,
  hops: readonly HopFact[],
  { exchange, moment }: ReceiptInput,
): Promise<AuthenticReceipt> {
  return {
    id: encodeBase64url(await sha256(receipt.jws.payloadBytes)),
    keyId: receipt.kid,
    issuedAt: new Date(payload.iat * 1000),
    issuedInTime: agreesInTime(payload.iat, exchange, moment),
    hops,
    signer: 0,
    measurements: [
      { name: 'receipt.issuer', value: payload.iss, kind: 'identity' },
      { name: 'receipt.model', value: payload.model.selected, kind: 'identity' },
      { name: 'receipt.provider', value: payload.model.provider, kind: 'identity' },
    ],
  }
}
