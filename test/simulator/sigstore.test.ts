import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeSigstore } from './sigstore.ts'

/** Recorded evidence. Set: a missing file is a failure. Not set: nothing here is pinned, and the run says so. */
const vectors = process.env['VECTORS_DIR']
const pinned = vectors === undefined ? describe.skip : describe
const why = vectors === undefined ? ' (skipped: VECTORS_DIR is not set)' : ''

const AT = new Date('2026-05-05T12:00:00Z')
const read = (path: string): unknown => JSON.parse(readFileSync(join(vectors ?? '', path), 'utf8'))
const conformance = (name: string): unknown => read(`sigstore/bundle-verify/${name}/bundle.sigstore.json`)

/** Member names all the way down, without order and values. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])]
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shape(member)]))
}

/** The value at a path, which must be there. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, step) => {
    const found: unknown =
      typeof inner === 'object' && inner !== null ? Object.entries(inner).find(([name]) => name === step)?.[1] : undefined
    if (found === undefined) throw new Error(`nothing at ${path}`)
    return found
  }, value)
}

const ENTRY = 'verificationMaterial.tlogEntries.0'
const text = (value: unknown, path: string) => Buffer.from(String(at(value, path)), 'base64').toString('utf8')
const bodyOf = (bundle: unknown): unknown => JSON.parse(text(bundle, `${ENTRY}.canonicalizedBody`))
const checkpointOf = (bundle: unknown) => String(at(bundle, `${ENTRY}.inclusionProof.checkpoint.envelope`))
/** A checkpoint with letters, digits and base64 made alike. */
const outline = (note: string) =>
  note
    .replace(/[A-Za-z0-9+/=]{40,}/g, 'B')
    .replace(/\d+/g, 'N')
    .replace(/[a-zN-]+(?:\.[a-z]+)+/g, 'HOST')

pinned(`Sigstore against real bundles${why}`, () => {
  const tinfoil = () => at(read('tinfoil/atc-bundle-snp-v2.json'), 'sigstoreBundle')

  it('has the members of a real bundle with an entry of Rekor v1, and of its body', () => {
    const { bundle } = makeSigstore({ at: AT })
    const simulated = { ...bundle, verificationMaterial: { ...Object(at(bundle, 'verificationMaterial')), timestampVerificationData: {} } }
    expect(shape(simulated)).toEqual(shape(tinfoil()))
    expect(shape(bodyOf(bundle))).toEqual(shape(bodyOf(tinfoil())))
    expect(outline(checkpointOf(bundle))).toBe(outline(checkpointOf(tinfoil())))
  })

  it.each([
    ['happy-path-v0.3-new-mediaType', { artifact: Buffer.from('a') }],
    ['rekor2-happy-path', { artifact: Buffer.from('a'), log: 'rekor2' }],
    ['rekor2-dsse-happy-path', { log: 'rekor2', entryKind: 'hashedrekord' }],
  ] as const)('has the members of %s', (name, options) => {
    const { bundle } = makeSigstore({ at: AT, ...options })
    expect(shape(bodyOf(bundle))).toEqual(shape(bodyOf(conformance(name))))
    expect(shape(at(bundle, `${ENTRY}.inclusionProof`))).toEqual(shape(at(conformance(name), `${ENTRY}.inclusionProof`)))
    const [head] = outline(checkpointOf(bundle)).split('\n\n')
    expect(outline(checkpointOf(conformance(name))).split('\n\n')[0]).toBe(head)
  })

  it('writes intoto entries as the real ones, but for the payload that early ones hold besides', () => {
    const { bundle } = makeSigstore({ at: AT, entryKind: 'intoto' })
    const real = bodyOf(conformance('intoto-with-custom-trust-root'))
    expect(shape(real)).toMatchObject(Object(shape(bodyOf(bundle))))
  })

  it('gives its certificates what a real one of GitHub Actions has', () => {
    const { leaf } = makeSigstore({ at: AT })
    if (leaf === undefined) throw new Error('no certificate')
    const real = new X509Certificate(Buffer.from(String(at(tinfoil(), 'verificationMaterial.certificate.rawBytes')), 'base64'))
    const simulated = new X509Certificate(leaf.der)
    expect(simulated.subject).toBe(real.subject)
    expect(simulated.subjectAltName).toMatch(/^URI:https:\/\/github\.com\/.+\/\.github\/workflows\/build\.yml@refs\/tags\/v[\d.]+$/)
    expect(real.subjectAltName).toMatch(/^URI:https:\/\/github\.com\/.+\/\.github\/workflows\/build\.yml@refs\/tags\/v[\d.]+$/)
    const lifetime = (certificate: X509Certificate) => Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)
    expect(lifetime(simulated)).toBe(lifetime(real))
    expect(simulated.keyUsage).toEqual(real.keyUsage)
  })

  it('writes trusted roots as the real one', () => {
    const { trustedRoot } = makeSigstore({ at: AT })
    const real = read('sigstore/trusted_root.json')
    for (const list of ['tlogs', 'ctlogs']) expect(shape(at(trustedRoot, list))).toMatchObject(Object(shape(at(real, list))))
    expect(at(trustedRoot, 'mediaType')).toBe(at(real, 'mediaType'))
  })
})
