import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GROUPS, namesOf, writeConstants } from '../../scripts/constants/document.ts'
import { scan } from '../../scripts/constants/scan.ts'
import { describeVectors, VECTORS_DIR, vectorText } from '../vectors/files.ts'

const FOUND = scan()
const places = GROUPS.flatMap(({ where }) => where)

/** Groups that nothing beside their first source bears out: the list only shrinks. */
const ALONE = [
  'The stub that ACI’s reference gateway puts in a quote’s place',
  'dstack images that their makers call production',
  '`inference-receipt/1` on AWS and Azure: places of the commitment',
  'EphemeralML: envelopes and their domains, wire magic, slots of registers, headers, members',
  'OpenGradient: members, RSA-PSS with a salt of 32, places of the key’s hash in user data',
]

describe('docs/CONSTANTS.md', () => {
  it('is what the code and the list of sources make it', () => {
    expect(readFileSync('docs/CONSTANTS.md', 'utf8')).toBe(writeConstants(FOUND))
  })

  it('looks where constants are', () => {
    expect(FOUND.length).toBeGreaterThan(120)
    expect(FOUND.find(({ file }) => file === 'attestation/sev-snp/report.ts')?.names).toContain('SIGNING_KEYS')
    expect(FOUND.find(({ file }) => file === 'trust/crl.ts')?.identifiers).toBeGreaterThan(5)
  })

  it('names every file of the verifier with constants, and no other', () => {
    const named = new Set(places.map(({ file }) => file))
    expect(FOUND.map(({ file }) => file).filter((file) => !named.has(file))).toEqual([])
    expect([...named].filter((file) => !FOUND.some((found) => found.file === file))).toEqual([])
  })

  it('names every constant once', () => {
    for (const { file, names } of FOUND) {
      const told = places.filter((place) => place.file === file).flatMap((place) => namesOf(FOUND, file, place.names))
      expect([file, [...told].sort()]).toEqual([file, [...new Set(names)].sort()])
    }
  })

  it('has a first source for each group, and knows which have no second', () => {
    expect(GROUPS.filter(({ first, what }) => first.trim() === '' || what.trim() === '')).toEqual([])
    expect(GROUPS.filter(({ second }) => second.kind === 'one source only' || second.kind === 'none').map(({ what }) => what)).toEqual(
      ALONE,
    )
    for (const { second } of GROUPS) if (second.kind === 'sample') expect(second.files.length).toBeGreaterThan(0)
  })
})

type Listed = { readonly file?: string; readonly path?: string }

describeVectors('the samples that it names', () => {
  const files = GROUPS.flatMap(({ second }) => (second.kind === 'sample' ? second.files : []))
  it('are there, and stand in a manifest', () => {
    const manifest = (path: string, under: string) =>
      (JSON.parse(vectorText(path)).files ?? JSON.parse(vectorText(path))).map(({ file, path: name }: Listed) => under + (file ?? name))
    const listed = new Set([
      ...manifest('MANIFEST.json', ''),
      ...manifest('2026-11/MANIFEST-evidence.json', '2026-11/'),
      ...manifest('2026-11/MANIFEST-services.json', '2026-11/'),
    ])
    expect(files.filter((file) => !existsSync(join(VECTORS_DIR ?? '', file)))).toEqual([])
    expect(files.filter((file) => !listed.has(file))).toEqual([])
  })
})
