import { describe, expect, it } from 'vitest'
import { rowOf } from '../../test/support/rows.ts'
import type { End } from '../capture/browser/facts.ts'
import { captureAt, type Ending, endingMissed, isWaiting } from './endings.ts'
import { STATES } from './states.ts'

const HOUR = 60 * 60 * 1000

describe('what is known of a response whose octets have not come', () => {
  const FAILED: End = { outcome: 'failed', by: 'service' }
  const COMPLETED: End = { outcome: 'completed' }
  const REDIRECTED: End = { outcome: 'redirected' }

  it.each<[Ending, End | undefined, string]>([
    ['ended', COMPLETED, 'not-captured'],
    ['ended', REDIRECTED, 'not-captured'],
    ['ended', FAILED, 'broken-off'],
    ['left', COMPLETED, 'not-captured'],
    ['left', undefined, 'broken-off'],
    ['left', FAILED, 'broken-off'],
    ['not-watched', FAILED, 'not-captured'],
    ['not-watched', undefined, 'not-captured'],
    ['ambiguous', COMPLETED, 'ambiguous'],
    ['ambiguous', undefined, 'ambiguous'],
  ])('%s, %j: %s', (ending, end, capture) => {
    expect(captureAt(ending, end === undefined ? {} : { ended: { ...end, at: 0 } })).toBe(capture)
  })
})

describe('an exchange', () => {
  it('waits until its octets came, or its end', () => {
    expect(STATES.filter((state) => isWaiting({ state }))).toEqual(['requested', 'answering'])
  })

  const missed = (row: Parameters<typeof endingMissed>[0], change: { isOfThisRun?: boolean; isThere?: boolean; now?: number } = {}) => {
    const { isOfThisRun = true, isThere = true, now = 0 } = change
    return endingMissed(row, { isOfThisRun, isThere: async () => isThere, now })
  }

  it('has ended while the background was away, or goes on', async () => {
    const row = rowOf('a')
    const ended = { ...row, ended: { outcome: 'completed', at: 0 } } as const
    expect(await missed(row)).toBeUndefined()
    expect(await missed({ ...row, tabId: 0 }, { isThere: false })).toBe('left')
    expect(await missed(row, { isThere: false })).toBe('left')
    expect(await missed(ended)).toBe('ended')
    expect(await missed(ended, { isThere: false })).toBe('ended')
    expect(await missed(row, { isOfThisRun: false })).toBe('left')
  })

  it('whose end fell into a stop of ours goes on for an hour, and not for ever', async () => {
    const row = { ...rowOf('a'), tabId: 3 }
    const { beganAt } = row.trace
    expect(await missed(row, { now: beganAt + HOUR })).toBeUndefined()
    expect(await missed(row, { now: beganAt + HOUR + 1 })).toBe('left')
  })

  it('of a worker goes on for an hour', async () => {
    const row = { ...rowOf('a'), tabId: -1 }
    expect(await missed(row, { isThere: false, now: 1_000 + HOUR })).toBeUndefined()
    expect(await missed(row, { isThere: false, now: 1_001 + HOUR })).toBe('left')
  })
})
