import type { Page } from 'playwright'
import { expect, test } from 'playwright/test'
import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import { failedChecks, finished, rowsOf, watching } from './rows.ts'
import { askInPage, EVENT_STREAM, JWKS_PLACE, PAGE, serve } from './service.ts'
import { HONEST, openHonest, question, type Session, startSession } from './session.ts'

/** What a user in a hurry and a page that answers anything come up with: nothing stale and nothing false is shown. */

const SECOND_PAGE = 'https://trustedrouter.com/models'
const ELSEWHERE = 'https://elsewhere.example/'

let session: Session

test.beforeEach(async () => {
  session = await startSession()
  serve(session.loopback, session.service.stream)
  session.loopback.on('elsewhere.example', (_, __, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>other</p>')
  })
})

test.afterEach(async () => {
  await session.close()
})

const heading = (popup: Page) => expect.poll(() => popup.locator('h1').textContent(), { timeout: 10_000 })

test('a popup that is open while its tab goes elsewhere shows what the tab shows, and no row of what it left', async () => {
  const { page, tabId } = await openHonest(session)
  const popup = await session.extension.popup(tabId)
  await expect(popup.locator('.row')).toHaveCount(5)
  await page.goto(SECOND_PAGE)
  await heading(popup).toBe(messages.ui_waiting_title.message)
  await expect(popup.locator('.row')).toHaveCount(0)
  await askInPage(page, question())
  await expect(popup.locator('.row')).toHaveCount(5, { timeout: 10_000 })
  await page.goto(ELSEWHERE)
  await heading(popup).not.toContain('Proven')
  await expect(popup.locator('.row')).toHaveCount(0)
  await expect(popup.locator('.service')).not.toContainText('TrustedRouter')
})

test('a page that only changes its address keeps its rows', async () => {
  const { page, tabId } = await openHonest(session)
  const before = (await watching(session.extension, tabId)).exchanges.map(({ id }) => id)
  await page.evaluate(() => history.pushState({}, '', '/chat/42'))
  await askInPage(page, question())
  await finished(session.extension, tabId, 2)
  expect((await watching(session.extension, tabId)).exchanges.map(({ id }) => id)).toContain(before[0])
})

test('two windows that ask at the same time have each their own rows', async () => {
  const first = await session.extension.open(PAGE)
  const second = await session.extension.open(PAGE)
  await Promise.all([first, second].map(({ page }) => askInPage(page, question())))
  for (const { tabId } of [first, second]) {
    const [own, ...more] = await finished(session.extension, tabId, 1)
    expect([more.length, own === undefined ? {} : rowsOf(own.report)]).toEqual([0, HONEST])
  }
})

test('a body that is no answer has rows of its own, which rest on nothing, and leaves those of others alone', async () => {
  const { page, tabId } = await openHonest(session)
  const [honest] = (await watching(session.extension, tabId)).exchanges
  const bodies = [
    ['text/html', '<!doctype html><h1>Sign in</h1>'],
    ['application/json', '{"error":{"message":"no credit"}}'],
    ['text/event-stream', ': nothing\n\n'],
    ['application/json', ''],
  ] as const
  for (const [index, [type, body]] of bodies.entries()) {
    serve(session.loopback, (_, __, response) => void response.writeHead(200, { ...EVENT_STREAM, 'content-type': type }).end(body))
    await askInPage(page, question())
    const { report } = (await finished(session.extension, tabId, index + 2)).at(-1) ?? {}
    expect(report?.claims.map(({ standing }) => standing)).not.toContain('verified')
    expect(report?.claims.map(({ standing }) => standing)).not.toContain('failed')
    // Under a status of success a receipt was due, and its absence is said.
    expect(report === undefined ? [] : failedChecks(report)).toEqual(['receipt.delivery'])
  }
  const same = (await watching(session.extension, tabId)).exchanges.find(({ id }) => id === honest?.id)
  expect(same?.report === undefined ? {} : rowsOf(same.report)).toEqual(HONEST)
})

test('a button that is pressed twice does its work once', async () => {
  const { page, tabId } = await session.extension.open(PAGE)
  session.loopback.on(JWKS_PLACE, (_, __, response) => void response.destroy())
  await askInPage(page, question())
  await finished(session.extension, tabId, 1)
  const popup = await session.extension.popup(tabId)
  const again = popup.getByRole('button', { name: messages.ui_retry.message })
  await again.dblclick()
  await expect(again).toBeVisible({ timeout: 10_000 })
  await expect(popup.locator('.row')).toHaveCount(5)
  expect((await watching(session.extension, tabId)).exchanges).toHaveLength(1)
})
