import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/dossier/types.ts'
import type { Expectation } from '../../src/verify/policy/types.ts'
import { respacedAsPython } from '../../src/verify/receipts/chat-signature/json-python.ts'
import type { Json } from '../simulator/json.ts'
import { makeNear, type NearOptions, nearRefusal, type SimulatedNear } from '../simulator/near.ts'
import { CHAT_FAULTS, CHAT_UNREADABLE } from '../support/chat-faults.ts'
import { anchorOf, judge, type LookedUp, lookedUpDossier, pinned } from '../support/lookup.ts'
import { failedChecks, rowsOf, unreadable } from './dossiers.ts'

const AT = new Date('2026-11-16T10:20:30.000Z')
const NONCE = '5a'.repeat(32)
const MODEL = 'demo/model-1'
const text = (content: string) => new TextEncoder().encode(content)
const REQUEST = text(`{\n  "model": "${MODEL}",\n  "messages": []\n}`)
const STREAM = text('data: {"id":"chatcmpl-1","choices":[{"delta":{"content":"Hello"}}]}\n\ndata: [DONE]\n\n')
const BODY = text('{"id":"chatcmpl-1","choices":[{"message":{"content":"Grüße, 🙂"},"index":0}]}')
const OTHER = text('{"model":"demo/model-1","messages":[{}]}')

type Change = {
  readonly exchange?: Partial<LookedUp>
  readonly dossier?: (dossier: Dossier) => Dossier
  readonly expects?: (made: SimulatedNear) => readonly Expectation[]
  readonly evidence?: (evidence: LookedUp['evidence']) => LookedUp['evidence']
  readonly answer?: string
}

/** The exchange, judged without a policy unless told otherwise. The rows are worked out by hand from `docs/CLAIMS.md`. */
async function judged(options: Partial<NearOptions> = {}, change: Change = {}) {
  const made = makeNear({ at: AT, request: REQUEST, response: STREAM, nonce: NONCE, model: MODEL, ...options })
  const [workload] = Object.values(made.workloads)
  if (workload === undefined) throw new Error('no workload')
  const evidence: LookedUp['evidence'] = [{ kind: 'near-attestation-report', nonce: NONCE, document: made.report }]
  const dossier = await lookedUpDossier({
    at: AT,
    path: '/v1/chat/completions',
    request: REQUEST,
    response: STREAM,
    contentType: 'text/event-stream',
    model: MODEL,
    receipt: { format: 'chat-signature', text: change.answer ?? made.answer },
    evidence: change.evidence?.(evidence) ?? evidence,
    collateral: [workload.dstack.tdx.collateral],
    ...change.exchange,
  })
  const report = await judge(change.dossier?.(dossier) ?? dossier, {
    expects: change.expects?.(made) ?? [],
    anchors: [anchorOf(workload)],
    now: AT,
  })
  const finding = (check: string) => report.findings.find((candidate) => candidate.check === `chat-signature.${check}`)
  return { made, report, finding, rows: rowsOf(report), failed: failedChecks(report) }
}

describe('how what stands beside a signature is spelled', () => {
  type Answer = { readonly signature: string; readonly signing_address: string; readonly signing_algo: string; signature_kind: string }
  const respelled = async (change: (answer: Answer) => object, options: Partial<NearOptions> = {}) => {
    const asked = { at: AT, request: REQUEST, response: STREAM, nonce: NONCE, model: MODEL, shape: 'direct', ...options } as const
    const answer: Answer = JSON.parse(makeNear(asked).answer)
    return judged({ shape: 'direct', ...options }, { answer: JSON.stringify({ ...answer, ...change(answer) }) })
  }
  const withRecoveryId = (signature: string, id: (id: number) => number) =>
    signature.slice(0, -2) +
    id(Number.parseInt(signature.slice(-2), 16))
      .toString(16)
      .padStart(2, '0')

  it.each<[string, (answer: Answer) => object]>([
    ['a recovery id of 0 or 1', ({ signature }) => ({ signature: withRecoveryId(signature, (id) => id - 27) })],
    ['no 0x', ({ signature, signing_address }) => ({ signature: signature.slice(2), signing_address: signing_address.slice(2) })],
    ['0X', ({ signature }) => ({ signature: signature.replace('0x', '0X') })],
    [
      'upper case',
      ({ signature, signing_address }) => ({
        signature: `0x${signature.slice(2).toUpperCase()}`,
        signing_address: `0x${signing_address.slice(2).toUpperCase()}`,
      }),
    ],
    [
      'mixed case, as a checksum is written',
      ({ signing_address }) => ({
        signing_address: signing_address.replace(/[a-f]/g, (digit, at: number) => (at % 2 === 0 ? digit.toUpperCase() : digit)),
      }),
    ],
    ['a line’s end behind', ({ signature }) => ({ signature: `${signature}\n` })],
    ['the algorithm in capitals', () => ({ signing_algo: 'ECDSA' })],
    ['another name of the algorithm', () => ({ signing_algo: 'secp256k1' })],
    ['a name of an algorithm that is not known', () => ({ signing_algo: 'eip191-v2' })],
    ['no name of an algorithm', () => ({ signing_algo: null })],
    ['the label in capitals', ({ signature_kind }) => ({ signature_kind: signature_kind.toUpperCase() })],
    ['members that nobody reads', () => ({ issued: 18446744073709551615n.toString(), note: '\ud800', verification: { ok: 1e300 } })],
  ])('%s: the same rows', async (_, change) => {
    const { rows, failed, finding } = await respelled(change)
    expect(failed).toEqual([])
    expect(rows).toBe('v a a v v')
    expect(finding('kind')?.because.id).toBe('chat_kind_provider_tee')
  })

  it.each<[string, (answer: Answer) => object]>([
    ['a signature that is no hex', () => ({ signature: '0xzz' })],
    ['a signature of 64 octets', ({ signature }) => ({ signature: signature.slice(0, -2) })],
    ['an address of 33 octets', () => ({ signing_address: '02'.repeat(33) })],
  ])('%s cannot be read, which says nothing of whether it holds', async (_, change) => {
    const { rows, failed, finding } = await respelled(change)
    expect(failed).toEqual([])
    expect(finding('signature')).toMatchObject({ outcome: 'unchecked', theirs: true, because: { id: 'chat_signature_unreadable' } })
    expect(rows).toBe('a a ? ? ?')
  })

  it('a recovery id of the other point is another signer', async () => {
    const { rows, failed } = await respelled(({ signature }) => ({ signature: withRecoveryId(signature, (id) => (id === 27 ? 28 : 27)) }))
    expect([rows, failed]).toEqual(['a a f f f', ['chat-signature.signature']])
  })

  it('a label of a kind that is not known is said with its name', async () => {
    const { rows, failed, finding } = await respelled(() => ({ signature_kind: 'quantum_tee' }))
    expect(failed).toEqual([])
    expect(finding('kind')).toMatchObject({ outcome: 'unchecked', theirs: true, because: { args: ['quantum_tee'] } })
    expect(rows).toBe('v a ? ? ?')
  })
})

describe('who signed', () => {
  it('the model host: it is verified, and the gateway in front of it is attested beside', async () => {
    const { rows, failed, report, finding } = await judged({ kind: 'provider_tee' })
    expect(failed).toEqual([])
    expect(rows).toBe('a[av] a[aa] a v v')
    expect(report.claims[0]?.hops.map(({ role, name }) => [role, name])).toEqual([
      ['gateway', ''],
      ['model-host', MODEL],
    ])
    expect(report.claims[0]?.hops[0]?.because.id).toBe('chat_binding_unlinked')
    expect(finding('model')?.because).toEqual({ id: 'chat_model_signed', args: [MODEL] })
    expect(report.assumes).toEqual(
      expect.arrayContaining(['assume_chat_request_hash_told', 'assume_chat_no_gpu', 'assume_key_custody', 'assume_not_fresh']),
    )
  })
  it('the gateway: that never verifies the model host', async () => {
    const { rows, failed, report, finding } = await judged({ kind: 'gateway' })
    expect(failed).toEqual([])
    expect(rows).toBe('a[va] a[aa] a v v')
    expect(report.claims[0]?.hops[1]?.because.id).toBe('chat_binding_unlinked')
    expect(finding('model')?.because.id).toBe('chat_model_none')
    expect(report.assumes).not.toContain('assume_chat_request_hash_told')
  })
  it.each(['gateway', 'model'] as const)('the %s, by its key, where there is no label', async (signedBy) => {
    const { rows, finding } = await judged({ kind: 'unlabelled', faults: { signedBy } })
    expect(finding('kind')?.because.id).toBe('chat_kind_unlabelled')
    expect(rows).toBe(signedBy === 'gateway' ? 'a[va] a[aa] a v v' : 'a[av] a[aa] a v v')
  })
  it('the model host itself, where it is asked directly: one hop', async () => {
    const { rows, failed, report } = await judged({ shape: 'direct' })
    expect(failed).toEqual([])
    expect(rows).toBe('v a a v v')
    expect(report.claims[0]?.hops.map(({ role }) => role)).toEqual(['service'])
  })
  it('with its workload pinned', async () => {
    const ofModel = ({ workloads }: SimulatedNear) => (workloads.model === undefined ? [] : pinned(workloads.model, 'service'))
    expect((await judged({ shape: 'direct' }, { expects: ofModel })).rows).toBe('v v a v v')
    const pin = (made: SimulatedNear) => (made.workloads.model === undefined ? [] : pinned(made.workloads.model, 'model-host'))
    expect((await judged({ kind: 'provider_tee' }, { expects: pin })).rows).toBe('a[av] a[av] a v v')
  })
  it('with Ed25519', async () => {
    expect((await judged({ kind: 'provider_tee', algorithm: 'ed25519' })).rows).toBe('a[av] a[aa] a v v')
    expect((await judged({ shape: 'direct', algorithm: 'ed25519', faults: { layout: { model: 'tls' } } })).rows).toBe('v a a v v')
  })
  it('in a text of the older form, without a model', async () => {
    const { rows, finding } = await judged({ kind: 'provider_tee', text: 'without-model' })
    expect(finding('model')?.because.id).toBe('chat_model_none')
    expect(rows).toBe('a[av] a[aa] a v v')
  })
  it('the gateway of NEAR Private Chat: three enclaves in order, of which the first names no key', async () => {
    const { rows, failed, report } = await judged({ shape: 'private-chat', kind: 'gateway' })
    expect(failed).toEqual([])
    expect(rows).toBe('a[ava] a[aaa] a v v')
    const [first, , last] = report.claims[0]?.hops ?? []
    expect([first?.because.id, last?.because.id]).toEqual(['chat_binding_nobody', 'chat_binding_unlinked'])
  })
  it('a reseller’s host: the reseller offers nothing of itself', async () => {
    const { rows, failed } = await judged({ shape: 'reseller' })
    expect(failed).toEqual(['chat-signature.hop-evidence'])
    expect(rows).toBe('-[-v] -[-a] a v v')
  })
  it('an ACI gateway by its older interface: nothing is said of the model host, and its GPUs are not the gateway’s', async () => {
    const { rows, failed, report } = await judged({ shape: 'aci-legacy', kind: 'unlabelled' })
    expect(failed).toEqual(['chat-signature.hop-evidence'])
    expect(rows).toBe('-[v-] -[a-] a v v')
    expect(report.findings.filter(({ check }) => check.startsWith('nvidia') || check.startsWith('gpu'))).toEqual([])
  })
  it('an ACI gateway by its older interface does not lose its host by saying so itself', async () => {
    const faults = { report: { service_capabilities: { serving: 'direct' }, nvidia_payload: undefined } } as const
    const { rows } = await judged({ shape: 'aci-legacy', kind: 'unlabelled', faults })
    expect(rows).toBe('-[v-] -[a-] a v v')
    const known = await judged({ shape: 'aci-legacy', kind: 'unlabelled', faults }, { exchange: { parties: ['service'] } })
    expect(known.rows).toBe('v a a v v')
  })
  it('somebody of whom nothing is known: without a report nothing backs the key', async () => {
    const { rows, finding } = await judged({ kind: 'provider_tee' }, { evidence: () => [] })
    expect(rows).toBe('- - a a a')
    expect(finding('kind')?.because).toEqual({ id: 'chat_kind_labelled_host' })
    const stranger = await judged({ kind: 'provider_tee', faults: { signedBy: 'stranger' } })
    expect(stranger.finding('kind')?.because.id).toBe('chat_kind_labelled_host')
    expect((await judged({ kind: 'provider_tee' })).finding('kind')?.because.id).toBe('chat_kind_provider_tee')
    expect((await judged({ kind: 'gateway' }, { evidence: () => [] })).rows).toBe('-[--] -[--] a a a')
  })
})

describe('each check, alone', () => {
  it.each(CHAT_FAULTS)('%s', async (_, options, checks, rows) => {
    const result = await judged(options)
    expect(result.failed).toEqual(checks)
    expect(result.rows).toBe(rows)
  })
  it.each(CHAT_UNREADABLE)('%s: came, and cannot be read', async (_, options, checks, rows) => {
    const { failed, report, ...result } = await judged(options)
    expect([failed, unreadable(report), result.rows]).toEqual([[], checks, rows])
  })
  it('somebody else’s genuine quote, with that one’s key beside an address of his own', async () => {
    const honest = makeNear({
      at: AT,
      request: REQUEST,
      response: STREAM,
      nonce: NONCE,
      shape: 'direct',
      faults: { layout: { model: 'tls' } },
    })
    const { signing_address, signing_public_key } = JSON.parse(honest.report)
    const forger = JSON.parse(makeNear({ at: AT, request: REQUEST, response: STREAM, faults: { signedBy: 'stranger' } }).answer)
    for (const beside of [signing_address, signing_public_key]) {
      const { failed, rows } = await judged({
        shape: 'direct',
        faults: {
          signedBy: 'stranger',
          layout: { model: 'tls' },
          report: { signing_address: forger.signing_address, signing_public_key: beside, all_attestations: [] },
        },
      })
      expect(failed).toEqual(['chat-signature.key-commitment'])
      expect(rows).toBe('f a a a a')
    }
  })
  it('names whose key it is that carries another’s label', async () => {
    const because = async (kind: 'gateway' | 'provider_tee', signedBy: 'gateway' | 'model') =>
      (await judged({ kind, faults: { signedBy } })).finding('kind')?.because
    expect(await because('gateway', 'model')).toEqual({ id: 'chat_kind_by_model' })
    expect(await because('provider_tee', 'gateway')).toEqual({ id: 'chat_kind_by_gateway' })
  })
  it('a key that gateway and model host share is that of the one that makes such signatures', async () => {
    const { gateway_attestation } = JSON.parse((await judged({ kind: 'gateway' })).made.report)
    const { failed, rows } = await judged({ kind: 'gateway', faults: { report: { model_attestations: [gateway_attestation] } } })
    expect(failed).toEqual([])
    expect(rows).toBe('a[va] a[aa] a v v')
  })
  it('says why a report cannot be read', async () => {
    const { finding } = await judged({ shape: 'direct', faults: { report: { intel_quote: undefined } } })
    expect(finding('report-format')).toMatchObject({ because: { id: 'aci_report_format_failed' }, code: 'report-shape', theirs: true })
  })
  it('no model hosts in the report', async () => {
    const { rows, failed } = await judged({ kind: 'gateway', faults: { report: { model_attestations: [] } } })
    expect(failed).toEqual(['chat-signature.hop-evidence'])
    expect(rows).toBe('-[v-] -[a-] a v v')
  })
  it('the model that was asked for is picked of several, where none of them signed', async () => {
    const [own] = JSON.parse((await judged({ kind: 'gateway' })).made.report).model_attestations
    const other = { ...own, model_name: 'demo/other', intel_quote: '00' }
    const failedOf = async (...model_attestations: Json[]) =>
      (await judged({ kind: 'gateway', faults: { report: { model_attestations } } })).failed
    expect(await failedOf(other, own)).toEqual([])
    expect(await failedOf(own, other)).toEqual([])
    const { failed, report } = await judged({ kind: 'gateway', faults: { report: { model_attestations: [other] } } })
    expect([failed, unreadable(report)]).toEqual([[], ['tdx.format']])
  })
  it('GPU evidence and a deployment log change what is to be assumed', async () => {
    const assumes = async (report: Record<string, Json>, shape: 'direct' | 'cloud' = 'direct') =>
      (await judged({ shape, kind: shape === 'direct' ? 'provider_tee' : 'gateway', faults: { report } })).finding('key-commitment')
        ?.assumes
    expect(await assumes({ all_attestations: [] })).toContain('assume_chat_no_gpu')
    expect(await assumes({ all_attestations: [], nvidia_payload: 'evidence' })).not.toContain('assume_chat_no_gpu')
    expect(await assumes({ compose_manager_attestation: {} })).toContain('assume_chat_compose_manager')
    expect(await assumes({ compose_manager_attestation: null })).not.toContain('assume_chat_compose_manager')
    expect(await assumes({ compose_manager_attestation: {} }, 'cloud')).not.toContain('assume_chat_compose_manager')
  })
  it('the right machine of several is picked by its key', async () => {
    const stranger = makeNear({ at: AT, request: REQUEST, response: STREAM, nonce: NONCE, seed: 'another machine' })
    const [first] = JSON.parse(stranger.report).model_attestations
    const own = makeNear({ at: AT, request: REQUEST, response: STREAM, nonce: NONCE, model: MODEL })
    const [second] = JSON.parse(own.report).model_attestations
    const { rows } = await judged({ kind: 'provider_tee', faults: { report: { model_attestations: [first, second] } } })
    expect(rows).toBe('a[av] a[aa] a v v')
  })
})

describe('what could not be checked', () => {
  it.each([
    ['STREAM_DISCONNECTED', 'chat_stream_disconnected'],
    ['SIGNATURE_UNSUPPORTED', 'chat_signature_unsupported'],
  ] as const)('%s is said, and fails nothing', async (code, id) => {
    const { rows, failed, finding } = await judged({ shape: 'direct' }, { answer: nearRefusal(code) })
    expect(finding('availability')).toMatchObject({ outcome: 'unchecked', because: { id } })
    expect(failed).toEqual([])
    expect(rows).toBe('a a ? ? ?')
  })
  it('is a signature that is not served any more, or not for this key', async () => {
    const gone =
      (reason: 'not-found' | 'refused') =>
      (dossier: Dossier): Dossier => ({
        ...dossier,
        receipts: [],
        missing: [{ what: 'receipt', source: '', reason }],
      })
    for (const reason of ['not-found', 'refused'] as const) {
      const { rows, failed, report } = await judged({ kind: 'gateway' }, { dossier: gone(reason) })
      expect(failed).toEqual([])
      expect(rows).toBe('a a ? ? ?')
      expect(report.retry).toBe(true)
    }
  })
  it('is whether quotes are fresh, where no nonce was sent', async () => {
    const unasked = (evidence: LookedUp['evidence']) => evidence.map(({ nonce: _, ...rest }) => rest)
    const { rows, finding } = await judged({ shape: 'direct' }, { evidence: unasked })
    expect(finding('nonce')).toMatchObject({ outcome: 'unchecked', assumes: ['assume_not_fresh'] })
    expect(rows).toBe('v a a v v')
  })
  it('is the request of Private Chat, whose backend rewrites it; the answer is checked', async () => {
    const { rows, failed, finding } = await judged({ shape: 'private-chat', kind: 'gateway', request: OTHER })
    expect(failed).toEqual([])
    expect(finding('request-rewritten')).toMatchObject({ outcome: 'unchecked', because: { id: 'chat_request_rewritten' } })
    expect(rows).toBe('a[ava] a[aaa] a a v')
    const tampered = await judged({ shape: 'private-chat', kind: 'gateway', request: OTHER, response: OTHER })
    expect(tampered.failed).toEqual(['chat-signature.response-hash'])
    expect(tampered.rows).toBe('a[ava] a[aaa] a f v')
  })
  it('is what passes the older completions interface, which re-encodes', async () => {
    const { rows, failed, finding } = await judged(
      { shape: 'direct', request: OTHER, response: OTHER },
      { exchange: { path: '/v1/completions' } },
    )
    for (const check of ['request-hash', 'response-hash']) {
      expect(finding(check)).toMatchObject({ outcome: 'unchecked', because: { id: 'chat_completions_not_exact' } })
    }
    expect(failed).toEqual([])
    expect(rows).toBe('v a a ? v')
  })
  it('is a request whose octets were not obtained', async () => {
    const unseen = (dossier: Dossier): Dossier => ({
      ...dossier,
      exchange: { ...dossier.exchange, request: { ...dossier.exchange.request, capture: 'unsupported-body', digests: [] } },
    })
    const { rows, finding } = await judged({ shape: 'direct' }, { dossier: unseen })
    expect(finding('request-hash')).toMatchObject({ outcome: 'unchecked', because: { id: 'ir_request_hash_unchecked' } })
    expect(rows).toBe('v a a ? v')
  })
  it('is an answer of which only other digests are known', async () => {
    const partly = (dossier: Dossier): Dossier => {
      const { response } = dossier.exchange
      return {
        ...dossier,
        exchange: { ...dossier.exchange, response: { ...response, digests: response.digests.filter(({ of }) => of !== 'body') } },
      }
    }
    const { failed, finding } = await judged({ shape: 'direct' }, { dossier: partly })
    expect(failed).toEqual([])
    expect(finding('response-hash')?.outcome).toBe('unchecked')
  })
  it('is half an answer', async () => {
    const cut = (dossier: Dossier): Dossier => ({
      ...dossier,
      exchange: { ...dossier.exchange, response: { ...dossier.exchange.response, capture: 'broken-off' } },
    })
    const { rows, finding } = await judged({ shape: 'direct' }, { dossier: cut })
    expect(finding('response-hash')).toMatchObject({ outcome: 'unchecked', because: { id: 'ir_response_hash_unchecked' } })
    expect(rows).toBe('v a a ? v')
  })
})

describe('the habits of services with octets', () => {
  const asPython = (body: Uint8Array<ArrayBuffer>) => respacedAsPython(body) ?? new Uint8Array(0)
  const json = { response: BODY, contentType: 'application/json' }

  it('an answer hashed as Python spaces it, and sent otherwise, is not tampering and says so', async () => {
    const { rows, finding, report } = await judged({ shape: 'direct', response: asPython(BODY) }, { exchange: json })
    expect(finding('response-hash')).toMatchObject({ outcome: 'passed', because: { id: 'chat_response_respaced' } })
    expect(report.assumes).toContain('assume_chat_respaced')
    expect(rows).toBe('v a a v v')
  })
  it('a request hashed as Python spaces it', async () => {
    const { rows, finding } = await judged({ shape: 'direct', request: asPython(REQUEST) })
    expect(finding('request-hash')?.because.id).toBe('chat_request_respaced')
    expect(rows).toBe('v a a v v')
  })
  it('the same answer with one character changed is tampering all the same', async () => {
    const changed = text(new TextDecoder().decode(BODY).replace('Gr', 'gr'))
    const { failed } = await judged({ shape: 'direct', response: asPython(changed) }, { exchange: json })
    expect(failed).toEqual(['chat-signature.response-hash'])
  })
  it('an answer hashed as it was sent is told from one respaced', async () => {
    expect((await judged({ shape: 'direct', response: BODY }, { exchange: json })).finding('response-hash')?.because.id).toBe(
      'ir_response_hash_passed',
    )
  })
  it('a model served under another name fails, and says what the service is known to do', async () => {
    const headers = [
      { name: 'inference-id', value: '1' },
      { name: 'x-model-alias-resolved', value: 'demo/model-2' },
    ]
    const { failed, finding } = await judged({ shape: 'direct', response: OTHER }, { exchange: { headers } })
    expect(failed).toEqual(['chat-signature.response-hash'])
    expect(finding('response-hash')?.because.id).toBe('chat_response_alias')
  })
  it('another model’s name in the signed text is shown', async () => {
    const { finding } = await judged({ shape: 'direct' }, { exchange: { model: 'model-1' } })
    expect(finding('model')?.because).toEqual({ id: 'chat_model_other', args: [MODEL, 'model-1'] })
  })
})

describe('the Responses API', () => {
  const start = 'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1"}}\n\n'
  const end = 'event: response.completed\ndata: {"type":"response.completed","response":{"id":"resp_1"}}\n\n'
  const after = 'event: conversation.title.updated\ndata: {"title":"Hello"}\n\n'
  const exchange = { path: '/v1/responses' }

  it('is signed up to response.completed, and what comes after is named', async () => {
    const whole = { ...exchange, response: text(start + end + after) }
    const { rows, finding, report } = await judged({ kind: 'gateway', response: text(start + end) }, { exchange: whole })
    expect(finding('response-hash')).toMatchObject({ outcome: 'passed', because: { id: 'chat_response_to_completed' } })
    expect(report.assumes).toContain('assume_chat_after_completed')
    expect(rows).toBe('a[va] a[aa] a v v')
  })
  it('is signed whole where nothing comes after, or where the service hashed all', async () => {
    for (const body of [start + end, start + end + after]) {
      const whole = { ...exchange, response: text(body) }
      const { finding } = await judged({ kind: 'gateway', response: text(body) }, { exchange: whole })
      expect(finding('response-hash')?.because.id).toBe('ir_response_hash_passed')
    }
  })
  it('does not pass with a beginning that was changed', async () => {
    const whole = { ...exchange, response: text(start.replace('resp_1', 'resp_2') + end + after) }
    expect((await judged({ kind: 'gateway', response: text(start + end) }, { exchange: whole })).rows).toBe('a[va] a[aa] a f v')
  })
  it('is nothing that chat completions may end with', async () => {
    const whole = { response: text(start + end + after) }
    expect((await judged({ kind: 'gateway', response: text(start + end) }, { exchange: whole })).failed).toEqual([
      'chat-signature.response-hash',
    ])
  })
})
