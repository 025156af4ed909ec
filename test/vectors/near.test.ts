import { expect, it } from 'vitest'
import { sha256 } from '../../src/verify/encoding/digest.ts'
import { encodeHex } from '../../src/verify/encoding/hex.ts'
import { canonicalize } from '../../src/verify/encoding/jcs.ts'
import { encodeUtf8 } from '../../src/verify/encoding/utf8.ts'
import { checkOhttp } from '../../src/verify/receipts/chat-signature/ohttp.ts'
import { readReport } from '../../src/verify/receipts/chat-signature/report.ts'
import type { Report } from '../../src/verify/report.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import { actionsHash } from '../simulator/near.ts'
import { judge, lookedUpDossier } from '../support/lookup.ts'
import { failedChecks, rowsOf } from '../verify/dossiers.ts'
import { describeVectors, vectorText } from './files.ts'

const TRIPLE = JSON.parse(process.env['VECTORS_DIR'] === undefined ? '{}' : vectorText('dstack/near/trace-commons_near_live_triple.json'))
const COLLATERAL = 'dstack/dcap/tdx_quote_outdated_collateral.json'
/** While Intel's collateral in the vectors was current, and when the triple was captured. */
const AT_COLLATERAL = new Date('2026-03-12T07:20:00Z')
const AT_CAPTURE = new Date('2026-09-01T10:57:00Z')

/** The triple as the extension would have gathered it: the host's own report, made again out of the parts that were kept of it. */
async function triple(
  now: Date,
  { nonce = TRIPLE.nonce, response = Buffer.from(TRIPLE.response_body_b64, 'base64') } = {},
): Promise<Report> {
  const { model_name, signing_address, signing_algo, signing_public_key, intel_quote } = TRIPLE
  const report = {
    model_name,
    signing_address,
    signing_algo,
    signing_public_key,
    request_nonce: TRIPLE.nonce,
    intel_quote,
    nvidia_payload: '',
    event_log: '',
    info: {},
  }
  const dossier = await lookedUpDossier({
    at: now,
    path: '/v1/chat/completions',
    request: Buffer.from(TRIPLE.request_body_b64, 'base64'),
    response,
    model: model_name,
    receipt: { format: 'chat-signature', text: JSON.stringify(TRIPLE.receipt) },
    evidence: [{ kind: 'near-attestation-report', nonce, document: JSON.stringify({ ...report, all_attestations: [report] }) }],
    collateral: [vectorText(COLLATERAL)],
  })
  return judge(dossier, { anchors: SHIPPED_ANCHORS, now, basis: 'given' })
}

const outcomes = ({ findings }: Report, prefix: string) =>
  findings.filter(({ check }) => check.startsWith(prefix)).map(({ check, outcome, because }) => `${outcome} ${check} ${because.id}`)

describeVectors('the triple of NEAR AI', () => {
  it('holds at the time of the collateral: hardware, nonce, address, text, both hashes', async () => {
    const report = await triple(AT_COLLATERAL)
    expect(failedChecks(report)).toEqual([])
    expect(outcomes(report, 'chat-signature.')).toEqual([
      'passed chat-signature.format chat_format_passed',
      'passed chat-signature.signature chat_signature_passed',
      'passed chat-signature.request-hash ir_request_hash_passed',
      'passed chat-signature.response-hash ir_response_hash_passed',
      'unchecked chat-signature.time chat_no_time',
      'unchecked chat-signature.model chat_model_signed',
      'passed chat-signature.kind chat_kind_unlabelled',
      'passed chat-signature.key-commitment chat_binding_address',
      'passed chat-signature.nonce aci_nonce_passed',
    ])
    expect(rowsOf(report)).toBe('v a a v v')
  })
  it('holds at its own time but for the collateral, which had ended: unchecked, not failed', async () => {
    const report = await triple(AT_CAPTURE)
    expect(failedChecks(report)).toEqual([])
    expect(outcomes(report, 'tdx.collateral-time')).toEqual(['unchecked tdx.collateral-time tdx_collateral_expired'])
    expect(rowsOf(report)).toBe('? a a a a')
  })
  it('is not fresh for another nonce, and not another answer', async () => {
    const report = await triple(AT_COLLATERAL, { nonce: '00'.repeat(32), response: Buffer.from('{}') })
    expect(failedChecks(report)).toEqual(['chat-signature.response-hash', 'chat-signature.nonce'])
    expect(rowsOf(report)).toBe('v f a f v')
  })
})

describeVectors('signed chats out of the documentation of NEAR AI', () => {
  it('hold under their addresses, with their hashes where the bodies are given; no evidence comes with them', async () => {
    const chats = JSON.parse(vectorText('dstack/near/near_docs_signed_chats.json'))
    const reports: Report[] = []
    for (const { request_body, response_body, ...answer } of chats) {
      const dossier = await lookedUpDossier({
        at: AT_CAPTURE,
        path: '/v1/chat/completions',
        request: Buffer.from(request_body ?? '', 'utf8'),
        response: Buffer.from(response_body ?? '', 'utf8'),
        contentType: 'text/event-stream',
        receipt: { format: 'chat-signature', text: JSON.stringify(answer) },
        evidence: [],
        collateral: [],
      })
      reports.push(await judge(dossier, { anchors: SHIPPED_ANCHORS, now: AT_CAPTURE, basis: 'given' }))
    }
    const without = (report: Report) => failedChecks(report).filter((check) => check !== 'evidence.presence')
    expect(reports.map(rowsOf)).toEqual(['- - a a a', '- - a a a', '- - a f a'])
    // The third comes without its bodies: nothing hashes to what was signed.
    expect(reports.map(without)).toEqual([[], [], ['chat-signature.request-hash', 'chat-signature.response-hash']])
    expect(reports.flatMap((report) => outcomes(report, 'chat-signature.signature'))).toEqual(
      reports.map(() => 'passed chat-signature.signature chat_signature_passed'),
    )
  })
})

describeVectors('a quote and GPU evidence of two nonces', () => {
  it('are not one machine’s: the environment fails for it', async () => {
    const report = {
      signing_algo: 'ecdsa',
      intel_quote: vectorText('dstack/near/private-ai-verifier_intel_quote.hex').trim(),
      nvidia_payload: vectorText('dstack/near/private-ai-verifier_nvidia_payload.json'),
    }
    const { receipt } = TRIPLE
    const dossier = await lookedUpDossier({
      at: AT_COLLATERAL,
      path: '/v1/chat/completions',
      request: new Uint8Array(0),
      response: new Uint8Array(0),
      receipt: { format: 'chat-signature', text: JSON.stringify(receipt) },
      evidence: [{ kind: 'near-attestation-report', document: JSON.stringify(report) }],
      collateral: [vectorText(COLLATERAL)],
    })
    const judged = await judge(dossier, { anchors: SHIPPED_ANCHORS, now: AT_COLLATERAL, basis: 'given' })
    expect(outcomes(judged, 'gpu.pairing')).toEqual(['failed gpu.pairing gpu_pairing_other_nonce'])
    expect(judged.claims[0]?.standing).toBe('failed')
  })
})

describeVectors('what NEAR shows beside its quotes', () => {
  it('the compose manager’s actions hash to what is stated, here and in the simulator', async () => {
    const { actions, actions_hash, compose } = JSON.parse(vectorText('2026-11/near/compose-manager-synthetic.json'))
    const text = canonicalize(actions)
    expect(text.ok && encodeHex(await sha256(encodeUtf8(text.value)))).toBe(actions_hash)
    expect(actionsHash(actions)).toBe(actions_hash)
    expect(encodeHex(await sha256(encodeUtf8(compose)))).toBe(actions[0].file_sha256)
  })
  it('the key for encrypted requests is signed; no quote comes with it that names who signs', async () => {
    const shown = JSON.parse(vectorText('2026-11/near/ohttp-attestation-synthetic.json'))
    const report = readReport({
      kind: '',
      document: JSON.stringify({ ...shown, model_attestations: [] }),
      source: '',
      at: '',
      provenance: 'fetched',
    })
    if (!report.ok) throw new Error(report.code)
    expect(await checkOhttp(report.value)).toMatchObject([{ outcome: 'unchecked', because: { id: 'chat_ohttp_unbound' } }])
    const changed = {
      ...report.value,
      ohttp: { ...shown.ohttp_attestation, key_config: `00${shown.ohttp_key_config.slice(2)}` },
      ohttpConfig: undefined,
    }
    expect(await checkOhttp(changed)).toMatchObject([{ outcome: 'failed', because: { id: 'chat_ohttp_failed' } }])
  })
})
