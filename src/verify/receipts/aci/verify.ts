import type { BodySeen, EvidenceSeen, Exchange } from '../../../dossier/types.ts'
import { isoOf, spellSha256 } from '../../claims/compared.ts'
import { type Because, FindingLog, faultIn } from '../../claims/finding.ts'
import { sentence } from '../../claims/sentence.ts'
import { dayOf } from '../../claims/span.ts'
import type { AssumptionId, HopFact, Moment } from '../../claims/types.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { type Bytes, concatBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { verifyEd25519 } from '../../encoding/ed25519.ts'
import { decodeHex } from '../../encoding/hex.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { AuthenticReceipt, HopEvidence, ReceiptInput, ReceiptResult } from '../types.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { bindsKeyset } from './key-commitment.ts'
import { type EventLog, type ParsedReceipt, parseReceipt, type ReceiptDocument, readEvents } from './receipt.ts'
import { hasOtherRole, type Report, readReport } from './report.ts'
import { type Upstream, upstreamOf } from './upstream.ts'

/** How far clocks may differ. */
const SKEW_SECONDS = 60
/** A keyset that lives longer than this after it was used is named: nothing revokes it but its expiry. */
const LONG_LIFETIME_SECONDS = 400 * 24 * 60 * 60

export type Log = FindingLog<CheckName>

/**
 * Verifies an `aci/1` receipt (sections 9.1 and 9.3): the report's keyset and its digest, the receipt's signature under the key that it names
 * in that keyset; then, and only if the signature holds, the receipt against this exchange and what it says of the hops behind. Whether the
 * hardware commits to the keyset is asked of the evidence by `binds`.
 */
export async function verify(input: ReceiptInput): Promise<ReceiptResult> {
  const log: Log = new FindingLog(CHECKS, 0)
  const receipt = parseReceipt(input.receipt.text)
  if (!receipt.ok) log.add('aci.receipt-format', 'unchecked', 'aci_format_failed', { ...faultIn('receipt', receipt), theirs: true })
  const document = receipt.ok ? receipt.value.document : undefined
  const report = await chooseReport(input.evidence, document?.workload_keyset_digest, log)
  if (report !== undefined) checkKeyset(report, log)

  const usedAt = document !== undefined && agreesInTime(document.served_at, input) ? new Date(document.served_at * 1000) : input.moment.now
  if (report !== undefined) checkExpiry(report, usedAt, log)
  const key = receipt.ok ? await authenticate(receipt.value, report, log) : undefined
  const evidence = report === undefined ? [] : [hardware(report, key)]
  if (!receipt.ok || key === undefined) return { findings: log.findings, evidence }

  const events = checkDocument(receipt.value.document, log)
  // Of a receipt that cannot be read, nothing says that it is about this answer.
  if (events === undefined) return { findings: log.findings, evidence: report === undefined ? [] : [hardware(report, undefined)] }
  checkExchange(receipt.value.document, events, input.exchange, log)
  checkServedAt(receipt.value.document.served_at, input, log)
  const upstream = await upstreamOf({
    events,
    servedAt: receipt.value.document.served_at,
    exchange: input.exchange,
    gathered: input.evidence,
  })
  checkModel(receipt.value.document, upstream, log)
  return {
    findings: [...log.findings, ...upstream.findings],
    evidence: [...evidence, ...upstream.evidence],
    authentic: await describe(receipt.value, key, events, upstream, input),
  }
}

/** What a report that can be read shows of the service's hardware. */
export async function unpack(gathered: readonly EvidenceSeen[]): Promise<readonly HopEvidence[]> {
  const read = await Promise.all(gathered.filter(({ kind }) => kind === 'aci-report').map(readReport))
  const report = read.find((result) => result.ok)
  return report?.ok === true ? [hardware(report.value, undefined)] : []
}

/** Of the reports obtained, the one whose keyset the receipt names; else the first that can be read. */
async function chooseReport(gathered: readonly EvidenceSeen[], named: string | undefined, log: Log): Promise<Report | undefined> {
  const offered = gathered.filter(({ kind }) => kind === 'aci-report')
  if (offered.length === 0) return undefined
  log.add('aci.report', 'passed', 'aci_report_passed', { at: 'report' })
  const read = await Promise.all(offered.map(readReport))
  const readable = read.flatMap((result) => (result.ok ? [result.value] : []))
  const chosen = readable.find(({ digest }) => `sha256:${digest}` === named) ?? readable[0]
  const [first] = read
  if (chosen !== undefined) log.add('aci.report-format', 'passed', 'aci_report_format_passed', { at: 'report' })
  else if (first?.ok === false) {
    log.add('aci.report-format', 'unchecked', 'aci_report_format_failed', { ...faultIn('report', first), theirs: true })
  }
  return chosen
}

function checkKeyset({ digest, statedDigest }: Report, log: Log): void {
  const said = { passed: 'aci_keyset_digest_passed', failed: 'aci_keyset_digest_failed' } as const
  const compared = { at: 'report.workload_keyset_digest', expected: statedDigest, computed: digest } as const
  log.decide('aci.keyset-digest', digest === statedDigest, said, compared)
}

/** Section 3.1: from `not_after` on, nothing under the keyset is accepted. */
function checkExpiry({ keyset }: Report, usedAt: Date, log: Log): void {
  const used = usedAt.getTime() / 1000
  const until = isoOf(keyset.not_after)
  const day = dayOf(until)
  const more = {
    at: 'report.attestation.workload_keyset.not_after',
    expected: `before ${until}`,
    computed: usedAt.toISOString(),
  } as const
  if (used >= keyset.not_after) log.add('aci.keyset-expiry', 'failed', sentence('aci_keyset_expired', day), { ...more, code: 'expired' })
  else if (keyset.not_after - used > LONG_LIFETIME_SECONDS) {
    log.add('aci.keyset-expiry', 'passed', sentence('aci_keyset_distant', day), { ...more, assumes: ['assume_aci_keyset_lifetime'] })
  } else log.add('aci.keyset-expiry', 'passed', sentence('aci_keyset_current', day), more)
}

/**
 * The key that signed, if the signature holds under it. The keyset's entry decides the algorithm (section 7.2). Where the receipt names another
 * keyset than the report has (another replica answered, or the keyset was renewed since), nothing is refuted: the right report is not at hand.
 */
async function authenticate({ document, signedText }: ParsedReceipt, report: Report | undefined, log: Log): Promise<Bytes | undefined> {
  const at = 'receipt.signature'
  if (report === undefined) {
    log.add('aci.signature', 'unchecked', 'aci_signature_no_report', { at, code: 'no-report' })
    return undefined
  }
  const isNamed = document.workload_keyset_digest === `sha256:${report.digest}`
  const compared = { at: DIGEST, expected: document.workload_keyset_digest, computed: `sha256:${report.digest}` } as const
  if (isNamed) log.add('aci.keyset-reference', 'passed', 'aci_keyset_reference_passed', compared)
  else log.add('aci.keyset-reference', 'unchecked', 'aci_keyset_reference_other', compared)

  const key = await resolveKey(document.key_id, report, isNamed, log)
  if (key === undefined) return undefined
  const signature = decodeHex(document.signature, 'lower-case')
  const holds = signature.ok ? await signatureHolds(key, signature.value, encodeUtf8(signedText)) : false
  if (holds === true) {
    log.add('aci.signature', 'passed', 'aci_signature_passed', { at })
    return key
  }
  if (holds === undefined) log.add('aci.signature', 'unchecked', 'ir_signature_engine', { at, code: 'engine-failed' })
  else if (isNamed) log.add('aci.signature', 'failed', 'aci_signature_failed', { at })
  else log.add('aci.signature', 'unchecked', 'aci_signature_other_keyset', { at, code: 'other-keyset' })
  return undefined
}

const DIGEST = 'receipt.workload_keyset_digest'

/** Undefined where the engine could not do its part, so that nothing was checked. */
async function signatureHolds(key: Bytes, signature: Bytes, message: Bytes): Promise<boolean | undefined> {
  try {
    return await verifyEd25519(key, signature, message)
  } catch {
    return undefined
  }
}

/** The Ed25519 key of the keyset's entry by that name, which must be one, and of no other role. */
async function resolveKey(keyId: string, { keyset }: Report, isNamed: boolean, log: Log): Promise<Bytes | undefined> {
  const at = 'receipt.key_id'
  const [entry, ...more] = keyset.receipt_signing_keys.filter((candidate) => candidate.key_id === keyId)
  if (entry === undefined || more.length > 0) {
    const said = entry === undefined ? 'aci_key_id_unknown' : 'aci_key_id_twice'
    const code = entry === undefined ? 'key-unknown' : 'key-twice'
    log.add('aci.key-id', isNamed ? 'failed' : 'unchecked', said, { at, code, computed: keyId })
    return undefined
  }
  if (entry.algo !== 'ed25519') {
    log.add('aci.key-id', 'unchecked', sentence('aci_key_algorithm', entry.algo), { at, code: 'key-algorithm', computed: entry.algo })
    return undefined
  }
  const key = decodeHex(entry.public_key)
  if (!key.ok || key.value.length !== 32) {
    log.add('aci.key-id', 'unchecked', 'aci_key_malformed', { at, code: 'key-malformed', computed: entry.public_key, theirs: true })
    return undefined
  }
  log.add('aci.key-id', 'passed', 'aci_key_id_passed', { at, computed: keyId })
  const doubles = await hasOtherRole(key.value, keyset)
  log.decide('aci.key-role', !doubles, { passed: 'aci_key_role_passed', failed: 'aci_key_role_failed' }, { at })
  return key.value
}

function hardware(report: Report, key: Bytes | undefined): HopEvidence {
  return { hop: 0, document: report.evidence, binds: (evidence) => bindsKeyset(report, key, evidence) }
}

/** Version and event log of a receipt whose signature holds. */
function checkDocument({ api_version, event_log }: ReceiptDocument, log: Log): EventLog | undefined {
  log.add('aci.receipt-format', 'passed', 'aci_format_passed')
  if (api_version !== 'aci/1') {
    log.add('aci.api-version', 'unchecked', sentence('aci_version_other', api_version), {
      at: 'receipt.api_version',
      computed: api_version,
    })
    return undefined
  }
  log.add('aci.api-version', 'passed', 'aci_version_passed', { at: 'receipt.api_version' })
  const events = readEvents(event_log)
  if (!events.ok) {
    const more = { at: EVENTS, code: events.code, computed: events.detail } as const
    // What an event says in a form that is not known contradicts nothing; events in another order, or twice, break the format's own rules.
    if (events.code === 'event-schema') log.add('aci.event-order', 'unchecked', 'aci_events_unreadable', { ...more, theirs: true })
    else log.add('aci.event-order', 'failed', 'aci_events_failed', more)
    return undefined
  }
  log.add('aci.event-order', 'passed', 'aci_events_passed', { at: EVENTS })
  return events.value
}

const EVENTS = 'receipt.event_log'

function checkExchange({ endpoint, method, chat_id }: ReceiptDocument, events: EventLog, exchange: Exchange, log: Log): void {
  const { request, response } = exchange
  compare('aci.request-hash', request, events.received, log)
  compare('aci.response-hash', response, events.returned, log)
  checkEndpoint(endpoint, method, exchange, log)
  if (chat_id !== null && response.capture === 'complete' && response.ids.length > 0) {
    const said = { passed: 'ir_response_id_passed', failed: 'ir_response_id_failed' } as const
    const compared = { at: 'receipt.chat_id', expected: chat_id, computed: response.ids.join(', ') } as const
    log.decide('aci.response-id', response.ids.includes(chat_id), said, compared)
  }
  if (events.forwarded !== undefined && events.forwarded !== events.received) {
    log.add('aci.rewrite', 'passed', 'aci_rewritten', {
      assumes: ['assume_aci_rewrite'],
      at: EVENTS,
      expected: `sha256:${events.received}`,
      computed: `sha256:${events.forwarded}`,
    })
  }
}

/** Compares a signed hash with the digest of what was captured, framing of streams included (section 7.4). */
function compare(check: 'aci.request-hash' | 'aci.response-hash', { capture, digests }: BodySeen, signed: string, log: Log): void {
  const side = check === 'aci.request-hash' ? 'request' : 'response'
  const at = `${EVENTS}.${side === 'request' ? 'request.received' : 'response.returned'}` as const
  const digest = capture === 'complete' ? digests.find(({ alg, of }) => alg === 'sha-256' && of === 'body') : undefined
  const octets = decodeHex(signed)
  const expected = `sha256:${signed}`
  if (digest === undefined || !octets.ok) return void log.add(check, 'unchecked', `ir_${side}_hash_unchecked`, { at, expected })
  const said = { passed: `ir_${side}_hash_passed`, failed: `ir_${side}_hash_failed` } as const
  const computed = spellSha256(digest.value)
  log.decide(check, digest.value === encodeBase64url(octets.value), said, { at, expected, computed })
}

/** The service may stand below a path of its own: the end of the address has to agree. */
function checkEndpoint(endpoint: string, method: string, exchange: Exchange, log: Log): void {
  const at = 'receipt.endpoint'
  const path = exchange.url.replace(/^https?:\/\/[^/]*/i, '')
  if (path === '' || exchange.method === '') return
  const agrees = path.endsWith(endpoint) && method === exchange.method
  const compared = { at, expected: `${method} ${endpoint}`, computed: `${exchange.method} ${path}` } as const
  log.decide('aci.endpoint', agrees, { passed: 'aci_endpoint_passed', failed: 'aci_endpoint_failed' }, compared)
}

function checkServedAt(servedAt: number, input: ReceiptInput, log: Log): void {
  const at = 'receipt.served_at'
  const served = isoOf(servedAt)
  if (!agreesInTime(servedAt, input)) {
    log.add('aci.served-at', 'failed', sentence('ir_issued_at_failed', served), { at, code: 'of-another-time' })
  } else if (input.moment.basis === 'captured-here') {
    log.add('aci.served-at', 'passed', sentence('ir_issued_at_passed', served), { assumes: ['assume_clock'], at })
  } else log.add('aci.served-at', 'passed', sentence('ir_issued_at_claimed', served), { assumes: ['assume_not_backdated'], at })
}

/** As for every receipt: captured here, within the exchange; later, not after the moment of the verdict. */
function agreesInTime(servedAt: number, { exchange, moment }: { exchange: Exchange; moment: Moment }): boolean {
  const latest = moment.now.getTime() / 1000 + SKEW_SECONDS
  if (moment.basis !== 'captured-here') return servedAt <= latest
  const started = Date.parse(exchange.startedAt) / 1000
  return Number.isFinite(started) && servedAt >= started - SKEW_SECONDS && servedAt <= latest
}

/** `model` is what was asked for; what an upstream event names was told by the upstream. Neither is a measurement. */
function checkModel({ model }: ReceiptDocument, { refused, measurements }: Upstream, log: Log): void {
  const served = measurements.find(({ name }) => name === 'receipt.upstream-model')?.value
  const assumes: readonly AssumptionId[] = refused === undefined ? ['assume_model_name'] : []
  const named = { assumes, at: 'receipt.model', expected: model ?? undefined, computed: served } as const
  log.add('aci.model', 'unchecked', modelWords(model, served, refused), named)
}

function modelWords(model: string | null, served: string | undefined, refused: string | undefined): Because {
  if (refused !== undefined) return sentence('aci_refused', refused)
  if (model === null) return served === undefined ? 'aci_model_none' : sentence('aci_model_served_alone', served)
  return served === undefined ? sentence('aci_model_asked', model) : sentence('aci_model_served', model, served)
}

async function describe(
  { document, signedText }: ParsedReceipt,
  key: Bytes,
  events: EventLog,
  upstream: Upstream,
  input: ReceiptInput,
): Promise<AuthenticReceipt> {
  const isDirect = upstream.hops.length === 0 && events.upstream === undefined
  const signer: HopFact = { role: isDirect ? 'service' : 'gateway', name: '', backing: 'evidence' }
  return {
    id: encodeBase64url(await sha256(concatBytes(key, encodeUtf8(signedText)))),
    keyId: encodeBase64url(await sha256(key)),
    issuedAt: new Date(document.served_at * 1000),
    issuedInTime: agreesInTime(document.served_at, input),
    hops: [signer, ...upstream.hops],
    signer: 0,
    measurements: [
      { name: 'receipt.keyset-digest', value: document.workload_keyset_digest, kind: 'identity' },
      ...(document.model === null ? [] : [{ name: 'receipt.model', value: document.model, kind: 'identity' as const }]),
      ...upstream.measurements,
    ],
  }
}
