import { describe, expect, it } from 'vitest'
import { appraise } from '../../src/verify/appraise.ts'
import { type ProcessorLink, pairGpu } from '../../src/verify/attestation/gpu-pairing.ts'
import { nras } from '../../src/verify/attestation/nras/index.ts'
import { nvidiaPayload } from '../../src/verify/attestation/nvidia-gpu/index.ts'
import type { AttestationResult } from '../../src/verify/attestation/types.ts'
import { deriveClaims } from '../../src/verify/claims/derive.ts'
import { ROLES, RULES } from '../../src/verify/claims/rules.ts'
import type { Claim, Finding } from '../../src/verify/claims/types.ts'
import type { TrustStore } from '../../src/verify/trust/types.ts'
import { makeExchange } from '../simulator/index.ts'
import { makeNrasReply, NRAS_ISSUER, type NrasKnobs } from '../simulator/nras.ts'
import { GPU_NONCE, type GpuKnobs, makeGpuChain, makeGpuItem, makeGpuPayload } from '../simulator/nvidia-gpu.ts'
import { dossierOf, policyFor, rowsOf } from './dossiers.ts'

const AT = new Date('2026-11-16T10:20:30.000Z')
const NONCE = Buffer.from(GPU_NONCE).toString('hex')
const TRUST: TrustStore = {
  anchors: [{ ...makeGpuChain().anchor, id: 'simulated', purpose: 'nvidia-gpu', addedBy: 'shipped', publishedAt: 'test' }],
  issuerKeys: [],
}

/** A hop whose own evidence passed every check that its environment needs. */
const PROCESSOR: readonly Finding[] = ROLES.filter((role) => RULES[role].needed).map((role) => ({
  check: `test.${role}`,
  role,
  hop: 0,
  outcome: 'passed',
  because: { id: 'measurement_other', args: [role] },
  assumes: [],
}))

function environmentWith(...devices: readonly AttestationResult[]): Claim | undefined {
  const findings = [...PROCESSOR, ...devices.flatMap((device) => device.findings)]
  return deriveClaims({ findings, hops: [{ role: 'service', name: 'example', backing: 'evidence' }], signer: 0, keyPinned: false })
    .claims[0]
}

function input(kind: string, document: string, jwks = '') {
  const seen = { source: '', at: AT.toISOString(), provenance: 'fetched' } as const
  const collateral = jwks === '' ? [] : [{ kind: 'jwks' as const, issuer: NRAS_ISSUER, document: jwks, ...seen }]
  const appraisePart = () => Promise.resolve(undefined)
  return { evidence: { kind, document, ...seen }, collateral, trust: TRUST, policy: policyFor(''), usedAt: AT, hop: 0, appraisePart }
}

const gpus = (knobs: readonly GpuKnobs[]) =>
  nvidiaPayload.verify(input('nvidia-payload', makeGpuPayload(knobs.map((each) => makeGpuItem(each).item))))
const token = (knobs: NrasKnobs = {}) => {
  const { text, jwksText } = makeNrasReply(AT, { nonce: NONCE, ...knobs })
  return nras.verify(input('nvidia-nras', text, jwksText))
}
const SAME: ProcessorLink = { kind: 'nonce', nonce: NONCE }

describe('a GPU beside an attested processor', () => {
  it('leaves the environment verified where it answered the same nonce, and what is not known of it is listed', async () => {
    const claim = environmentWith(pairGpu(await gpus([{}]), SAME, 0))
    expect(claim?.standing).toBe('verified')
    expect(claim?.assumes).toEqual(
      expect.arrayContaining(['assume_gpu_same_machine', 'assume_nvidia_firmware', 'assume_nvidia_revocation', 'assume_hardware_vendor']),
    )
  })

  it('leaves it verified by NVIDIA’s token, whose word the firmware is', async () => {
    const claim = environmentWith(pairGpu(await token(), SAME, 0))
    expect(claim?.standing).toBe('verified')
    expect(claim?.assumes).toEqual(expect.arrayContaining(['assume_gpu_same_machine', 'assume_nvidia_verifier']))
    expect(claim?.assumes).not.toContain('assume_nvidia_firmware')
  })

  it('leaves it assumed where nothing links the two', async () => {
    for (const device of [await gpus([{}]), await token()]) {
      expect(environmentWith(device)).toMatchObject({ standing: 'assumed', because: { id: 'gpu_pairing_none' } })
    }
  })

  it('fails it where the GPU answered another nonce', async () => {
    for (const device of [await gpus([{}]), await token()]) {
      const claim = environmentWith(pairGpu(device, { kind: 'nonce', nonce: '00'.repeat(32) }, 0))
      expect(claim).toMatchObject({ standing: 'failed', because: { id: 'gpu_pairing_other_nonce' } })
    }
  })

  it.each<[string, GpuKnobs, string]>([
    ['a forged report', { signature: 'flipped' }, 'nvidia_signature_failed'],
    ['a key of nobody’s', { root: { key: makeGpuChain({ seed: 'stranger' }).root.key } }, 'nvidia_chain_failed'],
    ['certificates that had run out', { leaf: { notAfter: new Date(AT.getTime() - 1000) } }, 'nvidia_validity_failed'],
    ['firmware that its key was not certified for', { reportedFirmwareId: new Uint8Array(48) }, 'nvidia_fwid_failed'],
  ])('fails it for %s, of one GPU among two', async (_, knobs, because) => {
    expect(environmentWith(pairGpu(await gpus([{ index: 1 }, knobs]), SAME, 0))).toMatchObject({
      standing: 'failed',
      because: { id: because },
    })
  })

  it('leaves it unchecked, by whoever sent it, for a report that is none, of one GPU among two', async () => {
    expect(environmentWith(pairGpu(await gpus([{ index: 1 }, { blockCount: 1 }]), SAME, 0))).toMatchObject({
      standing: 'unchecked',
      theirs: true,
      because: { id: 'nvidia_format_failed', args: ['GPU-1'] },
    })
  })

  it('leaves it unchecked where NVIDIA’s signing keys are not at hand', async () => {
    const { text } = makeNrasReply(AT, { nonce: NONCE })
    const device = await nras.verify(input('nvidia-nras', text))
    expect(environmentWith(pairGpu(device, SAME, 0))).toMatchObject({ standing: 'unchecked', because: { id: 'nras_signature_no_key' } })
  })

  it('fails it where NVIDIA’s service says that the GPU may be debugged', async () => {
    const claim = environmentWith(pairGpu(await token({ device: { dbgstat: 'enabled' } }), SAME, 0))
    expect(claim).toMatchObject({ standing: 'failed', because: { id: 'nras_debug_failed' } })
  })

  it('is nothing to fail for where none is offered, and that is listed', async () => {
    const claim = environmentWith(await gpus([]))
    expect(claim?.standing).toBe('verified')
    expect(claim?.assumes).toContain('assume_gpu_unattested')
  })
})

describe('a GPU alone', () => {
  it('plays no role by which the environment could be verified without a processor', async () => {
    const roles = [...(await gpus([{}])).findings, ...(await token()).findings].map(({ role }) => role)
    for (const role of ['evidence.debug', 'evidence.platform', 'evidence.binding'] as const) expect(roles).not.toContain(role)
  })

  it('verifies nothing, as the only evidence of a service', async () => {
    const dossier = await dossierOf(makeExchange({ at: AT }))
    const reply = makeNrasReply(AT)
    for (const [kind, document] of [
      ['nvidia-payload', makeGpuPayload([makeGpuItem().item])],
      ['nvidia-gpu-evidence', JSON.stringify(makeGpuItem().item)],
      ['nvidia-nras', reply.text],
    ] as const) {
      const { evidence, collateral } = input(kind, document, reply.jwksText)
      const report = await appraise(
        { ...dossier, receipts: [], evidence: [evidence], collateral },
        { policy: policyFor(''), trust: TRUST, seen: () => undefined, moment: { now: AT, basis: 'given' } },
      )
      expect(rowsOf(report).split(' ')[0]).toBe('?')
      expect(report.claims[0]?.because).toEqual({ id: 'rule_not_made_environment' })
    }
  })
})
