import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, type Page, test } from 'playwright/test'
import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import { SERVICES } from '../../src/gather/services/registry.ts'
import { SWITCHES, type Switch } from '../../src/ui/welcome/sample/switches.ts'
import { SAMPLE_ROWS } from '../support/sample-rows.ts'
import { openWelcomeBrowser, type WelcomeBrowser } from '../ui/welcome-browser.ts'

/** The shipped extension as it was just installed: the page that it opens, and the sample in it, judged in the page. */

const PICTURES = 'test-results/welcome'
/** `WELCOME_PICTURES=1` keeps pictures of the page and of the sample with each switch: three widths, light and dark. */
const PICTURES_WANTED = process.env['WELCOME_PICTURES'] === '1'
const WIDTHS = [1280, 380, 320] as const
const SCHEMES = ['light', 'dark'] as const
const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser: WelcomeBrowser
let page: Page
const complaints: string[] = []
const requests: string[] = []

test.beforeAll(async () => {
  browser = await openWelcomeBrowser()
  // The page opened by itself; what it does from its first line on is seen when it is loaded again.
  page = browser.page
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  browser.context.on('request', (request) => requests.push(request.url()))
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.reload()
  await expect(page.locator('.verdict')).toBeVisible()
})

test.afterAll(() => browser.close())

test.afterEach(() => {
  expect(complaints).toEqual([])
  expect(requests.filter((url) => !url.startsWith('chrome-extension://') && !url.startsWith('data:'))).toEqual([])
})

test('says of each site where what is known of it comes from, how well, and of which day', async () => {
  for (const { id, sources } of SERVICES) {
    const listed = page.locator(`[data-key="${id}"] [data-key="sources"]`)
    await expect(listed.locator('dt')).toHaveCount(sources.length)
    for (const [index, { source, dated, read }] of sources.entries()) {
      const said = listed.locator('dd').nth(index)
      await expect(said.locator('bdi')).toHaveText(source)
      const days = [...(dated === undefined ? [] : [dated]), read]
      expect(await said.locator('time').evaluateAll((times) => times.map((time) => time.getAttribute('datetime')))).toEqual(days)
    }
  }
})

const toggle = (name: Switch) => page.locator(`.switches input[value="${name}"]`)

async function switchOn(...on: readonly Switch[]): Promise<void> {
  for (const name of SWITCHES) await toggle(name).setChecked(on.includes(name))
}

async function openAll(open: boolean): Promise<void> {
  await page.evaluate((value) => {
    for (const details of document.querySelectorAll('details')) details.open = value
  }, open)
}

/** The verdict's five words as letters, in the order of the rows. A row's own word is the last: marks of hops would come before it. */
async function rowsShown(): Promise<string> {
  const letters = new Map([
    [messages.standing_verified.message, 'v'],
    [messages.standing_failed.message, 'f'],
    [messages.standing_assumed_short.message, 'a'],
    [messages.standing_assumed.message, 'a'],
    [messages.standing_absent.message, '-'],
    [messages.standing_withheld.message, '-'],
    [messages.standing_unchecked.message, '?'],
  ])
  const words = await page.locator('.verdict .row > summary .answer .word').allTextContents()
  return words.map((word) => letters.get(word.replace(/\s*·\s*$/u, '').trim()) ?? `(${word})`).join(' ')
}

test('opens by itself at installation, once, and shows a verdict without a click', async () => {
  const pages = browser.context.pages().filter((open) => open.url().includes('/welcome/'))
  expect(pages).toHaveLength(1)
  await expect(page.locator('.verdict h3').first()).not.toBeEmpty()
  expect(await rowsShown()).toBe(SAMPLE_ROWS[''])
})

/** By hand, from docs/SERVICES.md: what each site's own page can be shown for. */
const RECEIPTS = messages.welcome_site_receipts.message
const EVIDENCE = messages.welcome_site_evidence.message
const UNKNOWN = messages.welcome_site_unknown.message
const OFFERS: Readonly<Record<string, string>> = {
  trustedrouter: RECEIPTS,
  'near-ai': UNKNOWN,
  'near-private-chat': RECEIPTS,
  redpill: RECEIPTS,
  venice: EVIDENCE,
  'nano-gpt': UNKNOWN,
  tinfoil: EVIDENCE,
  maple: EVIDENCE,
}

test('lists every site of the build, what can be shown there, and its own page', async () => {
  const sites = page.locator('.site-list > li')
  await expect(sites).toHaveCount(SERVICES.length)
  for (const [index, service] of SERVICES.entries()) {
    const site = sites.nth(index)
    await expect(site.locator('h3')).toHaveText(service.name)
    await expect(site.locator('a')).toHaveAttribute('href', new URL(service.chat ?? service.pages[0] ?? '').href)
    await expect(site.getByRole('button', { name: `Check ${service.name}` })).toBeVisible()
    await expect(site.locator('.offers')).toHaveText(OFFERS[service.id] ?? 'not in the list above')
  }
})

test('every combination of switches turns the rows written by hand', async () => {
  for (const [names, rows] of Object.entries(SAMPLE_ROWS)) {
    await switchOn(...SWITCHES.filter((name) => names.split(' ').includes(name)))
    await expect.poll(rowsShown, { message: names }).toBe(rows)
  }
  await switchOn()
})

test('marks the root of the sample in every row that rests on it, and says so', async () => {
  const marked = () =>
    page
      .locator('.verdict .row')
      .evaluateAll((rows) => rows.flatMap((row) => (row.querySelector('.mark') === null ? [] : [row.getAttribute('data-claim')])))
  await switchOn()
  await expect.poll(marked).toEqual(['environment', 'workload', 'model', 'exchange', 'signature'])
  await expect(page.locator('.verdict')).toContainText(messages.sample_root_note.message)
  await expect(page.locator('.verdict')).toContainText('the sample’s own time')
  await switchOn('root')
  await expect.poll(marked).toEqual([])
  await switchOn()
})

test('marks the letter that was changed, and shows the receipt that came', async () => {
  await switchOn('letter')
  await expect(page.locator('.answered mark')).toHaveText('t')
  await expect(page.locator('.answered')).toContainText('the battery is not covered')
  await page.getByText(messages.sample_show_receipt.message).click()
  await expect(page.locator('.receipt pre')).toHaveText(/^[\w-]{200,}$/)
  await expect(page.locator('.receipt dl')).toContainText('enclave.lantern.example')
  await switchOn('receipt')
  await expect(page.locator('.answered mark')).toHaveCount(0)
  await expect(page.locator('.no-receipt')).toHaveText(messages.sample_no_receipt.message)
  await switchOn()
})

test('tells a screen reader the news of each switch', async () => {
  await switchOn('letter')
  await expect(page.locator('#news')).toContainText(await page.locator('.verdict h3').first().innerText())
  await switchOn()
})

test('is walked by keyboard: links, buttons, switches, rows, each seen when it has the focus', async () => {
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.reload()
  await expect(page.locator('.verdict')).toBeVisible()
  const reached: string[] = []
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => {
      const focused = document.activeElement
      if (focused === null || focused === document.body) return undefined
      const { outlineStyle } = getComputedStyle(focused)
      return { name: `${focused.localName} ${focused.getAttribute('value') ?? ''}`.trim(), outline: outlineStyle }
    })
    if (at === undefined) break
    expect(at.outline, at.name).not.toBe('none')
    reached.push(at.name)
  }
  const inOrder = (names: readonly string[]) => reached.filter((name) => names.includes(name))
  expect(reached.slice(0, 3)).toEqual(['a', 'a', 'a'])
  expect(inOrder(SWITCHES.map((name) => `input ${name}`))).toEqual(SWITCHES.map((name) => `input ${name}`))
  expect(reached.filter((name) => name === 'button')).toHaveLength(SERVICES.length)
  expect(reached.filter((name) => name === 'summary').length).toBeGreaterThanOrEqual(SERVICES.length + 5)

  await toggle('program').focus()
  await page.keyboard.press('Space')
  await expect.poll(rowsShown).toBe(SAMPLE_ROWS['program'])
  expect(await toggle('program').evaluate((input) => document.activeElement === input)).toBe(true)
  await page.keyboard.press('Space')
  await expect.poll(rowsShown).toBe(SAMPLE_ROWS[''])
})

test('is accessible and fits, in light, dark, forced colours and narrow, with everything open', async () => {
  // The page is long with everything open, and looked at many times.
  test.slow()
  await page.evaluate(await axeSource)
  for (const on of [[], ['letter'], ['receipt', 'program'], ['root']] as const) {
    await switchOn(...on)
    await openAll(true)
    for (const colorScheme of SCHEMES) {
      for (const forcedColors of ['none', 'active'] as const) {
        await page.emulateMedia({ colorScheme, forcedColors })
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 })
          await fits(width)
          if (width !== 320) expect(await axeViolations(), `${on.join()} ${colorScheme} ${forcedColors} ${width}`).toEqual([])
        }
      }
    }
    await openAll(false)
  }
  // Text alone at 200 %.
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%'
  })
  await fits(1280)
  await page.evaluate(() => {
    document.documentElement.style.fontSize = ''
  })
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' })
  await switchOn()
})

test('in forced colours a switch that is on looks another than one that is off', async () => {
  await page.emulateMedia({ forcedColors: 'active' })
  const look = () => toggle('letter').screenshot()
  await switchOn()
  const off = await look()
  await switchOn('letter')
  expect((await look()).equals(off)).toBe(false)
  await page.emulateMedia({ forcedColors: 'none' })
  await switchOn()
})

test('has every text in place', async () => {
  await openAll(true)
  // A template that was not filled, or a text that does not exist.
  expect(await page.locator('body').innerText()).not.toMatch(/\$[1-9]|\b(ui|row|standing|welcome|sample|advice|air|nitro)_[a-z]/)
  await openAll(false)
})

test('leads to its parts, and tells the background nothing of the sample', async () => {
  const address = page.url().split('#', 1)[0] ?? ''
  await page.goto(`${address}#sample`)
  await page.reload()
  await expect(page.locator('.verdict')).toBeVisible()
  await expect.poll(() => page.locator('#sample').evaluate((part) => Math.abs(part.getBoundingClientRect().top) < 200)).toBe(true)
  await switchOn('letter', 'root')
  await expect.poll(rowsShown).toBe(SAMPLE_ROWS['letter root'])
  const worker = browser.context.serviceWorkers()[0] ?? (await browser.context.waitForEvent('serviceworker'))
  const known = await worker.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '')
    const rows = await Promise.all(
      names.map(
        (name) =>
          new Promise<number>((resolve, reject) => {
            const opening = indexedDB.open(name)
            opening.onerror = () => reject(opening.error)
            opening.onsuccess = () => {
              const stores = [...opening.result.objectStoreNames]
              if (stores.length === 0) return resolve(0)
              const reading = opening.result.transaction(stores)
              let count = 0
              for (const store of stores) {
                const counting = reading.objectStore(store).count()
                counting.onsuccess = () => {
                  count += counting.result
                }
              }
              reading.oncomplete = () => resolve(count)
            }
          }),
      ),
    )
    return {
      rows: rows.reduce((sum, count) => sum + count, 0),
      badge: await (globalThis as unknown as Chrome).chrome.action.getBadgeText({}),
    }
  })
  expect(known).toEqual({ rows: 0, badge: '' })
  await switchOn()
})
type Chrome = { chrome: { action: { getBadgeText(details: object): Promise<string> } } }

test('the popup leads to it where there is nothing to check', async () => {
  const popup = await browser.context.newPage()
  await popup.goto(page.url().replace(/welcome\/welcome\.html.*$/, 'popup/popup.html?tab=99999999'))
  for (const [button, part] of [
    [messages.ui_sites_button.message, '#sites'],
    [messages.ui_sample_button.message, '#sample'],
  ] as const) {
    const [opened] = await Promise.all([browser.context.waitForEvent('page'), popup.getByRole('button', { name: button }).click()])
    await opened.waitForURL(`**/welcome/welcome.html${part}`)
    await opened.close()
  }
  await popup.close()
})

/** No test of anything, and so none that could be skipped where no pictures are wanted. */
const pictures = async (): Promise<void> => {
  await mkdir(PICTURES, { recursive: true })
  const everyLook = async (take: (name: string) => Promise<unknown>) => {
    for (const colorScheme of SCHEMES) {
      for (const width of WIDTHS) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        // A picture of more than the window shows nothing at its edge.
        await page.locator('.verdict, .strip').evaluateAll((stuck: HTMLElement[]) => {
          for (const element of stuck) element.style.position = 'static'
        })
        await take(`${width}-${colorScheme}`)
      }
    }
  }
  await everyLook((look) => page.screenshot({ path: join(PICTURES, `page-${look}.png`), fullPage: true }))
  for (const name of SWITCHES) {
    await switchOn(name)
    await everyLook(async (look) => {
      const { x, y, width, height } = await page.locator('#sample').evaluate((part) => {
        const box = part.getBoundingClientRect()
        return { x: 0, y: box.y + scrollY, width: document.documentElement.clientWidth, height: box.height }
      })
      await page.screenshot({ path: join(PICTURES, `sample-${name}-${look}.png`), fullPage: true, clip: { x, y, width, height } })
    })
  }
  await switchOn()
}
if (PICTURES_WANTED) test('pictures', pictures)

async function fits(width: number): Promise<void> {
  const { scroll, client, cut } = await page.evaluate(() => {
    const root = document.documentElement
    const outside = [...document.querySelectorAll('#welcome *')].filter((element) => {
      if (element.closest('.aside, svg, pre') !== null || element.clientWidth === 0) return false
      return element.scrollWidth > element.clientWidth + 1
    })
    return { scroll: root.scrollWidth, client: root.clientWidth, cut: outside.map((element) => element.outerHTML.slice(0, 120)) }
  })
  expect(scroll, `no sideways scrolling at ${width} px`).toBeLessThanOrEqual(client)
  expect(cut, `nothing cut off at ${width} px`).toEqual([])
}

async function axeViolations(): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as AxeGlobal).axe.run(document, { resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
  })
}
type AxeGlobal = { axe: { run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
