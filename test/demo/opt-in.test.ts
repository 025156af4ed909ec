import { describe, expect, it } from 'vitest'
import { parseOptIn } from './opt-in.ts'

describe('the opt-in header', () => {
  it.each([
    [undefined, { asks: 'nothing' }],
    ['true', { asks: 'receipt' }],
    ['n', { asks: 'receipt', nonce: 'n' }],
    ['nonce_123-XYZ', { asks: 'receipt', nonce: 'nonce_123-XYZ' }],
    ['a'.repeat(88), { asks: 'receipt', nonce: 'a'.repeat(88) }],
    ['', undefined],
    ['a'.repeat(89), undefined],
    ['has space', undefined],
    ['bad!', undefined],
    ['one, two', undefined],
    ['line\n', undefined],
    [['a', 'b'], undefined],
  ])('%j is %j', (value, expected) => {
    expect(parseOptIn(value)).toEqual(expected)
  })
})
