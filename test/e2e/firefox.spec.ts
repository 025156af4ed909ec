import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import puppeteer from 'puppeteer-core'
import { buildExtension } from '../../scripts/build.ts'
import { findFirefox } from '../../scripts/find-browser.ts'

/**
 * The Firefox build, installed in a real Firefox. WebDriver refuses to go to an extension's own pages, so the copy under test gets one line
 * more than what is shipped: its background opens the popup in a tab.
 */
test.describe('in Firefox', () => {
  let folder = ''
  test.beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'receipt-checker-firefox-'))
    await buildExtension({ browser: 'firefox', out: folder })
    await appendFile(join(folder, 'background.js'), '\nbrowser.tabs.create({ url: browser.runtime.getURL("popup/popup.html") })\n')
  })
  test.afterAll(() => rm(folder, { recursive: true, force: true }))

  test('the extension installs, and its popup says plainly what is not there yet', async () => {
    const executablePath = await findFirefox()
    test.skip(executablePath === undefined, 'no Firefox was found')
    const browser = await puppeteer.launch({
      browser: 'firefox',
      headless: true,
      ...(executablePath === undefined ? {} : { executablePath }),
    })
    try {
      expect(await browser.installExtension(folder)).toBe('inference-receipt-checker@addons.example')
      const texts = async () => Promise.all((await browser.pages()).map((page) => page.evaluate(() => document.body.textContent ?? '')))
      await expect.poll(async () => (await texts()).join('\n'), { timeout: 20_000 }).toContain('Firefox cannot check answers yet')
    } finally {
      await browser.close()
    }
  })
})
