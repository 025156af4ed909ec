import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeAirEvidence } from '../../../../test/simulator/air-evidence.ts'
import { type Cbor, cbor } from '../../../../test/simulator/cbor.ts'
import { utf8 } from '../../../../test/simulator/octets.ts'
import { decodeBase64url } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { type Platform, parseEnvelope, parseUserData } from './envelope.ts'

const MADE = new Date('2026-11-16T10:10:30.000Z')
const BY_PLATFORM = { 'cs-tdx': 'cs-envelope', tdx: 'tdx-envelope' } as const

function envelope(platform: Platform, edits: Readonly<Record<string, Cbor | undefined>> = {}): Bytes {
  const { document } = makeAirEvidence(BY_PLATFORM[platform], MADE, Object.keys(edits).length === 0 ? {} : { envelope: edits })
  const octets = decodeBase64url(document)
  if (!octets.ok) throw new Error(octets.code)
  return octets.value
}

const codeOf = (octets: Bytes, platform: Platform) => {
  const parsed = parseEnvelope(octets, platform)
  return parsed.ok ? 'read' : parsed.code
}

describe('an envelope', () => {
  it.each<[string, Platform, Readonly<Record<string, Cbor | undefined>>, string]>([
    ['nothing else', 'cs-tdx', {}, 'read'],
    ['nothing else', 'tdx', {}, 'read'],
    ['a further member', 'cs-tdx', { more: 1 }, 'read'],
    ['version 0', 'cs-tdx', { protocol_version: 0 }, 'read'],
    ['the last version of 32 bits', 'cs-tdx', { protocol_version: 0xffff_ffff }, 'read'],
    ['a version beyond', 'cs-tdx', { protocol_version: 0x1_0000_0000 }, 'envelope-member'],
    ['a negative version', 'cs-tdx', { protocol_version: -1 }, 'envelope-member'],
    ['a version in text', 'cs-tdx', { protocol_version: '1' }, 'envelope-member'],
    ['no nonce', 'cs-tdx', { nonce: undefined }, 'envelope-member'],
    ['a handshake key of 33 octets', 'tdx', { handshake_public_key: new Uint8Array(33) }, 'envelope-member'],
    ['a token of octets', 'cs-tdx', { launcher_jwt: utf8('x') }, 'envelope-member'],
    ['no receipt key', 'cs-tdx', { receipt_signing_key: undefined }, 'envelope-member'],
    ['a null for a further hash', 'cs-tdx', { platform_evidence_hash: null }, 'read'],
    [
      'a further hash with a number beyond an octet',
      'cs-tdx',
      { platform_evidence_hash: Array.from({ length: 32 }, () => 256) },
      'envelope-member',
    ],
    ['a further hash that is no list', 'cs-tdx', { platform_evidence_hash: new Uint8Array(32) }, 'envelope-member'],
    ['another platform', 'tdx', { platform: 'sev-snp' }, 'envelope-platform'],
    ['user data that is no JSON', 'tdx', { user_data: utf8('{') }, 'envelope-member'],
    ['user data in text', 'tdx', { user_data: '{}' }, 'envelope-member'],
    ['a frame of another make', 'tdx', { tdx_wire: new Uint8Array(20) }, 'envelope-quote'],
    ['a frame that is longer than it says', 'tdx', { tdx_wire: utf8('TDX_V1\0\0\0\0\0\0\x01\0\0\0ab') }, 'envelope-quote'],
    ['a frame that is as long as it says', 'tdx', { tdx_wire: utf8('TDX_V1\0\0\0\0\0\0\x01\0\0\0a') }, 'read'],
    ['an empty quote', 'tdx', { tdx_wire: utf8('TDX_V1\0\0\0\0\0\0\0\0\0\0') }, 'read'],
  ])('with %s (%s)', (_, platform, edits, code) => expect(codeOf(envelope(platform, edits), platform)).toBe(code))

  it('is one CBOR map', () => {
    expect(codeOf(new Uint8Array(0), 'tdx')).toBe('envelope-cbor')
    expect(codeOf(Uint8Array.of(...envelope('tdx'), 0), 'tdx')).toBe('envelope-cbor')
    expect(codeOf(cbor([]), 'tdx')).toBe('envelope-map')
  })

  it('throws on nothing', () => {
    const honest = envelope('tdx')
    fc.assert(
      fc.property(fc.nat(honest.length - 1), fc.nat(255), fc.constantFrom('tdx', 'cs-tdx'), (index, octet, platform: Platform) => {
        const changed = honest.slice()
        changed[index] = octet
        expect(typeof codeOf(changed, platform)).toBe('string')
      }),
    )
  })
})

describe('user data', () => {
  const key = Array.from({ length: 32 }, (_, index) => index)
  const read = (json: unknown) => parseUserData(utf8(JSON.stringify(json)))

  it('has a key as a list of 32 octets', () => {
    expect(read({ receipt_signing_key: key })).toEqual({ receiptKey: Uint8Array.from(key) })
    expect(read({ receipt_signing_key: key, hpke_public_key: key })?.hpkeKey).toEqual(Uint8Array.from(key))
  })

  it.each<[string, unknown]>([
    ['no key', {}],
    ['31 octets', { receipt_signing_key: key.slice(1) }],
    ['a number beyond an octet', { receipt_signing_key: [...key.slice(1), 256] }],
    ['a negative number', { receipt_signing_key: [...key.slice(1), -1] }],
    ['half a number', { receipt_signing_key: [...key.slice(1), 0.5] }],
    ['a number in text', { receipt_signing_key: [...key.slice(1), '1'] }],
    ['a key in hexadecimal', { receipt_signing_key: '00'.repeat(32) }],
    ['a list', [key]],
  ])('with %s is none', (_, json) => expect(read(json)).toBeUndefined())
})
