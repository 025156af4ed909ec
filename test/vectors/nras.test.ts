import { expect, it } from 'vitest'
import { verify } from '../../src/verify/attestation/nras/verify.ts'
import type { AttestationResult } from '../../src/verify/attestation/types.ts'
import { presetFor } from '../../src/verify/policy/presets.ts'
import { makeNrasReply } from '../simulator/nras.ts'
import { describeVectors, vectorText } from './files.ts'

type Row = { readonly id: string; readonly kind: string; readonly files: readonly string[]; readonly at: string; readonly outcome: string }

const SAMPLE = 'nvidia/sample_attestation_data/hopperClaimsv3_detached_eat.json'

function judge(document: string, at: string): Promise<AttestationResult> {
  return verify({
    evidence: { kind: 'nvidia-nras', document, source: '', at: '', provenance: 'given' },
    collateral: [],
    trust: { anchors: [], issuerKeys: [] },
    policy: presetFor(''),
    usedAt: new Date(at),
    hop: 0,
  })
}

const said = ({ findings }: AttestationResult) => findings.map(({ check, outcome, because }) => `${outcome} ${check} ${because.id}`)

/** Signing keys change every few hours and were not recorded: what can be told without them, and nothing else. */
const UNCHECKED = [
  'passed nras.format nras_format_passed',
  'passed nras.digests nras_digests_passed',
  'unchecked nras.signature nras_signature_no_key',
  'unchecked gpu.pairing gpu_pairing_none',
]

describeVectors('real replies of NVIDIA’s attestation service', () => {
  it.each([
    ['nras-single', 'dstack/nras/nras_v3_single_gpu.json', '1'],
    ['nras-8gpu', 'dstack/nras/nras_v3_8gpu_ppcie.json', '8'],
  ])('%s: the digests hold, the signing keys are not recorded', async (id, file, devices) => {
    const { rows }: { rows: readonly Row[] } = JSON.parse(vectorText('EXPECTED.json'))
    const row = rows.find((candidate) => candidate.id === id)
    expect(row).toMatchObject({ kind: 'nras', outcome: 'unchecked', files: [file] })
    const result = await judge(vectorText(file), row?.at ?? '')
    expect(said(result)).toEqual(UNCHECKED)
    expect(result.findings[1]?.because.args).toEqual([devices])
    expect(result.authentic).toBeUndefined()
  })

  it('of version 3, and about a switch, have the same form', async () => {
    for (const file of [SAMPLE, 'nvidia/sample_attestation_data/switch_detached_eat.json']) {
      expect(said(await judge(vectorText(file), '2025-06-11T00:40:00Z'))).toEqual(UNCHECKED)
    }
  })

  it('are refused with any token exchanged, left out or changed', async () => {
    const [overall, devices]: [unknown, Record<string, string>] = JSON.parse(vectorText('dstack/nras/nras_v3_8gpu_ppcie.json'))
    const { 'GPU-3': third = '', 'GPU-4': fourth = '', ...others } = devices
    for (const changed of [{ ...others, 'GPU-3': fourth, 'GPU-4': third }, others, { ...devices, 'GPU-3': third.replace(/.$/, 'x') }]) {
      expect(said(await judge(JSON.stringify([overall, changed]), '2025-10-07T01:30:00Z'))[1]).toMatch(/^failed nras\.digests /)
    }
  })

  it('are not what NVIDIA’s local verifier writes: it signs nothing', async () => {
    const { detached_eat: local } = JSON.parse(vectorText('dstack/nras/dstack_gpu_attestation_h100.json'))
    const result = await judge(JSON.stringify(local), '2026-07-16T13:20:00Z')
    expect(said(result)).toEqual(['unchecked nras.format nras_format_failed'])
    expect(result.authentic).toBeUndefined()
    expect(result.findings[0]).toMatchObject({ code: 'token-header', at: 'evidence.JWT.alg', theirs: true })
  })

  it.each([
    ['2.0', 'dstack/nras/nras_v3_single_gpu.json'],
    ['3.0', SAMPLE],
  ] as const)('of version %s have the members that the simulator writes, in its order', (version, file) => {
    const real: Reply = JSON.parse(vectorText(file))
    const ours: Reply = JSON.parse(makeNrasReply(new Date('2025-10-06T18:08:20Z'), { version }).text)
    for (const part of [0, 1]) {
      expect(shape(partOf(ours[0][1], part))).toEqual(shape(partOf(real[0][1], part)))
      expect(shape(partOf(ours[1]['GPU-0'], part))).toEqual(shape(partOf(real[1]['GPU-0'], part)))
    }
  })
})

type Reply = [[string, string], { 'GPU-0': string }]

function partOf(token: string, index: number): unknown {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString('utf8'))
}

/** Member names in order, all the way down, without the values. */
function shape(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.entries(value).map(([name, member]) => [name, shape(member)])
}
