import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright/test'
import { type BuildOptions, buildExtension } from '../../scripts/build.ts'
import { findChromium, NO_BROWSER } from '../../scripts/find-browser.ts'
import { welcomePageOf } from '../support/welcome-page.ts'

/** The shipped extension in a real Chromium, newly installed, on the page that it opened by itself. */
export type WelcomeBrowser = {
  readonly context: BrowserContext
  /** Where the built extension lies. */
  readonly extension: string
  readonly page: Page
  close(): Promise<void>
}

const PATIENCE = 20_000

export async function openWelcomeBrowser(more: Partial<BuildOptions> = {}): Promise<WelcomeBrowser> {
  const executablePath = await findChromium()
  if (executablePath === undefined) throw new Error(NO_BROWSER)
  const directory = await mkdtemp(join(tmpdir(), 'welcome-'))
  const extension = join(directory, 'extension')
  await buildExtension({ browser: 'chromium', out: extension, ...more })
  const context = await chromium.launchPersistentContext(join(directory, 'profile'), {
    executablePath,
    headless: false,
    viewport: { width: 1280, height: 900 },
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    args: [
      '--headless=new',
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  })
  const page = await welcomePageOf(context)
  await page.locator('.verdict').waitFor({ timeout: PATIENCE })
  return {
    context,
    extension,
    page,
    close: async () => {
      await context.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
