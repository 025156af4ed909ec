import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import puppeteer, { type Browser } from 'puppeteer-core'
import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import { buildExtension } from '../../scripts/build.ts'
import { findFirefox } from '../../scripts/find-browser.ts'
import { SAMPLE_ROWS } from '../support/sample-rows.ts'

/**
 * The Firefox build, installed in a real Firefox. WebDriver refuses to go to an extension's own pages, so the copy under test gets one line
 * more than what is shipped: its background opens the popup, and the page that the sidebar has, in tabs.
 */
test.describe('in Firefox', () => {
  let folder = ''
  test.beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'receipt-checker-firefox-'))
    await buildExtension({ browser: 'firefox', out: folder })
    const opening = [
      'browser.tabs.create({ url: browser.runtime.getURL("popup/popup.html") })',
      'browser.sidebarAction.getPanel({}).then((url) => browser.tabs.create({ url }))',
    ]
    await appendFile(join(folder, 'background.js'), `\n${opening.join('\n')}\n`)
  })
  test.afterAll(() => rm(folder, { recursive: true, force: true }))

  test('the extension installs, popup and sidebar say plainly what is not there yet, and its sample is judged', async () => {
    const executablePath = await findFirefox()
    test.skip(executablePath === undefined, 'no Firefox was found')
    const browser = await puppeteer.launch({
      browser: 'firefox',
      headless: true,
      ...(executablePath === undefined ? {} : { executablePath }),
    })
    try {
      expect(await browser.installExtension(folder)).toBe('inference-receipt-checker@addons.example')
      const saying = async () => {
        const pages = await browser.pages()
        const said = await Promise.all(
          pages.map((page) => page.evaluate(() => [location.pathname, document.documentElement?.textContent ?? ''])),
        )
        return said.flatMap(([path, text]) => (text?.includes('Firefox cannot check answers yet') ? [path] : [])).sort()
      }
      await expect.poll(saying, { timeout: 20_000 }).toEqual(['/panel/panel.html', '/popup/popup.html'])
      await checkWelcome(browser)
    } finally {
      await browser.close()
    }
  })
})

/** The page that installation opened: no button that could do nothing, and the sample judged by Firefox itself, with every switch. */
async function checkWelcome(browser: Browser): Promise<void> {
  // WebDriver does not name the addresses of an extension's pages; they know them themselves.
  const addresses = async () =>
    Promise.all((await browser.pages()).map(async (page) => ({ page, at: await page.evaluate(() => location.pathname) })))
  const welcome = async () => (await addresses()).filter(({ at }) => at === '/welcome/welcome.html')
  await expect.poll(async () => (await welcome()).length, { timeout: 20_000 }).toBe(1)
  const [opened] = await welcome()
  if (opened === undefined) throw new Error('installation opened no page')
  const { page } = opened
  const standings = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('.verdict .row > summary > .glyph')].map((glyph) => /is-(\w+)/.exec(glyph.classList.value)?.[1]),
    )
  const rows = async () => (await standings()).map((standing) => LETTERS[standing ?? ''] ?? '!').join(' ')
  await expect.poll(rows, { timeout: 20_000 }).toBe(SAMPLE_ROWS[''])
  expect(await page.evaluate(() => document.querySelectorAll('button[data-site]').length)).toBe(0)
  expect(await page.evaluate(() => document.querySelector('#sites')?.textContent)).toContain(messages.ui_unsupported_text.message)
  expect(await page.evaluate(() => document.querySelector('#icon')?.textContent)).toContain(messages.welcome_pin_firefox.message)
  for (const [names, expected] of Object.entries(SAMPLE_ROWS)) {
    await page.evaluate((on) => {
      for (const input of document.querySelectorAll<HTMLInputElement>('.switches input'))
        if (input.checked !== on.includes(input.value)) input.click()
    }, names.split(' '))
    await expect.poll(rows, { message: names }).toBe(expected)
  }
}

const LETTERS: Readonly<Record<string, string>> = { verified: 'v', assumed: 'a', failed: 'f', absent: '-', unchecked: '?' }
