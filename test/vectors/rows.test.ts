import { expect, it } from 'vitest'
import { simulatedAnchors } from '../support/simulated-anchors.ts'
import { describeVectors, vectorBytes, vectorText } from './files.ts'
import { CASES_MADE_AT, expectedCases, judgeCases, readAnchors, writeAnchors } from './rows/cases.ts'
import { NOT_READ } from './rows/expected.ts'
import { compared, judgeRows, LEAST_ROWS } from './rows/run.ts'

const FILES = { bytes: vectorBytes, text: vectorText }

describeVectors('both EXPECTED.json', () => {
  it('gives each row its outcome, for the reason that it names', async () => {
    const results = await judgeRows(FILES)
    const { judged, expected, outgrown } = compared(results)
    expect(judged).toEqual(expected)
    expect(outgrown).toEqual([])
    // Of one row that is in both lists the second would hide the first.
    expect(Object.keys(judged)).toHaveLength(results.length)
    expect(results.length).toBeGreaterThanOrEqual(LEAST_ROWS)
    expect(Object.keys(NOT_READ).filter((id) => !results.some(({ row }) => row.id === id))).toEqual([])
  })
})

describeVectors('CASES.json', () => {
  it('gives each case its rows', async () => {
    const anchors = readAnchors(writeAnchors(simulatedAnchors(CASES_MADE_AT)))
    expect(await judgeCases(FILES, anchors)).toEqual(expectedCases())
  })
})
