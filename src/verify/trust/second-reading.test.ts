import { beforeAll, describe, expect, it, vi } from 'vitest'
import { certificate, leafExtensions, type Party, party } from '../../../test/support/certificates.ts'
import { type Certificate, parseCertificate } from './certificate.ts'
import { validatePath } from './path.ts'
import * as secondReading from './second-reading.ts'

vi.mock(import('./second-reading.ts'), async (original) => {
  const { disagreement } = await original()
  return { disagreement: vi.fn(disagreement) }
})

let root: Party
let read: Certificate
beforeAll(async () => {
  root = await party('root')
  const leaf = await party('leaf')
  const parsed = parseCertificate(
    await certificate({ subject: leaf, issuer: root, extensions: leafExtensions(leaf, root), serial: [0, 0x80] }),
  )
  if (!parsed.ok) throw new Error(parsed.code)
  read = parsed.value
})

describe('the second reading', () => {
  it('agrees with the first', () => {
    expect(secondReading.disagreement(read)).toBeUndefined()
  })

  it('names the field that it sees otherwise', () => {
    const seenAs = (changes: Partial<Certificate>) => secondReading.disagreement({ ...read, ...changes })
    expect(seenAs({ signature: read.signature.subarray(1) })).toBe('signatureValue')
    expect(seenAs({ serial: Uint8Array.of(0x7f) })).toBe('serialNumber')
    expect(seenAs({ notBefore: new Date(0) })).toBe('notBefore')
    expect(seenAs({ notAfter: new Date(0) })).toBe('notAfter')
    expect(seenAs({ spki: root.spki })).toBe('subjectPublicKeyInfo')
  })

  it('objects to what it cannot parse', () => {
    expect(secondReading.disagreement({ ...read, der: read.der.subarray(0, 40) })).toEqual(expect.any(String))
  })

  it('can refuse a path whose signatures hold', async () => {
    const anchor = { name: root.name, spki: root.spki, notBefore: new Date(0), notAfter: read.notAfter, addedBy: 'user' } as const
    const validate = () =>
      validatePath({
        leaf: read,
        intermediates: [],
        anchors: [{ ...anchor, id: 'root', purpose: 'test', publishedAt: '' }],
        at: new Date('2025-06-01T00:00:00Z'),
      })
    expect(await validate()).toMatchObject({ ok: true })
    vi.mocked(secondReading.disagreement).mockReturnValueOnce('notAfter')
    expect(await validate()).toMatchObject({ ok: false, code: 'parsers-disagree', detail: 'CN=leaf' })
  })
})
