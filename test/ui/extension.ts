import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page, type Worker } from 'playwright/test'
import { build } from 'vite'
import { findChromium, NO_BROWSER } from '../../scripts/find-browser.ts'
import type { Deleted, ExchangeDetail, TabState } from '../../src/platform/messages.ts'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** What the background of the stories answers with, and what it was asked. Plain JSON; it lies in the extension's session storage. */
export type Answers = {
  /** Absent: the background throws. */
  readonly state?: TabState
  readonly detail?: ExchangeDetail
  /** What deleting everything comes to, and the state from then on. Absent: it fails. */
  readonly deleted?: Deleted
  readonly after?: TabState
}

/** The shipped popup in a real extension under the shipped content security policy, with a background that says what a test tells it to. */
export type StoryBrowser = {
  readonly context: BrowserContext
  /** Where the built extension lies. */
  readonly extension: string
  tell(answers: Answers): Promise<void>
  /** Sends the notice that the tab's state changed, as the background does. */
  notify(): Promise<void>
  asked(): Promise<readonly unknown[]>
  open(page: Page): Promise<void>
  close(): Promise<void>
}

/** The tab that the popup is told it stands on. */
const TAB = 7

export async function openStoryBrowser(): Promise<StoryBrowser> {
  const executablePath = await findChromium()
  if (executablePath === undefined) throw new Error(NO_BROWSER)
  const directory = await mkdtemp(join(tmpdir(), 'popup-stories-'))
  const extension = join(directory, 'extension')
  await buildStories(extension)
  const context = await chromium.launchPersistentContext(join(directory, 'profile'), {
    executablePath,
    headless: false,
    viewport: { width: 380, height: 600 },
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    args: [
      '--headless=new',
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  })
  const worker = await workerOf(context)
  const address = new URL('popup/popup.html', worker.url()).href
  return {
    context,
    extension,
    tell: async (answers) => {
      await (await workerOf(context)).evaluate((value) => chromeStorage().set({ answers: value, asked: [] }), answers)
    },
    notify: async () => {
      await (await workerOf(context)).evaluate((tabId) => sendNotice({ type: 'ui/changed', tabId }), TAB)
    },
    asked: async () => (await workerOf(context)).evaluate(() => askedSoFar()),
    open: async (page) => {
      await page.goto(`${address}?tab=${TAB}`)
    },
    close: async () => {
      await context.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/* Functions of the stories' background, which `evaluate` reaches as globals. */
declare function chromeStorage(): { set(values: object): Promise<void> }
declare function sendNotice(notice: object): Promise<void>
declare function askedSoFar(): Promise<readonly unknown[]>

async function workerOf(context: BrowserContext): Promise<Worker> {
  return context.serviceWorkers()[0] ?? context.waitForEvent('serviceworker')
}

async function buildStories(out: string): Promise<void> {
  await mkdir(out, { recursive: true })
  await cp(join(ROOT, 'public'), out, { recursive: true })
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    root: join(ROOT, 'src/ui'),
    build: {
      outDir: out,
      emptyOutDir: false,
      target: 'chrome148',
      modulePreload: false,
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { popup: join(ROOT, 'src/ui/popup/popup.html'), panel: join(ROOT, 'src/ui/panel/panel.html') },
      },
    },
  })
  await cp(join(ROOT, 'test/ui/background.js'), join(out, 'background.js'))
  const manifest = {
    manifest_version: 3,
    name: '__MSG_ext_name__',
    version: '0.0.1',
    default_locale: 'en',
    message_serialization: 'structured_clone',
    background: { service_worker: 'background.js', type: 'module' },
    action: { default_popup: 'popup/popup.html' },
    permissions: ['storage', 'sidePanel'],
    side_panel: { default_path: 'panel/panel.html' },
    content_security_policy: {
      extension_pages:
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'",
    },
  }
  await writeFile(join(out, 'manifest.json'), JSON.stringify(manifest))
}
