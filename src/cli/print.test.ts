import { describe, expect, it } from 'vitest'
import { reportOf, WITHHELD } from '../../test/support/rows.ts'
import { sentence } from '../verify/claims/sentence.ts'
import type { Report } from '../verify/report.ts'
import { inWords, printJson, printTable } from './print.ts'

const BASE = reportOf('absent')
const HOPS = [
  { role: 'gateway', name: 'gate\u202eway', standing: 'verified', because: sentence('ext_name') },
  { role: 'model-host', name: '', standing: 'assumed', because: sentence('ext_name') },
] as const
const REPORT: Report = {
  ...BASE,
  verifier: 'checker 1',
  headline: sentence('headline_receipt_withheld'),
  moment: { now: '2026-11-22T10:00:00.000Z', basis: 'given' },
  claims: BASE.claims.map((claim, index) => (index === 0 ? { ...claim, findings: [WITHHELD.check], hops: HOPS } : claim)),
  findings: [WITHHELD],
  assumes: ['assume_screen'],
}

describe('a report for people', () => {
  it('begins with the worst news, and has every row with its word', () => {
    const lines = printTable('a.json', REPORT, false).split('\n')
    expect(lines[0]).toBe('a.json')
    expect(lines[1]).toBe(`  ${inWords(REPORT.headline)}`)
    for (const { id, standing } of REPORT.claims) {
      const line = lines.find((text) => text.startsWith(`  ${inWords(sentence(`row_${id}`))}`))
      expect(line).toContain(inWords(sentence(`standing_${standing}`)))
    }
    expect(lines.at(-2)).toBe('  Judged as of 22 November 2026 at 10:00:00 UTC, a time that was given.')
    expect(lines.at(-1)).toBe('  Checked by checker 1')
  })

  it('names hops where there are several, without characters that turn the text', () => {
    const text = printTable('a.json', REPORT, false)
    expect(text).toContain('- Gateway gate\ufffdway: Verified')
    expect(text).toContain('- Model host: Assumed')
    expect(text).not.toContain('\u202e')
  })

  it('lists checks under their rows on demand', () => {
    const words = inWords(WITHHELD.because)
    expect(printTable('a.json', REPORT, true)).toContain(`[FAILED] receipt.delivery: ${words}`)
    expect(printTable('a.json', REPORT, false)).not.toContain('[FAILED]')
  })

  it('shows below a finding its code, its place and both sides of what it compared', () => {
    const fields = { code: 'x-code', at: 'receipt.body', expected: 'sha256:aa', computed: 'sha256:bb' } as const
    const text = printTable('a.json', { ...REPORT, findings: [{ ...WITHHELD, ...fields }] }, true)
    for (const [name, value] of Object.entries(fields)) expect(text).toContain(`${name}: ${value}`)
  })

  it('says what is assumed, and nothing where nothing is', () => {
    expect(printTable('a.json', REPORT, false)).toContain(`    - ${inWords(sentence('assume_screen'))}`)
    expect(printTable('a.json', { ...REPORT, assumes: [] }, false)).not.toContain('Assumed:')
  })
})

describe('a report for programs', () => {
  it('has every sentence in words, and all else as it is', () => {
    const printed: unknown = JSON.parse(printJson('a.json', REPORT, 0))
    expect(printed).toMatchObject({
      file: 'a.json',
      headline: inWords(REPORT.headline),
      count: inWords(REPORT.count),
      claims: REPORT.claims.map(({ id, standing }) => ({ id, standing })),
      findings: [{ check: 'receipt.delivery', outcome: 'failed', because: inWords(WITHHELD.because) }],
    })
  })
})
