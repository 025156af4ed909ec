import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type BrowserContext, chromium, type Page, type Worker } from 'playwright'
import { findChromium, NO_BROWSER } from '../../scripts/find-browser.ts'
import type { ExchangeDetail, TabState } from '../../src/platform/messages.ts'
import { closeWelcomePage } from '../support/welcome-page.ts'

/** A browser with the extension in it, and an own page of the extension's to ask its background from. */
export type Extension = {
  readonly context: BrowserContext
  /** Puts values into the extension's settings, and has the background start anew so that it sees them. */
  readonly configure: (settings: Readonly<Record<string, unknown>>) => Promise<void>
  /** Opens a page and gives its tab id. */
  readonly open: (url: string) => Promise<{ page: Page; tabId: number }>
  readonly state: (tabId: number) => Promise<TabState>
  readonly detail: (exchange: string) => Promise<ExchangeDetail>
  /** The hosts that it may see, as match patterns. */
  readonly held: () => Promise<readonly string[]>
  /** What stands on the icon of a tab. */
  readonly badge: (tabId: number) => Promise<string>
  /** The words behind the icon of a tab. */
  readonly title: (tabId: number) => Promise<string>
  readonly ask: (message: unknown) => Promise<unknown>
  readonly worker: () => Promise<Worker>
  /** Stops the background's worker, as the browser does when it has been idle. */
  readonly stopWorker: () => Promise<void>
  /** Has the background begin anew as after an update or a restart: what it keeps for one run is gone, what it stores is there. */
  readonly forgetRun: () => Promise<void>
  /** Opens the popup on a tab. */
  readonly popup: (tabId: number) => Promise<Page>
  readonly close: () => Promise<void>
}

export type LaunchOptions = {
  readonly build: string
  readonly port: number
  readonly args?: readonly string[]
  /** Whether pages that were left are kept as they are, as browsers do, for going back. The driver turns this off where it is not told. */
  readonly keepsPages?: boolean
}

/** Arguments under which a browser loads one unpacked extension, keeps to itself, and finds every host at the loopback server. */
export function browserArguments({ port, build, args = [] }: Partial<LaunchOptions> & { readonly port: number }): string[] {
  const loaded = build === undefined ? [] : [`--disable-extensions-except=${resolve(build)}`, `--load-extension=${resolve(build)}`]
  return [
    '--headless=new',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--ignore-certificate-errors',
    `--host-resolver-rules=MAP * 127.0.0.1:${port}`,
    ...loaded,
    ...args,
  ]
}

export async function launchBrowser(
  options: Partial<LaunchOptions> & { readonly port: number },
): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const executablePath = await findChromium()
  if (executablePath === undefined) throw new Error(NO_BROWSER)
  const profile = await mkdtemp(join(tmpdir(), 'receipt-checker-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: false,
    args: browserArguments(options),
    ...(options.keepsPages === true ? { ignoreDefaultArgs: ['--disable-back-forward-cache'] } : {}),
  })
  const close = async (): Promise<void> => {
    await context.close()
    await rm(profile, { recursive: true, force: true })
  }
  return { context, close }
}

export async function launchExtension(options: LaunchOptions): Promise<Extension> {
  const { context, close } = await launchBrowser(options)
  const background = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
  // Builds that are shipped have an id of the browser's making.
  const base = background.url().replace(/^(chrome-extension:\/\/[^/]+)\/.*$/, '$1')
  await closeWelcomePage(context)
  const own = await context.newPage()
  // Not the popup: a page that asks nothing by itself.
  await own.goto(`${base}/manifest.json`)

  const ask = (message: unknown): Promise<unknown> => own.evaluate((sent) => chrome.runtime.sendMessage(sent), message)
  /**
   * Asks a question that may be asked twice. A message that meets a worker on its way down, or one that was stopped before it ever ran to its
   * end, is refused or never answered: it is asked again.
   */
  const query = async (message: unknown): Promise<unknown> => {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const answered = ask(message).then(
        (answer) => ({ answer }),
        () => undefined,
      )
      const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 2000))
      const outcome = await Promise.race([answered, late])
      if (outcome !== undefined) return outcome.answer
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('the background does not answer')
  }
  const awake = (): Promise<unknown> => query({ type: 'ui/state', tabId: -1 })
  const worker = async (): Promise<Worker> => {
    await awake()
    return context.serviceWorkers()[0] ?? context.waitForEvent('serviceworker')
  }
  const stopWorker = async (): Promise<void> => {
    const session = await context.newCDPSession(own)
    await session.send('ServiceWorker.enable')
    await session.send('ServiceWorker.stopAllWorkers')
    await session.detach()
  }
  const state = (tabId: number): Promise<TabState> => query({ type: 'ui/state', tabId }) as Promise<TabState>

  return {
    context,
    ask,
    state,
    worker,
    stopWorker,
    async forgetRun() {
      await own.evaluate(() => chrome.storage.session.clear())
      await stopWorker()
    },
    held: () => own.evaluate(async () => (await chrome.permissions.getAll()).origins ?? []),
    badge: (tabId) => own.evaluate((id) => chrome.action.getBadgeText({ tabId: id }), tabId),
    title: (tabId) => own.evaluate((id) => chrome.action.getTitle({ tabId: id }), tabId),
    detail: (exchange) => query({ type: 'ui/exchange', exchange }) as Promise<ExchangeDetail>,
    async configure(settings) {
      await awake()
      await own.evaluate((values) => chrome.storage.local.set(values), settings)
      await stopWorker()
      await awake()
    },
    async open(url) {
      const before = await own.evaluate(async () => (await chrome.tabs.query({})).map((tab) => tab.id))
      const page = await context.newPage()
      await page.goto(url)
      const after = await own.evaluate(async () => (await chrome.tabs.query({})).map((tab) => tab.id))
      const tabId = after.find((id) => !before.includes(id))
      if (tabId === undefined) throw new Error('the new tab has no id')
      return { page, tabId }
    },
    async popup(tabId) {
      const page = await context.newPage()
      await page.setViewportSize({ width: 380, height: 640 })
      await page.goto(`${base}/popup/popup.html?tab=${tabId}`)
      return page
    },
    close,
  }
}
