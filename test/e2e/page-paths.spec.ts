import { expect, test } from 'playwright/test'
import { testBuild } from './builds.ts'
import { type Extension, launchExtension } from './extension.ts'
import { failedChecks, finished, rowsOf } from './rows.ts'
import { askInPage, COMPLETIONS, PAGE, PAGE_COMPLETIONS, serve } from './service.ts'
import { HONEST, question, type Session, startSession } from './session.ts'
import { simulatedPolicy } from './simulated.ts'

/** Pages that call a server of their own in place of the service's interface. */

let session: Session

test.beforeAll(async () => {
  session = await startSession()
})

test.beforeEach(() => {
  session.loopback.seen.length = 0
  serve(session.loopback, session.service.stream)
})

test.afterAll(async () => {
  await session.close()
})

const asked = (path: string) => session.loopback.seen.filter((seen) => seen.path === path).map(({ host }) => host)

test.describe('TrustedRouter’s page', () => {
  test('has its answers seen and its receipts asked for, and the row names who reads along', async () => {
    const { page, tabId } = await session.extension.open(PAGE)
    await askInPage(page, question(), PAGE_COMPLETIONS)
    const [exchange] = await finished(session.extension, tabId)
    const { dossier, report } = await session.extension.detail(exchange?.id ?? '')
    expect(report === undefined ? undefined : rowsOf(report)).toEqual(HONEST)
    expect(dossier.exchange).toMatchObject({ url: PAGE_COMPLETIONS, relay: 'reads' })
    expect(dossier.asked).toMatchObject({ header: 'x-inference-receipt', sharedBy: 1 })
    const naming = report?.claims.filter(({ assumes }) => assumes.includes('assume_relay_reads')).map(({ id }) => id)
    expect(naming).toEqual(['environment'])
    const popup = await session.extension.popup(tabId)
    await expect(popup.getByText('which shows no evidence and can read it').first()).toBeAttached()
    await popup.close()
    await page.close()
  })

  test('a call of the interface itself names nobody', async () => {
    const { page, tabId } = await session.extension.open(PAGE)
    await askInPage(page, question(), COMPLETIONS)
    const [exchange] = await finished(session.extension, tabId)
    expect(exchange?.report.assumes).not.toContain('assume_relay_reads')
    await page.close()
  })

  test('an answer in one piece has its evidence fetched from the interface, not from the site', async () => {
    serve(session.loopback, session.service.whole)
    const { page, tabId } = await session.extension.open(PAGE)
    await askInPage(page, question(), PAGE_COMPLETIONS)
    const [exchange] = await finished(session.extension, tabId)
    expect(exchange === undefined ? undefined : rowsOf(exchange.report)).toEqual(HONEST)
    expect(asked('/receipt-attestation')).toEqual(['api.trustedrouter.com'])
    await page.close()
  })

  test('several models compared at once have a row each', async () => {
    const { page, tabId } = await session.extension.open(PAGE)
    const questions = [question(), question(), question(), question()]
    await Promise.all(questions.map((body) => askInPage(page, body, PAGE_COMPLETIONS)))
    const exchanges = await finished(session.extension, tabId, questions.length)
    for (const { report } of exchanges) {
      expect(failedChecks(report)).toEqual([])
      expect(rowsOf(report)).toEqual(HONEST)
    }
    await page.close()
  })

  test('a receipt that the site’s server takes away was asked for and did not come', async () => {
    serve(session.loopback, ({ headers }, body, response) => {
      const { events } = session.service.prepare(body, headers)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(events.filter((event) => !event.includes('inference_receipt')).join(''))
    })
    const { page, tabId } = await session.extension.open(PAGE)
    await askInPage(page, question(), PAGE_COMPLETIONS)
    const [exchange] = await finished(session.extension, tabId)
    expect(exchange?.report.headline).toMatchObject({ id: 'headline_receipt_withheld' })
    expect(asked('/receipt-key')).toEqual(['api.trustedrouter.com'])
    await page.close()
  })

  test('what its headers say of provider and model is kept, and moves no row', async () => {
    serve(session.loopback, ({ headers }, body, response) => {
      const named = { 'x-trustedrouter-provider': 'another', 'x-trustedrouter-served-model': 'another/model' }
      response.writeHead(200, { 'content-type': 'text/event-stream', ...named })
      response.end(session.service.prepare(body, headers).events.join(''))
    })
    const { page, tabId } = await session.extension.open(PAGE)
    await askInPage(page, question(), PAGE_COMPLETIONS)
    const [exchange] = await finished(session.extension, tabId)
    const { dossier, report } = await session.extension.detail(exchange?.id ?? '')
    expect(dossier.exchange.headers.map(({ name }) => name)).toContain('x-trustedrouter-served-model')
    expect(report === undefined ? undefined : rowsOf(report)).toEqual(HONEST)
    await page.close()
  })
})

test.describe('a site that stands in for TrustedRouter’s', () => {
  const SITE = 'https://allyrouter.com'
  let extension: Extension

  // The shipped build holds the hosts of one site, as after one prompt; this one holds all that a user may be asked for.
  test.beforeAll(async () => {
    extension = await launchExtension({ build: testBuild(), port: session.loopback.port })
    await extension.configure({ 'policy:trustedrouter': simulatedPolicy(session.service.gateway) })
  })
  test.afterAll(() => extension.close())

  test('is the same service: a fresh nonce for each answer, the same policy, its own interface asked', async () => {
    const { loopback, service } = session
    const { document, kind } = service.gateway.attestation
    loopback.on('allyrouter.com', (_, __, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>chat</p>'))
    loopback.on('allyrouter.com/chat-proxy/v1/chat/completions', service.whole)
    loopback.on('api.allyrouter.com/receipt-attestation', (_, __, response) => {
      response.writeHead(200, { 'content-type': 'application/jwt', 'x-receipt-att-kind': kind }).end(document)
    })
    const { page, tabId } = await extension.open(SITE)
    const nonces = new Set<string | undefined>()
    for (const count of [1, 2]) {
      await askInPage(page, question(), `${SITE}/chat-proxy/v1/chat/completions`)
      const exchange = (await finished(extension, tabId, count)).at(-1)
      const { dossier } = await extension.detail(exchange?.id ?? '')
      expect(exchange === undefined ? undefined : rowsOf(exchange.report)).toEqual(HONEST)
      expect(exchange).toMatchObject({ service: 'TrustedRouter', elsewhere: false })
      expect(dossier.asked?.sharedBy).toBe(1)
      nonces.add(dossier.asked?.nonce)
    }
    expect(nonces.size).toBe(2)
    expect(new Set(asked('/receipt-attestation'))).toEqual(new Set(['api.allyrouter.com']))
    await page.close()
  })
})
