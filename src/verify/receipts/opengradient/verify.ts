import type { BodySeen, DigestDomain, EvidenceSeen } from '../../../dossier/types.ts'
import type { AuthenticEvidence } from '../../attestation/types.ts'
import { type Because, FindingLog, faultIn, makeFinding } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import type { Finding, HopFact } from '../../claims/types.ts'
import { decodeBase64, decodeBase64url, encodeBase64url } from '../../encoding/base64.ts'
import { type Bytes, concatBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { decodeHex, encodeHex } from '../../encoding/hex.ts'
import { parseForeignJson } from '../../encoding/json.ts'
import { keccak256 } from '../../encoding/keccak.ts'
import { decodePem } from '../../encoding/pem.ts'
import { parseWith } from '../../encoding/schema.ts'
import { verifyWithSpki } from '../../encoding/signatures.ts'
import { placeInTime } from '../issue-time.ts'
import type { AuthenticReceipt, HopEvidence, ReceiptInput, ReceiptResult } from '../types.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { isKeyCommitted } from './key-commitment.ts'
import { type SignatureMembers, signatureMembers, signingKeyDocument } from './schema.ts'

type Log = FindingLog<CheckName>

/** By these names the two documents that the gateway publishes are gathered. */
const KEY_DOCUMENT = 'opengradient-signing-key'
const NITRO_DOCUMENT = 'aws-nitro-cose'
const SCHEME = { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 } as const

/**
 * Verifies OpenGradient's signature members (OpenGradient/tee-gateway, README "Verification"): RSA-PSS with SHA-256 over
 * keccak-256(request hash ‖ output hash ‖ time as 32 octets, big-endian), under the key whose keccak-256 is `tee_id` and to whose SHA-256 the
 * enclave's Nitro document commits. Then, and only if the signature holds, the hashes against this exchange. The model runs elsewhere, outside of
 * any attested environment, and what the gateway's headers or a local proxy of OpenGradient's say is no evidence and is not read.
 */
export async function verify(input: ReceiptInput): Promise<ReceiptResult> {
  const log: Log = new FindingLog(CHECKS, 0)
  const document = input.evidence.find(({ kind }) => kind === NITRO_DOCUMENT)
  const json = parseForeignJson(input.receipt.text)
  const parsed = json.ok ? parseWith(signatureMembers, json.value) : json
  if (!parsed.ok) {
    log.add('opengradient.format', 'unchecked', 'opengradient_format_failed', { ...faultIn('receipt', parsed), theirs: true })
    return { findings: log.findings, evidence: hopEvidence(document, undefined) }
  }
  log.add('opengradient.format', 'passed', 'opengradient_format_passed')
  if (input.receipt.position === 'followed') log.add('opengradient.position', 'failed', 'opengradient_position_failed')

  const members = parsed.value
  const spki = findKey(members, input.evidence, log)
  const evidence = hopEvidence(document, spki)
  if (spki === undefined || !(await checkSignature(members, spki, log))) return { findings: log.findings, evidence }
  checkExchange(members, input, log)
  checkTime(members, input, log)
  const hops = describeHops(input, log)
  return { findings: log.findings, evidence, authentic: await describe(members, spki, hops, input) }
}

/** The key that the gateway publishes, if it is the one that the answer names. */
function findKey({ tee_id }: SignatureMembers, gathered: readonly EvidenceSeen[], log: Log): Bytes | undefined {
  const at = 'receipt.tee_id'
  const published = gathered.find(({ kind }) => kind === KEY_DOCUMENT)
  if (published === undefined) {
    log.add('opengradient.signing-key', 'unchecked', 'opengradient_key_not_obtained', { at })
    return undefined
  }
  const json = parseForeignJson(published.document)
  const document = json.ok ? parseWith(signingKeyDocument, json.value) : json
  const pem = document.ok ? document.value.public_key : ''
  const keys = decodePem(pem, 'PUBLIC KEY')
  const [spki, ...more] = keys.ok ? keys.value : []
  if (spki === undefined || more.length > 0) {
    log.add('opengradient.signing-key', 'unchecked', 'opengradient_key_unreadable', { at })
    return undefined
  }
  if (`0x${encodeHex(keccak256(spki))}` !== tee_id) {
    // Behind a load balancer, another instance may answer for its own key: that says nothing against this answer.
    log.add('opengradient.signing-key', 'unchecked', 'opengradient_key_other', {
      at,
      expected: tee_id,
      computed: `0x${encodeHex(keccak256(spki))}`,
    })
    return undefined
  }
  log.add('opengradient.signing-key', 'passed', 'opengradient_key_passed', { at })
  return spki
}

async function checkSignature(members: SignatureMembers, spki: Bytes, log: Log): Promise<boolean> {
  const at = 'receipt.tee_signature'
  const signature = decodeBase64(members.tee_signature.trim())
  const verdict = signature.ok ? await verifyWithSpki(spki, SCHEME, signature.value, keccak256(signedOctets(members))) : signature
  if (verdict.ok) log.add('opengradient.signature', 'passed', 'opengradient_signature_passed', { at })
  else {
    const { code } = verdict
    if (code === 'engine-failed') log.add('opengradient.signature', 'unchecked', 'opengradient_signature_engine', { at, code })
    else log.add('opengradient.signature', 'failed', 'opengradient_signature_failed', { at, code })
  }
  return verdict.ok
}

/** What keccak-256 is taken of: `abi.encodePacked(bytes32, bytes32, uint256)`. */
function signedOctets({ tee_request_hash, tee_output_hash, tee_timestamp }: SignatureMembers): Bytes {
  const time = new Uint8Array(32)
  new DataView(time.buffer).setBigUint64(24, BigInt(tee_timestamp))
  return concatBytes(octetsOf(tee_request_hash), octetsOf(tee_output_hash), time)
}

/** Of a text that the schema has already found to be hexadecimal. */
function octetsOf(hex: string): Bytes {
  const octets = decodeHex(hex, 'lower-case')
  return octets.ok ? octets.value : new Uint8Array(0)
}

/**
 * The output's hash is over the answer's text and no more of it. The request's is over what the gateway makes of a request, by a recipe of its own
 * that has changed: where it differs, that says nothing.
 */
function checkExchange({ tee_request_hash, tee_output_hash }: SignatureMembers, { exchange }: ReceiptInput, log: Log): void {
  const sent = digestHex(exchange.request, 'opengradient-request')
  const asked = { at: 'receipt.tee_request_hash', expected: tee_request_hash, computed: sent } as const
  if (sent === tee_request_hash) log.add('opengradient.request-hash', 'passed', 'opengradient_request_passed', asked)
  else {
    const known = sent !== undefined
    log.add('opengradient.request-hash', 'unchecked', known ? 'opengradient_request_differs' : 'opengradient_request_unknown', asked)
  }
  const came = digestHex(exchange.response, 'opengradient-output')
  const answered = { at: 'receipt.tee_output_hash', expected: tee_output_hash, computed: came } as const
  const assumes = ['assume_opengradient_text_only'] as const
  if (came === undefined) log.add('opengradient.response-hash', 'unchecked', 'opengradient_response_unchecked', answered)
  else if (came === tee_output_hash) {
    log.add('opengradient.response-hash', 'passed', 'opengradient_response_passed', { ...answered, assumes })
  } else log.add('opengradient.response-hash', 'failed', 'opengradient_response_failed', answered)
}

/** The digest over one domain, in hexadecimal. None of half a body, which is never compared. */
function digestHex({ capture, digests }: BodySeen, of: DigestDomain): string | undefined {
  const digest = capture === 'complete' ? digests.find((candidate) => candidate.of === of && candidate.alg === 'keccak-256') : undefined
  const octets = digest === undefined ? undefined : decodeBase64url(digest.value)
  return octets?.ok === true ? encodeHex(octets.value) : undefined
}

function checkTime({ tee_timestamp }: SignatureMembers, { exchange, moment }: ReceiptInput, log: Log): void {
  const at = 'receipt.tee_timestamp'
  const issued = new Date(tee_timestamp * 1000).toISOString()
  if (placeInTime(tee_timestamp, exchange, moment) !== 'agrees') {
    log.add('opengradient.issued-at', 'failed', sentence('opengradient_issued_at_failed', issued), { at, code: 'of-another-time' })
    return
  }
  const live = moment.basis === 'captured-here'
  log.add('opengradient.issued-at', 'passed', sentence('opengradient_issued_at_passed', issued), {
    assumes: [live ? 'assume_clock' : 'assume_not_backdated'],
    at,
  })
}

/** The gateway that signed, and behind it whoever runs the model: a provider's interface, outside of any attested environment. */
function describeHops({ exchange }: ReceiptInput, log: Log): readonly HopFact[] {
  log.add('opengradient.upstream', 'failed', 'opengradient_upstream_none', { hop: 1 })
  log.add('opengradient.model', 'unchecked', modelWords(exchange.model), { assumes: ['assume_model_name'] })
  return [
    { role: 'gateway', name: 'OpenGradient', backing: 'evidence' },
    { role: 'model-host', name: '', backing: 'none' },
  ]
}

function modelWords(model: string | undefined): Because {
  return model === undefined ? 'opengradient_model_none' : sentence('opengradient_model_named', model)
}

function hopEvidence(document: EvidenceSeen | undefined, spki: Bytes | undefined): readonly HopEvidence[] {
  return document === undefined ? [] : [{ hop: 0, document, binds: (evidence) => binds(evidence, document, spki) }]
}

/** Does the enclave commit to the key, and did it answer the nonce that was sent with the question? */
async function binds({ commits }: AuthenticEvidence, { nonce }: EvidenceSeen, spki: Bytes | undefined): Promise<readonly Finding[]> {
  const at = 'evidence.payload.user_data'
  if (spki === undefined) {
    return [makeFinding(CHECKS, 'opengradient.key-commitment', 'unchecked', 'opengradient_commitment_no_key', { at })]
  }
  const isCommitted = isKeyCommitted(encodeHex(await sha256(spki)), commits)
  const commitment = isCommitted
    ? makeFinding(CHECKS, 'opengradient.key-commitment', 'passed', 'opengradient_commitment_passed', {
        assumes: ['assume_key_custody', 'assume_tls_binding'],
        at,
      })
    : makeFinding(CHECKS, 'opengradient.key-commitment', 'failed', 'opengradient_commitment_failed', { at })
  const answered = commits.find(({ field }) => field === 'nonce')?.value
  const where = { at: 'evidence.payload.nonce', expected: nonce, computed: answered } as const
  if (nonce === undefined) {
    const more = { ...where, assumes: ['assume_evidence_not_fresh'] } as const
    return [commitment, makeFinding(CHECKS, 'opengradient.evidence-nonce', 'unchecked', 'opengradient_nonce_not_sent', more)]
  }
  const isFresh = answered === nonce.toLowerCase()
  const said = isFresh ? 'opengradient_nonce_passed' : 'opengradient_nonce_failed'
  return [commitment, makeFinding(CHECKS, 'opengradient.evidence-nonce', isFresh ? 'passed' : 'failed', said, where)]
}

async function describe(
  members: SignatureMembers,
  spki: Bytes,
  hops: readonly HopFact[],
  { exchange, moment }: ReceiptInput,
): Promise<AuthenticReceipt> {
  return {
    id: encodeBase64url(await sha256(signedOctets(members))),
    keyId: encodeBase64url(await sha256(spki)),
    issuedAt: new Date(members.tee_timestamp * 1000),
    issuedInTime: placeInTime(members.tee_timestamp, exchange, moment) === 'agrees',
    hops,
    signer: 0,
    measurements: [{ name: 'receipt.tee-id', value: members.tee_id, kind: 'identity' }],
  }
}
