import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page, type Worker } from 'playwright'
import { TEST_EXTENSION_ID } from '../../scripts/build.ts'
import { closeWelcomePage } from '../support/welcome-page.ts'

/** A Chromium with the demo's extension in it: the chat page, and beside it the popup that watches the chat's tab. */
export type DemoBrowser = {
  readonly context: BrowserContext
  readonly chat: Page
  readonly popup: Page
  /** Resolves when the browser, or the chat in it, was closed. */
  readonly closed: Promise<void>
  close(): Promise<void>
}

export type DemoBrowserOptions = {
  readonly executablePath: string
  /** The unpacked extension. */
  readonly extension: string
  /** Where the browser may write: its profile, and everything else that it keeps. */
  readonly folder: string
  readonly pageUrl: string
  readonly headless: boolean
}

const EXTENSION_WAIT_MS = 15_000
const POPUP = { width: 380, height: 640 } as const
const CHAT = { width: 1180, height: 860 } as const

/** The little of the browser's interface that is called inside the extension's worker. */
declare const chrome: {
  readonly tabs: { query(filter: object): Promise<readonly { readonly id?: number; readonly windowId: number }[]> }
  readonly windows: {
    create(options: object): Promise<unknown>
    update(id: number, options: object): Promise<unknown>
  }
  readonly scripting: { getRegisteredContentScripts(): Promise<readonly unknown[]> }
  readonly declarativeNetRequest: { getSessionRules(): Promise<readonly unknown[]> }
}

/** Opens the browser. Rejects with one line for people where the extension does not start in it. */
export async function openDemoBrowser(options: DemoBrowserOptions): Promise<DemoBrowser> {
  const context = await launch(options).catch((error: unknown) => {
    throw new Error(`The browser ${options.executablePath} could not be started.`, { cause: error })
  })
  const closed = new Promise<void>((resolve) => context.once('close', () => resolve()))
  const close = async (): Promise<void> => {
    // A browser that was killed meanwhile cannot be told to close, and need not be.
    await context.close().catch(() => undefined)
    await closed
  }
  try {
    const worker = await workerOf(context, options.executablePath)
    // The demo shows a site; what a first user sees is not part of it.
    await closeWelcomePage(context)
    const chat = context.pages()[0] ?? (await context.newPage())
    await chat.goto(options.pageUrl)
    const popup = await openPopup(context, worker, chat, options)
    // A browser without its chat has nothing more to show.
    chat.once('close', () => void close())
    return { context, chat, popup, closed, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function launch({ executablePath, extension, folder, headless }: DemoBrowserOptions): Promise<BrowserContext> {
  const env = await keptIn(folder)
  return chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath,
    // Playwright's own headless mode is another browser, which loads no extensions.
    headless: false,
    viewport: headless ? CHAT : null,
    locale: 'en-GB',
    env: { ...process.env, ...env },
    // The demo stops the browser itself, so that it can tidy up behind it.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ignoreDefaultArgs: ['--enable-automation'],
    args: [
      ...(headless ? ['--headless=new', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] : []),
      ...(process.getuid?.() === 0 ? ['--no-sandbox', '--test-type'] : []),
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
    ],
  })
}

/**
 * Environment in which the browser, and what it uses, writes to this folder alone. Only on Linux: elsewhere none of it is heeded, and
 * temporary paths are too long for another folder in front of a socket's name.
 */
async function keptIn(folder: string): Promise<Readonly<Record<string, string>>> {
  if (process.platform !== 'linux') return {}
  const places = { XDG_CONFIG_HOME: 'config', XDG_CACHE_HOME: 'cache', XDG_DATA_HOME: 'data' }
  const kept = Object.entries(places).map(([name, place]) => [name, join(folder, place)] as const)
  for (const [, path] of kept) await mkdir(path, { recursive: true })
  return { ...Object.fromEntries(kept), TMPDIR: folder }
}

/** Waits until the extension is ready for a page: only then are its scripts in a page that is opened, and receipts asked for. */
async function workerOf(context: BrowserContext, executablePath: string): Promise<Worker> {
  const worker =
    context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker', { timeout: EXTENSION_WAIT_MS }).catch(() => undefined))
  const until = Date.now() + EXTENSION_WAIT_MS
  while (worker !== undefined && Date.now() < until) {
    const ready = await worker.evaluate(async () => {
      const [scripts, rules] = await Promise.all([
        chrome.scripting.getRegisteredContentScripts(),
        chrome.declarativeNetRequest.getSessionRules(),
      ])
      return scripts.length > 0 && rules.length > 0
    })
    if (ready) return worker
    await new Promise((resume) => setTimeout(resume, 50))
  }
  throw new Error(
    `The extension does not start in ${executablePath}. Google Chrome no longer loads extensions this way; a Chromium does: npx playwright install chromium`,
  )
}

/** Opens the popup for the chat's tab, in a window of its own: a page in the background is slowed down. Where there is a screen, beside it. */
async function openPopup(context: BrowserContext, worker: Worker, chat: Page, { pageUrl, headless }: DemoBrowserOptions): Promise<Page> {
  const pages = `${new URL(pageUrl).origin}/*`
  const tab = await worker.evaluate(async (url) => (await chrome.tabs.query({ url }))[0], pages)
  if (tab?.id === undefined) throw new Error('The chat page is in no tab.')
  const bounds = headless ? { chat: {}, popup: {} } : await sideBySide(chat)
  const window = { ...bounds.popup, type: 'popup', url: `chrome-extension://${TEST_EXTENSION_ID}/popup/popup.html?tab=${tab.id}` }
  const [page] = await Promise.all([
    context.waitForEvent('page'),
    worker.evaluate(
      async ([id, ofChat, ofPopup]) => {
        await chrome.windows.update(id, ofChat)
        await chrome.windows.create(ofPopup)
      },
      [tab.windowId, bounds.chat, window] as const,
    ),
  ])
  if (headless) await page.setViewportSize(POPUP)
  else await chat.bringToFront()
  return page
}

/** Where the two windows go on this screen. */
async function sideBySide(chat: Page) {
  const screen = await chat.evaluate(() => ({ width: globalThis.screen.availWidth, height: globalThis.screen.availHeight }))
  const height = Math.min(screen.height, CHAT.height)
  const width = Math.min(screen.width - POPUP.width, CHAT.width)
  return {
    chat: { state: 'normal', left: 0, top: 0, width, height },
    popup: { left: width, top: 0, width: POPUP.width, height },
  } as const
}
