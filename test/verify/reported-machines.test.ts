import { describe, expect, it } from 'vitest'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import { actionsHash, type InstanceFaults, makeNear, type NearOptions } from '../simulator/near.ts'
import { gpuAnchor } from '../simulator/tinfoil.ts'
import { anchorOf, judge, type LookedUp, lookedUpDossier, pinned } from '../support/lookup.ts'
import { failedChecks, rowsOf, unreadable } from './dossiers.ts'

const AT = new Date('2026-11-16T10:20:30.000Z')
const NONCE = '5a'.repeat(32)
const MODEL = 'demo/model-1'
const text = (content: string) => new TextEncoder().encode(content)
const REQUEST = text(`{"model":"${MODEL}","messages":[]}`)
const STREAM = text('data: {"id":"chatcmpl-1","choices":[{"delta":{"content":"Hello"}}]}\n\ndata: [DONE]\n\n')
const DEBUG = { tdx: { quote: { td: { tdAttributes: octetsOf('0100001000000000') } } } }

function octetsOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

type Change = {
  readonly exchange?: Partial<LookedUp>
  readonly hasReceipt?: boolean
  readonly resold?: true
  readonly isPinned?: boolean
}

/** What a service of NEAR's form shows. Rows by `docs/CLAIMS.md`. */
async function judged(options: Partial<NearOptions> = {}, { exchange, hasReceipt = true, resold, isPinned }: Change = {}) {
  const made = makeNear({ at: AT, request: REQUEST, response: STREAM, nonce: NONCE, model: MODEL, ...options })
  const [workload] = Object.values(made.workloads)
  if (workload === undefined) throw new Error('no workload')
  const report = { kind: 'near-attestation-report', nonce: NONCE, document: made.report, ...(resold === undefined ? {} : { resold }) }
  const dossier = await lookedUpDossier({
    at: AT,
    path: '/v1/chat/completions',
    request: REQUEST,
    response: STREAM,
    contentType: 'text/event-stream',
    model: MODEL,
    ...(hasReceipt ? { receipt: { format: 'chat-signature', text: made.answer } } : {}),
    evidence: [report],
    collateral: [workload.dstack.tdx.collateral],
    ...exchange,
  })
  const gpu: TrustAnchor = { ...gpuAnchor(), id: 'gpu', purpose: 'nvidia-gpu', addedBy: 'shipped', publishedAt: '' }
  const verdict = await judge(dossier, { anchors: [anchorOf(workload), gpu], now: AT, expects: isPinned === true ? pinned(workload) : [] })
  const [environment, workloadRow] = verdict.claims
  return {
    verdict,
    environment,
    rows: rowsOf(verdict),
    failed: failedChecks(verdict).filter((check) => check !== 'receipt.presence' && check !== 'chat-signature.hop-evidence'),
    theirs: unreadable(verdict),
    finding: (check: string) => verdict.findings.find((candidate) => candidate.check === check),
    because: environment?.because.id,
    workload: workloadRow?.because.id,
  }
}

describe('several machines that share one key', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ instanceId: new Uint8Array(20).fill(index + 1) }))

  it.each([1, 2, 32, 39])('%i more, all holding: verified, and which one answered is not shown', async (count) => {
    const { rows, failed, finding } = await judged({ shape: 'direct', machines: many(count) })
    expect([failed, rows]).toEqual([[], 'v a a v v'])
    expect(finding('machines.each')).toMatchObject({ outcome: 'passed', because: { id: 'machines_all', args: [String(count + 1)] } })
  })
  it('the same one shown twice is one', async () => {
    const { rows, finding } = await judged({ shape: 'direct' })
    expect([rows, finding('machines.each')]).toEqual(['v a a v v', undefined])
  })
  it.each([
    [0, '2', '3'],
    [33, '35', '36'],
  ])('one that does not hold among many, after %i that do: assumed, with its reason', async (before, holding, all) => {
    const { rows, failed, finding } = await judged({ shape: 'direct', machines: [...many(before), DEBUG, ...many(1)] })
    expect(failed).toEqual([])
    expect(rows).toBe('a a a a a')
    expect(finding('machines.each')?.because).toEqual({
      id: 'machines_some_why',
      args: [holding, all, expect.objectContaining({ id: 'tdx_debug_failed' })],
    })
  })
  it('none that holds: failed, and the worst says why', async () => {
    const { rows, failed } = await judged({
      shape: 'direct',
      machines: [{ ...DEBUG, ...many(1)[0] }],
      faults: { workload: { model: DEBUG } },
    })
    expect([failed, rows]).toEqual([['tdx.debug'], 'f a a a a'])
  })
  it('one whose own quote contradicts what its entry says of who signs', async () => {
    const { rows, finding } = await judged({ shape: 'direct', machines: [{ reportData: new Uint8Array(64).fill(9) }] })
    expect(rows).toBe('a a a a a')
    expect(finding('machines.each')?.outcome).toBe('unchecked')
  })
  it('one that runs something else than what is expected', async () => {
    const { rows, finding } = await judged({ shape: 'direct', machines: [{ program: 'another' }] }, { isPinned: true })
    expect(rows).toBe('a a a a a')
    expect(finding('machines.each')?.because.id).toBe('machines_some_why')
  })
  it('of a gateway’s model host likewise', async () => {
    const { rows, failed } = await judged({ shape: 'cloud', machines: [DEBUG] })
    expect([failed, rows]).toEqual([[], 'a[aa] a[aa] a a a'])
  })
  it('one that cannot be read is not one that holds, and shows in the badge', async () => {
    const { rows, failed, theirs } = await judged({ shape: 'direct', faults: { report: { all_attestations: [{ quote: 'zz' }] } } })
    expect([failed, rows]).toEqual([[], 'a a a a a'])
    expect(theirs).toContain('machines.each')
  })
})

describe('what a service hands on of others', () => {
  const chutes = (instances: readonly InstanceFaults[] = [{}], faults: NearOptions['faults'] = {}): Partial<NearOptions> => ({
    shape: 'chutes',
    faults: { ...faults, instances },
  })
  const published: Change = { hasReceipt: false }

  it('an instance of Chutes: its quote covers its key, its graphics card answers the same', async () => {
    const { failed, rows, finding, because } = await judged(chutes(), published)
    expect(failed).toEqual([])
    expect(finding('chutes.key')?.outcome).toBe('passed')
    expect(finding('gpu.pairing')).toMatchObject({ outcome: 'passed', because: { id: 'gpu_pairing_nonce' } })
    expect(finding('chat-signature.nonce')?.outcome).toBe('passed')
    expect([rows, because]).toEqual(['a a - - -', 'binding_no_receipt'])
  })
  it('each of several is judged', async () => {
    const all = await judged(chutes([{}, {}, {}]), published)
    expect([all.rows, all.finding('machines.each')?.outcome]).toEqual(['a a - - -', 'passed'])
    const some = await judged(chutes([{}, DEBUG.tdx]), published)
    expect([some.rows, some.failed, some.finding('machines.each')?.because.id]).toEqual(['a a - - -', [], 'machines_some_why'])
    const none = await judged(chutes([DEBUG.tdx, DEBUG.tdx]), published)
    expect([none.rows, none.failed]).toEqual(['f a - - -', ['tdx.debug']])
  })
  it.each<[string, InstanceFaults, string, string]>([
    ['a key that the quote does not cover', { shown: { e2e_pubkey: 'AAAA' } }, 'chutes.key', 'f a - - -'],
    ['a nonce that the quote does not cover', { shown: { nonce: '00'.repeat(32) } }, 'chutes.key', 'f a - - -'],
    ['a graphics card that answered something else', { gpuNonce: new Uint8Array(32) }, 'gpu.pairing', 'f a - - -'],
  ])('%s: a contradiction', async (_, instance, check, rows) => {
    const { failed, ...shown } = await judged(chutes([instance]), published)
    expect([failed[0], shown.rows]).toEqual([check, rows])
  })
  it.each<[string, InstanceFaults, string]>([
    ['no key', { shown: { e2e_pubkey: undefined } }, 'chutes.key'],
    ['no graphics card', { shown: { gpu_evidence: undefined } }, 'chutes.gpu-evidence'],
    ['an empty list of graphics cards', { shown: { gpu_evidence: [] } }, 'chutes.gpu-evidence'],
    ['no quote', { shown: { intel_quote: undefined } }, 'chutes.format'],
    ['a certificate that is none', { shown: { certificate: 'AAAA' } }, 'chutes.certificate'],
  ])('%s: unread, and no contradiction', async (_, instance, check) => {
    const { failed, theirs, rows } = await judged(chutes([instance]), published)
    expect([failed, theirs]).toEqual([[], [check]])
    expect(rows).not.toMatch(/^v/)
  })
  it('whoever asked in our place sent a nonce of its own: not shown to be fresh, and no contradiction', async () => {
    const faults = { nonce: 'other' } as const
    const resold = await judged(chutes([{}], faults), { ...published, resold: true })
    expect([resold.failed, resold.finding('chat-signature.nonce')?.because.id, resold.rows]).toEqual([[], 'chat_nonce_resold', 'a a - - -'])
    const own = await judged(chutes([{}], faults), published)
    expect(own.failed).toEqual(['chat-signature.nonce'])
    const entry = await judged({ shape: 'direct', faults }, { resold: true })
    expect([entry.failed, entry.rows]).toEqual([[], 'v a a v v'])
  })
  it('a signature says who signed, and no instance is linked to it', async () => {
    const { failed, rows, verdict } = await judged(chutes())
    expect(failed).toEqual([])
    expect(verdict.claims[0]?.hops.map(({ role, standing }) => [role, standing])).toEqual([
      ['gateway', 'absent'],
      ['model-host', 'assumed'],
    ])
    expect(rows).toBe('-[-a] -[-a] a a a')
  })
  it('a document of Tinfoil’s: read, and nobody asked for it', async () => {
    const { failed, finding, verdict } = await judged({ shape: 'tinfoil' }, published)
    expect(failed).toEqual([])
    expect(verdict.findings.map(({ check }) => check)).toContain('tdx.quote-signature')
    expect(finding('chat-signature.nonce')).toMatchObject({ outcome: 'unchecked', because: { id: 'aci_nonce_none' } })
  })
  it('what says its kind and is not known here is named', async () => {
    const named = await judged({ shape: 'direct', faults: { report: { intel_quote: undefined, attestation_type: 'marlin' } } }, published)
    expect(named.failed).toEqual([])
    const formatted = await judged({ shape: 'tinfoil', faults: { report: { format: 'https://example.com/tee/v9' } } }, published)
    expect(formatted.theirs).toEqual(['evidence.known-kind'])
    expect(formatted.finding('evidence.known-kind')?.because.args).toEqual(['https://example.com/tee/v9'])
    const signed = await judged({ shape: 'direct', faults: { report: { intel_quote: undefined, attestation_type: 'marlin' } } })
    expect(signed.finding('chat-signature.report-format')?.because).toEqual({ id: 'chat_report_type', args: ['marlin'] })
  })
})

describe('an ACI gateway that resells (Venice)', () => {
  it('its quote names the signer and answers our nonce; what belongs to it stands where ACI has it', async () => {
    const { failed, finding, rows, verdict } = await judged(
      { shape: 'aci-venice', kind: 'gateway' },
      { exchange: { parties: ['gateway', 'model-host'] } },
    )
    expect(failed).toEqual([])
    expect(finding('chat-signature.key-commitment')?.because.id).toBe('chat_binding_address')
    expect(finding('chat-signature.nonce')?.outcome).toBe('passed')
    expect(finding('dstack.compose')?.outcome).toBe('passed')
    expect(verdict.claims[0]?.hops.map(({ role, standing }) => [role, standing])).toEqual([
      ['gateway', 'verified'],
      ['model-host', 'absent'],
    ])
    expect(rows).toBe('-[v-] -[a-] a v v')
  })
  it('parts of another quote are not its parts', async () => {
    const { finding } = await judged({ shape: 'aci-venice', kind: 'gateway', faults: { report: { 'attestation.evidence.quote': '0400' } } })
    expect(finding('dstack.compose')).toBeUndefined()
  })
})

describe('the compose manager of NEAR’s machines', () => {
  const managed = (composeManager: NonNullable<NearOptions['composeManager']>): Partial<NearOptions> => ({
    shape: 'direct',
    composeManager,
  })
  const of = async (composeManager: NonNullable<NearOptions['composeManager']>) => {
    const { verdict, finding, ...shown } = await judged(managed(composeManager), { isPinned: true })
    return { ...shown, manager: finding('dstack.compose-manager'), assumes: verdict.assumes }
  }

  it('is attested by the same machine: its log counts, as the word of measured code', async () => {
    const { failed, rows, manager, assumes } = await of({})
    expect(failed).toEqual([])
    expect(manager).toMatchObject({ outcome: 'passed', because: { id: 'dstack_manager_passed', args: ['1'] }, computed: 'be'.repeat(32) })
    expect(rows).toBe('v v a v v')
    expect(assumes).toContain('assume_dstack_manager_log')
    expect(assumes).not.toContain('assume_chat_compose_manager')
  })
  it.each<[string, NonNullable<NearOptions['composeManager']>, string, string, string]>([
    ['an action more', { shown: { actions: [] } }, 'failed', 'dstack_manager_other_log', 'v f a v v'],
    [
      'a quote over another log',
      { shown: { actions_hash: actionsHash([]), actions: [] } },
      'failed',
      'dstack_manager_not_held',
      'v f a v v',
    ],
    ['a quote over another nonce', { shown: { nonce: '00'.repeat(32) } }, 'failed', 'dstack_manager_not_held', 'v f a v v'],
    ['a forged quote', { workload: { tdx: { quote: { signature: 'flipped' } } } }, 'failed', 'dstack_manager_quote_failed', 'v f a v v'],
    ['another machine', { workload: { program: 'another' } }, 'unchecked', 'dstack_manager_other_machine', 'v a a v v'],
    ['no quote', { shown: { quote: undefined } }, 'unchecked', 'dstack_manager_unreadable', 'v a a v v'],
    ['no hexadecimal', { shown: { quote: 'zz' } }, 'unchecked', 'dstack_manager_unreadable', 'v a a v v'],
  ])('%s', async (_, options, outcome, id, rows) => {
    const { manager, ...shown } = await of(options)
    expect(manager).toMatchObject({ outcome, because: { id } })
    expect([shown.rows, shown.assumes.includes('assume_chat_compose_manager')]).toEqual([rows, true])
  })
  it('numbers with a fraction may be spelled otherwise: no contradiction', async () => {
    const { manager } = await of({ shown: { actions: [{ took: 1.5 }] } })
    expect(manager).toMatchObject({ outcome: 'unchecked', because: { id: 'dstack_manager_unreadable' } })
  })
})

describe('NEAR’s key for encrypted requests', () => {
  const of = async (ohttp: NonNullable<NearOptions['ohttp']>, options: Partial<NearOptions> = {}) => {
    const { rows, finding } = await judged({ shape: 'direct', ohttp, ...options })
    return { rows, ohttp: finding('chat-signature.ohttp-key') }
  }
  it('signed by a key that no quote names: unchecked, and no row rests on it', async () => {
    const { rows, ohttp } = await of({})
    expect(ohttp).toMatchObject({ outcome: 'unchecked', because: { id: 'chat_ohttp_unbound' } })
    expect(rows).toBe('v a a v v')
  })
  it('signed by the key that the quote names, where that is an Ed25519 key', async () => {
    const { rows, finding } = await judged({ shape: 'cloud', kind: 'gateway', algorithm: 'ed25519', ohttp: { key: 'bound' } })
    expect(finding('chat-signature.ohttp-key')).toMatchObject({ outcome: 'passed', hop: 0 })
    expect(rows).toBe('a[va] a[aa] a v v')
  })
  it.each<[string, NonNullable<NearOptions['ohttp']>, string, string, string]>([
    ['a false signature', { signature: 'flipped' }, 'failed', 'chat_ohttp_failed', 'f a a a a'],
    ['another key than is offered', { shown: { key_config: '01' } }, 'failed', 'chat_ohttp_other_key', 'f a a a a'],
    ['an algorithm that is not known', { shown: { signing_algo: 'ml-dsa' } }, 'unchecked', 'chat_ohttp_unreadable', 'v a a v v'],
    ['no signature', { shown: { signature: undefined } }, 'unchecked', 'chat_ohttp_unreadable', 'v a a v v'],
  ])('%s', async (_, options, outcome, id, rows) => {
    const shown = await of(options)
    expect(shown.ohttp).toMatchObject({ outcome, because: { id } })
    expect(shown.rows).toBe(rows)
  })
})
