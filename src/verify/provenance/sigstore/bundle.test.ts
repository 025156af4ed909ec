import { describe, expect, it } from 'vitest'
import { makeKey } from '../../../../test/simulator/keys.ts'
import { makeSigstore, type SigstoreOptions } from '../../../../test/simulator/sigstore.ts'
import { changed } from '../../../../test/support/change-json.ts'
import { parseBundle } from './bundle.ts'

const AT = new Date('2026-05-05T12:00:00Z')
const FORMS: readonly Partial<SigstoreOptions>[] = [
  { timestamps: [{}] },
  { version: '0.1', artifact: new Uint8Array(3) },
  { managedKey: makeKey('ec-p256', 'managed'), log: 'rekor2' },
]

/** Paths of all objects in a value, the outermost first. */
function objectsIn(value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.entries(value).flatMap(([name, member]) => objectsIn(member, [...path, name]))
  return Array.isArray(value) ? inner : [path.join('.'), ...inner]
}

function outcomeOf(value: unknown): string {
  const parsed = parseBundle(JSON.stringify(value))
  return parsed.ok ? 'read' : parsed.code
}

describe.each(FORMS)('a bundle of form %#', (options) => {
  const { bundle } = makeSigstore({ at: AT, ...options })

  it('is read', () => expect(outcomeOf(bundle)).toBe('read'))

  it.each(objectsIn(bundle))('has no other members in "%s"', (path) => {
    expect(outcomeOf(changed(bundle, { [path === '' ? 'more' : `${path}.more`]: 1 }))).toBe('bundle-malformed')
  })
})

describe('the bounds of a bundle', () => {
  const { bundle } = makeSigstore({ at: AT, timestamps: [{}] })
  const chain = makeSigstore({ at: AT, version: '0.2' }).bundle
  const repeated = (of: unknown, path: string, count: number) => {
    const steps = path.split('.')
    const one: unknown = steps.reduce((inner: unknown, step) => Object(inner)[step], of)
    return changed(of, { [steps.slice(0, -1).join('.')]: Array(count).fill(one) })
  }

  it.each([
    [bundle, 'verificationMaterial.tlogEntries.0', 4],
    [bundle, 'verificationMaterial.timestampVerificationData.rfc3161Timestamps.0', 4],
    [bundle, 'verificationMaterial.tlogEntries.0.inclusionProof.hashes.0', 64],
    [chain, 'verificationMaterial.x509CertificateChain.certificates.0', 8],
  ] as const)('%#: as many as there may be', (of, path, most) => {
    expect(outcomeOf(repeated(of, path, most))).toBe('read')
    expect(outcomeOf(repeated(of, path, most + 1))).toBe('bundle-malformed')
  })

  it('counts signatures before it refuses them', () => {
    expect(outcomeOf(repeated(bundle, 'dsseEnvelope.signatures.0', 8))).toBe('dsse-signature-count')
    expect(outcomeOf(repeated(bundle, 'dsseEnvelope.signatures.0', 9))).toBe('bundle-malformed')
  })

  it('is a megabyte long at most', () => {
    const filled = JSON.stringify(bundle)
    expect(parseBundle(filled.padEnd(1024 * 1024)).ok).toBe(true)
    expect(parseBundle(filled.padEnd(1024 * 1024 + 1))).toMatchObject({ code: 'bundle-json', detail: 'json-too-large' })
  })
})
