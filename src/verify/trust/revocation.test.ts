import { describe, expect, it } from 'vitest'
import { anchorOf, type Certificate as Issued, issueCertificate } from '../../../test/simulator/certificates.ts'
import { type CrlOptions, issueCrl } from '../../../test/simulator/crl.ts'
import { makeKey } from '../../../test/simulator/keys.ts'
import { octets } from '../../../test/simulator/octets.ts'
import { parseCertificate } from './certificate.ts'
import { type Crl, parseCrl } from './crl.ts'
import { type ValidPath, validatePath } from './path.ts'
import { checkPathRevocation } from './revocation.ts'

const FROM = new Date('2026-01-01T00:00:00Z')
const TO = new Date('2026-03-01T00:00:00Z')
const AT = new Date('2026-01-15T00:00:00Z')
const AUTHORITY = { basicConstraints: { ca: true }, keyUsage: ['keyCertSign', 'cRLSign'], notBefore: FROM, notAfter: TO } as const

const root = issueCertificate({ subject: [['CN', 'Root']], key: makeKey('ec-p256', 'revocation/root'), ...AUTHORITY })
const between = issueCertificate(
  { subject: [['CN', 'Between']], key: makeKey('ec-p256', 'revocation/between'), serial: octets([7]), ...AUTHORITY },
  root,
)
const noLists = issueCertificate(
  { subject: [['CN', 'Between']], key: makeKey('ec-p256', 'revocation/between'), ...AUTHORITY, keyUsage: ['keyCertSign'] },
  root,
)
const leaf = issueCertificate(
  { subject: [['CN', 'Leaf']], key: makeKey('ec-p256', 'revocation/leaf'), notBefore: FROM, notAfter: TO, serial: octets([9]) },
  between,
)

function read({ der }: Issued) {
  const certificate = parseCertificate(der)
  if (!certificate.ok) throw new Error(certificate.code)
  return certificate.value
}

async function pathOf(middle: Issued = between, also: readonly Issued[] = []): Promise<ValidPath> {
  const path = await validatePath({
    leaf: read(leaf),
    intermediates: [middle, ...also].map(read),
    anchors: [{ id: 'root', purpose: 'test', publishedAt: '', addedBy: 'user', ...anchorOf(root) }],
    at: AT,
  })
  if (!path.ok) throw new Error(path.code)
  return path.value
}

function list(issuer: Issued, options: Partial<CrlOptions> = {}): Crl {
  const crl = parseCrl(issueCrl({ thisUpdate: FROM, nextUpdate: TO, ...options }, issuer))
  if (!crl.ok) throw new Error(crl.code)
  return crl.value
}

async function codeOf(lists: readonly Crl[], path?: ValidPath, at = AT): Promise<string> {
  const verdict = await checkPathRevocation(path ?? (await pathOf()), lists, at)
  return verdict.ok ? 'not revoked' : `${verdict.code} ${verdict.detail}`
}

describe('checkPathRevocation', () => {
  it('asks every certificate’s own issuer', async () => {
    expect(await codeOf([list(root), list(between)])).toBe('not revoked')
    expect(await codeOf([list(root), list(between, { revoked: [{ serial: octets([9]) }] })])).toBe('revoked CN=Leaf')
    expect(await codeOf([list(root, { revoked: [{ serial: octets([7]) }] }), list(between)])).toBe('revoked CN=Between')
  })

  it('takes no issuer’s word on the certificates of another', async () => {
    const crossed = [list(root, { revoked: [{ serial: octets([9]) }] }), list(between, { revoked: [{ serial: octets([7]) }] })]
    expect(await codeOf(crossed)).toBe('not revoked')
  })

  it('leaves the matter open without a list of each issuer, or without a current one', async () => {
    expect(await codeOf([])).toBe('crl-missing CN=Between')
    expect(await codeOf([list(root)])).toBe('crl-missing CN=Leaf')
    const ended = list(between, { nextUpdate: new Date('2026-01-10T00:00:00Z') })
    expect(await codeOf([list(root), ended])).toBe('crl-expired CN=Leaf')
    expect(await codeOf([list(root), list(between)], undefined, new Date('2025-12-31T00:00:00Z'))).toBe('crl-not-yet-valid CN=Between')
    // One that is current is enough; what an old one says stands.
    expect(await codeOf([list(root), ended, list(between)])).toBe('not revoked')
    const told = list(between, { nextUpdate: new Date('2026-01-10T00:00:00Z'), revoked: [{ serial: octets([9]) }] })
    expect(await codeOf([list(root), told, list(between)])).toBe('revoked CN=Leaf')
  })

  it('refuses lists that are not the issuer’s, or not numbered', async () => {
    expect(await codeOf([list(root), list(between, { signature: 'flipped' })])).toBe('signature-invalid CN=Leaf')
    expect(await codeOf([list(root), list(between), list(between, { signWith: root.key })])).toBe('signature-invalid CN=Leaf')
    const critical = { extensions: [{ oid: '2.5.29.20', critical: true, value: octets([2, 1, 1]) }] }
    const rewritten = parseCrl(issueCrl({ thisUpdate: FROM, nextUpdate: TO, ...critical }, between))
    expect(rewritten.ok).toBe(false)
    expect(await codeOf([list(root), { ...list(between), numbered: 'absent' }])).toBe('crl-number CN=Leaf')
    expect(await codeOf([list(root), { ...list(between), numbered: 'critical' }])).toBe('crl-number CN=Leaf')
  })

  it('holds a presented issuer to its key usage, the root’s own certificate among them', async () => {
    expect(await codeOf([list(root), list(between)], await pathOf(noLists))).toBe('crl-issuer-key-usage CN=Leaf')
    expect(await codeOf([list(root), list(between)], await pathOf(between, [root]))).toBe('not revoked')
  })
})
