import { describe, expect, it } from 'vitest'
import { parseIngredients } from '../../src/ui/welcome/sample/ingredients.ts'
import { type Judged, judgeSample } from '../../src/ui/welcome/sample/judge.ts'
import { SWITCHES, type Switch } from '../../src/ui/welcome/sample/switches.ts'
import { makeSample } from '../simulator/sample.ts'
import { SAMPLE_ROWS } from '../support/sample-rows.ts'
import { failedChecks, rowsOf } from '../verify/dossiers.ts'

/** The sample of the welcome page, as it is judged there: from the text of the ingredients, by the verifier. */

const TEXT = JSON.stringify(makeSample())
const parsed = parseIngredients(TEXT)
if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.detail}`)
const INGREDIENTS = parsed.value

const judge = (...on: readonly Switch[]): Promise<Judged> => judgeSample(INGREDIENTS, new Set(on))

describe('the sample', () => {
  it('has rows by hand for every combination of switches', () => {
    expect(Object.keys(SAMPLE_ROWS)).toHaveLength(2 ** SWITCHES.length)
    const combinations = Object.keys(SAMPLE_ROWS).map((name) => name.split(' ').filter((part) => part !== ''))
    expect(new Set(combinations.map((names) => [...names].sort().join())).size).toBe(2 ** SWITCHES.length)
    for (const name of combinations.flat()) expect(SWITCHES).toContain(name)
  })

  it.each(Object.entries(SAMPLE_ROWS))('with “%s” has the rows %s', async (names, rows) => {
    const on = SWITCHES.filter((name) => names.split(' ').includes(name))
    expect(rowsOf((await judge(...on)).report)).toBe(rows)
  })

  it.each<[Switch, readonly string[], string]>([
    ['letter', ['air.response-hash'], 'headline_other_response'],
    ['receipt', ['receipt.delivery'], 'headline_receipt_withheld'],
    ['nonce', ['air.nonce'], 'headline_not_fresh'],
    ['program', ['policy.measurement'], 'headline_other_code'],
    ['root', ['nitro.chain'], 'headline_unknown_root'],
  ])('fails, with %s alone, the one check that it is about', async (name, checks, headline) => {
    const { report } = await judge(name)
    expect(failedChecks(report)).toEqual(checks)
    expect(report.headline.id).toBe(headline)
  })

  it('is judged at its own time, under a root that counts as added', async () => {
    const { report } = await judge()
    expect(report.moment).toEqual({ now: INGREDIENTS.endedAt, basis: 'given' })
    expect(report.assumes).toContain('assume_user_added_root')
    expect(report.assumes).not.toContain('assume_hardware_vendor')
    expect(report.retry).toBe(false)
    expect(report.claims[0]?.because).toEqual({ id: 'platform_user_root', args: [{ id: 'nitro_platform' }] })
  })

  it('shows the answer and the receipt that were judged', async () => {
    const honest = await judge()
    expect(honest.answer).toBe(INGREDIENTS.answer)
    const changed = await judge('letter')
    const differing = [...honest.answer].flatMap((sign, index) => (changed.answer[index] === sign ? [] : [index]))
    expect(differing).toEqual([INGREDIENTS.letter.index])
    expect(changed.answer).toHaveLength(honest.answer.length)
    expect(changed.answer).toContain('is not covered')
    expect(honest.answer).toContain('is now covered')
    expect((await judge('receipt')).receipt).toBeUndefined()
    expect(
      new Set(await Promise.all([judge(), judge('nonce'), judge('program'), judge('root')].map(async (each) => (await each).receipt))).size,
    ).toBe(4)
  })

  it('has the answer once in the response, so that a change of one is a change of the other', () => {
    expect(INGREDIENTS.response.split(INGREDIENTS.answer)).toHaveLength(2)
    expect(INGREDIENTS.request.split(INGREDIENTS.question)).toHaveLength(2)
  })

  it('is the same, octet for octet, when it is made again', () => {
    expect(JSON.stringify(makeSample())).toBe(TEXT)
  })
})

describe('ingredients', () => {
  it.each([
    ['no JSON', 'x'],
    ['another kind of file', JSON.stringify({ format: 'inference-receipt-checker/dossier', version: 1 })],
    ['a member more', JSON.stringify({ ...makeSample(), more: 1 })],
    ['a member less', JSON.stringify({ ...makeSample(), nonce: undefined })],
  ])('that are %s are refused', (_, text) => expect(parseIngredients(text).ok).toBe(false))
})
