import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issueCertificate } from '../../../test/simulator/certificates.ts'
import { type CrlOptions, issueCrl } from '../../../test/simulator/crl.ts'
import { boolean, integer, octetString, sequence, tlv } from '../../../test/simulator/der.ts'
import { makeKey } from '../../../test/simulator/keys.ts'
import { octets } from '../../../test/simulator/octets.ts'
import { parseCertificate } from './certificate.ts'
import { crlIssuerOf, crlIssuerOfAnchor, faultInCrlTime, parseCrl, revokedAt, verifyCrl } from './crl.ts'

const FROM = new Date('2026-01-01T00:00:00Z')
const TO = new Date('2026-02-01T00:00:00Z')
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300)
const seed = Number(process.env['FUZZ_SEED'] ?? 20261122)

const authority = issueCertificate({
  subject: [['CN', 'Lists']],
  key: makeKey('ec-p256', 'crl/authority'),
  notBefore: FROM,
  notAfter: TO,
  basicConstraints: { ca: true },
  keyUsage: ['keyCertSign', 'cRLSign'],
})
const other = issueCertificate({
  subject: [['CN', 'Others']],
  key: makeKey('ec-p256', 'crl/other'),
  notBefore: FROM,
  notAfter: TO,
  basicConstraints: { ca: true },
  keyUsage: ['keyCertSign'],
})
const leaf = issueCertificate(
  { subject: [['CN', 'Leaf']], key: makeKey('ec-p256', 'crl/leaf'), notBefore: FROM, notAfter: TO, serial: octets([0x91, 0x02]) },
  authority,
)

function read(der: Uint8Array<ArrayBuffer>) {
  const certificate = parseCertificate(der)
  if (!certificate.ok) throw new Error(certificate.code)
  return certificate.value
}

const made = (options: Partial<CrlOptions> = {}) => issueCrl({ thisUpdate: FROM, nextUpdate: TO, ...options }, authority)
const codeOf = (options: Partial<CrlOptions>) => {
  const crl = parseCrl(made(options))
  return crl.ok ? 'read' : crl.code
}
const verdictOf = async (options: Partial<CrlOptions> = {}, issuer = crlIssuerOf(read(authority.der))) => {
  const crl = parseCrl(made(options))
  if (!crl.ok) return crl.code
  const verdict = await verifyCrl(crl.value, issuer)
  return verdict.ok ? 'verified' : verdict.code
}
const extension = (oid: string, critical: boolean, value: Uint8Array = integer(1)) => ({ oid, critical, value })
const SERIAL = octets([0x91, 0x02])

describe('a list', () => {
  it('says which certificates were revoked, and when', () => {
    const at = new Date('2025-12-24T12:00:00Z')
    const crl = parseCrl(made({ revoked: [{ serial: octets([5]) }, { serial: SERIAL, at, extensions: [] }, { serial: SERIAL }] }))
    if (!crl.ok) throw new Error(crl.code)
    expect(crl.value).toMatchObject({ thisUpdate: FROM, nextUpdate: TO })
    expect(crl.value.revoked.size).toBe(2)
    expect(revokedAt(crl.value, read(leaf.der))).toEqual(at)
    expect(revokedAt(crl.value, read(other.der))).toBeUndefined()
  })

  it('without entries revokes nobody', () => {
    const crl = parseCrl(made())
    expect(crl.ok && crl.value.revoked.size).toBe(0)
  })

  it('tells serial numbers apart by all of their octets', () => {
    const crl = parseCrl(
      made({ revoked: [{ serial: octets([0x02]) }, { serial: octets([0x91]) }, { serial: octets([0x91, 0x02, 0x00]) }] }),
    )
    expect(crl.ok && revokedAt(crl.value, read(leaf.der))).toBeUndefined()
  })

  it.each([
    ['version 1', { version: 1 }, 'crl-version'],
    ['no next update', { nextUpdate: 'absent' }, 'crl-next-update-missing'],
    ['an end before its beginning', { nextUpdate: new Date(FROM.getTime() - 1000) }, 'crl-time-malformed'],
    ['an unknown critical extension', { extensions: [extension('1.2.3', true)] }, 'crl-critical-extension'],
    ['an unknown extension', { extensions: [extension('1.2.3', false)] }, 'read'],
    ['a delta list', { extensions: [extension('2.5.29.27', true)] }, 'crl-partial'],
    ['a distribution point, which may narrow it', { extensions: [extension('2.5.29.28', true, sequence())] }, 'crl-partial'],
    ['a distribution point that is not critical', { extensions: [extension('2.5.29.28', false, sequence())] }, 'crl-partial'],
    ['an extension twice', { extensions: [extension('2.5.29.20', false)] }, 'crl-extension-malformed'],
    ['an entry of another issuer', { revoked: [{ serial: SERIAL, extensions: [extension('2.5.29.29', true)] }] }, 'crl-partial'],
    [
      'an entry with an unknown critical extension',
      { revoked: [{ serial: SERIAL, extensions: [extension('1.2.3', true)] }] },
      'crl-critical-extension',
    ],
    ['an entry with an unknown extension', { revoked: [{ serial: SERIAL, extensions: [extension('1.2.3', false)] }] }, 'read'],
    [
      'an entry that is taken back',
      { revoked: [{ serial: SERIAL, extensions: [extension('2.5.29.21', false, tlv(0x0a, octets([8])))] }] },
      'crl-partial',
    ],
    [
      'a key identifier that is none',
      { authorityKeyIdentifier: 'absent', extensions: [extension('2.5.29.35', false, boolean(true))] },
      'crl-extension-malformed',
    ],
    ['an entry of another form', { rewrite: () => sequence(integer(1), octetString(octets([1]))) }, 'crl-malformed'],
  ] as const satisfies readonly (readonly [string, Partial<CrlOptions>, string])[])('with %s: %#', (_, options, code) => {
    expect(codeOf(options)).toBe(code)
  })

  it('is one value in DER', () => {
    expect(parseCrl(octets([...made(), 0]))).toMatchObject({ ok: false, code: 'der-trailing-bytes' })
    expect(parseCrl(octets([0]))).toMatchObject({ ok: false })
    expect(parseCrl(octets([]))).toMatchObject({ ok: false })
  })

  it('names the algorithm that it is signed with where it is signed', () => {
    const rewrite = (tbs: Uint8Array<ArrayBuffer>) => {
      const at = Buffer.from(tbs).indexOf(Buffer.from('2a8648ce3d040302', 'hex')) + 7
      return octets(tbs.map((octet, index) => (index === at ? 3 : octet)))
    }
    expect(codeOf({ rewrite })).toBe('signature-algorithm-mismatch')
  })

  it('never makes the parser throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (random) => typeof parseCrl(octets(random)).ok === 'boolean'),
      { numRuns, seed },
    )
    const list = made({ revoked: [{ serial: SERIAL }] })
    fc.assert(
      fc.property(fc.nat({ max: list.length - 1 }), fc.nat({ max: 255 }), (index, octet) => {
        const changed = list.slice()
        changed[index] = octet
        return typeof parseCrl(changed).ok === 'boolean'
      }),
      { numRuns, seed },
    )
  })
})

describe('the signature of a list', () => {
  const own = crlIssuerOf(read(authority.der))

  it("is its issuer's, whether the issuer is a certificate or an anchor", async () => {
    expect(await verdictOf()).toBe('verified')
    const issuer = crlIssuerOfAnchor({
      id: '',
      purpose: '',
      publishedAt: '',
      addedBy: 'user',
      name: authority.name,
      spki: authority.spki,
      notBefore: FROM,
      notAfter: TO,
    })
    if (!issuer.ok) throw new Error(issuer.code)
    expect(await verdictOf({}, issuer.value)).toBe('verified')
  })

  it('with one flipped bit is refused', async () => expect(await verdictOf({ signature: 'flipped' })).toBe('signature-invalid'))
  it('by another key is refused', async () => expect(await verdictOf({ signWith: other.key })).toBe('signature-invalid'))
  it('under another name is refused', async () => expect(await verdictOf({ issuerName: other.name })).toBe('crl-issuer-name'))

  it('by a key that may not sign lists is refused', async () => {
    const issuer = { ...own, keyUsage: new Set(['keyCertSign'] as const) }
    expect(await verdictOf({}, issuer)).toBe('crl-issuer-key-usage')
  })

  it('that names another key is refused', async () => {
    expect(await verdictOf({ authorityKeyIdentifier: octets([1, 2, 3]) })).toBe('crl-issuer-key-identifier')
    expect(await verdictOf({ authorityKeyIdentifier: 'absent' })).toBe('verified')
  })
})

describe('the time of a list', () => {
  const crl = parseCrl(made())
  it.each([
    [FROM, undefined],
    [new Date(FROM.getTime() - 1), 'crl-not-yet-valid'],
    [TO, undefined],
    [new Date(TO.getTime() + 999), undefined],
    [new Date(TO.getTime() + 1000), 'crl-expired'],
  ])('%s', (at, code) => {
    expect(crl.ok && faultInCrlTime(crl.value, at)).toBe(code)
  })
})
