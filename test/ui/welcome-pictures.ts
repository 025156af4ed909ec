import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { SWITCHES } from '../../src/ui/welcome/sample/switches.ts'
import { openWelcomeBrowser } from './welcome-browser.ts'

/*
 * Pictures of the install page, and of the sample with each switch: `npx tsx test/ui/welcome-pictures.ts FOLDER`. For looking at; what has to
 * hold stands in test/e2e/welcome.spec.ts.
 */

const WIDTHS = [1280, 380, 320] as const
const SCHEMES = ['light', 'dark'] as const

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('Name the folder that the pictures go to.')
await mkdir(folder, { recursive: true })

const { page, close } = await openWelcomeBrowser()
try {
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width > 500 ? 900 : 700 })
      await picture(page, `page-${width}-${scheme}`)
    }
  }
  for (const name of SWITCHES) {
    await page
      .getByRole('switch')
      .and(page.locator(`[value=${name}]`))
      .check()
    for (const scheme of SCHEMES) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: width > 500 ? 900 : 700 })
        await page.locator('#sample').screenshot({ path: join(folder, `sample-${name}-${width}-${scheme}.png`) })
      }
    }
    await page
      .getByRole('switch')
      .and(page.locator(`[value=${name}]`))
      .uncheck()
  }
} finally {
  await close()
}

async function picture(shown: Page, name: string): Promise<void> {
  await shown.screenshot({ path: join(folder ?? '', `${name}.png`), fullPage: true })
}
