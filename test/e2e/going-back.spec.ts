import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import { finished, watching } from './rows.ts'
import { askInPage, PAGE, serve } from './service.ts'
import { question, type Session, startSession } from './session.ts'

/** A document that comes back from the browser's memory of pages that were left: it is the one it was, and its rows are its own. */

const SECOND_PAGE = 'https://trustedrouter.com/models'
const ELSEWHERE = 'https://elsewhere.example/'

let session: Session

test.beforeEach(async () => {
  session = await startSession({ keepsPages: true })
  serve(session.loopback, session.service.stream)
  session.loopback.on('elsewhere.example', (_, __, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>other</p>')
  })
})

test.afterEach(async () => {
  await session.close()
})

const title = (tabId: number) => expect.poll(() => session.extension.title(tabId), { timeout: 10_000 })
const ids = async (tabId: number) => (await watching(session.extension, tabId)).exchanges.map(({ id }) => id)

/** Marks the document, so that it is known again. */
async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Reflect.set(globalThis, 'marked', true))
}
const isMarked = (page: Page) => page.evaluate(() => Reflect.get(globalThis, 'marked') === true)

/** Goes back or forward as a user does: the driver waits for a load that a kept page does not have. */
async function go(page: Page, by: -1 | 1, to: string): Promise<void> {
  await page.evaluate((steps) => void setTimeout(() => history.go(steps)), by)
  await expect.poll(() => page.evaluate(() => location.href).catch(() => '')).toBe(to)
}

test('going back and forward between pages of one service shows the rows of the document that is there then', async () => {
  const { page, tabId } = await session.extension.open(PAGE)
  await mark(page)
  await askInPage(page, question())
  await finished(session.extension, tabId, 1)
  const first = await ids(tabId)
  await page.goto(SECOND_PAGE)
  await expect.poll(() => ids(tabId)).toEqual([])
  await title(tabId).not.toContain('TrustedRouter: ')
  await mark(page)
  await askInPage(page, question())
  await finished(session.extension, tabId, 1)
  const second = await ids(tabId)
  expect(second).not.toEqual(first)

  // The browser may have let the page go, and then it is another document.
  await go(page, -1, PAGE)
  const before = (await isMarked(page)) ? first : []
  await expect.poll(() => ids(tabId)).toEqual(before)
  await askInPage(page, question())
  await finished(session.extension, tabId, before.length + 1)
  expect((await ids(tabId)).slice(1)).toEqual(before)
  await title(tabId).toContain('TrustedRouter: ')

  await go(page, 1, SECOND_PAGE)
  const after = (await isMarked(page)) ? second : []
  await expect.poll(() => ids(tabId)).toEqual(after)
})

test('going back from a site that nobody knows shows icon and rows again, also with a worker that was stopped meanwhile', async () => {
  const { page, tabId } = await session.extension.open(PAGE)
  await mark(page)
  await askInPage(page, question())
  await finished(session.extension, tabId, 1)
  const own = await ids(tabId)
  await page.goto(ELSEWHERE)
  await expect.poll(async () => (await session.extension.state(tabId)).kind).not.toBe('watching')
  await title(tabId).not.toContain('TrustedRouter: ')
  await session.extension.stopWorker()
  await go(page, -1, PAGE)
  expect(await isMarked(page)).toBe(true)
  await title(tabId).toContain('TrustedRouter: ')
  await expect.poll(() => ids(tabId)).toEqual(own)
})
