import { describe, expect, it } from 'vitest'
import { next, OPEN, STATES, type State } from './states.ts'

/** The table, written by hand. */
const EXPECTED: readonly [State, Parameters<typeof next>[1], State | undefined][] = [
  ['requested', 'headers', 'answering'],
  ['requested', 'octets', 'captured'],
  ['requested', 'settled', 'captured'],
  ['requested', 'gathered', undefined],
  ['requested', 'appraised', undefined],
  ['requested', 'again', undefined],
  ['answering', 'headers', 'answering'],
  ['answering', 'octets', 'captured'],
  ['answering', 'settled', 'captured'],
  ['answering', 'gathered', undefined],
  ['answering', 'appraised', undefined],
  ['answering', 'again', undefined],
  ['captured', 'headers', undefined],
  ['captured', 'octets', undefined],
  ['captured', 'settled', 'captured'],
  ['captured', 'gathered', 'checking'],
  ['captured', 'appraised', undefined],
  ['captured', 'again', undefined],
  ['checking', 'headers', undefined],
  ['checking', 'octets', undefined],
  ['checking', 'settled', 'captured'],
  ['checking', 'gathered', undefined],
  ['checking', 'appraised', 'done'],
  ['checking', 'again', undefined],
  ['done', 'headers', undefined],
  ['done', 'octets', 'captured'],
  ['done', 'settled', 'captured'],
  ['done', 'gathered', undefined],
  ['done', 'appraised', undefined],
  ['done', 'again', 'captured'],
]

describe('the way of an exchange', () => {
  it.each(EXPECTED)('%s, %s: %s', (state, event, after) => {
    expect(next(state, event)).toBe(after)
  })

  it('has no state without work or news to come', () => {
    expect([...OPEN]).toEqual(['captured', 'checking'])
    expect(STATES.filter((state) => !OPEN.includes(state))).toEqual(['requested', 'answering', 'done'])
  })
})
