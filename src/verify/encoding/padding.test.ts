import { describe, expect, it } from 'vitest'
import { isPadding, withoutPadding, withoutTrailingNuls, withoutTrailingZeros } from './padding.ts'

describe('a buffer handed over whole', () => {
  it('is its document, and zeros', () => {
    const document = Uint8Array.of(1, 0, 2)
    expect(withoutPadding(document, 3)).toEqual(document)
    expect(withoutPadding(Uint8Array.of(...document, 0, 0), 3)).toEqual(document)
    expect(isPadding(new Uint8Array(0))).toBe(true)
  })

  it('is refused with anything else behind the document, or when it ends early', () => {
    expect(withoutPadding(Uint8Array.of(1, 2, 3, 0, 4), 3)).toBeUndefined()
    expect(withoutPadding(Uint8Array.of(1, 2), 3)).toBeUndefined()
  })

  it('of text ends before its last zeros, and keeps those inside', () => {
    expect(withoutTrailingZeros(Uint8Array.of(1, 0, 2, 0, 0))).toEqual(Uint8Array.of(1, 0, 2))
    expect(withoutTrailingZeros(new Uint8Array(3))).toHaveLength(0)
    expect(withoutTrailingNuls('a\0b\0\0')).toBe('a\0b')
    expect(withoutTrailingNuls('\0')).toBe('')
  })
})
