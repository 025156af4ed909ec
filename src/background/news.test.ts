import { describe, expect, it } from 'vitest'
import { reportOf, rowOf, WITHHELD } from '../../test/support/rows.ts'
import { alarmOf, asSeen, isUnseen } from './news.ts'

const WITHHELD_REPORT = { ...reportOf('absent'), findings: [WITHHELD] }
const SPOILT = {
  ...reportOf('unchecked'),
  findings: [{ ...WITHHELD, outcome: 'unchecked', role: 'evidence.format', theirs: true }],
} as const

describe('bad news', () => {
  it('is a failed row, a receipt held back, or what was spoilt; in this order', () => {
    expect(alarmOf(reportOf('assumed', 'failed'))).toBe('failed')
    expect(alarmOf({ ...WITHHELD_REPORT, claims: reportOf('failed').claims })).toBe('failed')
    expect(alarmOf(WITHHELD_REPORT)).toBe('withheld')
    expect(alarmOf(SPOILT)).toBe('spoilt')
    expect(alarmOf({ ...WITHHELD_REPORT, findings: [{ ...WITHHELD, outcome: 'passed' }] })).toBeUndefined()
    for (const standing of ['absent', 'unchecked', 'assumed', 'verified'] as const) expect(alarmOf(reportOf(standing))).toBeUndefined()
  })

  it('is unseen until it was shown, and again when it is other news', () => {
    const row = rowOf('a', { verdict: reportOf('failed') })
    expect(isUnseen(row)).toBe(true)
    const seen = asSeen(row)
    expect(isUnseen(seen)).toBe(false)
    expect(asSeen(seen)).toBe(seen)
    expect(isUnseen({ ...seen, verdict: WITHHELD_REPORT })).toBe(true)
    expect(isUnseen({ ...seen, verdict: reportOf('verified') })).toBe(false)
  })

  it('is not there without a verdict, or in a good one', () => {
    expect(isUnseen(rowOf('a'))).toBe(false)
    const good = rowOf('a', { verdict: reportOf('verified') })
    expect([isUnseen(good), asSeen(good)]).toEqual([false, good])
    expect(asSeen(rowOf('a'))).toEqual(rowOf('a'))
  })
})
