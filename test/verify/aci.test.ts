import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/dossier/types.ts'
import type { Sentence } from '../../src/verify/claims/sentence.ts'
import { sentence } from '../../src/verify/claims/sentence.ts'
import type { Expectation } from '../../src/verify/policy/types.ts'
import { type AciOptions, legacyAnswer, makeAci, type SimulatedAci } from '../simulator/aci.ts'
import type { Json } from '../simulator/json.ts'
import { DEFAULT_SEED } from '../simulator/random.ts'
import { ACI_UNREADABLE, aciFaults } from '../support/aci-faults.ts'
import { anchorOf, judge, type LookedUp, lookedUpDossier, pinned } from '../support/lookup.ts'
import { failedChecks, rowsOf, unreadable } from './dossiers.ts'

const AT = new Date('2026-11-16T10:20:30.000Z')
const NONCE = '5a'.repeat(32)
const text = (content: string) => new TextEncoder().encode(content)
const REQUEST = text('{"model":"demo-model","messages":[{"role":"user","content":"hi"}],"stream":true}')
const RESPONSE = text('data: {"id":"chatcmpl-1","choices":[{"delta":{"content":"Hello"}}]}\n\ndata: [DONE]\n\n')
const OTHER = text('{"model":"demo-model","messages":[]}')

type Change = {
  readonly exchange?: Partial<LookedUp>
  readonly dossier?: (dossier: Dossier) => Dossier
  readonly expects?: (made: SimulatedAci) => readonly Expectation[]
  readonly receipt?: (made: SimulatedAci) => string
  readonly evidence?: (evidence: LookedUp['evidence']) => LookedUp['evidence']
}

/** The exchange, judged with the gateway's workload pinned unless told otherwise. The rows are worked out by hand from `docs/CLAIMS.md`. */
async function judged(options: Partial<AciOptions> = {}, change: Change = {}) {
  const made = makeAci({ at: AT, request: REQUEST, response: RESPONSE, chatId: 'chatcmpl-1', nonce: NONCE, ...options })
  const evidence: LookedUp['evidence'] = [
    { kind: 'aci-report', nonce: NONCE, document: made.report },
    ...(made.session === undefined ? [] : [{ kind: 'aci-session', document: made.session.text }]),
  ]
  const dossier = await lookedUpDossier({
    at: AT,
    path: '/v1/chat/completions',
    request: REQUEST,
    response: RESPONSE,
    contentType: 'text/event-stream',
    headers: made.headers,
    receipt: { format: 'aci', text: change.receipt?.(made) ?? made.receipt },
    evidence: change.evidence?.(evidence) ?? evidence,
    collateral: [made.workload.dstack.tdx.collateral],
    parties: options.upstream === undefined || options.upstream === 'none' ? ['service'] : ['gateway', 'model-host'],
    ...change.exchange,
  })
  const report = await judge(change.dossier?.(dossier) ?? dossier, {
    expects: change.expects?.(made) ?? pinned(made.workload),
    anchors: [anchorOf(made.workload)],
    now: AT,
  })
  const finding = (check: string) => report.findings.find((candidate) => candidate.check === `aci.${check}`)
  return { made, report, finding, rows: rowsOf(report), failed: failedChecks(report) }
}

describe('an ACI service that runs the model itself', () => {
  it('is one hop, verified where its workload is pinned', async () => {
    const { rows, failed, report } = await judged()
    expect(failed).toEqual([])
    expect(rows).toBe('v v a v v')
    expect(report.assumes).toEqual(
      expect.arrayContaining(['assume_aci_direct', 'assume_tls_binding', 'assume_key_custody', 'assume_aci_provenance']),
    )
    expect(report.claims[0]?.hops.map(({ role }) => role)).toEqual(['service'])
  })
  it('is measured and not matched without a policy', async () => {
    expect((await judged({}, { expects: () => [] })).rows).toBe('v a a v v')
  })
  it('shows a rewritten request, which fails nothing', async () => {
    const { rows, finding, report } = await judged({ forwarded: OTHER })
    expect(finding('rewrite')).toMatchObject({ outcome: 'passed', because: { id: 'aci_rewritten' } })
    expect(report.assumes).toContain('assume_aci_rewrite')
    expect(rows).toBe('v v a v v')
    expect((await judged()).finding('rewrite')).toBeUndefined()
  })
  it('is read from the legacy signature that carries the receipt', async () => {
    expect((await judged({}, { receipt: (made) => legacyAnswer(made, 'a:b') })).rows).toBe('v v a v v')
  })
  it('shows that its key came from the key management service that the policy names', async () => {
    const named = (made: SimulatedAci): readonly Expectation[] => [
      ...pinned(made.workload),
      { measurement: 'dstack.kms-root', anyOf: [made.workload.dstack.kmsRoot], source: 'user' },
    ]
    const { rows, finding, report } = await judged({ faults: { custody: 'own-key' } }, { expects: named })
    expect(finding('key-custody')?.outcome).toBe('passed')
    expect(report.assumes).not.toContain('assume_key_custody')
    expect(rows).toBe('v v a v v')
    const other = await judged({ faults: { custody: 'other-key' } }, { expects: named })
    expect(other.failed).toEqual(['aci.key-custody'])
    expect(other.rows).toBe('f a a a a')
  })
})

describe('an ACI aggregator', () => {
  it('leaves the model host its own word, with the claims of the session as what they are', async () => {
    const { rows, failed, report } = await judged({ upstream: 'vouched' })
    expect(failed).toEqual([])
    expect(rows).toBe('a[va] a[va] a v v')
    expect(report.claims[0]?.hops.map(({ role, name }) => [role, name])).toEqual([
      ['gateway', ''],
      ['model-host', 'demo-upstream'],
    ])
    const claims = report.findings.filter(({ check }) => check === 'aci.session-claim')
    expect(new Set(claims.map(({ outcome }) => outcome))).toEqual(new Set(['unchecked']))
    const spelled = ({ args = [] }: Sentence): readonly string[] =>
      args.flatMap((arg) => (typeof arg === 'string' ? [arg] : arg.args === undefined ? [arg.id] : spelled(arg)))
    expect(claims.map(({ because }) => spelled(because))).toEqual([
      ['aci_claim_tee_attested', 'aci_source_hardware_proven', 'quote verified'],
      ['aci_claim_gpu_attested', 'aci_source_provider_asserted', 'the provider says so'],
      ['aci_claim_tcb_up_to_date', 'aci_source_verifier_derived', 'UpToDate'],
      ['aci_claim_model_weights_provenance', 'aci_source_operator_asserted', 'configured'],
    ])
  })
  it('verifies the model host by the deep audit of the session', async () => {
    const { rows, failed, report } = await judged({ upstream: 'audited' })
    expect(failed).toEqual([])
    expect(rows).toBe('v[vv] a[va] a v v')
    expect(report.assumes).toContain('assume_aci_channel_enforced')
  })
  it('takes no address in a stranger’s quote for the digest of a channel’s key', async () => {
    const { rows, failed } = await judged({ upstream: 'audited', faults: { channel: 'an-address' } })
    expect(failed).toEqual(['aci.session-channel'])
    expect(rows).toBe('f[vf] a[va] a v v')
  })
  it('names it where the host was checked more than a day before', async () => {
    const then = Math.floor(AT.getTime() / 1000) - 2 * 24 * 3600
    const { rows, report } = await judged({ upstream: 'audited', faults: { session: { established_at: then } } })
    expect(rows).toBe('v[vv] a[va] a v v')
    expect(report.claims[0]?.assumes).toContain('assume_aci_session_long')
    expect((await judged({ upstream: 'audited' })).report.assumes).not.toContain('assume_aci_session_long')
  })
  it('believes the channel no further than the gateway’s code, which nobody has said to expect', async () => {
    const { rows, report } = await judged({ upstream: 'audited' }, { expects: () => [] })
    expect(rows).toBe('a[va] a[aa] a v v')
    expect(report.claims[0]?.hops[1]?.because.id).toBe('rule_linked_by_unknown_code')
  })
  it('shows an upstream that is itself a gateway as one hop more', async () => {
    const { rows, failed, report } = await judged({ upstream: 'audited-gateway' })
    expect(failed).toEqual([])
    expect(rows).toBe('a[vva] a[vaa] a v v')
    expect(report.claims[0]?.hops.map(({ role }) => role)).toEqual(['gateway', 'gateway', 'model-host'])
  })
  it.each(['unverified', 'silent'] as const)('%s has nothing to show for its model host', async (upstream) => {
    const { rows, failed } = await judged({ upstream })
    expect(failed).toEqual(['aci.upstream-evidence'])
    expect(rows).toBe('-[v-] -[v-] a v v')
  })
  it.each([400, 412, 503])('that refused with status %i is one hop, and no model answered', async (status) => {
    const { rows, failed, finding } = await judged({ upstream: 'refused', chatId: null }, { exchange: { status } })
    expect(failed).toEqual([])
    expect(finding('model')?.because).toEqual({ id: 'aci_refused', args: ['quote rejected'] })
    expect(rows).toBe('v v a v v')
  })
  it('that says it refused, and answered, hides no model host by that', async () => {
    expect((await judged({ upstream: 'refused' })).rows).toBe('-[v-] -[v-] a v v')
  })
  it('offers what the session claims to the policy', async () => {
    const asks =
      (value: string) =>
      (made: SimulatedAci): readonly Expectation[] => [
        ...pinned(made.workload),
        { measurement: 'receipt.upstream-tee-attested', anyOf: [value], source: 'user' },
      ]
    expect((await judged({ upstream: 'vouched' }, { expects: asks('hardware_proven') })).rows).toBe('a[va] a[va] a v v')
    expect((await judged({ upstream: 'vouched' }, { expects: asks('verifier_derived') })).rows).toBe('a[va] f[fa] a v v')
  })
})

/** A session whose preserved evidence is this document. */
async function keeping(document: unknown, type = 'application/json'): Promise<Partial<AciOptions>> {
  const octets = text(typeof document === 'string' ? document : JSON.stringify(document))
  const digest = `sha256:${Buffer.from(await crypto.subtle.digest('SHA-256', octets)).toString('hex')}`
  const data = `data:${type};base64,${Buffer.from(octets).toString('base64')}`
  return { upstream: 'vouched', faults: { session: { 'evidence.digest': digest, 'evidence.data': data } } }
}

describe('evidence that a session keeps', () => {
  const upstream = makeAci({ at: AT, request: REQUEST, response: RESPONSE, upstream: 'audited' }).upstreamWorkload
  const spki = JSON.parse(makeAci({ at: AT, request: REQUEST, response: RESPONSE, upstream: 'vouched' }).session?.text ?? '')
    .channel_binding[0].spki_sha256

  it.each<[string, unknown]>([
    [
      'as dstack gives it',
      { quote: upstream?.quote, event_log: upstream?.eventLog, app_compose: upstream?.appCompose, vm_config: upstream?.vmConfig },
    ],
    [
      'as a model host’s own report',
      { intel_quote: upstream?.quote, event_log: upstream?.eventLog, signing_address: `0x${'11'.repeat(20)}` },
    ],
  ])('%s is verified', async (_, document) => {
    const { rows, failed } = await judged(await keeping(document))
    expect(failed).toEqual([])
    expect(rows).toMatch(/^v\[vv\] /)
  })
  it.each<[string, unknown]>([
    ['a list', []],
    ['no JSON', 'not JSON'],
    ['nothing', ''],
    ['a short quote', { quote: '0400' }],
    ['an ACI report, whose nonce the session does not keep', { attestation: { evidence: { quote: upstream?.quote } } }],
  ])('as %s stays the gateway’s word', async (_, document) => {
    const { rows, failed } = await judged(await keeping(document))
    expect(failed).toEqual([])
    expect(rows).toBe('a[va] a[va] a v v')
  })
  it('is about every channel of the session, or about none', async () => {
    const { faults } = await keeping({ quote: upstream?.quote })
    const binding = (digest: string) => ({ type: 'tls_spki_sha256', origin: 'https://upstream.example.com', spki_sha256: digest })
    const of = async (...channel_binding: Json[]) => {
      const { rows, finding } = await judged({ upstream: 'vouched', faults: { session: { ...faults?.session, channel_binding } } })
      return `${finding('session-channel')?.outcome} ${rows.slice(0, 5)}`
    }
    expect(await of(binding(spki))).toBe('passed v[vv]')
    expect(await of(binding(spki), binding('ab'.repeat(32)))).toBe('failed f[vf]')
    expect(await of()).toBe('unchecked a[va]')
    expect(await of({ type: 'of another kind', spki_sha256: spki })).toBe('unchecked a[va]')
  })
})

describe('each check, alone', () => {
  it.each(aciFaults(AT))('%s', async (_, options, checks, rows) => {
    const result = await judged(options)
    expect(result.failed).toEqual(checks)
    expect(result.rows).toBe(rows)
  })

  it.each(ACI_UNREADABLE)('%s: came, and cannot be read', async (_, options, checks, rows) => {
    const { failed, report, ...result } = await judged(options)
    expect([failed, unreadable(report), result.rows]).toEqual([[], checks, rows])
  })

  it('another version of the protocol is newer than this checker', async () => {
    const { failed, report, rows } = await judged({ faults: { receipt: { api_version: 'aci/2' } } })
    expect([failed, unreadable(report), rows]).toEqual([[], [], 'a a ? ? ?'])
    expect(report.claims[4]?.because).toEqual({ id: 'aci_version_other', args: ['aci/2'] })
  })
  it.each([{}, null, { digest: null, data: null }])('a session that kept nothing is the gateway’s word: %j', async (evidence) => {
    const { failed, report, rows } = await judged({ upstream: 'vouched', faults: { session: { evidence } } })
    expect([failed, unreadable(report), rows]).toEqual([[], [], 'a[va] a[va] a v v'])
    expect(report.findings.map(({ because }) => because.id)).toContain('aci_session_evidence_none')
  })

  it('a key of two roles', async () => {
    const [entry] = JSON.parse((await judged()).made.report).attestation.workload_keyset.receipt_signing_keys.slice(-1)
    const { failed, rows } = await judged({ faults: { keyset: { e2ee_public_keys: [{ ...entry, algo: 'x' }] } } })
    expect(failed).toEqual(['aci.key-role'])
    expect(rows).toBe('a a f f f')
  })
  it('a receipt that is none', async () => {
    for (const receipt of ['{', '{}', '[]']) {
      const { failed, rows, report } = await judged({}, { receipt: () => receipt })
      expect([failed, unreadable(report), rows]).toEqual([[], ['aci.receipt-format'], 'a a ? ? ?'])
    }
  })
  it.each(['', '<html>502</html>', '{"error":{"message":"busy"}}'])('an answer that is no receipt and no report: %j', async (answer) => {
    const { failed, rows, report } = await judged({}, { receipt: () => answer })
    expect([failed, rows, report.retry]).toEqual([[], 'a a ? ? ?', true])
    expect(report.claims[4]?.because).toEqual(sentence('receipt_not_fetched', sentence('missing_no_document')))
    const without = await judged({}, { evidence: () => [{ kind: 'aci-report', nonce: NONCE, document: answer }] })
    expect([without.failed, without.rows, without.report.retry]).toEqual([[], '? ? ? ? ?', true])
    expect(without.report.claims[0]?.because).toEqual(sentence('evidence_not_fetched', sentence('missing_no_document')))
  })
  it('a report that is none', async () => {
    const { failed, rows, report } = await judged({}, { evidence: () => [{ kind: 'aci-report', nonce: NONCE, document: '{}' }] })
    expect([failed, unreadable(report), rows]).toEqual([[], ['aci.report-format'], '? a ? ? ?'])
  })
  it.each(['00', 'zz'.repeat(32)])('an entry whose key cannot be read (%s)', async (public_key) => {
    const key = { key_id: 'dstack-kms-receipt-ed25519-v1', algo: 'ed25519', public_key }
    const { failed, rows, report } = await judged({ faults: { keyset: { receipt_signing_keys: [key] } } })
    expect([failed, unreadable(report), rows]).toEqual([[], ['aci.key-id'], 'a a ? ? ?'])
  })
  it('an entry whose key is written in capitals is the same key', async () => {
    const [, entry] = JSON.parse((await judged()).made.report).attestation.workload_keyset.receipt_signing_keys
    const key = { ...entry, public_key: entry.public_key.toUpperCase() }
    expect((await judged({ faults: { keyset: { receipt_signing_keys: [key] } } })).rows).toBe('v v a v v')
  })
  it('a name that two entries have', async () => {
    const entries = JSON.parse((await judged()).made.report).attestation.workload_keyset.receipt_signing_keys
    const { failed } = await judged({ faults: { keyset: { receipt_signing_keys: [...entries, ...entries] } } })
    expect(failed).toEqual(['aci.key-id'])
  })
  it.each([
    ['from the second that it begins', 0, 'passed'],
    ['to the second before it ends', -59, 'passed'],
    ['and not in the second in which it ends', -60, 'failed'],
  ] as const)('a session of a minute holds %s', async (_, offset, outcome) => {
    const from = Math.floor(AT.getTime() / 1000) + offset
    const session = { established_at: from, expires_at: from + 60 }
    expect((await judged({ upstream: 'vouched', faults: { session } })).finding('session-window')?.outcome).toBe(outcome)
  })
  it('a time before the keyset expired does not help a receipt that is of another time', async () => {
    const at = Math.floor(AT.getTime() / 1000)
    const faults = { receipt: { served_at: at - 3600 }, keyset: { not_after: at - 1800 } }
    expect((await judged({ faults })).failed).toEqual(['aci.keyset-expiry', 'aci.served-at'])
  })
  it('another program fails the workload alone', async () => {
    const mine = await judged()
    expect((await judged({ faults: { workload: { program: 'hotfix' } } }, { expects: () => pinned(mine.made.workload) })).rows).toBe(
      'v f a v v',
    )
  })
})

describe('what could not be checked', () => {
  it('is a signature of an algorithm that is not known', async () => {
    const { finding, failed, rows } = await judged({ faults: { receipt: { key_id: 'future' } } })
    expect(finding('key-id')).toMatchObject({ outcome: 'unchecked', because: { id: 'aci_key_algorithm' } })
    expect(failed).toEqual([])
    expect(rows).toBe('a a ? ? ?')
  })
  it('is the signature without the report', async () => {
    const { rows, finding } = await judged({}, { evidence: () => [] })
    expect(finding('signature')).toMatchObject({ outcome: 'unchecked', because: { id: 'aci_signature_no_report' } })
    expect(rows).toBe('- - ? ? ?')
  })
  it('is the signature with the report of another keyset, whoever answered', async () => {
    // Keys of its own, on hardware of the same root.
    const replica = { seed: 'replica', faults: { workload: { seed: DEFAULT_SEED } } }
    const other = makeAci({ at: AT, request: REQUEST, response: RESPONSE, nonce: NONCE, ...replica })
    const { rows, finding } = await judged({}, { evidence: () => [{ kind: 'aci-report', nonce: NONCE, document: other.report }] })
    expect(finding('keyset-reference')?.outcome).toBe('unchecked')
    expect(rows).toBe('a a ? ? ?')
  })
  it('is the key of a renewed keyset, under which the signature still holds', async () => {
    const renewed = makeAci({
      at: AT,
      request: REQUEST,
      response: RESPONSE,
      nonce: NONCE,
      faults: { keyset: { not_after: Math.floor(AT.getTime() / 1000) + 999 } },
    })
    const { rows, finding } = await judged({}, { evidence: () => [{ kind: 'aci-report', nonce: NONCE, document: renewed.report }] })
    expect(finding('signature')?.outcome).toBe('passed')
    expect(rows).toBe('v v ? ? ?')
  })
  it('picks the report that the receipt names', async () => {
    const other = makeAci({ at: AT, request: REQUEST, response: RESPONSE, nonce: NONCE, seed: 'replica' })
    const both = (own: LookedUp['evidence']) => [{ kind: 'aci-report', nonce: NONCE, document: other.report }, ...own]
    expect((await judged({}, { evidence: both })).rows).toBe('v v a v v')
  })
  it('is whether the quote is fresh, where no nonce is known; and then whose keyset it holds', async () => {
    const unknown = (evidence: LookedUp['evidence']) => evidence.map(({ nonce: _, ...rest }) => rest)
    const { rows, finding } = await judged({}, { evidence: unknown })
    expect(finding('report-data')).toMatchObject({ outcome: 'unchecked', because: { id: 'aci_report_data_unknown' } })
    expect(rows).toBe('a a a a a')
    const cached = await judged({ faults: { nonce: 'none' } }, { evidence: unknown })
    expect(cached.finding('nonce')).toMatchObject({ outcome: 'unchecked', assumes: ['assume_not_fresh'] })
    expect(cached.rows).toBe('v v a v v')
  })
  it('is a session that was not obtained: the gateway’s word stands', async () => {
    const without = (evidence: LookedUp['evidence']) => evidence.filter(({ kind }) => kind !== 'aci-session')
    const { rows, finding } = await judged({ upstream: 'audited' }, { evidence: without })
    expect(finding('session')).toMatchObject({ outcome: 'unchecked', because: { id: 'aci_session_missing' } })
    expect(rows).toBe('a[va] a[va] a v v')
  })
  it('is half an answer', async () => {
    const cut = (dossier: Dossier): Dossier => ({
      ...dossier,
      exchange: { ...dossier.exchange, response: { ...dossier.exchange.response, capture: 'broken-off' } },
    })
    expect((await judged({}, { dossier: cut })).rows).toBe('v v a ? v')
  })
})

describe('a keyset that lives too long', () => {
  it('is named', async () => {
    const { rows, finding, report } = await judged({ faults: { keyset: { not_after: 2_100_000_000 } } })
    expect(finding('keyset-expiry')).toMatchObject({ outcome: 'passed', because: { id: 'aci_keyset_distant' } })
    expect(report.assumes).toContain('assume_aci_keyset_lifetime')
    expect(rows).toBe('v v a v v')
  })
})

describe('a receipt that is named and not there', () => {
  it('is withheld', async () => {
    const { report, rows } = await judged({}, { dossier: (dossier) => ({ ...dossier, receipts: [] }) })
    expect(report.findings.find(({ check }) => check === 'receipt.delivery')?.because.id).toBe('aci_announced')
    expect(rows).toBe('a a - - -')
  })
  it('and that could not be fetched leaves its rows unchecked, and the environment attested beside', async () => {
    const missing = [{ what: 'receipt', source: '', reason: 'not-found' }] as const
    const { rows, finding } = await judged({}, { dossier: (dossier) => ({ ...dossier, receipts: [], missing }) })
    expect(finding('report-data')).toBeUndefined()
    expect(rows).toBe('a a ? ? ?')
  })
})
