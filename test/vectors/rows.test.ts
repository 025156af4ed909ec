import { expect, it } from 'vitest'
import { describeVectors, vectorBytes, vectorText } from './files.ts'
import { KINDS, PENDING } from './rows/kinds.ts'
import { compared, judgeRows } from './rows/run.ts'

describeVectors('EXPECTED.json', () => {
  it('gives each row its outcome, for the reason that it names', async () => {
    const results = await judgeRows({ bytes: vectorBytes, text: vectorText })
    const { judged, expected, notYet } = compared(results)
    if (notYet.length > 0) console.log(`not yet: ${notYet.join(', ')}`)
    expect(judged).toEqual(expected)
    expect(results.length).toBeGreaterThanOrEqual(48)
    // A kind leaves PENDING with its entry.
    expect(PENDING.filter((kind) => KINDS[kind] !== undefined)).toEqual([])
    expect(results.filter(({ row, result }) => result === 'not yet' && !PENDING.includes(row.kind))).toEqual([])
  })
})
