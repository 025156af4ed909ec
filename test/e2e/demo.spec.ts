import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { findChromium, NO_BROWSER } from '../../scripts/find-browser.ts'
import { type Demo, startDemo } from '../demo/demo.ts'
import { EXPECTED } from '../demo/expected.ts'
import { DEMO_SCENARIO_IDS } from '../demo/scenarios.ts'
import { makeWalker, type Walker } from '../demo/walk.ts'

/** The demo as `npm run demo -- --headless` walks it: its own build, its page driven as a user would, its popup read. */

let demo: Demo
let walker: Walker
/** The only place where the demo may write. */
let folder: string

test.beforeAll(async () => {
  const executablePath = await findChromium()
  if (executablePath === undefined) throw new Error(NO_BROWSER)
  folder = await mkdtemp(join(tmpdir(), 'demo-spec-'))
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  demo = await startDemo({ executablePath, headless: true, port: 0, tokenDelayMs: 1 })
  if (before === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = before
  walker = makeWalker(demo.browser)
})

test.afterAll(async () => {
  await demo.close()
  await rm(folder, { recursive: true, force: true })
})

for (const scenario of DEMO_SCENARIO_IDS) {
  test(`the popup shows what the receipt still proves: ${scenario}`, async () => {
    expect(await walker.walk(scenario)).toEqual(EXPECTED[scenario])
  })
}

test('no row of a direct service looks like real hardware either', async () => {
  await walker.walk('direct-honest')
  const { popup } = demo.browser
  await expect(popup.locator('.row:has(.mark)')).toHaveCount(4)
})

test('the popup says that the root is a demonstration, not real hardware', async () => {
  await walker.walk('honest')
  const { popup } = demo.browser
  await expect(popup.locator('.row:has(.mark)')).toHaveCount(4)
  // From here on the popup stays with this answer: somebody is reading it.
  await popup.locator('[data-claim="environment"] > summary').click()
  await popup.locator('[data-claim="environment"] .inside > summary').click()
  await expect(
    popup.getByText(
      'Intel TDX in Google Confidential Space, debugging off. So it says under a root that was added: this is no real hardware.',
    ),
  ).toBeVisible()
})

test('the demo asks nobody but itself', async () => {
  const worker = demo.browser.context.serviceWorkers()[0]
  const granted = await worker?.evaluate(async () => (await chrome.permissions.getAll()).origins)
  expect(granted?.length).toBe(4)
  for (const origin of granted ?? []) expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\*$/)
})

test('the address chooses a scenario', async () => {
  const { chat } = demo.browser
  await chat.goto(`${demo.server.pageUrl}?scenario=tls-webpki`)
  await expect(chat.locator('input[value="tls-webpki"]')).toBeChecked()
})

test('nothing is left behind', async () => {
  expect(await readdir(folder)).not.toEqual([])
  const { pageUrl, apiUrl, aci } = demo.server
  await demo.close()
  expect(await readdir(folder)).toEqual([])
  for (const url of [pageUrl, apiUrl, aci.apiUrl, aci.vendorUrl]) await expect(fetch(url)).rejects.toThrow()
})
