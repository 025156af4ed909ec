import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { makeSigner } from '../../../test/simulator/near.ts'
import { evidenceOfEntry, hasGpuEvidence, identityOfEntry, nearEntry } from './near-entry.ts'

const SEEN = {
  kind: 'near-attestation-report',
  nonce: 'ab',
  document: '',
  source: 'https://api.example.com/',
  at: '',
  provenance: 'fetched',
} as const
const entry = (members: object) => v.parse(nearEntry, { intel_quote: '0400', ...members })
const document = (members: object, gpu?: 'other-machine') => JSON.parse(evidenceOfEntry(SEEN, entry(members), gpu).document)

describe('an entry as dstack evidence', () => {
  it('keeps where, when and with which nonce it was fetched', () => {
    expect(evidenceOfEntry(SEEN, entry({}))).toEqual({ ...SEEN, kind: 'dstack-evidence', document: '{"quote":"0400"}' })
  })
  it('has the quote in hex, however it was spelled', () => {
    expect(document({ intel_quote: '0x04AB' })).toEqual({ quote: '04AB' })
    expect(document({ intel_quote: Buffer.from([4, 0xab, 0xcd]).toString('base64') })).toEqual({ quote: '04abcd' })
    expect(document({ intel_quote: '??' })).toEqual({ quote: '??' })
  })
  it('takes the compose file and the log out of `info`, as object or as text', () => {
    const tcb_info = { app_compose: '{"a":1}', event_log: [{ imr: 3 }] }
    const expected = { quote: '0400', event_log: [{ imr: 3 }], app_compose: '{"a":1}', vm_config: '{}' }
    expect(document({ info: { tcb_info, vm_config: '{}' } })).toEqual(expected)
    expect(document({ info: { tcb_info: JSON.stringify(tcb_info), vm_config: '{}' } })).toEqual(expected)
    expect(document({ event_log: '[1]', info: { tcb_info } })['event_log']).toBe('[1]')
  })
  it('hands on what has another type than it must, for its verifier to say so', () => {
    const odd = { event_log: 7, info: { tcb_info: { app_compose: 1 }, vm_config: {} } }
    expect(document(odd)).toEqual({ quote: '0400', event_log: 7, app_compose: 1, vm_config: {} })
    for (const info of ['text', { tcb_info: '{' }, { tcb_info: 7 }, 7]) expect(document({ info })).toMatchObject({ app_compose: [] })
    expect(document({ info: null })).toEqual({ quote: '0400' })
    expect(document({ info: { tcb_info: null } })).toEqual({ quote: '0400' })
  })
  it('has GPU evidence where there is any, of this machine', () => {
    const gpu = { nvidia_payload: '{"nonce":"00","evidence_list":[{}]}' }
    expect(document(gpu)).toEqual({ quote: '0400', ...gpu })
    expect(document(gpu, 'other-machine')).toEqual({ quote: '0400' })
    expect(document({ nvidia_payload: '{"evidence_list":[]}' })).toEqual({ quote: '0400' })
    // What cannot be read is not taken for an empty list.
    for (const nvidia_payload of ['broken', 7, [], {}]) expect(hasGpuEvidence(entry({ nvidia_payload }))).toBe(true)
    for (const nvidia_payload of ['', null, undefined, { evidence_list: [] }]) expect(hasGpuEvidence(entry({ nvidia_payload }))).toBe(false)
  })
})

describe('who signs by an entry', () => {
  it('an address or a key, with the digest of the TLS key where there is one', () => {
    expect(identityOfEntry(entry({ signing_address: `0x${'11'.repeat(20)}` }))).toEqual({ signer: new Uint8Array(20).fill(0x11) })
    expect(identityOfEntry(entry({ signing_address: '22'.repeat(32), tls_cert_fingerprint: '33'.repeat(32) }))).toEqual({
      signer: new Uint8Array(32).fill(0x22),
      tlsSpki: new Uint8Array(32).fill(0x33),
    })
  })
  it('the longer form of the key only where it is the signer’s own', () => {
    const own = makeSigner('ecdsa', 'somebody')
    const other = makeSigner('ecdsa', 'somebody else')
    const keyOf = (signing_public_key: string) => identityOfEntry(entry({ signing_address: own.address, signing_public_key }))?.publicKey
    expect(keyOf(own.publicKey)).toHaveLength(64)
    expect(keyOf(`04${own.publicKey}`)).toHaveLength(65)
    expect(keyOf(other.publicKey)).toBeUndefined()
    expect(keyOf(other.address)).toBeUndefined()
    expect(keyOf(own.address)).toBeUndefined()
  })
  it.each(['', '0x', '0x11', 'zz'.repeat(20), '11'.repeat(64)])('nobody for %j', (signing_address) => {
    expect(identityOfEntry(entry({ signing_address }))).toBeUndefined()
  })
})
