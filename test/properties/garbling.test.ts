import { describe, expect, it } from 'vitest'
import { badgeOf } from '../../src/background/news.ts'
import type { Dossier } from '../../src/dossier/types.ts'
import { diceFrom, mutate } from '../support/mutate.ts'
import { type Subject, subjects } from './subjects.ts'

/**
 * No garbling of failing evidence softens the icon: whoever serves evidence or a receipt that is refused cannot have it called merely unreadable by
 * cutting it, emptying it, giving it another name or version, or spoiling octets of it. `GARBLE_RUNS=1000` makes a long run of the last.
 */
const RUNS = Number(process.env['GARBLE_RUNS'] ?? 12)
const SEED = process.env['GARBLE_SEED'] ?? 'garble'

type Garbling = { readonly name: string; readonly of: (document: string) => string }

const WAYS: readonly Garbling[] = [
  { name: 'cut in the middle', of: (text) => text.slice(0, text.length / 2) },
  { name: 'without its last octet', of: (text) => text.slice(0, -1) },
  { name: 'an empty object', of: () => '{}' },
  { name: 'with a text in front', of: (text) => `x${text}` },
  { name: 'with quotes of a version to come', of: (text) => text.replace(/"0[45]000200/g, '"09000200') },
  { name: 'with quotes of another environment', of: (text) => text.replace(/"(0[45]00)020081/g, '"$1020099') },
  {
    name: 'with every number raised',
    of: (text) => text.replace(/:(\d+)([,}])/g, (_, digits: string, end: string) => `:${digits}0${end}`),
  },
]

/** A page instead of a document is none: the same as not answering, which nobody can be kept from. It is said to be missing, and never quiet. */
const NO_DOCUMENT = '<!doctype html><title>Welcome</title>'

function ofEvidence(dossier: Dossier, index: number, of: Garbling['of']): Dossier {
  const evidence = dossier.evidence.map((seen, at) => (at === index ? { ...seen, document: of(seen.document) } : seen))
  return { ...dossier, evidence }
}

function ofReceipt(dossier: Dossier, index: number, of: Garbling['of']): Dossier {
  return { ...dossier, receipts: dossier.receipts.map((receipt, at) => (at === index ? { ...receipt, text: of(receipt.text) } : receipt)) }
}

describe('no garbling of what fails softens the icon', async () => {
  const failing: Subject[] = []
  for (const subject of await subjects()) if (badgeOf(await subject.judge(subject.dossier)) === '!') failing.push(subject)

  it('is tried on subjects of several formats', () => {
    const formats = new Set(failing.flatMap(({ dossier }) => dossier.receipts.map(({ format }) => format)))
    expect(formats.size).toBeGreaterThanOrEqual(3)
  })

  it.each(failing)('$name', { timeout: 60_000 }, async ({ name, dossier, judge }) => {
    const dice = diceFrom(`${SEED} ${name}`)
    const spoilt = Array.from({ length: RUNS }, (_, run) => ({
      name: `octets spoilt, run ${run}`,
      of: (text: string) => Buffer.from(mutate(new Uint8Array(Buffer.from(text, 'latin1')), dice)).toString('latin1'),
    }))
    const softened: string[] = []
    for (const { name: way, of } of [...WAYS, ...spoilt]) {
      const changed = [
        ...dossier.evidence.map(({ kind }, index) => ({ what: kind, other: ofEvidence(dossier, index, of) })),
        ...dossier.receipts.map(({ format }, index) => ({ what: `the ${format} receipt`, other: ofReceipt(dossier, index, of) })),
      ]
      for (const { what, other } of changed) {
        const badge = badgeOf(await judge(other))
        if (badge !== '!') softened.push(`${what}, ${way}: “${badge}”`)
      }
    }
    for (const [index, { kind }] of dossier.evidence.entries()) {
      const badge = badgeOf(await judge(ofEvidence(dossier, index, () => NO_DOCUMENT)))
      if (badge === '') softened.push(`${kind}, a page in its place: quiet`)
    }
    // What kind a document is of, the receipt says in this format alone; elsewhere our adapter asked for it.
    if (dossier.receipts.some(({ format }) => format === 'inference-receipt')) {
      const evidence = dossier.evidence.map((seen) => ({ ...seen, kind: 'attestation-of-2028' }))
      const badge = badgeOf(await judge({ ...dossier, evidence }))
      if (badge !== '!') softened.push(`under another name: “${badge}”`)
    }
    expect(softened).toEqual([])
  })
})
