import { describe, expect, it } from 'vitest'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import { type InstanceFaults, makeNear, type NearOptions } from '../simulator/near.ts'
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
