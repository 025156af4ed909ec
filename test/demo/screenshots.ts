import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright'
import type { DemoBrowser } from './browser.ts'
import type { DemoScenarioId } from './scenarios.ts'

/** Takes pictures of what is on the screen now, named after the scenario. */
export type Camera = { take(scenario: DemoScenarioId): Promise<void> }

const POPUP_WIDTH = 380
/** Higher than any popup. */
const TALL = 2400
const PHONE = { width: 390, height: 780 } as const

/** The first of each service. */
const IN_ALL_FORMS: readonly DemoScenarioId[] = ['honest', 'direct-honest', 'aggregator-vouched']

/** The popup and the chat for each scenario; for the first of each service also in dark, and the chat on a narrow screen, without its panel and with it. */
export async function makeCamera(folder: string, { chat, popup }: Pick<DemoBrowser, 'chat' | 'popup'>): Promise<Camera> {
  await mkdir(folder, { recursive: true })
  const shoot = async (page: Page, name: string): Promise<void> => {
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', scale: 'css' })
  }
  return {
    async take(scenario) {
      await fitHeight(popup)
      await shoot(popup, `popup-${scenario}`)
      await shoot(chat, `chat-${scenario}`)
      if (!IN_ALL_FORMS.includes(scenario)) return
      for (const page of [chat, popup]) await page.emulateMedia({ colorScheme: 'dark' })
      await shoot(popup, `popup-${scenario}-dark`)
      await shoot(chat, `chat-${scenario}-dark`)
      for (const page of [chat, popup]) await page.emulateMedia({ colorScheme: null })
      const wide = chat.viewportSize()
      await chat.setViewportSize(PHONE)
      await shoot(chat, `chat-${scenario}-narrow`)
      await chat.getByRole('button', { name: 'Scenario', exact: true }).click()
      await shoot(chat, `chat-${scenario}-narrow-panel`)
      await chat.getByRole('button', { name: 'Close', exact: true }).click()
      if (wide !== null) await chat.setViewportSize(wide)
    },
  }
}

/** Makes the window as high as what it shows, as a browser does with a popup. Measured without a scroll bar, which takes some of the width. */
async function fitHeight(popup: Page): Promise<void> {
  await popup.setViewportSize({ width: POPUP_WIDTH, height: TALL })
  const height = await popup.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height))
  await popup.setViewportSize({ width: POPUP_WIDTH, height })
}
