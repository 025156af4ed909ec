import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findCertificates } from '../support/find-certificates.ts'
import { diceFrom, mutate } from '../support/mutate.ts'
import { Readings } from '../support/second-reading.ts'
import { describeVectors, VECTORS_DIR, vectorBytes } from './files.ts'

/** Kinds of evidence with certificates in them, and how many there are at least. */
const KINDS: Readonly<Record<string, number>> = {
  'azure-maa': 1,
  'confidential-space': 3,
  'dstack/dcap': 5,
  nitro: 5,
  nvidia: 5,
  'sev-snp': 6,
  sigstore: 20,
  tinfoil: 3,
  'x509-limbo': 650,
}
const MUTANTS = Number(process.env['FUZZ_RUNS'] ?? 2000)

function certificatesOf(kind: string): Uint8Array<ArrayBuffer>[] {
  const found = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const entry of readdirSync(join(VECTORS_DIR ?? '', kind), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    for (const der of findCertificates(vectorBytes(join(entry.parentPath, entry.name).slice((VECTORS_DIR ?? '').length)))) {
      found.set(Buffer.from(der).toString('base64'), der)
    }
  }
  return [...found.values()]
}

describeVectors('another library', () => {
  it.each(Object.entries(KINDS))('sees the same in every certificate that we accept of %s', { timeout: 120_000 }, (kind, least) => {
    const readings = new Readings()
    for (const [index, der] of certificatesOf(kind).entries()) readings.add(der, `${kind} ${index}`)
    expect(readings.differing).toEqual([])
    expect([...readings.refusedByLibrary]).toEqual([])
    expect(readings.agreed).toBeGreaterThanOrEqual(least)
  })

  it(`sees the same in what we accept of ${MUTANTS} changed ones`, { timeout: 600_000 }, () => {
    const sources = Object.keys(KINDS).flatMap((kind) => certificatesOf(kind).slice(0, 12))
    const dice = diceFrom(process.env['FUZZ_SEED'] ?? 'second reading of vectors')
    const readings = new Readings()
    for (let run = 0; run < MUTANTS; run += 1) {
      const mutant = mutate(sources[dice.below(sources.length)] ?? new Uint8Array(0), dice)
      readings.add(mutant, `run ${run}: ${Buffer.from(mutant).toString('base64')}`)
    }
    expect(readings.differing).toEqual([])
    expect([...readings.refusedByLibrary.keys()].filter((reason) => !reason.startsWith('extensions: '))).toEqual([])
    expect(readings.agreed).toBeGreaterThan(MUTANTS / 20)
  })
})
