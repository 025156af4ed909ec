import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'playwright/test'
import type { HookReport } from '../../src/capture/messages.ts'
import { failedChecks, finished, rowsOf, watching } from '../e2e/rows.ts'
import { askInPage, COMPLETIONS, EVENT_STREAM, PAGE, serve } from '../e2e/service.ts'
import { HONEST, openHonest, question, type Session, startSession } from '../e2e/session.ts'

/** What a page can do against the capture in its own process: at most hide its traffic. Each case first shows the honest one. */

let session: Session

test.beforeAll(async () => {
  session = await startSession()
})

test.beforeEach(() => {
  serve(session.loopback, session.service.stream)
})

test.afterAll(async () => {
  await session.close()
})

/** Asks past the hook: a frame that has just been made has a `fetch` of its own, before any script can run in it. */
async function askPastHook(page: Awaited<ReturnType<typeof openHonest>>['page'], body: string): Promise<string> {
  return page.evaluate(
    async ([to, text]) => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const { fetch: native } = frame.contentWindow as unknown as Window
      const response = await native(to, { method: 'POST', body: text })
      return response.text()
    },
    [COMPLETIONS, body] as const,
  )
}

test('a fetch borrowed from a fresh frame is counted as not captured', async () => {
  const { page, tabId } = await openHonest(session)
  expect(await askPastHook(page, question())).toContain('inference_receipt')
  await expect.poll(async () => (await watching(session.extension, tabId)).notCaptured, { timeout: 10_000 }).toBe(1)
  expect((await watching(session.extension, tabId)).exchanges).toHaveLength(1)
})

test('a page in srcdoc is captured like its parent', async () => {
  const { page, tabId } = await openHonest(session)
  await page.evaluate(
    ([to, body]) =>
      new Promise<void>((resolve) => {
        const frame = document.createElement('iframe')
        Object.assign(window, { done: resolve })
        frame.srcdoc = `<script>fetch(${JSON.stringify(to)}, { method: 'POST', body: ${JSON.stringify(body)} }).then(r => r.text()).then(() => parent.done())</script>`
        document.body.append(frame)
      }),
    [COMPLETIONS, question()] as const,
  )
  const [, exchange] = await finished(session.extension, tabId, 2)
  expect(exchange === undefined ? {} : rowsOf(exchange.report)).toEqual(HONEST)
})

test('a second handshake and forged messages hand nothing over', async () => {
  const { page, tabId } = await openHonest(session)
  const body = question()
  const text = await askPastHook(page, body)
  // Everything that the hook would have said of that request, said by the page.
  const report: Omit<HookReport, 'request' | 'response'> = {
    method: 'POST',
    url: COMPLETIONS,
    length: text.length,
    capture: 'complete',
    began: 0,
    ended: 0,
    ticket: 1,
  }
  const extension = await page.evaluate(
    async ([said, request, response]) => {
      const octets = new TextEncoder()
      const ended = performance.now()
      const forged = { ...said, began: ended - 1_000, ended, request: octets.encode(request), response: octets.encode(response) }
      for (const target of [window, document, document.documentElement]) {
        const { port1, port2 } = new MessageChannel()
        target.dispatchEvent(new MessageEvent('inference-receipt-checker', { ports: [port2], data: forged }))
        port1.postMessage(forged)
      }
      window.postMessage(forged, '*')
      window.postMessage({ type: 'capture/octets', ...forged }, '*')
      return typeof Reflect.get(Reflect.get(window, 'chrome') ?? {}, 'runtime')
    },
    [report, body, text] as const,
  )
  expect(extension).toBe('undefined')
  await expect.poll(async () => (await watching(session.extension, tabId)).notCaptured, { timeout: 10_000 }).toBe(1)
  expect((await watching(session.extension, tabId)).exchanges).toHaveLength(1)
  await askInPage(page, question())
  const [, exchange] = await finished(session.extension, tabId, 2)
  expect(exchange === undefined ? {} : rowsOf(exchange.report)).toEqual(HONEST)
})

const TAMPERED = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'tampered.html'), 'utf8')

test('a page that replaces the builtins is captured all the same, and learns nothing of it', async () => {
  await openHonest(session)
  serve(session.loopback, session.service.stream, TAMPERED)
  const { page, tabId } = await session.extension.open(PAGE)
  const body = question()
  const answer = await page.evaluate(
    async ([to, text]) => {
      const response = await fetch(to, { method: 'POST', body: text })
      return response.text()
    },
    [COMPLETIONS, body] as const,
  )
  expect(answer).toContain('inference_receipt')
  const [exchange] = await finished(session.extension, tabId)
  expect(exchange === undefined ? {} : rowsOf(exchange.report)).toEqual(HONEST)
  expect(await page.evaluate(() => Reflect.get(window, 'told')())).toEqual([])
})

test('a page cannot pass off other octets as a signed answer', async () => {
  const { page, tabId } = await openHonest(session)
  // The worst a page can do to the octets: change what its own server sends.
  serve(session.loopback, ({ headers }, body, response) => {
    const { events } = session.service.prepare(body, headers)
    response.writeHead(200, EVENT_STREAM).end(events.join('').replace('Eight', 'Seven'))
  })
  await askInPage(page, question())
  const exchange = (await finished(session.extension, tabId, 2)).at(-1)
  if (exchange === undefined) throw new Error('no exchange')
  expect(rowsOf(exchange.report)).toEqual({ ...HONEST, exchange: 'failed' })
  expect(failedChecks(exchange.report)).toHaveLength(1)
})
