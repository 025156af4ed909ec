import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExchangeState } from '../../platform/messages.ts'
import { earlierOf, exchangeShown, type Showing, settled, tabInAddress } from './model.ts'

const exchange = (id: string, ordinal: number): ExchangeState => ({
  id,
  ordinal,
  service: 'TrustedRouter',
  elsewhere: false,
  startedAt: '2026-11-22T14:00:00.000Z',
  progress: 'done',
})

const NOTHING_ELSE = { earlier: [], recording: 'works', notCaptured: 0, host: 'example.com', service: 'Example' } as const

function watching(exchanges: readonly ExchangeState[], more: Partial<Showing> & { earlier?: readonly ExchangeState[] } = {}): Showing {
  const { earlier = [], ...rest } = more
  return { state: { kind: 'watching', ...NOTHING_ELSE, exchanges, earlier }, listOpen: false, canShowBeside: false, ...rest }
}

describe('exchangeShown', () => {
  const newestFirst = [exchange('c', 3), exchange('b', 2), exchange('a', 1)]

  it('is the one chosen, wherever it stands', () => {
    expect(exchangeShown(watching(newestFirst, { chosen: 'a' }))?.id).toBe('a')
    expect(exchangeShown(watching(newestFirst, { chosen: 'b' }))?.id).toBe('b')
  })

  it('is the newest where none is chosen, or the chosen one is gone', () => {
    expect(exchangeShown(watching(newestFirst))?.id).toBe('c')
    expect(exchangeShown(watching(newestFirst, { chosen: 'z' }))?.id).toBe('c')
  })

  it('is nothing where there is nothing', () => {
    expect(exchangeShown(watching([], { chosen: 'a' }))).toBeUndefined()
    expect(
      exchangeShown({ state: { kind: 'no-reply' }, chosen: 'a', kept: exchange('a', 1), listOpen: false, canShowBeside: false }),
    ).toBeUndefined()
  })

  it('is earlier news only where that was chosen, in whatever state the tab is', () => {
    const earlier = [exchange('left', 1)]
    expect(exchangeShown(watching(newestFirst, { earlier }))?.id).toBe('c')
    expect(exchangeShown(watching(newestFirst, { earlier, chosen: 'left' }))?.id).toBe('left')
    const nowhere: Showing = { state: { kind: 'no-site', earlier, recording: 'works' }, listOpen: false, canShowBeside: false }
    expect(exchangeShown(nowhere)).toBeUndefined()
    expect(exchangeShown({ ...nowhere, chosen: 'left' })?.id).toBe('left')
  })
})

describe('earlier news', () => {
  const left = exchange('left', 1)

  it('stays with its reader after the background has let it go, and no longer', () => {
    const reading = settled(watching([], { earlier: [left], chosen: 'left' }))
    expect(earlierOf(reading)).toEqual([])
    const seen = settled({ ...reading, state: watching([]).state })
    expect(exchangeShown(seen)).toEqual(left)
    const { chosen: _, ...closed } = seen
    expect(settled(closed)).toEqual(watching([]))
  })

  it('is listed but for what is being read', () => {
    expect(earlierOf(watching([], { earlier: [left, exchange('older', 1)], chosen: 'left' })).map(({ id }) => id)).toEqual(['older'])
  })

  it('a choice that is no longer there is forgotten', () => {
    expect(settled(watching([left], { chosen: 'gone', kept: exchange('other', 1) }))).toEqual(watching([left]))
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
