import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExchangeState } from '../../platform/messages.ts'
import { exchangeShown, hostOfPattern, tabInAddress } from './model.ts'

const exchange = (id: string, ordinal: number): ExchangeState => ({
  id,
  ordinal,
  service: 'TrustedRouter',
  elsewhere: false,
  startedAt: '2026-11-22T14:00:00.000Z',
  progress: 'done',
})

describe('exchangeShown', () => {
  const newestFirst = [exchange('c', 3), exchange('b', 2), exchange('a', 1)]

  it('is the one chosen, wherever it stands', () => {
    expect(exchangeShown(newestFirst, 'a')?.id).toBe('a')
    expect(exchangeShown(newestFirst, 'b')?.id).toBe('b')
  })

  it('is the newest where none is chosen, or the chosen one is gone', () => {
    expect(exchangeShown(newestFirst, undefined)?.id).toBe('c')
    expect(exchangeShown(newestFirst, 'z')?.id).toBe('c')
  })

  it('is nothing where there is nothing', () => {
    expect(exchangeShown([], 'a')).toBeUndefined()
  })
})

describe('hostOfPattern', () => {
  it.each([
    ['https://api.example.com/*', { host: 'api.example.com', below: false }],
    ['https://*.example.com/*', { host: 'example.com', below: true }],
    ['*://example.com/v1/*', { host: 'example.com', below: false }],
    ['http://127.0.0.1:8080/*', { host: '127.0.0.1:8080', below: false }],
  ])('reads %s', (pattern, said) => {
    expect(hostOfPattern(pattern)).toEqual(said)
  })

  it('shows whole what it does not understand, so that nothing wide looks narrow', () => {
    expect(hostOfPattern('<all_urls>')).toEqual({ host: '<all_urls>', below: false })
    expect(hostOfPattern('*://*/*')).toEqual({ host: '*', below: false })
  })
})

describe('tabInAddress', () => {
  it('reads a tab id and nothing else', () => {
    expect(tabInAddress('?tab=7')).toBe(7)
    for (const search of ['', '?tab=', '?tab=-1', '?tab=7&x=1', '?tab=1e3', '?tab=7.5', '?tabs=7', '?tab=99999999999']) {
      expect(tabInAddress(search)).toBeUndefined()
    }
  })

  it('gives a safe integer for any text that it accepts', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const tab = tabInAddress(`?tab=${text}`)
        expect(tab === undefined || Number.isSafeInteger(tab)).toBe(true)
      }),
    )
  })
})
