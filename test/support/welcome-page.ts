import type { BrowserContext, Page } from 'playwright'

const PATIENCE_MS = 10_000

/** The page that the extension opens by itself when it was installed. */
export async function welcomePageOf(context: BrowserContext): Promise<Page> {
  const isWelcome = (page: Page) => page.url().includes('/welcome/welcome.html')
  return context.pages().find(isWelcome) ?? context.waitForEvent('page', { predicate: isWelcome, timeout: PATIENCE_MS })
}

/** Closes that page, so that what a test opens is the newest tab and the one in front. */
export async function closeWelcomePage(context: BrowserContext): Promise<void> {
  await (await welcomePageOf(context)).close()
}
