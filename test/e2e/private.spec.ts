import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import * as v from 'valibot'
import type { ExchangeDetail, TabState } from '../../src/platform/messages.ts'
import { type BareBrowser, EXTENSION, OWN_PAGE, startBareBrowser } from '../support/bare-browser.ts'
import { poll } from '../support/poll.ts'
import { searchFiles } from '../support/search-files.ts'
import { shippedWithHosts } from './builds.ts'
import { rowsOf } from './rows.ts'
import { type Loopback, startLoopback } from './server.ts'
import { COMPLETIONS } from './service.ts'
import { HONEST } from './session.ts'
import { type Simulated, simulate, simulatedPolicy } from './simulated.ts'

/**
 * Private windows: what is asked there is checked there, and leaves nothing, neither in the profile, whose every file is searched, nor in the
 * extension, nor for the next private window. A regular window in which the same is done shows that the search finds what there is.
 */

let loopback: Loopback
let service: Simulated
let profile: string
let browser: BareBrowser

const start = (): Promise<BareBrowser> =>
  startBareBrowser({ build: shippedWithHosts(), port: loopback.port, profile, inPrivateWindows: true })

test.beforeEach(async () => {
  loopback = await startLoopback()
  service = simulate(loopback)
  profile = await mkdtemp(join(tmpdir(), 'receipt-checker-'))
  browser = await start()
  // The extension was loaded anew: pages that open before its scripts are registered again need a reload.
  await poll(
    'the scripts',
    async () => (await browser.inOwnPage('chrome.scripting.getRegisteredContentScripts().then((all) => all.length)')) === 2,
  )
  const policy = JSON.stringify({ 'policy:trustedrouter': simulatedPolicy(service.gateway) })
  await browser.inOwnPage(`chrome.storage.local.set(${policy})`)
})

test.afterEach(async () => {
  await browser.kill()
  await loopback.close()
  // Helper processes of the browser write for a moment longer.
  await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

type Window = {
  readonly tabId: number
  readonly chat: string
  /** Runs an expression in a page of the extension's in this window. */
  readonly inOwnPage: (expression: string) => Promise<unknown>
  readonly close: () => Promise<void>
}

const Tabs = v.array(v.object({ id: v.number(), windowId: v.number(), url: v.optional(v.string()) }))
const mark = (): string => randomBytes(16).toString('hex')

/** Opens a window with the chat and, beside it, a page of the extension's. */
async function openWindow(incognito: boolean, chat: string): Promise<Window> {
  const own = `${OWN_PAGE}?${mark()}`
  const create = JSON.stringify({ incognito, url: [chat, own] })
  // Of a private window its opener is told nothing.
  await browser.inOwnPage(`chrome.windows.create(${create}).then(() => undefined)`)
  const target = (address: string) =>
    poll(address, async () => (await browser.protocol.targets()).find(({ url, type }) => type === 'page' && url === address)?.targetId)
  const [chatTarget, ownTarget] = [await target(chat), await target(own)]
  await poll('an own page', async () => (await browser.protocol.evaluate(ownTarget, 'typeof chrome.runtime?.sendMessage')) === 'function')
  const inOwnPage = (expression: string): Promise<unknown> => browser.protocol.evaluate(ownTarget, expression)
  expect(await inOwnPage('chrome.extension.inIncognitoContext')).toBe(incognito)
  const tab = v.parse(Tabs, await inOwnPage('chrome.tabs.query({})')).find(({ url }) => url === chat)
  if (tab === undefined) throw new Error('the chat has no tab')
  return {
    tabId: tab.id,
    chat: chatTarget,
    inOwnPage,
    async close() {
      // Behind the answer: the page that closes its own window gives none.
      await inOwnPage(`void setTimeout(() => chrome.windows.remove(${tab.windowId}))`)
      await poll('the window to close', async () => !(await browser.protocol.targets()).some(({ targetId }) => targetId === ownTarget))
    },
  }
}

/** Opens a window, asks in it, waits for the verdict there, and gives what of it could betray the conversation. */
async function converse(incognito: boolean): Promise<{ readonly window: Window; readonly marks: Readonly<Record<string, string>> }> {
  const place = mark()
  const window = await openWindow(incognito, `https://trustedrouter.com/?chat=${place}`)
  // The window's background has started, which takes less than a person needs to ask.
  await poll(
    'the background',
    async () => ((await tell(window, { type: 'ui/state', tabId: window.tabId })) as TabState).kind === 'watching',
  )
  return { window, marks: { place, ...(await askIn(window, 1)) } }
}

/** Asks in a window, whose so-many-th question it is, and waits for the verdict. */
async function askIn(window: Window, ordinal: number): Promise<Readonly<Record<string, string>>> {
  const prompt = mark()
  const body = JSON.stringify({ model: 'harborside/atlas-70b-instruct', messages: [{ role: 'user', content: prompt }], stream: true })
  const request = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
  const ask = `fetch(${JSON.stringify(COMPLETIONS)}, ${JSON.stringify(request)}).then((answer) => answer.text())`
  const answer = await browser.protocol.evaluate(window.chat, ask)
  const exchange = await poll('a verdict', async () => {
    const state = (await tell(window, { type: 'ui/state', tabId: window.tabId })) as TabState
    const exchanges = state.kind === 'watching' ? state.exchanges : []
    return exchanges.find((one) => one.ordinal === ordinal && one.progress === 'done')
  })
  expect(exchange.report === undefined ? {} : rowsOf(exchange.report)).toEqual(HONEST)
  const { dossier } = (await tell(window, { type: 'ui/exchange', exchange: exchange.id })) as ExchangeDetail
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
  return {
    prompt,
    exchange: exchange.id,
    nonce: dossier.asked?.nonce ?? '',
    receipt: (dossier.receipts[0]?.text ?? '').slice(-60),
    'digest of the request': digest(body),
    'digest of the answer': digest(String(answer)),
    id: dossier.exchange.response.ids[0] ?? '',
  }
}

/** Tells a window's background something, and gives its answer. */
function tell({ inOwnPage }: Pick<Window, 'inOwnPage'>, message: unknown): Promise<unknown> {
  return inOwnPage(`chrome.runtime.sendMessage(${JSON.stringify(message)})`)
}

/** What the background that regular windows, or that private windows have, still knows of a tab. */
async function known(window: Pick<Window, 'inOwnPage'>, tabId: number): Promise<unknown> {
  return { exchanges: [], ...((await tell(window, { type: 'ui/state', tabId })) as TabState) }
}

test('a regular conversation is in the profile: the search finds it', async () => {
  const { marks } = await converse(false)
  await browser.quit()
  const found = Object.keys(await searchFiles(profile, marks))
  expect(found).toEqual(expect.arrayContaining(['place', 'exchange', 'nonce', 'receipt', 'digest of the request']))
  expect(found).not.toContain('prompt')
})

test('a private conversation is checked, and is neither in the profile nor known outside, nor when the next private window opens', async () => {
  const { window, marks } = await converse(true)
  expect(await known(browser, window.tabId)).toMatchObject({ exchanges: [], earlier: [] })
  for (const area of ['local', 'session']) {
    const stored = JSON.stringify(await browser.inOwnPage(`chrome.storage.${area}.get()`))
    for (const [name, text] of Object.entries(marks)) expect(stored.includes(text), `${name} in storage.${area}`).toBe(false)
  }
  expect(await searchFiles(profile, marks)).toEqual({})
  await window.close()

  const next = await openWindow(true, 'https://trustedrouter.com/?next')
  const databases = `indexedDB.databases().then((all) => all.map(({ name }) => name))`
  expect(await known(next, window.tabId)).toMatchObject({ exchanges: [], earlier: [] })
  expect(await known(next, next.tabId)).toMatchObject({ exchanges: [], earlier: [] })
  // Its background has begun one of its own, in which nothing is.
  const rows = `new Promise((resolve, reject) => {
    const opening = indexedDB.open('receipts')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const stores = [...opening.result.objectStoreNames].filter((name) => name !== 'probe' && name !== 'shown')
      const counts = stores.map((name) => new Promise((counted) => {
        const count = opening.result.transaction(name).objectStore(name).count()
        count.onsuccess = () => counted([name, count.result])
      }))
      Promise.all(counts).then((all) => { opening.result.close(); resolve(all) }, reject)
    }
  })`
  expect(await next.inOwnPage(databases)).toEqual(['receipts'])
  expect(v.parse(v.array(v.tuple([v.string(), v.number()])), await next.inOwnPage(rows)).filter(([, count]) => count > 0)).toEqual([])
  await next.close()
  await browser.quit()
  expect(await searchFiles(profile, marks)).toEqual({})
})

test('a browser that is killed in the midst of a private window leaves nothing of it, and knows nothing of it afterwards', async () => {
  const { window, marks } = await converse(true)
  await browser.kill()
  expect(await searchFiles(profile, marks)).toEqual({})
  browser = await start()
  expect(await known(browser, window.tabId)).toMatchObject({ exchanges: [], earlier: [] })
})

test('a private window’s background that was stopped for being idle wakes for the next question', async () => {
  const { window } = await converse(true)
  const { protocol } = browser
  const context = (await protocol.targets()).find(({ targetId }) => targetId === window.chat)?.browserContextId
  const workers = async () =>
    (await protocol.targets()).filter(
      ({ type, url, browserContextId }) => type === 'service_worker' && url.startsWith(EXTENSION) && browserContextId === context,
    ).length
  expect(await workers()).toBe(1)
  await protocol.attached(window.chat, async (session) => {
    await protocol.send('ServiceWorker.enable', {}, session)
    await protocol.send('ServiceWorker.stopAllWorkers', {}, session)
  })
  await poll('the worker to stop', async () => (await workers()) === 0)
  await askIn(window, 2)
})
