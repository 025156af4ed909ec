import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import { finished, rowsOf, watching } from './rows.ts'
import { askInPage, COMPLETIONS, EVENT_STREAM, PAGE, serve } from './service.ts'
import { HONEST, openHonest, question, type Session, startSession } from './session.ts'

/** Whose verdict it is: rows and icon belong to the document of the tab, bad news outlives it until it was seen. */

const SECOND_PAGE = 'https://trustedrouter.com/models'
const ELSEWHERE = 'https://elsewhere.example/'

let session: Session

test.beforeEach(async () => {
  session = await startSession()
  serve(session.loopback, session.service.stream)
  session.loopback.on(
    'elsewhere.example',
    (_, __, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>other</p>'),
  )
})

test.afterEach(async () => {
  await session.close()
})

const badge = (tabId: number) => expect.poll(() => session.extension.badge(tabId), { timeout: 10_000 })
const title = (tabId: number) => expect.poll(() => session.extension.title(tabId), { timeout: 10_000 })

/** Has the service take the receipt out of its answers. */
function strip(): void {
  serve(session.loopback, ({ headers }, body, response) => {
    const { events } = session.service.prepare(body, headers)
    response.writeHead(200, EVENT_STREAM).end(events.filter((event) => !event.includes('inference_receipt')).join(''))
  })
}

/** Opens a page to which an answer comes without the receipt that was asked for. */
async function openStripped(): Promise<{ page: Page; tabId: number }> {
  const { page, tabId } = await session.extension.open(PAGE)
  strip()
  await askInPage(page, question())
  await finished(session.extension, tabId, 1)
  await badge(tabId).toBe('!')
  serve(session.loopback, session.service.stream)
  return { page, tabId }
}

/** Asks, and never gets the end of the answer. */
async function askHeldOpen(page: Page): Promise<void> {
  serve(session.loopback, ({ headers }, body, response) => {
    response.writeHead(200, EVENT_STREAM).write(session.service.prepare(body, headers).events[0] ?? '')
  })
  await page.evaluate(
    async ([to, body]) => {
      const response = await fetch(to, { method: 'POST', body })
      await response.body?.getReader().read()
    },
    [COMPLETIONS, question()] as const,
  )
}

test('the rows of a document are not under the one that comes after it', async () => {
  const { page, tabId } = await openHonest(session)
  await title(tabId).toContain('TrustedRouter: ')
  await page.goto(SECOND_PAGE)
  await expect.poll(async () => (await watching(session.extension, tabId)).exchanges).toEqual([])
  await title(tabId).not.toContain('TrustedRouter: ')
  await askInPage(page, question())
  const [own, ...more] = await finished(session.extension, tabId, 1)
  expect([more.length, own === undefined ? {} : rowsOf(own.report)]).toEqual([0, HONEST])
  await page.goto(ELSEWHERE)
  await expect.poll(async () => (await session.extension.state(tabId)).kind).not.toBe('watching')
  await title(tabId).not.toContain('TrustedRouter: ')
})

test('bad news outlives a later good answer, a reload and its site, until it was seen', async () => {
  const { page, tabId } = await openStripped()
  await askInPage(page, question())
  await finished(session.extension, tabId, 2)
  await badge(tabId).toBe('!')
  await page.reload()
  await expect.poll(async () => (await session.extension.state(tabId)).earlier.map(({ service }) => service)).toEqual(['TrustedRouter'])
  await badge(tabId).toBe('!')
  await title(tabId).toContain('TrustedRouter: ')
  await page.goto(ELSEWHERE)
  await badge(tabId).toBe('!')
  await session.extension.stopWorker()
  const { earlier } = await session.extension.state(tabId)
  expect(earlier.map(({ unseen }) => unseen)).toEqual([true])
  await session.extension.ask({ type: 'ui/seen', exchange: earlier[0]?.id ?? '' })
  await badge(tabId).toBe('')
  expect((await session.extension.state(tabId)).earlier).toEqual([])
})

test('bad news outlives its tab: another of its service shows it, until it was seen', async () => {
  const { page } = await openStripped()
  const other = await session.extension.open(PAGE)
  await badge(other.tabId).toBe('')
  await page.close()
  await badge(other.tabId).toBe('!')
  await session.extension.stopWorker()
  const later = await session.extension.open(PAGE)
  await badge(later.tabId).toBe('!')
  const elsewhere = await session.extension.open(ELSEWHERE)
  expect((await session.extension.state(elsewhere.tabId)).earlier).toEqual([])
  const popup = await session.extension.popup(later.tabId)
  await popup.locator('.earlier-item').click()
  await expect(popup.locator('h1')).toHaveText(messages.headline_receipt_withheld.message)
  await badge(later.tabId).toBe('')
  await badge(other.tabId).toBe('')
})

test('bad news outlives the run of browser and extension in which it came', async () => {
  const { page, tabId } = await openStripped()
  await session.extension.forgetRun()
  await page.reload()
  await badge(tabId).toBe('!')
  expect((await session.extension.state(tabId)).earlier.map(({ service }) => service)).toEqual(['TrustedRouter'])
})

test('a request that is held open covers no bad news, and is over when its document is', async () => {
  const { page, tabId } = await openStripped()
  await askHeldOpen(page)
  await expect.poll(async () => (await watching(session.extension, tabId)).exchanges[0]?.progress).toBe('answering')
  await badge(tabId).toBe('!')
  const held = (await watching(session.extension, tabId)).exchanges[0]?.id ?? ''
  await page.reload()
  await expect.poll(async () => (await session.extension.detail(held)).report !== undefined, { timeout: 10_000 }).toBe(true)
  expect((await session.extension.detail(held)).dossier.exchange.response).toMatchObject({
    capture: 'broken-off',
    brokenOff: { by: 'page' },
  })
  await badge(tabId).toBe('!')
})

test('a request that is held open is over when its tab is closed', async () => {
  const { page, tabId } = await session.extension.open(PAGE)
  await askHeldOpen(page)
  await expect.poll(async () => (await watching(session.extension, tabId)).exchanges[0]?.progress).toBe('answering')
  const held = (await watching(session.extension, tabId)).exchanges[0]?.id ?? ''
  await page.close()
  await expect.poll(async () => (await session.extension.detail(held)).report !== undefined, { timeout: 10_000 }).toBe(true)
})

test('an answer that was redirected to where nothing is watched was not captured', async () => {
  const { page, tabId } = await openHonest(session)
  session.loopback.on('api.trustedrouter.com/elsewhere', (_, __, response) => {
    response.writeHead(200, EVENT_STREAM).end('data: {"choices":[{"delta":{"content":"Yes."}}]}\n\n')
  })
  serve(session.loopback, (_, __, response) => {
    response.writeHead(307, { ...EVENT_STREAM, location: 'https://api.trustedrouter.com/elsewhere' }).end()
  })
  await askInPage(page, question()).catch(() => undefined)
  await expect.poll(async () => (await watching(session.extension, tabId)).notCaptured, { timeout: 10_000 }).toBe(1)
  await title(tabId).toContain('not seen')
})

test('what a frame asks belongs to the document of its tab', async () => {
  const frame = '<iframe srcdoc="<p>frame</p>"></iframe>'
  serve(session.loopback, session.service.stream, `<!doctype html><title>chat</title>${frame}`)
  const { page, tabId } = await session.extension.open(PAGE)
  const [, inner] = page.frames()
  if (inner === undefined) throw new Error('no frame')
  await inner.evaluate(async ([to, body]) => void (await (await fetch(to, { method: 'POST', body })).text()), [
    COMPLETIONS,
    question(),
  ] as const)
  await finished(session.extension, tabId, 1)
  await page.goto(SECOND_PAGE)
  await expect.poll(async () => (await watching(session.extension, tabId)).exchanges).toEqual([])
})
