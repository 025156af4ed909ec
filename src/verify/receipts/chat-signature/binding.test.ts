import { describe, expect, it } from 'vitest'
import type { AuthenticEvidence } from '../../attestation/types.ts'
import type { Finding } from '../../claims/types.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { type About, bindsHop } from './binding.ts'

const ADDRESS = new Uint8Array(20).fill(1)
const NONCE = 'cd'.repeat(32)
const HALF = `${encodeHex(ADDRESS)}${'00'.repeat(12)}`
const ABOUT: About = {
  hop: 1,
  role: 'model-host',
  link: 'signer',
  machine: { form: 'near', entry: { intel_quote: '00' } },
  gpu: 'same-machine',
  identity: { signer: ADDRESS },
  seen: { kind: 'near-attestation-report', nonce: NONCE, document: '', source: '', at: '', provenance: 'fetched' },
  hasComposeManager: false,
}
const evidence = (...values: string[]): AuthenticEvidence => ({
  commits: values.map((value) => ({ field: 'report-data', value })),
  measurements: [],
  platform: { id: 'tdx_platform' },
})
const said = async (change: Partial<About>, of = evidence(HALF + NONCE)) =>
  (await bindsHop({ ...ABOUT, ...change }, of)).map(({ outcome, because }) => `${outcome} ${because.id}`)
const nameless = ({ identity: _, ...about }: About) => about

describe('what a hop’s quote says of the signer', () => {
  it('is about this hop', async () => {
    expect((await bindsHop(ABOUT, evidence(HALF + NONCE))).map(({ hop }) => hop)).toEqual([1, 1])
  })
  it('nothing without 64 octets of report data', async () => {
    expect(await said({}, evidence())).toEqual(['failed chat_binding_failed'])
    expect(await said({}, evidence(HALF))).toEqual(['failed chat_binding_failed'])
    expect(await said({}, evidence('zz'.repeat(64)))).toEqual(['failed chat_binding_failed'])
    expect(await said({}, evidence(`${HALF}${NONCE}00`))).toEqual(['failed chat_binding_failed'])
  })
  it('that it signed, is another, or is merely attested beside', async () => {
    expect(await said({})).toEqual(['passed chat_binding_address', 'passed aci_nonce_passed'])
    expect(await said({ link: 'other-key' })).toEqual(['failed chat_binding_other_key', 'passed aci_nonce_passed'])
    expect((await said({ link: 'unlinked' }))[0]).toBe('unchecked chat_binding_unlinked')
    expect((await said({ link: 'unlinked' }, evidence('00'.repeat(32) + NONCE)))[0]).toBe('unchecked chat_binding_nobody')
    expect((await said({ link: 'unlinked' }, evidence('09'.repeat(32) + NONCE)))[0]).toBe('failed chat_binding_failed')
  })
  it('and of one that its report does not name, nothing', async () => {
    const of = async (link: About['link'], half: string) => (await bindsHop({ ...nameless(ABOUT), link }, evidence(half + NONCE)))[0]
    expect(await of('signer', HALF)).toMatchObject({ outcome: 'failed' })
    expect(await of('unlinked', HALF)).toMatchObject({ outcome: 'unchecked', because: { id: 'chat_binding_unlinked' } })
  })
  it('with the nonce that was sent, or the hash of one that is not 32 octets long', async () => {
    const nonceOf = async (nonce: string, held: string) => (await said({ seen: { ...ABOUT.seen, nonce } }, evidence(HALF + held)))[1]
    const hashed = encodeHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('short'))))
    expect(await nonceOf('short', hashed)).toBe('passed aci_nonce_passed')
    expect(await nonceOf('short', NONCE)).toBe('failed chat_nonce_failed')
    expect(await nonceOf(NONCE, hashed)).toBe('failed chat_nonce_failed')
    const { because, outcome, assumes } = (
      await bindsHop({ ...ABOUT, seen: { ...ABOUT.seen, resold: true } }, evidence(HALF + '09'.repeat(32)))
    )[1] as Finding
    expect([outcome, because.id, assumes]).toEqual(['unchecked', 'chat_nonce_resold', ['assume_not_fresh']])
    const recorded = await bindsHop({ ...ABOUT, seen: { ...ABOUT.seen, provenance: 'recorded' } }, evidence(HALF + NONCE))
    expect(recorded[1]?.assumes).toEqual(['assume_as_recorded'])
  })
})

describe('what remains to be assumed of the signer', () => {
  const assumes = async (change: Partial<About>) => (await bindsHop({ ...ABOUT, ...change }, evidence(HALF + NONCE)))[0]?.assumes ?? []
  const managed = (log: unknown): Partial<About> => ({
    machine: { form: 'near', entry: { ...gpu, compose_manager_attestation: log } },
  })
  const gpu = { intel_quote: '00', nvidia_payload: '{"evidence_list":[{}]}' }

  it('its GPU, where it runs the model and shows none', async () => {
    expect(await assumes({})).toContain('assume_chat_no_gpu')
    expect(await assumes({ role: 'service' })).toContain('assume_chat_no_gpu')
    expect(await assumes({ role: 'gateway' })).not.toContain('assume_chat_no_gpu')
    expect(await assumes({ machine: { form: 'near', entry: gpu }, gpu: 'other-machine' })).toContain('assume_chat_no_gpu')
    expect(await assumes({ machine: { form: 'near', entry: gpu } })).not.toContain('assume_chat_no_gpu')
  })
  it('a deployment log that is attested apart, where there is one', async () => {
    expect(await assumes({})).not.toContain('assume_chat_compose_manager')
    expect(await assumes({ hasComposeManager: true })).toContain('assume_chat_compose_manager')
    expect(await assumes(managed({}))).toContain('assume_chat_compose_manager')
    expect(await assumes(managed(null))).not.toContain('assume_chat_compose_manager')
  })
})
