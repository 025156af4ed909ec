import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, type Page, test } from 'playwright/test'
import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import type { ExchangeDetail, TabState } from '../../src/platform/messages.ts'
import type { MessageId } from '../../src/verify/claims/sentence.ts'
import { openStoryBrowser, type StoryBrowser } from '../ui/extension.ts'
import { done, left, REPORTS, STORIES, type StoryName, watching } from '../ui/stories.ts'

/**
 * The popup drawn from fixed states in a real extension: looks, words, keyboard, and what happens while it is being
 * read.
 */

const PICTURES = 'test-results/popup'
/** `POPUP_PICTURES=1` keeps a picture of every story as a popup shows it, at both widths, light and dark. */
const PICTURES_WANTED = process.env['POPUP_PICTURES'] === '1'
const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let stories: StoryBrowser
let page: Page
let complaints: string[] = []

test.beforeAll(async () => {
  stories = await openStoryBrowser()
})

test.afterAll(async () => {
  await stories.close()
})

test.beforeEach(async () => {
  complaints = []
  page = await stories.context.newPage()
  // A shape that is turning takes more room than one at rest.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
})

test.afterEach(async () => {
  await page.close()
  expect(complaints).toEqual([])
})

async function show(state: TabState, detail?: ExchangeDetail): Promise<void> {
  await stories.tell({ state, ...(detail === undefined ? {} : { detail }) })
  await stories.open(page)
  await expect(page.locator('h1')).toBeVisible()
}

async function update(state: TabState): Promise<void> {
  await stories.tell({ state })
  await stories.notify()
}

const row = (claim: string) => page.locator(`[data-claim="${claim}"]`)
const rowWords = () => page.locator('.row > summary .answer .word').allTextContents()

test.describe('every state', () => {
  const names = Object.keys(STORIES) as StoryName[]
  for (const name of names) {
    test(`${name}: complete, accessible, fits everywhere`, async () => {
      await show(STORIES[name])
      await fitsWindow(name)
      // A template that was not filled, or a text that does not exist.
      expect(await page.locator('body').innerText()).not.toMatch(/\$[1-9]|\b(ui|row|standing|ir|cs)_[a-z]/)
      await page.evaluate(await axeSource)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await fitsWidth(380)
        await picture(`${name}-${colorScheme}`)
        await setOpen(true)
        expect(await axeViolations(), `${name} ${colorScheme}`).toEqual([])
        await setOpen(false)
      }
      await page.emulateMedia({ forcedColors: 'active' })
      await setOpen(true)
      expect(await axeViolations(), `${name} in forced colours`).toEqual([])
      await page.emulateMedia({ forcedColors: 'none' })
      // From right to left, nothing is lost either.
      await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'))
      for (const width of [380, 320]) await fitsWidth(width)
      await page.evaluate(() => document.documentElement.setAttribute('dir', 'ltr'))
      // 320 px; 380 px at a zoom of 200 %; and text alone at 200 %.
      for (const width of [320, 190]) await fitsWidth(width)
      await page.evaluate(() => {
        document.documentElement.style.fontSize = '200%'
      })
      await fitsWidth(380)
    })
  }

  test('in forced colours every state keeps its shape', async () => {
    await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' })
    await show(STORIES['response-changed'])
    const stroke = (standing: string) =>
      page
        .locator(`.row .glyph.is-${standing}`)
        .first()
        .evaluate((glyph) => getComputedStyle(glyph).stroke)
    const text = await page.locator('h1').evaluate((heading) => getComputedStyle(heading).color)
    expect(await stroke('failed')).toBe(text)
    expect(await stroke('verified')).toBe(text)
    await picture('response-changed-forced')
  })
})

async function axeViolations(): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as AxeGlobal).axe.run(document, { resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
  })
}
type AxeGlobal = { axe: { run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }

async function fitsWidth(width: number): Promise<void> {
  await page.setViewportSize({ width, height: 600 })
  const { scroll, client, cut } = await page.evaluate(() => {
    const root = document.documentElement
    const outside = [...document.querySelectorAll('#popup *')].filter(({ classList, clientWidth, scrollWidth }) => {
      return !classList.contains('aside') && clientWidth > 0 && scrollWidth > clientWidth + 1
    })
    return { scroll: root.scrollWidth, client: root.clientWidth, cut: outside.map((element) => element.outerHTML.slice(0, 80)) }
  })
  expect(scroll, `no sideways scrolling at ${width} px`).toBeLessThanOrEqual(client)
  expect(cut, `nothing cut off at ${width} px`).toEqual([])
}

/**
 * A popup has 600 px. The news, the five rows with their words, and the whole row that decides lie within them, at
 * either width.
 */
async function fitsWindow(name: StoryName): Promise<void> {
  const state: TabState = STORIES[name]
  const newest = state.kind === 'watching' ? state.exchanges[0] : undefined
  for (const width of [380, 320]) {
    await page.setViewportSize({ width, height: 600 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      if (PICTURES_WANTED) await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`), animations: 'disabled' })
      const boxes = await page.evaluate(() => {
        const footer = document.querySelector('.actions')
        const covered = footer !== null && getComputedStyle(footer).position === 'sticky'
        const end = covered ? footer.getBoundingClientRect().top : innerHeight
        const wanted = ['h1', '.advice', '.row > summary', '.row[data-decides]']
        const found = wanted.flatMap((selector) => [...document.querySelectorAll(selector)].map((element) => ({ selector, element })))
        return found.map(({ selector, element }) => {
          const { top, bottom, left, right } = element.getBoundingClientRect()
          return { selector, top, bottom, left, right, end }
        })
      })
      const outside = boxes.filter(({ top, bottom, left, right, end }) => top < 0 || bottom > end || left < 0 || right > width)
      expect(outside, `within ${width} × 600`).toEqual([])
      const count = (wanted: string) => boxes.filter(({ selector }) => selector === wanted).length
      const { deciding } = newest?.report ?? {}
      expect(count('h1')).toBe(1)
      expect(count('.row > summary')).toBe(newest?.report === undefined ? 0 : 5)
      expect(count('.row[data-decides]')).toBe(deciding === undefined ? 0 : 1)
    }
  }
}

async function picture(name: string): Promise<void> {
  const height = await page.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height))
  await page.setViewportSize({ width: 380, height: Math.max(height, 120) })
  await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' })
}

async function setOpen(open: boolean): Promise<void> {
  await page.evaluate((wanted) => {
    for (const details of document.querySelectorAll('details')) details.open = wanted
  }, open)
}

/** A message with its arguments in place. */
function inWords(id: MessageId, ...args: readonly string[]): string {
  return messages[id].message.replace(/\$([1-9])/g, (_, digit: string) => args[Number(digit) - 1] ?? '')
}

/** What a message reads like with such arguments, as a pattern. Its own words have no letters that patterns use but the stop. */
function filledWith(id: MessageId, ...args: readonly string[]): RegExp {
  return new RegExp(`^${inWords(id, ...args)}$`)
}

function linkInWords(from: MessageId, to: MessageId, holds: MessageId): string {
  return inWords('chain_link', inWords(from), inWords(to), inWords(holds))
}

test.describe('a report', () => {
  test('says each row by word and shape', async () => {
    await show(STORIES['response-changed'])
    await expect(page.locator('h1')).toHaveText('This answer is not the one that was signed')
    expect(await page.locator('.row h2').allTextContents()).toEqual([
      'Where did it run?',
      'Which code ran?',
      'Which model answered?',
      'Is this what was signed?',
      'Signed, checkable later?',
    ])
    expect(await rowWords()).toEqual(['Assumed', 'Assumed', 'Assumed', 'Failed', 'Verified'])
    const glyphs = await page.locator('.row > summary > .glyph').evaluateAll((all) => all.map((glyph) => glyph.innerHTML))
    expect(new Set(glyphs).size).toBe(3)
    // Each hop is seen and heard while the row is closed, too.
    await expect(row('environment').locator('.hop-glance .glyph')).toHaveCount(2)
    await expect(row('environment').locator('summary').first()).toHaveAccessibleName(
      /^Where did it run\? Gateway: Verified Model host: Assumed Assumed$/,
    )
    await expect(row('environment').locator('.hop-mark')).toHaveText(['Gateway: Verified', 'Model host: Assumed'])
    await expect(row('exchange').locator('.hop-mark, .hop-glance')).toHaveCount(0)
  })

  test('opens the row that decides, with its sentence, its hops and both sides of the comparison, and no other', async () => {
    const opened = () => page.locator('.row[open]').evaluateAll((rows) => rows.map((one) => one.getAttribute('data-claim')))
    await show(STORIES['response-changed'])
    expect(await opened()).toEqual(['exchange'])
    const said = row('exchange').locator('.said')
    await expect(said.locator('.because')).toHaveText(messages.ir_response_hash_failed.message)
    await expect(said.locator('.values span')).toHaveText(['signed f3p1…E91A', 'computed here A95c…a5cA'])
    await show(STORIES['tls-webpki'])
    expect(await opened()).toEqual(['environment'])
    await expect(row('environment').locator('.said .hop-mark')).toHaveText(['Gateway: Verified', 'Model host: Nothing offered'])
    await show(STORIES['all-verified'])
    expect(await opened()).toEqual([])
  })

  test('names in the row who only read along', async () => {
    await show(STORIES['read-along'])
    await expect(row('environment').locator('.said .hop-mark')).toHaveText([
      'Gateway: Verified',
      'Model host: Nothing offered',
      messages.mark_reader.message,
    ])
  })

  test('says at a glance what a verified row takes on trust', async () => {
    await show(STORIES.honest)
    await expect(row('exchange').locator('.answer')).toHaveText('Verified\u00a0· 2 on trust')
    await expect(row('signature').locator('.answer')).toHaveText('Verified')
    await expect(row('model').locator('.answer')).toHaveText('Assumed')
  })

  test('shows the chain as a picture with its text, and who stands behind it', async () => {
    await show(STORIES['response-changed'])
    const links = [
      linkInWords('node_hardware', 'node_evidence', 'link_verified'),
      linkInWords('node_evidence', 'node_receipt_key', 'link_verified'),
      linkInWords('node_receipt_key', 'node_receipt', 'link_verified'),
      linkInWords('node_receipt', 'node_your_bytes', 'link_failed'),
    ]
    await expect(page.getByRole('img')).toHaveAccessibleName([messages.chain_label.message, ...links].join(' '))
    await expect(page.locator('.node.reached')).toHaveCount(4)
    await expect(page.locator('.link.is-failed')).toHaveCount(1)
    await expect(page.locator('.behind')).toHaveText(inWords('chain_behind', 'Model host Tinfoil', 'Assumed'))
    await show(STORIES.stripped)
    await expect(page.locator('.node.reached')).toHaveCount(2)
    await expect(page.locator('.link.is-absent')).toHaveCount(3)
  })

  test('opens to what was checked, with its outcome in words, and to what is taken on trust', async () => {
    await show(STORIES['response-changed'])
    const inside = row('exchange').locator('.inside')
    await inside.locator('> summary').click()
    await expect(inside.locator('.claim-name')).toHaveText('The claim: The request and response were hashed.')
    await expect(inside.locator('h3')).toHaveText(['Checked and failed (1)', 'Checked and passed (4)', 'Taken on trust'])
    await expect(inside.locator('[data-key="failed"] li')).toContainText([messages.ir_response_hash_failed.message])
    await expect(inside.locator('[data-key="assumed"] li')).toHaveCount(2)
    await row('environment').locator('> summary').click()
    await row('environment').locator('.inside > summary').click()
    await expect(row('exchange').locator('.said')).toBeVisible()
    await expect(row('environment').locator('[data-key="hops"] li')).toHaveText([
      'Gateway api.trustedrouter.com: Verified. Intel TDX in Google Confidential Space, debugging off.',
      `Model host Tinfoil: Assumed, not proven. ${messages.ir_upstream_vouched.message}`,
    ])
    await expect(row('environment').locator('[data-key="unchecked"] .at-hop')).toHaveText([' · Model host'])
  })

  test('keeps codes and whole values for the technical checks, and copies them', async () => {
    await show(STORIES['response-changed'])
    const changed = REPORTS.responseChanged.findings.find(({ code }) => code === 'hash-mismatch')
    await row('exchange').locator('.inside > summary').click()
    const technical = row('exchange').locator('.technical')
    await expect(technical.locator('> summary')).toHaveText('Technical checks (5)')
    expect(await page.locator('#popup').innerText()).not.toMatch(/inference-receipt\.|hash-mismatch|receipt\.payload/)
    await technical.locator('> summary').click()
    const check = technical.locator('li', { hasText: 'inference-receipt.response-hash' })
    await expect(check.locator('dt')).toHaveText(['Outcome', 'Code', 'Expected', 'Found here', 'Looked at'])
    await expect(check.locator('dd')).toHaveText([
      'failed',
      ...['code', 'expected', 'computed', 'at'].map((field) => Reflect.get(Object(changed), field)),
    ])
    await stories.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await technical.getByRole('button', { name: 'Copy these checks' }).click()
    await expect(page.locator('#notice')).toHaveText('Copied.')
    const copied: unknown = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))
    expect(copied).toHaveLength(5)
    expect(copied).toContainEqual(expect.objectContaining({ check: changed?.check, code: changed?.code, expected: changed?.expected }))
  })

  test('dates the verdict and says what no receipt proves', async () => {
    await show(STORIES.honest)
    await expect(page.locator('.moment')).toHaveText(filledWith('moment_captured_here', '.*2026.*32:11.*'))
    await page.getByText('What no receipt proves').click()
    await expect(page.locator('.limits li')).toHaveCount(4)
  })

  test('marks every row that is proven only under a root that the user added', async () => {
    const marked = () => page.locator('.row:has(.mark)').evaluateAll((rows) => rows.map((one) => one.getAttribute('data-claim')))
    await show(STORIES.honest)
    expect(await marked()).toEqual([])
    await expect(page.locator('.chain-labels span').first()).toHaveText(messages.node_hardware.message)
    await show(STORIES['demo-root'])
    await expect(page.locator('.chain-labels span').first()).toHaveText(messages.node_user_root.message)
    const first = linkInWords('node_user_root', 'node_evidence', 'link_verified')
    await expect(page.getByRole('img')).toHaveAccessibleName(new RegExp(`^${messages.chain_label.message} ${first}`))
    expect(await marked()).toEqual(['environment', 'workload', 'exchange', 'signature'])
    await expect(row('environment').locator('.mark')).toHaveText('added root')
    await expect(page.locator('.root-note')).toHaveText(/^“Added root”: .* not real hardware\.$/)
  })

  test('shows foreign text as text, without what would turn or hide it', async () => {
    await show(STORIES['long-names'])
    await expect(page.locator('#popup img, #popup b, #popup a, #popup script')).toHaveCount(0)
    const words = await page.locator('body').innerText()
    expect(words).toContain('<b>e altro</b>')
    expect(words).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
  })

  test('counts what was not captured', async () => {
    await show(watching([done(1, REPORTS.honest)], { notCaptured: 1 }))
    await expect(page.locator('.not-captured')).toHaveText(
      /^1 request went a way that this extension cannot see .* is not checked\. .*reload the page and ask again\.$/,
    )
    await show(watching([done(1, REPORTS.honest)], { notCaptured: 3 }))
    await expect(page.locator('.not-captured')).toHaveText(/^3 requests went a way .* are not checked\. .*reload the page and ask again\.$/)
    await show(STORIES['needs-reload-missed'])
    await expect(page.locator('.not-captured')).toHaveText(/^2 requests of this page were not seen .* Reload the page, then ask again\.$/)
  })
})

test.describe('whose verdict', () => {
  const seen = async () => {
    const asked = await stories.asked()
    return asked.filter((request) => Reflect.get(Object(request), 'type') === 'ui/seen')
  }

  test('the bar names the service that was judged, and an answer from elsewhere is marked as such', async () => {
    await show(STORIES.elsewhere)
    await expect(page.locator('.bar bdi')).toHaveText('TrustedRouter')
    await expect(page.locator('.elsewhere-note')).toHaveText('This page asked TrustedRouter, not its own service, Venice.')
    await page.locator('.position').click()
    await expect(page.locator('.answers .elsewhere')).toHaveText(['with TrustedRouter'])
    await page.getByRole('radio', { name: /Answer 1/ }).check()
    await expect(page.locator('.bar bdi')).toHaveText('Venice')
    await expect(page.locator('.elsewhere-note')).toHaveCount(0)
  })

  const bad = left('left-1', 'TrustedRouter', REPORTS.debug)
  const places = ['honest', 'gathering', 'waiting', 'needs-reload', 'not-enabled', 'no-adapter', 'no-site', 'unsupported-browser'] as const
  for (const name of places) {
    test(`earlier bad news is in view until it was read: ${name}`, async () => {
      await show({ ...STORIES[name], earlier: [bad] })
      const item = page.locator('.earlier-item')
      await expect(item).toHaveText(/^Earlier, TrustedRouter, .*\d\d:\d\d: .*Open$/)
      await expect(item).toContainText(messages.headline_debug.message)
      expect(await seen()).not.toContainEqual({ type: 'ui/seen', exchange: 'left-1' })
      await item.click()
      await expect(page.locator('h1')).toHaveText(messages.headline_debug.message)
      await expect(page.locator('.bar bdi')).toHaveText('TrustedRouter')
      await expect(page.locator('.row')).toHaveCount(5)
      await expect(page.locator('h1')).toBeFocused()
      await expect.poll(seen).toContainEqual({ type: 'ui/seen', exchange: 'left-1' })
      // The background lets go of what was seen; whoever reads it keeps it.
      await update(STORIES[name])
      await expect(page.locator('.row')).toHaveCount(5)
      await page.getByRole('button', { name: 'Back' }).click()
      await expect(page.locator('.earlier')).toHaveCount(0)
      await expect(page.locator('h1')).not.toHaveText(messages.headline_debug.message)
    })
  }

  test('earlier news that is checked again shows what came of it, though the tab has left it', async () => {
    const offline = left('left-1', 'TrustedRouter', REPORTS.offline)
    await show({ ...STORIES['no-adapter'], earlier: [offline] })
    await page.locator('.earlier-item').click()
    await expect(page.locator('h1')).toHaveText(messages.headline_evidence_not_fetched.message)
    const detail = { dossier: {}, report: REPORTS.debug } as unknown as ExchangeDetail
    await stories.tell({ state: STORIES['no-adapter'], detail })
    await page.getByRole('button', { name: 'Check again' }).click()
    await expect(page.locator('h1')).toHaveText(messages.headline_debug.message)
    expect(await stories.asked()).toContainEqual({ type: 'ui/retry', exchange: 'left-1' })
  })

  test('all earlier news can be opened, each under its own name and time', async () => {
    await show(STORIES.earlier)
    await expect(page.locator('.earlier-item')).toHaveCount(2)
    await expect(page.locator('.earlier-item').nth(1)).toBeHidden()
    await page.getByText('1 more').click()
    await page.locator('.earlier-item').nth(1).click()
    await expect(page.locator('h1')).toHaveText(messages.headline_receipt_withheld.message)
    await expect(page.locator('.earlier-item')).toHaveCount(1)
  })

  test('a report counts as seen once it was drawn, and not while nobody can see it', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => Reflect.get(globalThis, 'shut') !== false })
    })
    await show(STORIES.honest)
    await expect(page.locator('.row')).toHaveCount(5)
    expect(await seen()).toEqual([])
    await page.evaluate(() => {
      Object.assign(globalThis, { shut: false })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await expect.poll(seen).toEqual([{ type: 'ui/seen', exchange: 'exchange-3' }])
    await stories.notify()
    await page.locator('.position').click()
    expect(await seen()).toHaveLength(1)
    await page.getByRole('radio', { name: /Answer 2/ }).check()
    await expect.poll(seen).toHaveLength(2)
  })

  test('a store that fails is said above whatever else there is', async () => {
    for (const name of ['honest', 'waiting', 'no-site'] as const) {
      await show({ ...STORIES[name], recording: 'fault' })
      await expect(page.locator('.fault')).toHaveText(messages.ui_recording_fault.message)
    }
    await update(STORIES.honest)
    await expect(page.locator('.fault')).toHaveCount(0)
  })
})

test.describe('by keyboard', () => {
  test('everything is reached in order, seen when focused, and large enough', async () => {
    await show(STORIES['long-names'])
    const stops: string[] = []
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('Tab')
      stops.push(
        await page.evaluate(() => {
          const focused = document.activeElement
          if (focused === null) return 'nothing'
          const { outlineStyle, outlineWidth } = getComputedStyle(focused)
          const { height, width } = focused.getBoundingClientRect()
          const seen = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
          const name =
            focused.closest('[data-claim]')?.getAttribute('data-claim') ?? focused.getAttribute('data-action') ?? focused.className
          return `${name === '' ? (focused.parentElement?.className ?? '') : name}${seen ? '' : ' unseen'}${Math.min(height, width) >= 32 ? '' : ' small'}`
        }),
      )
    }
    expect(stops).toEqual([
      'toggle-list',
      'environment',
      'workload',
      'workload',
      'model',
      'exchange',
      'signature',
      'limits',
      'kept',
      'retry',
      'copy',
      'beside',
    ])
  })

  test('a row opens and closes', async () => {
    await show(STORIES.honest)
    await row('environment').locator('> summary').focus()
    await page.keyboard.press('Enter')
    await expect(row('environment')).toHaveAttribute('open', '')
    await expect(row('environment').locator('.said')).toBeVisible()
    // Opening one row closes no other.
    await expect(row('model').locator('.said')).toBeVisible()
    await page.keyboard.press('Space')
    await expect(row('environment').locator('.said')).toBeHidden()
  })

  test('the arrow keys walk the answers of the tab, newest first', async () => {
    await show(STORIES['response-changed'])
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const list = page.getByRole('radiogroup').or(page.getByRole('group', { name: 'Answers in this tab' }))
    await expect(list.getByRole('radio')).toHaveCount(3)
    await expect(list.locator('label')).toHaveText([/^Answer 3\s*Failed/, /^Answer 2\s*Assumed/, /^Answer 1\s*Assumed/])
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await expect(list.getByRole('radio').nth(1)).toBeChecked()
    await expect(list.getByRole('radio').nth(1)).toBeFocused()
    await expect(page.locator('h1')).toHaveText(
      'Proven: the gateway, its code, and that this is its answer. Assumed: the model and its host',
    )
    await expect(page.locator('.position')).toContainText('Answer 2 of 3')
    expect(await rowWords()).toEqual(['Assumed', 'Assumed', 'Assumed', 'Verified\u00a0·', 'Verified'])
    await page.keyboard.press('ArrowUp')
    await expect(page.locator('h1')).toHaveText('This answer is not the one that was signed')
  })
})

test.describe('while it is being read', () => {
  test('an update changes what differs and leaves focus, opened rows and the page’s own nodes alone', async () => {
    await show(watching([done(1, REPORTS.offline)]))
    await row('model').locator('> summary').click()
    await row('model').evaluate((element) => element.setAttribute('data-mine', ''))
    await row('environment').locator('> summary').click()
    await expect(page.locator('.row[data-mine]')).toHaveCount(1)
    await update(watching([done(1, REPORTS.responseChanged)]))
    await expect(page.locator('h1')).toHaveText('This answer is not the one that was signed')
    await expect(row('model').locator('.said')).toBeVisible()
    await expect(row('environment').locator('> summary')).toBeFocused()
    await expect(row('environment').locator('.said')).toBeHidden()
    // What decides now is opened once, and stays closed to whoever closes it.
    await expect(row('exchange').locator('.said')).toBeVisible()
    await row('exchange').locator('> summary').click()
    await update(watching([done(1, REPORTS.responseChanged)], { notCaptured: 1 }))
    await expect(page.locator('.not-captured')).toBeVisible()
    await expect(row('exchange').locator('.said')).toBeHidden()
    await expect(page.getByRole('button', { name: 'Check again' })).toHaveCount(0)
  })

  test('a newer answer is shown at once, but not to someone who reads an older one', async () => {
    await show(watching([done(1, REPORTS.honest)]))
    await update(watching([done(2, REPORTS.debug), done(1, REPORTS.honest)]))
    await expect(page.locator('h1')).toHaveText(messages.headline_debug.message)
    await row('workload').locator('> summary').click()
    await expect(row('workload').locator('.said')).toBeVisible()
    await update(watching([done(3, REPORTS.honest), done(2, REPORTS.debug), done(1, REPORTS.honest)]))
    await expect(page.locator('.position')).toContainText('Answer 2 of 3')
    await expect(page.locator('h1')).toHaveText(messages.headline_debug.message)
  })

  test('progress is said in words and told to a screen reader', async () => {
    await show(STORIES.gathering)
    const news = page.locator('#news')
    await expect(page.getByRole('listitem').filter({ has: page.locator('.stage') })).toHaveText([
      'Done: Answer arrives',
      'Now: Evidence is gathered',
      'Then: Evidence is checked',
    ])
    await expect(page.locator('[aria-current="step"]')).toHaveText('Now: Evidence is gathered')
    await expect(news).toHaveText('')
    await update(STORIES.checking)
    await expect(news).toHaveText('Checking the evidence')
    await update(watching([done(1, REPORTS.honest)]))
    await expect(news).toHaveText(
      'Proven: the gateway, its code, and that this is its answer. Assumed: the model and its host. 2 of 5 claims verified, 3 only assumed',
    )
  })

  test('everything that is kept can be deleted, once that was confirmed; it is told, and nothing of it stays in view', async () => {
    await show(watching([done(2, REPORTS.debug), done(1, REPORTS.honest)]))
    const nothing = watching([])
    await stories.tell({ state: watching([done(2, REPORTS.debug)]), deleted: { staying: 0 }, after: { ...nothing, stored: 0 } })
    const deletions = async () => (await stories.asked()).filter((asked) => Reflect.get(Object(asked), 'type') === 'ui/delete-all').length
    const named = (id: 'ui_delete_button' | 'ui_delete_no_button' | 'ui_delete_yes_button') =>
      page.getByRole('button', { name: messages[id].message })
    const kept = page.getByRole('region', { name: 'Kept on this machine: 27 answers' })
    await kept.locator('summary').click()
    await expect(kept).toContainText(messages.ui_stored_text.message)
    await picture('kept')
    await named('ui_delete_button').focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('group', { name: messages.ui_delete_question.message })).toBeVisible()
    await expect(named('ui_delete_no_button')).toBeFocused()
    await picture('delete-question')
    await page.evaluate(await axeSource)
    expect(await axeViolations()).toEqual([])
    for (const width of [380, 320]) await fitsWidth(width)
    await page.keyboard.press('Enter')
    await expect(named('ui_delete_button')).toBeFocused()
    expect(await deletions()).toBe(0)
    await named('ui_delete_button').click()
    await named('ui_delete_yes_button').dblclick()
    await expect(page.locator('#notice')).toHaveText(messages.ui_deleted.message)
    await expect(page.locator('#notice')).toHaveAttribute('role', 'status')
    await expect(page.locator('h1')).toHaveText(messages.ui_waiting_title.message)
    await expect(page.locator('.row')).toHaveCount(0)
    await expect(page.locator('.stored h2')).toHaveText(messages.ui_stored_none_title.message)
    expect(await deletions()).toBe(1)
  })

  test('what could not be deleted, or not yet, is told', async () => {
    await show(watching([done(1, REPORTS.honest)]))
    await stories.tell({ state: STORIES.honest })
    await page.locator('.stored summary').click()
    const button = (id: 'ui_delete_button' | 'ui_delete_yes_button') => page.getByRole('button', { name: messages[id].message })
    await button('ui_delete_button').click()
    await button('ui_delete_yes_button').click()
    await expect(page.locator('#notice')).toHaveText(messages.ui_delete_failed.message)
    await stories.tell({ state: STORIES.honest, deleted: { staying: 2 } })
    await button('ui_delete_button').click()
    await button('ui_delete_yes_button').click()
    await expect(page.locator('#notice')).toHaveText(messages.ui_deleted_but_arriving.message)
  })

  test('a background that does not answer is not mistaken for a result', async () => {
    await show(STORIES.honest)
    await stories.tell({})
    await stories.notify()
    await expect(page.locator('h1')).toHaveText('The checker did not reply')
    await expect(page.locator('.row')).toHaveCount(0)
    await stories.tell({ state: STORIES.honest })
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.locator('.row')).toHaveCount(5)
    await expect(page.locator('h1')).toBeFocused()
  })

  test('a report that cannot be drawn is not shown in part', async () => {
    await show(STORIES.honest)
    const broken: object = { ...REPORTS.honest, claims: null }
    await stories.tell({ state: watching([{ ...done(2, REPORTS.honest), report: broken as typeof REPORTS.honest }]) })
    await stories.notify()
    await expect(page.locator('h1')).toHaveText('The checker did not reply')
    await expect(page.locator('.row')).toHaveCount(0)
  })
})

test.describe('what can be done', () => {
  test('enabling asks once, for every host, within the click', async () => {
    await page.addInitScript(() => {
      const seen: object[] = []
      const request = async (wanted: object): Promise<boolean> => seen.push({ wanted, inClick: navigator.userActivation.isActive }) > 1
      Object.assign(Reflect.get(Reflect.get(globalThis, 'chrome'), 'permissions'), { request })
      Object.assign(globalThis, { seen })
    })
    await show(STORIES['not-enabled'])
    await expect(page.locator('.asks dt')).toHaveText([
      'trustedrouter.com',
      'www.trustedrouter.com',
      'api.trustedrouter.com',
      'www.googleapis.com',
    ])
    await expect(page.locator('.asks dd')).toHaveCount(3)
    await page.getByRole('button', { name: 'Check this site' }).click()
    await expect(page.locator('#notice')).toHaveText('Access was not given, so nothing is checked. You can ask again at any time.')
    await stories.tell({ state: STORIES['needs-reload'] })
    await page.getByRole('button', { name: 'Check this site' }).click()
    await expect(page.locator('#notice')).toHaveText('Access given.')
    await expect(page.locator('h1')).toHaveText('Reload this tab to start')
    await expect(page.locator('h1')).toBeFocused()
    const ask = {
      wanted: {
        origins: [
          'https://trustedrouter.com/*',
          'https://www.trustedrouter.com/*',
          'https://api.trustedrouter.com/*',
          'https://www.googleapis.com/*',
        ],
      },
      inClick: true,
    }
    expect(await page.evaluate(() => Reflect.get(globalThis, 'seen'))).toEqual([ask, ask])
  })

  test('the tab is reloaded, and no other', async () => {
    await page.addInitScript(() => {
      const reloaded: unknown[] = []
      const reload = async (tabId: unknown): Promise<void> => void reloaded.push(tabId)
      Object.assign(Reflect.get(Reflect.get(globalThis, 'chrome'), 'tabs'), { reload })
      Object.assign(globalThis, { reloaded })
    })
    await show(STORIES['needs-reload'])
    await page.getByRole('button', { name: 'Reload the tab' }).click()
    await expect(page.locator('#notice')).toHaveText('The tab is reloading.')
    expect(await page.evaluate(() => Reflect.get(globalThis, 'reloaded'))).toEqual([7])
  })

  test('a retry is asked for the answer that is shown, and is offered only where it can help', async () => {
    await show(STORIES.honest)
    await expect(page.getByRole('button', { name: 'Check again' })).toHaveCount(0)
    await show(watching([done(2, REPORTS.honest), done(1, REPORTS.offline)]))
    await page.locator('.position').click()
    await page.getByRole('radio', { name: /Answer 1/ }).check()
    await page.getByRole('button', { name: 'Check again' }).click()
    await expect
      .poll(async () => (await stories.asked()).filter((request) => Reflect.get(Object(request), 'type') === 'ui/retry'))
      .toEqual([{ type: 'ui/retry', exchange: 'exchange-1' }])
    await update(watching([done(2, REPORTS.honest), { ...done(1, REPORTS.offline), progress: 'gathering' }]))
    const busy = page.getByRole('button', { name: 'Checking again…' })
    await expect(busy).toBeFocused()
    await expect(busy).toHaveAttribute('aria-disabled', 'true')
    await busy.dispatchEvent('click')
    expect((await stories.asked()).some((request) => Reflect.get(Object(request), 'type') === 'ui/retry')).toBe(false)
    await expect(page.locator('.row')).toHaveCount(5)
  })

  test('copying gives the whole record as JSON, or says that it did not', async () => {
    const detail = {
      dossier: { format: 'inference-receipt-checker/dossier', id: 'exchange-3' },
      report: REPORTS.honest,
    } as unknown as ExchangeDetail
    await show(STORIES.honest, detail)
    await stories.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy the evidence' }).click()
    await expect(page.locator('#notice')).toHaveText(messages.ui_copied.message)
    expect(JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))).toEqual(detail)
    expect(await stories.asked()).toContainEqual({ type: 'ui/exchange', exchange: 'exchange-3' })
    await stories.tell({ state: STORIES.honest })
    await page.getByRole('button', { name: 'Copy the evidence' }).click()
    await expect(page.locator('#notice')).toHaveText(/^Could not copy/)
  })
})

test('the popup weighs at most 20 kB, gzip, without its texts', async () => {
  const files = (await readdir(stories.extension, { recursive: true })).filter(
    (file) => /\.(js|css|html)$/.test(file) && file !== 'background.js',
  )
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(stories.extension, file))).length))
  expect(files.length).toBeGreaterThanOrEqual(3)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(20 * 1024)
})
