import { readFileSync } from 'node:fs'
import { expect, type Page, test } from 'playwright/test'
import { manifestFor } from '../../scripts/manifest.ts'
import { SERVICES } from '../../src/gather/services/registry.ts'
import { openStoryBrowser, type StoryBrowser } from '../ui/extension.ts'
import { STORIES } from '../ui/stories.ts'

/**
 * The side panel of a real Chromium, opened as its user would: from the popup. It is no tab, so it is looked at from
 * the popup's page.
 */

let stories: StoryBrowser
let popup: Page

test.beforeAll(async () => {
  stories = await openStoryBrowser()
  popup = await stories.context.newPage()
  await stories.tell({ state: STORIES.honest })
  await stories.open(popup)
  await popup.getByRole('button', { name: 'Show beside the chat' }).click()
  await expect.poll(async () => (await panel())?.heading).not.toBe('')
})

test.afterAll(() => stories.close())

type Seen = {
  readonly heading: string
  readonly words: readonly string[]
  readonly chosen: string
  readonly beside: number
  readonly overflow: number
}

/** What the open side panel shows. */
function panel(): Promise<Seen | undefined> {
  return popup.evaluate(() => {
    const shown = chrome.extension.getViews().find((view) => view.location.pathname === '/panel/panel.html')?.document
    if (shown === undefined) return undefined
    const texts = (selector: string) => [...shown.querySelectorAll(selector)].map((element) => element.textContent ?? '')
    return {
      heading: texts('h1').join(),
      words: texts('.row > summary .answer .word'),
      chosen: texts('.position').join(),
      beside: shown.querySelectorAll('[data-action="beside"]').length,
      overflow: shown.documentElement.scrollWidth - shown.documentElement.clientWidth,
    }
  })
}

async function inPanel(choose: 'first' | 'second'): Promise<void> {
  await popup.evaluate((which) => {
    const shown = chrome.extension.getViews().find((view) => view.location.pathname === '/panel/panel.html')?.document
    shown?.querySelector<HTMLElement>('button.position')?.click()
    shown?.querySelectorAll<HTMLElement>('input[name="answer"]')[which === 'first' ? 0 : 1]?.click()
  }, choose)
}

async function asksAbout(): Promise<readonly unknown[]> {
  const asked = await stories.asked()
  return asked
    .filter((request) => Reflect.get(Object(request), 'type') === 'ui/state')
    .map((request) => Reflect.get(Object(request), 'tabId'))
}

const tabOf = (page: Page) => page.evaluate(async () => (await chrome.tabs.getCurrent())?.id)

test('shows beside the chat what the popup shows', async () => {
  const shown = await panel()
  expect(shown?.heading).toBe(await popup.locator('h1').textContent())
  expect(shown?.words).toEqual(await popup.locator('.row > summary .answer .word').allTextContents())
  expect(shown?.beside).toBe(0)
  expect(shown?.overflow).toBe(0)
  expect(await asksAbout()).toContain(await tabOf(popup))
})

test('follows the tab in front of its window, and takes no choice along', async () => {
  await inPanel('second')
  await expect.poll(async () => (await panel())?.chosen).toContain('Answer 2 of 3')
  const other = await stories.context.newPage()
  await expect.poll(async () => (await panel())?.chosen).toContain('Answer 3 of 3')
  await stories.tell({ state: STORIES['no-adapter'] })
  await other.goto('data:text/html,another document')
  await expect.poll(async () => (await panel())?.words).toEqual([])
  const [tab] = new Set(await asksAbout())
  expect(tab).not.toBe(await tabOf(popup))
  await stories.tell({ state: STORIES.honest })
  await other.close()
  await popup.bringToFront()
  await expect.poll(async () => (await panel())?.words.length).toBe(5)
  expect(new Set(await asksAbout())).toContain(await tabOf(popup))
})

test('does not follow the tabs of other windows', async () => {
  await stories.tell({ state: STORIES.honest })
  const [opened] = await Promise.all([
    stories.context.waitForEvent('page'),
    popup.evaluate(() => chrome.windows.create({ url: 'data:text/html,elsewhere' })),
  ])
  await opened.waitForLoadState()
  await opened.goto('data:text/html,again')
  // What the panel asks about its own window comes after whatever it would have asked about the other.
  const own = await tabOf(popup)
  await stories.tell({ state: STORIES.honest })
  await opened.reload()
  await popup.bringToFront()
  await popup.reload()
  await expect.poll(asksAbout).toContain(own)
  // 7: what the popup was told that it stands on.
  expect((await asksAbout()).filter((tab) => tab !== own && tab !== 7)).toEqual([])
  await opened.close()
})

test('costs no warning at installation', async () => {
  const source: unknown = JSON.parse(readFileSync('manifest.json', 'utf8'))
  const shipped = manifestFor(source, 'chromium', SERVICES)
  const { side_panel: _, ...rest } = shipped
  const permissions = (shipped['permissions'] as string[]).filter((permission) => permission !== 'sidePanel')
  const warnings = (manifest: object) =>
    popup.evaluate(
      (text) => chrome.management.getPermissionWarningsByManifest(text),
      JSON.stringify({ ...manifest, name: 'x', description: 'x', action: {}, default_locale: undefined }),
    )
  expect(shipped['permissions']).toContain('sidePanel')
  expect(await warnings(shipped)).toEqual(await warnings({ ...rest, permissions }))
  expect(await warnings({ ...rest, permissions: [...permissions, 'history'] })).not.toEqual(await warnings(shipped))
})
