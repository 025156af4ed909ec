import { expect, test } from 'playwright/test'
import { finished, rowsOf, watching } from './rows.ts'
import type { Handler, Seen } from './server.ts'
import { askInPage, EVENT_STREAM, serve, serveKeys } from './service.ts'
import { HONEST, openHonest, question, type Session, startSession } from './session.ts'

/** Nothing is lost when the worker is stopped, and a failure to look is neither a pass nor a failure of the claim. */

/** What the browser itself asks for, extension or not. */
const BROWSERS_OWN = ['update.googleapis.com', 'accounts.google.com']

let session: Session

test.beforeEach(async () => {
  session = await startSession()
})

test.afterEach(async () => {
  await session.close()
})

/** Whether the background's worker runs, as the browser says. */
async function workerRuns(): Promise<boolean> {
  const { context } = session.extension
  const [page] = context.pages()
  if (page === undefined) throw new Error('no page')
  const cdp = await context.newCDPSession(page)
  const { targetInfos } = await cdp.send('Target.getTargets')
  await cdp.detach()
  return targetInfos.some(({ type, url }) => type === 'service_worker' && url.startsWith('chrome-extension://'))
}

/** A gate that a server's handler waits at. */
function gate(): {
  readonly passed: Promise<void>
  readonly open: () => void
  readonly reached: Promise<void>
  readonly reach: () => void
} {
  let open = (): void => undefined
  let reach = (): void => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  return { passed, open, reached, reach }
}

/** Answers, but stops in the middle of the stream until the gate opens. */
function inTwoHalves(halfway: ReturnType<typeof gate>): Handler {
  return async ({ headers }, body, response) => {
    const { events } = session.service.prepare(body, headers)
    const half = Math.floor(events.length / 2)
    response.writeHead(200, EVENT_STREAM).write(events.slice(0, half).join(''))
    halfway.reach()
    await halfway.passed
    response.end(events.slice(half).join(''))
  }
}

test('a worker killed in mid-stream loses nothing: the popup opened afterwards shows the rows', async () => {
  const { page, tabId } = await openHonest(session)
  const halfway = gate()
  serve(session.loopback, inTwoHalves(halfway))
  const answer = askInPage(page, question())
  await halfway.reached
  await expect.poll(async () => (await watching(session.extension, tabId)).exchanges[0]?.progress).toBe('answering')
  await session.extension.stopWorker()
  await expect.poll(workerRuns).toBe(false)
  halfway.open()
  await answer
  const popup = await session.extension.popup(tabId)
  await expect(popup.locator('[data-claim="exchange"]')).toContainText('Verified')
  const [, exchange] = await finished(session.extension, tabId, 2)
  expect(exchange === undefined ? {} : rowsOf(exchange.report)).toEqual(HONEST)
})

test('a worker killed again and again while the answer streams loses nothing', async () => {
  const { page, tabId } = await openHonest(session)
  serve(session.loopback, async ({ headers }, body, response) => {
    const { events } = session.service.prepare(body, headers)
    response.writeHead(200, EVENT_STREAM)
    for (const event of events) {
      response.write(event)
      await new Promise((resume) => setTimeout(resume, 40))
    }
    response.end()
  })
  for (let turn = 0; turn < 3; turn++) {
    const answer = askInPage(page, question())
    for (let kill = 0; kill < 6; kill++) {
      await new Promise((resume) => setTimeout(resume, 70 + 60 * turn))
      await session.extension.stopWorker()
    }
    await answer
  }
  const exchanges = await finished(session.extension, tabId, 4)
  expect(exchanges.map(({ report }) => rowsOf(report))).toEqual([HONEST, HONEST, HONEST, HONEST])
})

test('a worker killed while it fetches evidence goes on when it is started again', async () => {
  const { page, tabId } = await session.extension.open('https://trustedrouter.com/')
  const fetching = gate()
  serveKeysBy(async (response) => {
    fetching.reach()
    await fetching.passed
    response.destroy()
  })
  await askInPage(page, question())
  await fetching.reached
  await expect.poll(async () => (await watching(session.extension, tabId)).exchanges[0]?.progress).toBe('gathering')
  await session.extension.stopWorker()
  await expect.poll(workerRuns).toBe(false)
  serveKeys(session.loopback, session.service.gateway.authority.jwksText)
  fetching.open()
  const [exchange] = await finished(session.extension, tabId)
  expect(exchange === undefined ? {} : rowsOf(exchange.report)).toEqual(HONEST)
})

test('keys that cannot be fetched leave the environment unchecked; trying again checks it', async () => {
  const { page, tabId } = await session.extension.open('https://trustedrouter.com/')
  let offline = true
  const keys = session.service.gateway.authority.jwksText
  serveKeysBy((response) => {
    if (offline) response.destroy()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(keys)
  })
  await askInPage(page, question())
  const [before] = await finished(session.extension, tabId)
  if (before === undefined) throw new Error('no exchange')
  expect(before.report.retry).toBe(true)
  expect(rowsOf(before.report)).toEqual({
    environment: 'unchecked (gateway unchecked, model-host assumed)',
    workload: 'assumed (gateway assumed, model-host assumed)',
    model: 'assumed',
    exchange: 'assumed',
    signature: 'assumed',
  })
  expect((await session.extension.detail(before.id)).dossier.missing.map(({ what, reason }) => ({ what, reason }))).toEqual([
    { what: 'collateral', reason: 'offline' },
  ])
  offline = false
  await session.extension.ask({ type: 'ui/retry', exchange: before.id })
  const [after] = await finished(session.extension, tabId)
  expect(after?.id).toBe(before.id)
  expect(after?.report.retry).toBe(false)
  expect(after === undefined ? {} : rowsOf(after.report)).toEqual(HONEST)
})

test('the issuer’s keys are fetched once for several answers, and nothing but the known endpoints is fetched', async () => {
  const { page, tabId } = await openHonest(session)
  await askInPage(page, question())
  await finished(session.extension, tabId, 2)
  const { loopback } = session
  const own = loopback.seen.filter(
    ({ host, headers }) => !BROWSERS_OWN.includes(host) && headers['sec-fetch-site'] === 'none' && !isVisit(headers),
  )
  expect(own.map(({ method, host }) => `${method} ${host}`)).toEqual(['GET www.googleapis.com'])
})

test('an answer without a receipt, though one was asked for, is said to lack it, and the published evidence is looked at', async () => {
  const { page, tabId } = await openHonest(session)
  serve(session.loopback, ({ headers }, body, response) => {
    const { events } = session.service.prepare(body, headers)
    response.writeHead(200, EVENT_STREAM).end(events.filter((event) => !event.includes('inference_receipt')).join(''))
  })
  await askInPage(page, question())
  const exchange = (await finished(session.extension, tabId, 2)).at(-1)
  if (exchange === undefined) throw new Error('no exchange')
  expect(rowsOf(exchange.report)).toEqual({
    environment: 'assumed (service assumed)',
    workload: 'assumed (service assumed)',
    model: 'absent',
    exchange: 'absent',
    signature: 'absent',
  })
  const { dossier } = await session.extension.detail(exchange.id)
  expect(dossier.evidence.map(({ source, provenance }) => ({ source, provenance }))).toEqual([
    { source: 'https://api.trustedrouter.com/receipt-key', provenance: 'fetched' },
  ])
})

function serveKeysBy(answer: (response: Parameters<Handler>[2]) => void | Promise<void>): void {
  session.loopback.on(
    'www.googleapis.com/service_accounts/v1/metadata/jwk/signer@confidentialspace-sign.iam.gserviceaccount.com',
    (_, __, response) => answer(response),
  )
}

function isVisit(headers: Seen['headers']): boolean {
  return headers['sec-fetch-mode'] === 'navigate'
}

test('where the browser gives no texts, the toolbar and the popup speak the package’s', async () => {
  const { context, popup, title, worker } = session.extension
  const silence = (): void => {
    chrome.i18n.getMessage = () => ''
  }
  const background = await worker()
  await background.evaluate(silence)
  expect(await background.evaluate(() => chrome.i18n.getMessage('ext_name'))).toBe('')
  const { tabId } = await openHonest(session)
  await expect.poll(() => title(tabId)).toContain('TrustedRouter: ')
  await context.addInitScript(silence)
  const page = await popup(tabId)
  expect(await page.evaluate(() => chrome.i18n.getMessage('ext_name'))).toBe('')
  await expect(page.locator('[data-claim="exchange"]')).toContainText('Verified')
  await expect(page).toHaveTitle('Inference Receipt Checker')
})
