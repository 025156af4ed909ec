import { describe, expect, it } from 'vitest'
import type { Exchange } from '../dossier/types.ts'
import { sentence } from './claims/sentence.ts'
import type { Finding, Moment } from './claims/types.ts'
import { askClockFirst } from './clock.ts'

const STARTED = '2026-11-27T10:00:00.000Z'
const ENDED = '2026-11-27T10:00:20.000Z'
const because = sentence('evidence_early')

function exchange(date?: string): Exchange {
  const body = { provenance: 'browser', length: 0, capture: 'complete', digests: [] } as const
  const headers = date === undefined ? [] : [{ name: 'date', value: date }]
  return { method: 'POST', url: '', startedAt: STARTED, endedAt: ENDED, headers, request: body, response: { ...body, ids: [] } }
}
const late: Finding = { check: 'x.time', role: 'evidence.time', hop: 0, outcome: 'failed', because, assumes: [] }
const issued: Finding = { ...late, check: 'x.issued', role: 'workload.freshness', code: 'of-another-time' }
const said = (finding: Finding, date?: string, basis: Moment['basis'] = 'captured-here') =>
  askClockFirst(exchange(date), { now: new Date(ENDED), basis }, [finding])[0]

describe('a failure of time', () => {
  it.each([late, issued])('asks whether the clock of this machine is right: $check', (finding) => {
    expect(said(finding)).toEqual({ ...finding, because: sentence('clock_first', because) })
    expect(said(finding, undefined, 'now')?.because).toEqual(sentence('clock_first', because))
  })

  it.each([
    ['Fri, 27 Nov 2026 09:55:00 GMT', sentence('clock_first_ahead', { id: 'span_minutes', args: ['5'] }, because)],
    ['Fri, 27 Nov 2026 12:00:20 GMT', sentence('clock_first_behind', { id: 'span_hours', args: ['2'] }, because)],
    // Within the exchange, give or take what clocks are forgiven.
    ['Fri, 27 Nov 2026 09:59:00 GMT', because],
    ['Fri, 27 Nov 2026 10:01:20 GMT', because],
    ['yesterday', sentence('clock_first', because)],
  ])('says how far it is from the service’s, which showed %s', (date, expected) => {
    expect(said(issued, date)?.because).toEqual(expected)
  })

  it('changes words and nothing else, whatever the service says of the time', () => {
    for (const date of [undefined, 'Fri, 27 Nov 2026 09:55:00 GMT', 'Tue, 27 Nov 1990 10:00:00 GMT']) {
      const { because: _, ...rest } = said(late, date) ?? late
      const { because: __, ...before } = late
      expect(rest).toEqual(before)
    }
  })

  it.each(['given', 'as-issued'] as const)('is judged by a time that somebody named where that was %s', (basis) => {
    expect(said(late, 'Fri, 27 Nov 2026 09:55:00 GMT', basis)).toBe(late)
  })

  it.each<[string, Partial<Finding>]>([
    ['passed', { outcome: 'passed' }],
    ['was not made', { outcome: 'unchecked' }],
    ['is of something else', { role: 'evidence.signature' }],
    ['is of a nonce', { role: 'workload.freshness', code: 'nonce-other' }],
    ['is of an age', { role: 'workload.freshness' }],
  ])('is none where the check %s', (_, change) => {
    const finding = { ...late, ...change }
    expect(said(finding)).toBe(finding)
  })
})
