import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { reportOf } from '../../test/support/rows.ts'

const { browserOfNextWorker, fake } = await vi.hoisted(() => import('../../test/support/fake-browser.ts'))
const verifier = vi.hoisted(() => ({ standing: 'failed' as 'failed' | 'verified' }))
// One fake for all starts of the worker: modules are loaded anew for each.
vi.mock('../platform/browser.ts', () => ({ browser: browserOfNextWorker() }))
vi.mock('../gather/evidence.ts', () => ({ gather: async () => ({}) }))
vi.mock('../verify/appraise.ts', () => ({
  appraise: async () => ({ ...reportOf(verifier.standing), receiptId: 'receipt-of-planted-page' }),
}))

import { calledOrigins } from '../gather/services/types.ts'
import { VENICE } from '../gather/services/venice.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'

/** The whole background, driven by the browser's events alone. */

const TAB = 3
const SITE = 'https://venice.ai'
const ADDRESS = 'https://api.venice.ai/api/v1/chat/completions'

beforeEach(() => {
  fake.reset()
  globalThis.indexedDB = new IDBFactory()
  verifier.standing = 'failed'
  vi.stubGlobal('__CAPTURE__', true)
  fake.pages = []
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** Starts the worker, as the browser does for an event. */
async function start(): Promise<void> {
  fake.stopWorker()
  vi.resetModules()
  await import('./main.ts')
}

function enable(): void {
  fake.grant(...[...VENICE.pages, ...calledOrigins(VENICE)].map((origin) => `${origin}/*`))
}

function show(document: string, url = `${SITE}/chat`, incognito = false): void {
  fake.tabs.set(TAB, { url, document, incognito, answer: () => true })
}

function send(message: unknown, from: object): Promise<unknown> {
  return Promise.all(fake.onMessage.happen(message, { id: fake.id, ...from })).then(([answer]) => answer)
}
const fromPage = (document: string, incognito = false) => ({
  url: `${SITE}/chat`,
  origin: SITE,
  tab: { id: TAB, incognito },
  frameId: 0,
  documentId: document,
})
const fromPopup = { url: `chrome-extension://${fake.id}/popup/popup.html` }
const state = () => send({ type: 'ui/state', tabId: TAB }, fromPopup)
const toolbar = () => {
  const { icon, badge, title } = fake.toolbar.get(TAB) ?? {}
  return { icon: /state-([a-z]+)-16/.exec(JSON.stringify(icon))?.[1], badge, title }
}

let requests = 0

/** One question and its answer, as browser and page tell of them. */
async function ask(document: string, more: { readonly incognito?: boolean; readonly heldOpen?: boolean } = {}): Promise<void> {
  requests += 1
  const { incognito = false, heldOpen = false } = more
  const details = {
    requestId: String(requests),
    method: 'POST',
    url: ADDRESS,
    tabId: TAB,
    frameId: 0,
    documentId: document,
    initiator: SITE,
    timeStamp: Date.now(),
    incognito,
  }
  const body = encodeUtf8(`question ${requests}`)
  fake.request.onBeforeRequest.happen({ ...details, requestBody: { raw: [{ bytes: body.buffer }] } })
  fake.request.onHeadersReceived.happen({ ...details, statusCode: 200, responseHeaders: [{ name: 'content-type', value: 'planted-type' }] })
  if (heldOpen) return
  fake.request.onCompleted.happen(details)
  const octets = {
    type: 'capture/octets',
    capture: requests.toString(16).padStart(32, '0'),
    method: 'POST',
    url: ADDRESS,
    request: body,
    response: encodeUtf8('{"id":"planted-answer"}'),
    state: 'complete',
    beganAt: details.timeStamp - 1,
    endedAt: details.timeStamp + 1_000,
  }
  expect(await send(octets, fromPage(document, incognito))).toEqual({ kept: true })
}

const ready = (document: string, incognito = false) => send({ type: 'capture/ready' }, fromPage(document, incognito))
const until = (holds: () => unknown): Promise<unknown> => vi.waitFor(holds, { timeout: 4_000, interval: 5 })

describe('a worker that is started', () => {
  it('listens before it waits for anything', async () => {
    await start()
    const events = [...Object.values(fake.request), ...Object.values(fake.permissions), ...Object.values(fake.tabEvents), fake.onMessage]
    expect(events.map(({ registered }) => registered.length)).toEqual(events.map(() => 1))
  })

  it('for the first time opens the welcome page, and for no other reason', async () => {
    await start()
    fake.onInstalled.happen({ reason: 'update' })
    expect(fake.opened).toEqual([])
    fake.onInstalled.happen({ reason: 'install' })
    expect(fake.opened).toEqual([expect.stringContaining('welcome/welcome.html')])
  })

  it('of a browser that captures nothing says so, and to own pages alone', async () => {
    vi.stubGlobal('__CAPTURE__', false)
    await start()
    expect(await state()).toEqual({ kind: 'unsupported-browser', earlier: [], recording: 'works' })
    expect(await send({ type: 'ui/state', tabId: TAB }, fromPage('a'))).toBeUndefined()
    expect(fake.request.onCompleted.registered).toEqual([])
  })
})

describe('access', () => {
  it('given to a page that is open asks for its reload, until that has its script', async () => {
    fake.tabs.set(TAB, { url: `${SITE}/chat` })
    await start()
    expect(await state()).toMatchObject({ kind: 'not-enabled' })
    enable()
    await until(() => expect(toolbar()).toMatchObject({ icon: 'reload', badge: '↻' }))
    await ask('before', { heldOpen: true })
    await until(async () => expect(await state()).toMatchObject({ kind: 'needs-reload', notCaptured: 1 }))
    expect(toolbar()).toMatchObject({ icon: 'reload', badge: '↻' })
    show('after')
    await ready('after')
    await until(() => expect(toolbar()).toMatchObject({ icon: 'idle', badge: '' }))
    expect(await state()).toMatchObject({ kind: 'watching', exchanges: [], notCaptured: 0 })
  })

  it('taken back ends what is open and stops watching; given again it works', async () => {
    enable()
    show('a')
    await start()
    await ready('a')
    await ask('a', { heldOpen: true })
    await until(async () => expect(await state()).toMatchObject({ exchanges: [{ progress: 'answering' }] }))
    fake.revoke(...fake.granted)
    await until(async () => expect(await state()).toMatchObject({ kind: 'not-enabled' }))
    await until(() => expect(toolbar()).toMatchObject({ icon: 'idle', badge: '', title: expect.stringContaining('taken away') }))
    await until(() => expect([fake.scripts.size, fake.rules.size]).toEqual([0, 0]))
    enable()
    await until(async () => expect(await state()).toMatchObject({ kind: 'watching', exchanges: [], notCaptured: 1 }))
    await ask('a')
    await until(async () => expect(await state()).toMatchObject({ exchanges: [{ progress: 'done' }] }))
  })
})

describe('bad news', () => {
  beforeEach(async () => {
    enable()
    show('first')
    await start()
    await ready('first')
    await ask('first')
    await until(() => expect(toolbar()).toMatchObject({ icon: 'failed', badge: '!' }))
    verifier.standing = 'verified'
  })

  it('is not covered by a good answer, a request that is held open, or a reload', async () => {
    await ask('first')
    await until(async () => expect(await state()).toMatchObject({ exchanges: [{ progress: 'done' }, { unseen: true }] }))
    await until(() => expect(toolbar()).toMatchObject({ icon: 'failed', badge: '!' }))
    await ask('first', { heldOpen: true })
    await until(async () => expect(await state()).toMatchObject({ exchanges: [{ progress: 'answering' }, {}, {}] }))
    show('second')
    await ready('second')
    await until(async () => expect(await state()).toMatchObject({ exchanges: [], earlier: [{ service: 'Venice', unseen: true }] }))
    expect(toolbar()).toMatchObject({ icon: 'failed', badge: '!' })
    expect(toolbar().title).toContain('Venice: ')
  })

  it('outlives its site, and a worker that is started anew', async () => {
    show('elsewhere', 'https://elsewhere.example/')
    fake.tabEvents.onUpdated.happen(TAB, { status: 'complete' })
    await until(async () => expect(await state()).toMatchObject({ kind: 'no-adapter', earlier: [{ service: 'Venice' }] }))
    await start()
    fake.toolbar.clear()
    fake.tabEvents.onUpdated.happen(TAB, { status: 'complete' })
    await until(() => expect(toolbar()).toMatchObject({ icon: 'failed', badge: '!' }))
  })

  it('outlives its tab: the others of its service show it, until it was seen in one', async () => {
    const other = TAB + 1
    const shownIn = (tabId: number) => /state-([a-z]+)-16/.exec(JSON.stringify(fake.toolbar.get(tabId)?.icon))?.[1]
    fake.tabs.set(other, { url: `${SITE}/chat`, document: 'other', answer: () => true })
    await send({ type: 'capture/ready' }, { ...fromPage('other'), tab: { id: other, incognito: false } })
    await until(() => expect(shownIn(other)).toBe('idle'))
    fake.tabs.delete(TAB)
    fake.tabEvents.onRemoved.happen(TAB)
    await until(() => expect(shownIn(other)).toBe('failed'))
    const { earlier } = Object(await send({ type: 'ui/state', tabId: other }, fromPopup))
    await send({ type: 'ui/seen', exchange: earlier[0].id }, fromPopup)
    await until(() => expect(shownIn(other)).toBe('idle'))
  })

  it('ends when its report was shown', async () => {
    show('second')
    await ready('second')
    const { earlier } = Object(await state())
    await send({ type: 'ui/seen', exchange: earlier[0].id }, fromPopup)
    await until(() => expect(toolbar()).toMatchObject({ icon: 'idle', badge: '' }))
    expect(await state()).toMatchObject({ earlier: [] })
    expect(fake.pages?.at(-1)).toEqual({ type: 'ui/changed', tabId: TAB })
  })
})

describe('a store that fails', () => {
  it('is said in the toolbar until something can be recorded again, and nothing is lost uncounted', async () => {
    enable()
    show('a')
    await start()
    await ready('a')
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    await ask('a', { heldOpen: true })
    await until(() => expect(toolbar()).toMatchObject({ icon: 'fault', badge: '?' }))
    expect(await state()).toMatchObject({ kind: 'watching', recording: 'fault', notCaptured: 1 })
    // What the browser says next of the same request cannot be written either; were it told later, the request would be recovered.
    await new Promise((resume) => setTimeout(resume, 200))
    full.mockRestore()
    await ask('a')
    await until(() => expect(toolbar()).toMatchObject({ icon: 'failed', badge: '!' }))
    expect(await state()).toMatchObject({ recording: 'works', notCaptured: 1 })
  })
})

describe('a private window', () => {
  /** Everything in the databases. */
  async function databases(): Promise<string> {
    const names = (await indexedDB.databases()).map(({ name = '' }) => name)
    const read = (name: string) =>
      new Promise<unknown>((resolve) => {
        const opening = indexedDB.open(name)
        opening.onsuccess = () => {
          const stores = [...opening.result.objectStoreNames]
          const transaction = opening.result.transaction(stores)
          const found = stores.map((store) => transaction.objectStore(store).getAll())
          const keys = stores.map((store) => transaction.objectStore(store).getAllKeys())
          transaction.oncomplete = () => resolve([...found, ...keys].map(({ result }) => result))
        }
      })
    return JSON.stringify(await Promise.all(names.map(read)))
  }

  it('of a background of its own has its exchanges in that one’s database, and nothing in the settings that others read', async () => {
    fake.incognito = true
    enable()
    show('planted-document', `${SITE}/chat`, true)
    await start()
    await ready('planted-document', true)
    await ask('planted-document', { incognito: true })
    await until(async () => expect(await state()).toMatchObject({ exchanges: [{ progress: 'done' }] }))
    expect(await databases()).toContain('planted-document')
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    await ask('planted-document', { incognito: true, heldOpen: true })
    await until(() => expect(toolbar()).toMatchObject({ icon: 'fault' }))
    full.mockRestore()
    expect([...fake.session.keys(), ...fake.local.keys()]).toEqual(['session'])
  })

  it('of which the one background is told is in no database, and gone when the last such window is', async () => {
    enable()
    show('planted-document', `${SITE}/chat`, true)
    fake.windows.set(1, false)
    await start()
    await ready('planted-document', true)
    await ask('planted-document', { incognito: true })
    await until(async () => expect(await state()).toMatchObject({ exchanges: [{ progress: 'done' }] }))
    const stored = `${await databases()}${JSON.stringify([...fake.session, ...fake.local])}`
    for (const planted of ['planted', 'venice', 'receipt-of']) expect(stored).not.toContain(planted)
    fake.windowEvents.onRemoved.happen(2)
    await until(async () => expect(await state()).toMatchObject({ exchanges: [] }))
  })
})
