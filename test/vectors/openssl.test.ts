import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Bytes } from '../../src/verify/encoding/bytes.ts'
import { equalBytes } from '../../src/verify/encoding/bytes.ts'
import { type Certificate, parseCertificate } from '../../src/verify/trust/certificate.ts'
import { validatePath } from '../../src/verify/trust/path.ts'
import { type Deviation, RFC5280 } from '../../src/verify/trust/profile.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import { findCertificates } from '../support/find-certificates.ts'
import { VECTORS_DIR, vectorBytes } from './files.ts'

/**
 * OpenSSL beside us, on every certificate of the recorded evidence and every pair of one that can have issued the other: what it takes is not
 * malformed or badly signed by our account, and what we take it takes.
 */
const KINDS = [
  ...['azure-maa', 'confidential-space', 'dstack', 'nitro', 'nvidia', 'sev-snp', 'tinfoil'],
  ...['azure', 'github', 'nvidia', 'sev-snp', 'sgx', 'tdx'].map((kind) => `2026-11/${kind}`),
]

/** All that vendors are given leave for: whose path needs which is the matter of other tests. */
const ALL: readonly Deviation[] = [
  'serial-number-zero',
  'authority-key-identifier-missing',
  'subject-key-identifier-missing',
  'key-usage-trailing-zeros',
  'pss-trailer-field',
]
/** Extensions that their own verifiers read: DICE TCB information (NVIDIA). */
const UNDERSTOOD = ['2.23.133.5.4.1']
const PROFILE = { ...RFC5280, id: 'every-vendor', accepts: new Set(ALL), understoodExtensions: new Set(UNDERSTOOD) }

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'openssl-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function certificatesOf(kind: string): readonly Bytes[] {
  const root = VECTORS_DIR ?? ''
  const found = new Map<string, Bytes>()
  for (const entry of readdirSync(join(root, kind), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    for (const der of findCertificates(vectorBytes(join(entry.parentPath, entry.name).slice(root.length)))) {
      found.set(Buffer.from(der).toString('base64'), der)
    }
  }
  return [...found.values()]
}

/** OpenSSL takes no root under another one of the same name and key, which is no matter of trust. */
function isOwn({ issuer, subject }: Certificate): boolean {
  return equalBytes(issuer.der, subject.der)
}

function pem(der: Bytes): string {
  return `-----BEGIN CERTIFICATE-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END CERTIFICATE-----\n`
}

function opensslReads(der: Bytes): boolean {
  return spawnSync('openssl', ['x509', '-inform', 'DER', '-noout'], { input: der }).status === 0
}

/** What OpenSSL says of a certificate under another, times apart: nothing where it accepts, else its own words. */
function opensslRefuses(certificate: Bytes, issuer: Bytes): string | undefined {
  const [leaf, trusted] = [join(folder, 'leaf.pem'), join(folder, 'issuer.pem')]
  writeFileSync(leaf, pem(certificate))
  writeFileSync(trusted, pem(issuer))
  const { status, stderr } = spawnSync('openssl', ['verify', '-partial_chain', '-no_check_time', '-trusted', trusted, leaf], {
    encoding: 'utf8',
  })
  return status === 0 ? undefined : stderr.replaceAll(folder, '').trim()
}

async function weRefuse(certificate: Certificate, issuer: Certificate): Promise<string | undefined> {
  const anchor: TrustAnchor = {
    id: 'issuer',
    purpose: 'test',
    name: issuer.subject.der,
    spki: issuer.spki,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    addedBy: 'user',
    publishedAt: '',
  }
  const path = await validatePath({ leaf: certificate, intermediates: [], anchors: [anchor], at: certificate.notBefore, profile: PROFILE })
  return path.ok ? undefined : path.code
}

/** The same with one bit of its signature changed: a comparison in which nothing is ever refused would show nothing. */
async function bothRefuse(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  const der = certificate.der.slice()
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
  const changed = parseCertificate(der)
  return changed.ok && opensslRefuses(der, issuer.der) !== undefined && (await weRefuse(changed.value, issuer)) !== undefined
}

describe.skipIf(VECTORS_DIR === undefined || !hasOpenssl)('OpenSSL', () => {
  it.each(KINDS)('takes and refuses the same certificates of %s as we do', { timeout: 120_000 }, async (kind) => {
    const readable: Certificate[] = []
    const differing: string[] = []
    for (const [index, der] of certificatesOf(kind).entries()) {
      const ours = parseCertificate(der)
      if (ours.ok) readable.push(ours.value)
      if (ours.ok !== opensslReads(der))
        differing.push(`${kind} ${index}: ${ours.ok ? 'only we read it' : `only OpenSSL reads it, ${ours.code}`}`)
    }
    let agreed = 0
    for (const certificate of readable) {
      for (const issuer of readable) {
        if (isOwn(certificate) || !equalBytes(certificate.issuer.der, issuer.subject.der)) continue
        const [theirs, ours] = [opensslRefuses(certificate.der, issuer.der), await weRefuse(certificate, issuer)]
        if ((theirs === undefined) !== (ours === undefined)) {
          differing.push(`${certificate.subject.text} under ${issuer.subject.text}: OpenSSL ${theirs ?? 'accepts'}; we ${ours ?? 'accept'}`)
          continue
        }
        agreed += 1
        if (agreed === 1) expect(await bothRefuse(certificate, issuer)).toBe(true)
      }
    }
    expect(differing).toEqual([])
    expect(readable.length).toBeGreaterThan(0)
    console.log(`${kind}: ${readable.length} certificates, ${agreed} pairs`)
  })
})
