import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'
import { reportOf, rowOf } from '../../test/support/rows.ts'

vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))

import { TRUSTEDROUTER } from '../gather/services/trustedrouter.ts'
import { hostAsks } from '../gather/services/types.ts'
import { browserSession } from '../platform/session.ts'
import { type ExchangeRow, tabKey } from './exchange.ts'
import { openStore, type Store } from './store.ts'
import { newestOf, tabState } from './tab-state.ts'

const TAB = 3
const ADDRESS = 'https://trustedrouter.com/chat?x=1'

let store: Store

beforeEach(() => {
  fake.reset()
  globalThis.indexedDB = new IDBFactory()
  store = openStore('receipts')
})

function enable(): void {
  fake.grant(...[...TRUSTEDROUTER.pages, ...TRUSTEDROUTER.apis].map((origin) => `${origin}/*`))
}

function open(url: string, captured = true): void {
  fake.tabs.set(TAB, { url, ...(captured ? { answer: () => true } : {}) })
}

async function put(id: string, beganAt: number, change: Parameters<typeof rowOf>[1] = {}, tabId = TAB): Promise<ExchangeRow> {
  const tab = tabKey(await browserSession(), tabId)
  const row = rowOf(id, { ...change, tab, tabId, trace: { ...rowOf(id).trace, tabId, beganAt } })
  await store.changeRequest(row.request, () => row)
  return row
}

const SETTLED = { state: 'done', settledAt: '2026-11-22T10:00:05.000Z', verdict: reportOf('assumed') } as const

describe('the state of a tab', () => {
  it.each([undefined, 'chrome://extensions/', 'file:///home/a.html', 'about:blank'])('that shows %s is no site', async (url) => {
    if (url !== undefined) open(url)
    expect(await tabState(store, TAB)).toMatchObject({ kind: 'no-site', earlier: [], recording: 'works' })
  })

  it('of a site that no adapter knows says so', async () => {
    open('https://elsewhere.example/chat')
    expect(await tabState(store, TAB)).toMatchObject({ kind: 'no-adapter', host: 'elsewhere.example' })
  })

  it('of a service that is not enabled says what one prompt will ask for', async () => {
    open(ADDRESS)
    const expected = { kind: 'not-enabled', host: 'trustedrouter.com', service: 'TrustedRouter', asks: hostAsks(TRUSTEDROUTER) }
    expect(await tabState(store, TAB)).toMatchObject(expected)
    fake.grant('https://trustedrouter.com/*')
    const asks = hostAsks(TRUSTEDROUTER).filter(({ pattern }) => pattern !== 'https://trustedrouter.com/*')
    expect(await tabState(store, TAB)).toMatchObject({ ...expected, asks })
  })

  it('of a page that was open before has no capture script', async () => {
    enable()
    open(ADDRESS, false)
    expect(await tabState(store, TAB)).toMatchObject({ kind: 'needs-reload', service: 'TrustedRouter', notCaptured: 0 })
    await put('a', 10, SETTLED)
    expect(await tabState(store, TAB)).toMatchObject({ kind: 'needs-reload', notCaptured: 1 })
  })

  it('has the exchanges of that tab, newest first', async () => {
    enable()
    open(ADDRESS)
    await put('b', 20)
    await put('a', 10)
    await put('c', 30)
    await put('d', 40, {}, 9)
    const state = await tabState(store, TAB)
    expect(state).toMatchObject({ kind: 'watching', host: 'trustedrouter.com', notCaptured: 0 })
    expect(state.kind === 'watching' && state.exchanges.map(({ id, ordinal }) => [id, ordinal])).toEqual([
      ['c', 3],
      ['b', 2],
      ['a', 1],
    ])
  })

  it('names the service of each exchange, and says where that is another one than the page’s', async () => {
    enable()
    open(ADDRESS)
    await put('a', 10)
    await put('b', 20, { dossier: { service: 'venice' } })
    const state = await tabState(store, TAB)
    const exchanges = state.kind === 'watching' ? state.exchanges : []
    expect(exchanges.map(({ id, ordinal, service, elsewhere }) => ({ id, ordinal, service, elsewhere }))).toEqual([
      { id: 'b', ordinal: 2, service: 'Venice', elsewhere: true },
      { id: 'a', ordinal: 1, service: 'TrustedRouter', elsewhere: false },
    ])
  })

  it('counts what was not captured, in this tab and in the page’s workers', async () => {
    enable()
    open(ADDRESS)
    await put('a', 10, SETTLED)
    await put('w', 20, SETTLED, -1)
    await put('x', 30, { ...SETTLED, page: 'https://venice.ai' }, -1)
    const receipts = [
      { format: 'inference-receipt', delivery: 'header', position: 'not-applicable', text: 'a.b.c', provenance: 'browser' },
    ] as const
    await put('r', 40, { ...SETTLED, dossier: { receipts } })
    const state = await tabState(store, TAB)
    expect(state).toMatchObject({ kind: 'watching', notCaptured: 2 })
    expect(state.kind === 'watching' && state.exchanges.map(({ id }) => id)).toEqual(['r'])
  })

  it.each([
    ['requested', 'answering'],
    ['answering', 'answering'],
    ['captured', 'gathering'],
    ['checking', 'checking'],
  ] as const)('says of an exchange that is %s: %s', async (state, progress) => {
    enable()
    open(ADDRESS)
    await put('a', 10, { state })
    expect(await tabState(store, TAB)).toMatchObject({ exchanges: [{ progress }] })
  })
})

describe('the newest exchange of a tab', () => {
  it('is the one that began last', async () => {
    await put('b', 20)
    await put('a', 10)
    await put('c', 30, {}, 9)
    expect((await newestOf(store, TAB))?.id).toBe('b')
    expect(await newestOf(store, 12)).toBeUndefined()
  })
})
