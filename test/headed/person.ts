import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as v from 'valibot'
import { findChromium, NO_BROWSER } from '../../scripts/find-browser.ts'
import type { ExchangeDetail, TabState } from '../../src/platform/messages.ts'
import { poll } from '../support/poll.ts'
import { protocolOf } from '../support/protocol.ts'
import { type Display, stop } from './display.ts'
import { findDrawing, middleOf, type Point, readPng } from './picture.ts'
import { isPrompted, type PromptButtons, promptButtons } from './prompt.ts'

/** A browser with windows, the extension in it as it is shipped, and the hands and eyes of whoever uses it. */
export type Person = {
  /** Opens an address in a new tab in front. */
  readonly visit: (url: string) => Promise<Tab>
  /** The tab in front, once it is at an address that begins so. */
  readonly tabAt: (url: string) => Promise<Tab>
  /** The page that the extension opened when it was installed. */
  readonly welcomePage: () => Promise<Tab>
  /** Clicks the extension's icon in the browser's bar, unless the popup is open already; gives it once it has drawn something. */
  readonly openPopup: () => Promise<Popup>
  /** Whether the browser's own permission prompt stands on the screen. */
  readonly isAsked: () => Promise<boolean>
  /** Clicks a button of the browser's permission prompt, and waits until the prompt is gone. */
  readonly answerPrompt: (answer: 'allow' | 'deny') => Promise<void>
  /** Takes access to a host back, as the browser's page about extensions does. */
  readonly takeBack: (pattern: string) => Promise<void>
  /** What one of the extension's own pages gets for a message. It wakes the background. */
  readonly ask: (message: unknown) => Promise<unknown>
  readonly state: (tabId: number) => Promise<TabState>
  readonly detail: (exchange: string) => Promise<ExchangeDetail>
  /** Runs an expression in one of the extension's own pages. */
  readonly inOwnPage: (expression: string) => Promise<unknown>
  /** Whether the extension's background is running. */
  readonly isAwake: () => Promise<boolean>
  readonly stopWorker: () => Promise<void>
  readonly clicks: () => number
  readonly close: () => Promise<void>
}

export type Tab = {
  readonly id: number
  readonly run: (expression: string) => Promise<unknown>
  /** Clicks what a selector finds, with the mouse. */
  readonly click: (selector: string) => Promise<void>
}

export type Popup = {
  readonly text: () => Promise<string>
  /** Clicks a control of the popup's, named by its `data-action`, with the mouse. */
  readonly click: (action: string) => Promise<void>
  readonly isOpen: () => Promise<boolean>
}

const WINDOW = '1280,900'
/** The browser's bar is between these lines: above it are tabs, which may show the same icon. */
const BAR = { top: 42, bottom: 86 } as const

const Place = v.object({ x: v.number(), y: v.number() })

/** Starts a browser on a display, with an unpacked extension and its icon pinned, and every host at the loopback server. */
export async function startPerson(display: Display, options: { readonly extension: string; readonly port: number }): Promise<Person> {
  const executablePath = await findChromium()
  if (executablePath === undefined) throw new Error(NO_BROWSER)
  const extension = await realpath(options.extension)
  const id = idOf(extension)
  const profile = await mkdtemp(join(tmpdir(), 'receipt-checker-'))
  await mkdir(join(profile, 'Default'))
  await writeFile(join(profile, 'Default/Preferences'), JSON.stringify({ extensions: { pinned_extensions: [id] } }))
  const browser = spawn(
    executablePath,
    [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--ignore-certificate-errors',
      '--password-store=basic',
      '--lang=en-US',
      '--force-device-scale-factor=1',
      `--host-resolver-rules=MAP * 127.0.0.1:${options.port}`,
      `--user-data-dir=${profile}`,
      '--remote-debugging-pipe',
      '--window-position=0,0',
      `--window-size=${WINDOW}`,
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      'about:blank',
    ],
    { env: { ...process.env, DISPLAY: display.name, LANGUAGE: 'en_US' }, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  )
  const protocol = protocolOf(browser)
  let clicks = 0

  const clickAt = ({ x, y }: Point): void => {
    clicks += 1
    display.moveMouse(Math.round(x), Math.round(y))
    display.click()
  }
  const base = `chrome-extension://${id}`
  await poll('the extension', async () => (await protocol.targets()).some(({ url }) => url === `${base}/background.js`))
  // Not the popup: a page that asks nothing by itself.
  const own = v.parse(Created, await protocol.send('Target.createTarget', { url: `${base}/manifest.json`, background: true })).targetId
  await poll('an own page', async () => (await protocol.evaluate(own, 'typeof chrome.runtime?.sendMessage')) === 'function')

  const inOwnPage = (expression: string): Promise<unknown> => protocol.evaluate(own, expression)
  const ask = (message: unknown): Promise<unknown> => inOwnPage(`chrome.runtime.sendMessage(${JSON.stringify(message)})`)
  const tabs = async (): Promise<readonly number[]> =>
    v.parse(v.array(v.number()), await inOwnPage('chrome.tabs.query({}).then((tabs) => tabs.map((tab) => tab.id))'))
  // It comes to the front when it is there, whatever is in front then.
  await poll('the welcome page', async () => (await protocol.targets()).some(({ url }) => url.startsWith(`${base}/welcome/`)))
  // Where it stands now, before anything is shown of a tab, it stays.
  const icon = await readPng(join(extension, 'icons/icon-16.png'))
  const place = middleOf(await poll('the icon in the bar', async () => findDrawing(await display.look(), icon, BAR)))
  const popupTarget = async () => (await protocol.targets()).find(({ url }) => url.startsWith(`${base}/popup/popup.html`))

  async function openPopup(): Promise<Popup> {
    if ((await popupTarget()) === undefined) clickAt(place)
    const { targetId } = await poll('the popup', popupTarget)
    const text = async () => String(await protocol.evaluate(targetId, 'document.body?.innerText ?? ""'))
    await poll('the popup’s words', async () => (await text()).trim() !== '')
    return {
      text,
      isOpen: async () => (await popupTarget()) !== undefined,
      click: (action) => clickOn(targetId, `[data-action="${action}"]`),
    }
  }

  /** Clicks a control of a page with the mouse. Pages grow with what is in them: until the control feels the mouse, it is where it was a moment ago. */
  async function clickOn(targetId: string, selector: string): Promise<void> {
    const control = `document.querySelector(${JSON.stringify(selector)})`
    // A tab has the browser's bar above it, a popup has nothing.
    const middle = `(() => { ${control}?.scrollIntoView({ block: 'nearest', behavior: 'instant' })
      const box = ${control}?.getBoundingClientRect()
      return box && { x: screenX + box.x + box.width / 2, y: screenY + outerHeight - innerHeight + box.y + box.height / 2 } })()`
    await poll(`the mouse on ${selector}`, async () => {
      const there = v.parse(v.optional(Place), await protocol.evaluate(targetId, middle))
      if (there === undefined) return false
      display.moveMouse(Math.round(there.x), Math.round(there.y))
      return (await protocol.evaluate(targetId, `${control}?.matches(':hover')`)) === true
    })
    clicks += 1
    display.click()
  }

  /** The tab at an address, as it stands in front. */
  async function tabAt(url: string): Promise<Tab> {
    const { targetId } = await poll(url, async () => (await protocol.targets()).find((target) => target.url.startsWith(url)))
    const run = (expression: string): Promise<unknown> => protocol.evaluate(targetId, expression)
    // A tab has its address before it has its page.
    const there = `location.href.startsWith(${JSON.stringify(url)}) && document.readyState`
    await poll(`${url}, loaded`, async () => (await run(there)) === 'complete')
    const id = v.parse(v.number(), await inOwnPage('chrome.tabs.query({ active: true }).then(([tab]) => tab.id)'))
    return { id, run, click: (selector) => clickOn(targetId, selector) }
  }

  return {
    openPopup,
    tabAt,
    welcomePage: () => tabAt(`${base}/welcome/welcome.html`),
    ask,
    inOwnPage,
    clicks: () => clicks,
    state: (tabId) => ask({ type: 'ui/state', tabId }) as Promise<TabState>,
    detail: (exchange) => ask({ type: 'ui/exchange', exchange }) as Promise<ExchangeDetail>,
    async visit(url) {
      const before = await tabs()
      const { targetId } = v.parse(Created, await protocol.send('Target.createTarget', { url }))
      const run = (expression: string): Promise<unknown> => protocol.evaluate(targetId, expression)
      await poll(url, async () => (await run('location.href + " " + document.readyState')) === `${url} complete`)
      const tabId = (await tabs()).find((candidate) => !before.includes(candidate))
      if (tabId === undefined) throw new Error('the new tab has no id')
      return { id: tabId, run, click: (selector) => clickOn(targetId, selector) }
    },
    isAsked: async () => isPrompted(await display.look()),
    async answerPrompt(answer) {
      // The prompt comes gradually, while the popup goes: its buttons are where they were found twice.
      let before: PromptButtons | undefined
      const look = async (): Promise<PromptButtons | undefined> => {
        const now = promptButtons(await display.look())
        const stands = before !== undefined && now !== undefined && isDeepStrictEqual(now, before)
        before = now
        return stands ? now : undefined
      }
      const buttons = await poll('the permission prompt', look, { every: 150 })
      clickAt(middleOf(buttons[answer]))
      await poll('the end of the prompt', async () => !isPrompted(await display.look()))
    },
    async takeBack(pattern) {
      const { targetId } = v.parse(Created, await protocol.send('Target.createTarget', { url: 'chrome://extensions/', background: true }))
      await poll(
        'the page about extensions',
        async () => (await protocol.evaluate(targetId, 'typeof chrome.developerPrivate')) === 'object',
      )
      await protocol.evaluate(targetId, `chrome.developerPrivate.removeHostPermission('${id}', '${pattern}')`)
      await protocol.send('Target.closeTarget', { targetId })
    },
    isAwake: async () => (await protocol.targets()).some(({ url }) => url === `${base}/background.js`),
    async stopWorker() {
      await protocol.attached(own, async (session) => {
        await protocol.send('ServiceWorker.enable', {}, session)
        await protocol.send('ServiceWorker.stopAllWorkers', {}, session)
      })
    },
    async close() {
      await stop(browser)
      // What the browser started may write for a moment after it is gone.
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    },
  }
}

const Created = v.object({ targetId: v.string() })

/** The id that Chromium gives an unpacked extension: of the SHA-256 of its path the first 32 digits, as letters from a to p. */
function idOf(path: string): string {
  const digits = createHash('sha256').update(path).digest('hex').slice(0, 32)
  return [...digits].map((digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)]).join('')
}
