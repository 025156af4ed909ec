import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'
import { rowOf } from '../../test/support/rows.ts'

vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))

import { LARGEST_LOOKUP } from '../capture/messages.ts'
import { browserSession } from '../platform/session.ts'
import { type ExchangeRow, tabKey } from './exchange.ts'
import { pageLookupFor } from './page-lookup.ts'

const ADDRESS = 'https://api.venice.ai/api/v1/tee/signature?request_id=1'
const ANSWER = { status: 200, body: new Uint8Array([1, 2]) }

let asked: unknown[]

beforeEach(() => {
  fake.reset()
  asked = []
})

async function reported(): Promise<ExchangeRow> {
  return rowOf('a', { report: 'capture', tab: tabKey(await browserSession(), 3), trace: { ...rowOf('a').trace, frameId: 7 } })
}

function page(answer: unknown, document = 'document'): void {
  fake.tabs.set(3, {
    document,
    answer: (message, frameId) => {
      asked.push({ message, frameId })
      return answer
    },
  })
}

describe('looking something up as the maker of a call', () => {
  it('asks the document that made it, by the name of its report', async () => {
    page(ANSWER)
    expect(await pageLookupFor(await reported())(ADDRESS)).toEqual(ANSWER)
    expect(asked).toEqual([{ message: { type: 'capture/lookup', capture: 'capture', url: ADDRESS }, frameId: 0 }])
    page(ANSWER, 'another')
    expect(await pageLookupFor(await reported())(ADDRESS)).toBeUndefined()
  })

  it('asks the frame, where the browser names no documents', async () => {
    page(ANSWER)
    const row = await reported()
    const { documentId: _, ...trace } = row.trace
    expect(await pageLookupFor({ ...row, trace })(ADDRESS)).toEqual(ANSWER)
    expect(asked).toMatchObject([{ frameId: 7 }])
  })

  it('gives nothing once a page has kept silent for long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    page(new Promise(() => undefined))
    const looking = pageLookupFor(await reported())(ADDRESS)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await looking).toBeUndefined()
    vi.useRealTimers()
  })

  it('gives nothing once the page is gone', async () => {
    expect(await pageLookupFor(await reported())(ADDRESS)).toBeUndefined()
    fake.tabs.set(3, {})
    expect(await pageLookupFor(await reported())(ADDRESS)).toBeUndefined()
  })

  it('asks nobody for a call that the page did not report, or of another run of the browser', async () => {
    page(ANSWER)
    const { report: _, ...unreported } = await reported()
    expect(await pageLookupFor(unreported)(ADDRESS)).toBeUndefined()
    const row = await reported()
    fake.session.clear()
    expect(await pageLookupFor(row)(ADDRESS)).toBeUndefined()
    expect(asked).toEqual([])
  })

  it.each([
    undefined,
    null,
    'text',
    { status: '200', body: new Uint8Array(0) },
    { status: 1000, body: new Uint8Array(0) },
    { status: 200, body: 'text' },
    { status: 200, body: new Uint8Array(LARGEST_LOOKUP + 1) },
    { ...ANSWER, more: 1 },
  ])('gives nothing for an answer that is none (%#)', async (answer) => {
    page(answer)
    expect(await pageLookupFor(await reported())(ADDRESS)).toBeUndefined()
  })
})
