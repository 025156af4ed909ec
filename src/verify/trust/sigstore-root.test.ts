import { describe, expect, it } from 'vitest'
import { makeSigstore } from '../../../test/simulator/sigstore.ts'
import { changed } from '../../../test/support/change-json.ts'
import { SHIPPED_SIGSTORE_ROOT } from './shipped-sigstore-root.ts'
import { isWithin, parseSigstoreRoot } from './sigstore-root.ts'

const AT = new Date('2026-05-05T12:00:00Z')
const { trustedRoot, authority } = makeSigstore({ at: AT })

function read(changes: Readonly<Record<string, unknown>> = {}) {
  return parseSigstoreRoot(JSON.stringify(changed(trustedRoot, changes)), 'user')
}

describe('parseSigstoreRoot', () => {
  it('reads logs and authorities', () => {
    const root = read({ 'tlogs.0.publicKey.validFor.end': null, 'tlogs.0.checkpointKeyId': { keyId: 'AQIDBA==' } })
    if (!root.ok) throw new Error(root.code)
    const { addedBy, tlogs, ctlogs, certificateAuthorities, timestampAuthorities } = root.value
    expect(addedBy).toBe('user')
    expect(tlogs.map(({ scheme }) => scheme)).toEqual([{ kind: 'ecdsa', hash: 'SHA-256' }, { kind: 'ed25519' }])
    expect(tlogs[0]?.validity).toEqual({ start: new Date('2025-07-09T12:00:00Z') })
    expect([...(tlogs[0]?.checkpointKeyId ?? [])]).toEqual([1, 2, 3, 4])
    expect(tlogs[1]?.checkpointKeyId).toEqual(tlogs[1]?.id)
    expect(ctlogs[0]?.spki).toEqual(authority.ctLog.spki)
    expect(certificateAuthorities[0]?.anchor).toMatchObject({ name: authority.root.name, spki: authority.root.spki, addedBy: 'user' })
    expect(certificateAuthorities[0]?.certificates.map(({ der }) => der)).toEqual([authority.intermediate.der])
    expect(timestampAuthorities[0]?.certificates.map(({ der }) => der)).toEqual([authority.tsa.der])
  })

  it('leaves out logs with keys that are not verified here, and lists that are not there', () => {
    const root = read({ 'tlogs.0.publicKey.keyDetails': 'PKCS1_RSA_PKCS1V5', 'tlogs.1.publicKey.keyDetails': 'constructor', ctlogs: null })
    expect(root.ok && [root.value.tlogs, root.value.ctlogs]).toEqual([[], []])
  })

  it.each([
    ['json-syntax', '{'],
    ['json-duplicate-key', '{"mediaType":"a","mediaType":"b"}'],
    ['root-malformed', '[]'],
  ])('says %s', (code, text) => {
    expect(parseSigstoreRoot(text, 'user')).toMatchObject({ ok: false, code })
  })

  it.each([
    ['root-malformed', { mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.3' }],
    ['root-malformed', { 'tlogs.0.logId.keyId': 'AAAA' }],
    ['root-malformed', { 'tlogs.0.publicKey.rawBytes': 'A' }],
    ['root-malformed', { 'certificateAuthorities.0.certChain.certificates': [] }],
    ['root-certificate', { 'certificateAuthorities.0.certChain.certificates.0.rawBytes': 'MAA=' }],
    ['root-validity', { 'tlogs.0.publicKey.validFor': undefined }],
    ['root-validity', { 'tlogs.0.publicKey.validFor.start': undefined }],
    ['root-validity', { 'tlogs.0.publicKey.validFor.start': null }],
    ['root-validity', { 'tlogs.0.publicKey.keyDetails': 'PKCS1_RSA_PKCS1V5', 'tlogs.0.publicKey.validFor.start': null }],
    ['root-validity', { 'ctlogs.0.publicKey.validFor.start': '2026-02-30T00:00:00Z' }],
    ['root-validity', { 'ctlogs.0.publicKey.validFor.start': '2026-02-03T00:00:00+01:00' }],
    ['root-validity', { 'ctlogs.0.publicKey.validFor.end': 'never' }],
    ['root-validity', { 'certificateAuthorities.0.validFor': {} }],
    ['root-validity', { 'timestampAuthorities.0.validFor.end': '2020-01-01T00:00:00Z' }],
  ])('says %s of %j', (code, changes) => {
    expect(read(changes)).toMatchObject({ ok: false, code })
  })

  it.each([
    ['2026-05-05T12:00:00Z', '2026-05-05T12:00:00.000Z'],
    ['2026-05-05T12:00:00.5Z', '2026-05-05T12:00:00.500Z'],
    ['2026-05-05T12:00:00.999999999Z', '2026-05-05T12:00:00.999Z'],
  ])('reads the time %s', (text, time) => {
    const root = read({ 'ctlogs.0.publicKey.validFor.start': text })
    expect(root.ok && root.value.ctlogs[0]?.validity.start.toISOString()).toBe(time)
  })
})

it('counts both ends of a window', () => {
  const window = { start: AT, end: new Date(AT.getTime() + 1000) }
  const within = (offset: number) => isWithin(window, new Date(AT.getTime() + offset))
  expect([-1, 0, 1000, 1001].map(within)).toEqual([false, true, true, false])
  expect(isWithin({ start: AT }, new Date('2999-01-01'))).toBe(true)
  expect(isWithin({ start: AT }, new Date(Number.NaN))).toBe(false)
})

it('ships the public good instance', () => {
  const { addedBy, tlogs, ctlogs, certificateAuthorities, timestampAuthorities } = SHIPPED_SIGSTORE_ROOT
  expect(addedBy).toBe('shipped')
  expect(tlogs.map(({ baseUrl }) => baseUrl)).toEqual(['https://rekor.sigstore.dev', 'https://log2025-1.rekor.sigstore.dev'])
  expect(ctlogs.map(({ baseUrl }) => baseUrl)).toEqual(['https://ctfe.sigstore.dev/2022'])
  expect(certificateAuthorities.map(({ certificates }) => certificates[0]?.subject.text)).toEqual([
    'CN=sigstore-intermediate, O=sigstore.dev',
  ])
  expect(timestampAuthorities.map(({ certificates }) => certificates[0]?.subject.text)).toEqual(['CN=sigstore-tsa, O=sigstore.dev'])
})
