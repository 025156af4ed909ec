import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fake } from '../../test/support/fake-browser.ts'
import { reportOf, rowOf, WITHHELD } from '../../test/support/rows.ts'

vi.mock('../platform/browser.ts', () => import('../../test/support/fake-browser.ts'))

import { TRUSTEDROUTER } from '../gather/services/trustedrouter.ts'
import { hostAsks } from '../gather/services/types.ts'
import type { ExchangeState, TabState } from '../platform/messages.ts'
import { browserSession } from '../platform/session.ts'
import type { Standing } from '../verify/claims/types.ts'
import { type ExchangeRow, tabKey } from './exchange.ts'
import { type Losses, lossesIn, runMemory } from './losses.ts'
import { openStore, type Store } from './store.ts'
import { tabState } from './tab-state.ts'

const TAB = 3
const ADDRESS = 'https://trustedrouter.com/chat?x=1'
const BODY = { provenance: 'page-reported', length: 1, capture: 'complete', digests: [] } as const

let store: Store
let losses: Losses

beforeEach(() => {
  fake.reset()
  globalThis.indexedDB = new IDBFactory()
  store = openStore('receipts')
  losses = lossesIn(runMemory)
})

afterEach(() => void vi.restoreAllMocks())

function enable(): void {
  fake.grant(...[...TRUSTEDROUTER.pages, ...TRUSTEDROUTER.apis].map((origin) => `${origin}/*`))
}

const state = () => tabState(store, losses, TAB)

/** Has the tab show a document; without one, a page whose capture script never ran. */
async function open(url: string, document?: string, since = 0): Promise<void> {
  fake.tabs.set(TAB, { url, ...(document === undefined ? {} : { document, answer: () => true }) })
  const tab = tabKey(await browserSession(), TAB)
  if (document !== undefined) await store.changeShown(tab, () => ({ document, since }))
}

type Change = NonNullable<Parameters<typeof rowOf>[1]>

async function put(id: string, beganAt: number, change: Change = {}, tabId = TAB): Promise<ExchangeRow> {
  const tab = tabKey(await browserSession(), tabId)
  const row = rowOf(id, { ...change, tab, tabId, trace: { ...rowOf(id).trace, tabId, beganAt } })
  const startedAt = new Date(beganAt).toISOString()
  const dated = { ...row, dossier: { ...row.dossier, exchange: { ...row.dossier.exchange, startedAt } } }
  await store.changeRequest(row.request, () => dated)
  return dated
}

const SETTLED: Change = { state: 'done', settledAt: '2026-11-22T10:00:05.000Z', verdict: reportOf('unchecked') }
const judged = (...standings: Standing[]): Change => {
  const { exchange } = rowOf('').dossier
  return { ...SETTLED, verdict: reportOf(...standings), dossier: { exchange: { ...exchange, response: { ...BODY, ids: [] } } } }
}
const idsOf = (exchanges: readonly ExchangeState[]) => exchanges.map(({ id }) => id)
const shownOf = (of: TabState) => (of.kind === 'watching' ? idsOf(of.exchanges) : of.kind)

describe('the state of a tab', () => {
  it.each([undefined, 'chrome://extensions/', 'file:///home/a.html', 'about:blank'])('that shows %s is no site', async (url) => {
    if (url !== undefined) await open(url)
    expect(await state()).toEqual({ kind: 'no-site', earlier: [], recording: 'works' })
  })

  it('of a site that no adapter knows says so', async () => {
    await open('https://elsewhere.example/chat')
    expect(await state()).toMatchObject({ kind: 'no-adapter', host: 'elsewhere.example' })
  })

  it('of a service that is not enabled says what one prompt will ask for', async () => {
    await open(ADDRESS)
    const expected = { kind: 'not-enabled', host: 'trustedrouter.com', service: 'TrustedRouter', asks: hostAsks(TRUSTEDROUTER) }
    expect(await state()).toMatchObject(expected)
    fake.grant('https://trustedrouter.com/*')
    const asks = hostAsks(TRUSTEDROUTER).filter(({ pattern }) => pattern !== 'https://trustedrouter.com/*')
    expect(await state()).toMatchObject({ ...expected, asks })
  })

  it('of a page that was open before access was given counts what it asked since', async () => {
    enable()
    await open(ADDRESS)
    expect(await state()).toMatchObject({ kind: 'needs-reload', service: 'TrustedRouter', notCaptured: 0 })
    await put('a', 10, { ...SETTLED, document: 'unheard-of' })
    await put('b', 20, { document: 'unheard-of' })
    await losses.add({ request: 'c', tab: tabKey(await browserSession(), TAB), at: 30 })
    expect(await state()).toMatchObject({ kind: 'needs-reload', notCaptured: 3 })
  })

  it('has the exchanges of that tab, newest first', async () => {
    enable()
    await open(ADDRESS, 'document')
    await put('b', 20)
    await put('a', 10)
    await put('c', 30)
    await put('d', 40, {}, 9)
    const watched = await state()
    expect(watched).toMatchObject({ kind: 'watching', host: 'trustedrouter.com', notCaptured: 0 })
    expect(watched.kind === 'watching' && watched.exchanges.map(({ id, ordinal }) => [id, ordinal])).toEqual([
      ['c', 3],
      ['b', 2],
      ['a', 1],
    ])
  })

  it('names the service of each exchange, and says where that is another one than the page’s', async () => {
    enable()
    await open(ADDRESS, 'document')
    await put('a', 10)
    await put('b', 20, { dossier: { service: 'venice' } })
    const watched = await state()
    const exchanges = watched.kind === 'watching' ? watched.exchanges : []
    expect(exchanges.map(({ id, service, elsewhere }) => ({ id, service, elsewhere }))).toEqual([
      { id: 'b', service: 'Venice', elsewhere: true },
      { id: 'a', service: 'TrustedRouter', elsewhere: false },
    ])
  })

  it.each([
    ['requested', 'answering'],
    ['answering', 'answering'],
    ['captured', 'gathering'],
    ['checking', 'checking'],
  ] as const)('says of an exchange that is %s: %s', async (row, progress) => {
    enable()
    await open(ADDRESS, 'document')
    await put('a', 10, { state: row })
    expect(await state()).toMatchObject({ exchanges: [{ progress }] })
  })
})

describe('what was not captured', () => {
  beforeEach(async () => {
    enable()
    await open(ADDRESS, 'document', 15)
  })

  it('is counted: of the document, of the page’s workers since it is there, and of what could not be recorded', async () => {
    const tab = tabKey(await browserSession(), TAB)
    await put('a', 20, SETTLED)
    await put('other', 25, { ...SETTLED, document: 'another' })
    await put('worker', 20, SETTLED, -1)
    await put('earlier', 10, SETTLED, -1)
    await put('elsewhere', 30, { ...SETTLED, page: 'https://venice.ai' }, -1)
    await losses.add({ request: 'lost', tab, at: 40 })
    await losses.add({ request: 'lost-before', tab, at: 10 })
    expect(await state()).toMatchObject({ kind: 'watching', exchanges: [], notCaptured: 3, newestNotCaptured: true })
  })

  it('is not what has a receipt in its headers', async () => {
    const receipts = [
      { format: 'inference-receipt', delivery: 'header', position: 'not-applicable', text: 'a.b.c', provenance: 'browser' },
    ] as const
    await put('r', 40, { ...SETTLED, dossier: { receipts } })
    const watched = await state()
    expect([shownOf(watched), watched.kind === 'watching' && watched.notCaptured]).toEqual([['r'], 0])
  })

  it('is said to be the newest only where it is', async () => {
    await put('captured', 20, judged('verified'))
    expect(await state()).not.toHaveProperty('newestNotCaptured')
    await put('missed', 30, SETTLED)
    expect(await state()).toMatchObject({ notCaptured: 1, newestNotCaptured: true })
    await put('next', 40, judged('verified'))
    expect(await state()).toMatchObject({ notCaptured: 1 })
    expect(await state()).not.toHaveProperty('newestNotCaptured')
  })
})

describe('the rows of a document', () => {
  beforeEach(enable)

  it('are not under the one that comes after it', async () => {
    await open(ADDRESS, 'first')
    await put('a', 10, { ...judged('verified'), document: 'first' })
    expect(shownOf(await state())).toEqual(['a'])
    await open(ADDRESS, 'second')
    expect(await state()).toMatchObject({ kind: 'watching', exchanges: [], notCaptured: 0, earlier: [] })
    await open(ADDRESS, 'first')
    expect(shownOf(await state())).toEqual(['a'])
  })

  it('are not shown while the document is gone and nothing is known of the next', async () => {
    await open(ADDRESS, 'first')
    await put('a', 10, { ...judged('verified'), document: 'first' })
    fake.tabs.set(TAB, { url: ADDRESS, document: 'second', answer: () => true })
    expect(await state()).toMatchObject({ kind: 'watching', exchanges: [] })
    fake.tabs.set(TAB, { url: ADDRESS, document: 'second' })
    expect(await state()).toMatchObject({ kind: 'needs-reload' })
  })

  it.each([
    ['another site', { url: 'https://elsewhere.example/' }, 'no-adapter'],
    ['another page of the service, not heard of yet', { url: ADDRESS, document: 'second', answer: () => true }, 'watching'],
  ])('are not shown of a document that is kept for going back, behind %s', async (_, inFront, kind) => {
    await open(ADDRESS, 'first')
    await put('a', 10, { ...judged('verified'), document: 'first' })
    fake.tabs.set(TAB, { ...inFront, kept: 'first' })
    const behind = await state()
    expect(behind).toMatchObject({ kind })
    expect(behind).not.toHaveProperty('off')
    expect(shownOf(behind)).toEqual(kind === 'watching' ? [] : kind)
    fake.tabs.set(TAB, { url: ADDRESS, document: 'first', answer: () => true })
    expect(shownOf(await state())).toEqual(['a'])
  })

  it('have a script that stands ready unheard of say so again', async () => {
    const asked: unknown[] = []
    fake.tabs.set(TAB, { url: ADDRESS, document: 'second', answer: (message) => asked.push(message) > 0 })
    await state()
    expect(asked).toEqual([{ type: 'capture/announce' }])
  })
})

describe('bad news', () => {
  const FAILED = { ...judged('failed'), document: 'first' }
  const HELD_BACK = { ...FAILED, verdict: { ...reportOf('absent'), findings: [WITHHELD] } }
  const CLOSED = 8

  it.each([
    ['a closed tab', async () => put('failed', 10, FAILED, CLOSED)],
    [
      'an earlier run of browser or extension',
      async () => {
        const row = { ...(await put('failed', 10, FAILED)), id: 'of-before', request: 'before:1', tab: tabKey('before', TAB) }
        await store.forget(() => false)
        await store.changeRequest(row.request, () => row)
      },
    ],
  ])('of %s is shown by every page of its service, until it was seen', async (_, leave) => {
    enable()
    await leave()
    await put('own', 20, { ...FAILED, document: 'here' })
    await open(ADDRESS, 'here')
    const [news, ...more] = (await state()).earlier
    expect([news?.service, news?.unseen, more.length]).toEqual(['TrustedRouter', true, 0])
    await open(ADDRESS)
    expect(idsOf((await state()).earlier)).toEqual(['own', news?.id])
    await store.change(news?.id ?? '', (row) => ({ ...row, seen: 'failed' }))
    expect(idsOf((await state()).earlier)).toEqual(['own'])
  })

  it('of a tab that is open is shown by that one alone, and of a closed one by no page of others', async () => {
    enable()
    await put('failed', 10, FAILED, CLOSED)
    await put('fine', 20, { ...judged('verified'), document: 'first' }, CLOSED)
    fake.tabs.set(CLOSED, { url: ADDRESS, document: 'first', answer: () => true })
    await open(ADDRESS, 'here')
    expect((await state()).earlier).toEqual([])
    fake.tabs.delete(CLOSED)
    expect(idsOf((await state()).earlier)).toEqual(['failed'])
    for (const url of ['https://venice.ai/', 'https://elsewhere.example/', 'chrome://newtab/']) {
      await open(url)
      expect((await state()).earlier).toEqual([])
    }
  })

  it.each([
    ['another document of the site', ADDRESS, 'second'],
    ['a site that is not enabled', 'https://venice.ai/', undefined],
    ['a site that nobody knows', 'https://elsewhere.example/', undefined],
    ['no site', 'chrome://newtab/', undefined],
    ['a page without its script', ADDRESS, undefined],
  ])('outlives its document: %s', async (_, url, document) => {
    enable()
    await put('failed', 10, FAILED)
    await put('withheld', 20, HELD_BACK)
    await put('fine', 30, { ...judged('verified'), document: 'first' })
    await open(url, document)
    const { earlier } = await state()
    expect(earlier.map(({ id, service, unseen }) => [id, service, unseen])).toEqual([
      ['withheld', 'TrustedRouter', true],
      ['failed', 'TrustedRouter', true],
    ])
  })

  it('is among the exchanges while its document is there', async () => {
    enable()
    await open(ADDRESS, 'first')
    await put('failed', 10, FAILED)
    expect(await state()).toMatchObject({ exchanges: [{ id: 'failed', unseen: true }], earlier: [] })
  })

  it('of a page whose site is no longer allowed is still there, and the page is said to be watched no longer', async () => {
    await open(ADDRESS, 'first')
    await put('failed', 10, FAILED)
    expect(await state()).toMatchObject({ kind: 'not-enabled', off: true, earlier: [{ id: 'failed' }] })
    // The browser hides the address of a site that is no longer allowed.
    fake.tabs.set(TAB, { document: 'first', answer: () => true })
    expect(await state()).toMatchObject({ kind: 'no-site', off: true, earlier: [{ id: 'failed' }] })
    fake.tabs.set(TAB, { document: 'second' })
    expect(await state()).not.toHaveProperty('off')
  })

  it('ends when it was seen', async () => {
    enable()
    await open(ADDRESS, 'second')
    await put('failed', 10, { ...FAILED, seen: 'failed' })
    expect((await state()).earlier).toEqual([])
    await open(ADDRESS, 'first')
    expect(await state()).not.toHaveProperty('exchanges.0.unseen')
  })

  it('of another tab, or of another run of the browser, is not here', async () => {
    await put('failed', 10, FAILED, 9)
    fake.session.clear()
    await open('https://elsewhere.example/')
    expect((await state()).earlier).toEqual([])
  })
})

describe('a store that fails', () => {
  it('is said to, and what could not be recorded is counted', async () => {
    enable()
    await open(ADDRESS, 'document')
    await put('a', 10, judged('verified'))
    await losses.add({ request: 'lost', tab: tabKey(await browserSession(), TAB), at: 40 })
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
      throw new DOMException('broken for the test', 'UnknownError')
    })
    store = openStore('receipts')
    expect(await state()).toEqual({
      kind: 'watching',
      host: 'trustedrouter.com',
      service: 'TrustedRouter',
      exchanges: [],
      notCaptured: 1,
      earlier: [],
      recording: 'fault',
    })
  })
})
