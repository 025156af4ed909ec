import { expect, test } from 'playwright/test'
import { failedChecks, finished, rowsOf, watching } from './rows.ts'
import { askInPage, COMPLETIONS, EVENT_STREAM, PAGE, serve } from './service.ts'
import { HONEST, openHonest, question, type Session, startSession } from './session.ts'
import { sendAll } from './simulated.ts'

/** What the capture makes of exchanges in a real page, against the simulated service. */

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

/** The newest exchange of a tab once it has `count`. */
async function newest(tabId: number, count: number) {
  const exchange = (await finished(session.extension, tabId, count)).at(-1)
  if (exchange === undefined) throw new Error('no exchange')
  return { ...exchange, ...(await session.extension.detail(exchange.id)), report: exchange.report }
}

test('a receipt in a header that CORS does not expose is read from the browser, its evidence fetched without the user', async () => {
  serve(session.loopback, session.service.whole)
  const { page, tabId } = await session.extension.open(PAGE)
  await page.evaluate(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: the test needs a cookie that the extension's own request must not carry
    document.cookie = 'user=known; domain=trustedrouter.com; path=/; secure; samesite=none'
  })
  const answer = await askInPage(page, question())
  expect(answer.receiptHeader).toBeNull()
  const { report, dossier } = await newest(tabId, 1)
  expect(failedChecks(report)).toEqual([])
  expect(rowsOf(report)).toEqual(HONEST)
  expect(dossier.receipts.map(({ delivery, provenance }) => ({ delivery, provenance }))).toEqual([
    { delivery: 'header', provenance: 'browser' },
  ])
  const fetched = session.loopback.seen.find(({ path }) => path === '/receipt-attestation')
  expect(fetched?.headers.cookie).toBeUndefined()
  expect(fetched?.headers.referer).toBeUndefined()
  expect(fetched?.headers.authorization).toBeUndefined()
})

test('a compressed answer has the digest of what the service signed', async () => {
  serve(session.loopback, session.service.compressed)
  const { page, tabId } = await session.extension.open(PAGE)
  await askInPage(page, question())
  expect(rowsOf((await newest(tabId, 1)).report)).toEqual(HONEST)
})

test('the first token reaches the page before the service sends the last', async () => {
  const { page, tabId } = await openHonest(session)
  // The service holds the rest back until the page says that it has the beginning: a page made to wait would wait for ever.
  const { promise, resolve } = deferred()
  session.loopback.on('trustedrouter.com/first-token-is-here', (_, __, response) => {
    resolve()
    response.writeHead(204).end()
  })
  serve(session.loopback, async ({ headers }, body, response) => {
    const { events } = session.service.prepare(body, headers)
    response.writeHead(200, EVENT_STREAM).write(events[0] ?? '')
    await promise
    response.end(events.slice(1).join(''))
  })
  await page.evaluate(
    async ([to, body]) => {
      const response = await fetch(to, { method: 'POST', body })
      const reader = response.body?.getReader()
      await reader?.read()
      await fetch('/first-token-is-here')
      while ((await reader?.read())?.done === false);
    },
    [COMPLETIONS, question()] as const,
  )
  expect(rowsOf((await newest(tabId, 2)).report)).toEqual(HONEST)
})

test('an answer that the user stops is incomplete, not failed', async () => {
  const { page, tabId } = await openHonest(session)
  serve(session.loopback, ({ headers }, body, response) => {
    response.writeHead(200, EVENT_STREAM).write(session.service.prepare(body, headers).events[0] ?? '')
  })
  await page.evaluate(
    async ([to, body]) => {
      const stop = new AbortController()
      const response = await fetch(to, { method: 'POST', body, signal: stop.signal })
      await response.body?.getReader().read()
      stop.abort()
    },
    [COMPLETIONS, question()] as const,
  )
  const { report, dossier } = await newest(tabId, 2)
  expect(dossier.exchange.response).toMatchObject({ capture: 'broken-off', digests: [] })
  expect(rowsOf(report)).toMatchObject({ exchange: 'unchecked', signature: 'unchecked' })
  expect(failedChecks(report)).toEqual([])
  await expect.poll(() => session.extension.badge(tabId)).toBe('')
})

test('an answer that is cut off before its receipt may be the network’s once; the next one is a receipt held back', async () => {
  const { page, tabId } = await openHonest(session)
  serve(session.loopback, ({ headers }, body, response) => {
    response.writeHead(200, EVENT_STREAM)
    response.write(session.service.prepare(body, headers).events[0] ?? '', () => setTimeout(() => response.destroy(), 100))
  })
  await expect(askInPage(page, question())).rejects.toThrow()
  const once = await newest(tabId, 2)
  expect(once.dossier.exchange.response).toMatchObject({ capture: 'broken-off', brokenOff: { by: 'service' } })
  expect(rowsOf(once.report)).toMatchObject({ exchange: 'unchecked', signature: 'unchecked' })
  await expect.poll(() => session.extension.badge(tabId)).toBe('?')
  await expect(askInPage(page, question())).rejects.toThrow()
  const again = await newest(tabId, 3)
  expect(rowsOf(again.report)).toMatchObject({ exchange: 'unchecked', signature: 'absent' })
  expect(failedChecks(again.report)).toEqual(['receipt.delivery'])
  await expect.poll(() => session.extension.badge(tabId)).toBe('!')
})

test('an answer under an error status is one that a receipt was asked for; an error is not', async () => {
  const { page, tabId } = await openHonest(session)
  serve(session.loopback, ({ headers }, body, response) => {
    const { events } = session.service.prepare(body, headers)
    response.writeHead(503, EVENT_STREAM).end(events.filter((event) => !event.includes('inference_receipt')).join(''))
  })
  await askInPage(page, question())
  expect(failedChecks((await newest(tabId, 2)).report)).toEqual(['receipt.delivery'])
  await expect.poll(() => session.extension.badge(tabId)).toBe('!')
  serve(session.loopback, (_, __, response) => {
    response.writeHead(503, { ...EVENT_STREAM, 'content-type': 'application/json' }).end('{"error":{"message":"overloaded"}}')
  })
  await askInPage(page, question())
  expect(failedChecks((await newest(tabId, 3)).report)).toEqual(['receipt.presence'])
})

test('a request from a worker of the page is counted as not captured', async () => {
  const { page, tabId } = await openHonest(session)
  await page.evaluate(
    ([to, body]) =>
      new Promise<void>((resolve, reject) => {
        const code = `fetch(${JSON.stringify(to)}, { method: 'POST', body: ${JSON.stringify(body)} }).then(r => r.text()).then(() => postMessage('done'))`
        const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })))
        worker.onmessage = () => resolve()
        worker.onerror = () => reject(new Error('the worker failed'))
      }),
    [COMPLETIONS, question()] as const,
  )
  await expect.poll(async () => (await watching(session.extension, tabId)).notCaptured, { timeout: 10_000 }).toBe(1)
  expect((await watching(session.extension, tabId)).exchanges).toHaveLength(1)
})

test('a request from a service worker of the page is counted as not captured', async () => {
  session.loopback.on(
    'www.trustedrouter.com',
    (_, __, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>chat</p>'),
  )
  session.loopback.on('www.trustedrouter.com/worker.js', (_, __, response) => {
    const code = `onmessage = (event) => event.waitUntil(fetch(event.data.to, { method: 'POST', mode: 'no-cors', body: event.data.body }).then(() => event.source.postMessage('done')))`
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(code)
  })
  const { page, tabId } = await session.extension.open('https://www.trustedrouter.com/')
  await page.evaluate(
    async ([to, body]) => {
      await navigator.serviceWorker.register('/worker.js')
      const { active } = await navigator.serviceWorker.ready
      await new Promise((resolve) => {
        navigator.serviceWorker.onmessage = resolve
        navigator.serviceWorker.startMessages()
        active?.postMessage({ to, body })
      })
    },
    [COMPLETIONS, question()] as const,
  )
  await expect.poll(async () => (await watching(session.extension, tabId)).notCaptured, { timeout: 10_000 }).toBe(1)
})

test('an answer of which the browser tells nothing, for want of access to its host, is counted as not captured', async () => {
  const { page, tabId } = await openHonest(session)
  const other = 'api.venice.ai/api/v1/chat/completions'
  session.loopback.on(other, (_, __, response) => {
    response.writeHead(200, { ...EVENT_STREAM, 'content-type': 'application/json' }).end('{"id":"1","choices":[]}')
  })
  await page.evaluate(async (to) => void (await (await fetch(to, { method: 'POST', body: '{}' })).text()), `https://${other}`)
  await expect.poll(async () => (await watching(session.extension, tabId)).notCaptured, { timeout: 15_000 }).toBe(1)
  await expect.poll(() => session.extension.title(tabId)).toContain('not seen')
  expect((await watching(session.extension, tabId)).exchanges).toHaveLength(1)
})

test('two tabs on one address keep their exchanges apart', async () => {
  const [first, second] = [await openHonest(session), await openHonest(session)]
  const body = question()
  const [one, two] = await Promise.all([askInPage(first.page, body), askInPage(second.page, body)])
  expect(one.text).not.toBe(two.text)
  const [a, b] = [await newest(first.tabId, 2), await newest(second.tabId, 2)]
  expect([rowsOf(a.report), rowsOf(b.report)]).toEqual([HONEST, HONEST])
  expect(a.dossier.exchange.response.ids).not.toEqual(b.dossier.exchange.response.ids)
})

test('two equal requests at once in one tab cannot be told apart, and the rows say so', async () => {
  const { page, tabId } = await openHonest(session)
  const body = question()
  let waiting = 0
  const { promise, resolve } = deferred()
  serve(session.loopback, async ({ headers }, octets, response) => {
    if (++waiting === 2) resolve()
    await promise
    sendAll(response, session.service.prepare(octets, headers).events)
  })
  await Promise.all([askInPage(page, body), askInPage(page, body)])
  for (const { id, report } of (await finished(session.extension, tabId, 3)).slice(1)) {
    expect((await session.extension.detail(id)).dossier.exchange.response.capture).toBe('ambiguous')
    expect(rowsOf(report)).toMatchObject({ exchange: 'unchecked' })
    expect(rowsOf(report)['signature']).not.toBe('verified')
  }
})

test('the same question asked again after its answer is another exchange, not an ambiguity', async () => {
  const { page, tabId } = await openHonest(session)
  const body = question()
  await askInPage(page, body)
  await askInPage(page, body)
  const exchanges = await finished(session.extension, tabId, 3)
  expect(exchanges.map(({ report }) => rowsOf(report))).toEqual([HONEST, HONEST, HONEST])
})

test('each request has a nonce of its own; a nonce that several took is said to be shared', async () => {
  const { page, tabId } = await openHonest(session)
  // A nonce is replaced as soon as it was seen to leave; an idle reader gives the browser that moment, a busy machine may not.
  const fresh = async (): Promise<boolean> => {
    const rules = JSON.stringify(await (await session.extension.worker()).evaluate(() => chrome.declarativeNetRequest.getSessionRules()))
    return !session.loopback.seen.some(({ headers }) => rules.includes(String(headers['x-inference-receipt'] ?? 'none')))
  }
  for (let turn = 0; turn < 2; turn += 1) {
    await expect.poll(fresh).toBe(true)
    await askInPage(page, question())
  }
  await expect.poll(fresh).toBe(true)
  await Promise.all([question(), question(), question(), question(), question()].map((body) => askInPage(page, body)))
  const exchanges = await finished(session.extension, tabId, 8)
  const sent = new Map<string, number>()
  for (const { method, path, headers } of session.loopback.seen) {
    const nonce = headers['x-inference-receipt']
    if (method === 'POST' && path === '/v1/chat/completions' && typeof nonce === 'string') sent.set(nonce, (sent.get(nonce) ?? 0) + 1)
  }
  const asked = await Promise.all(exchanges.map(async ({ id }) => (await session.extension.detail(id)).dossier.asked))
  for (const one of asked) {
    expect(one?.nonce).toMatch(/^[A-Za-z0-9_-]{32}$/)
    expect(one?.sharedBy).toBe(sent.get(one?.nonce ?? ''))
  }
  expect(new Set(asked.slice(0, 3).map((one) => one?.nonce)).size).toBe(3)
  expect(exchanges.map(({ report }) => rowsOf(report)['signature'])).toEqual(new Array(8).fill('verified'))
})

test('an answer past the limit is too large to check; the page gets all of it', async () => {
  const { page, tabId } = await openHonest(session)
  const size = 17 * 1024 * 1024
  serve(session.loopback, (_, __, response) => void response.writeHead(200, EVENT_STREAM).end(`data: ${'x'.repeat(size)}\n\n`))
  const { text } = await askInPage(page, question())
  expect(text).toHaveLength(size + 8)
  const { report, dossier } = await newest(tabId, 2)
  expect(dossier.exchange.response.capture).toBe('too-large')
  expect(rowsOf(report)).toMatchObject({ exchange: 'unchecked', signature: 'unchecked' })
})

test('XMLHttpRequest: exact as octets, and said to be re-encoded as text', async () => {
  const { page, tabId } = await openHonest(session)
  const ask = (type: XMLHttpRequestResponseType) =>
    page.evaluate(
      ([to, body, responseType]) =>
        new Promise<number>((resolve) => {
          const request = new XMLHttpRequest()
          request.open('POST', to)
          request.responseType = responseType
          request.onload = () => resolve(request.status)
          request.send(body)
        }),
      [COMPLETIONS, question(), type] as const,
    )
  expect(await ask('arraybuffer')).toBe(200)
  expect(rowsOf((await newest(tabId, 2)).report)).toEqual(HONEST)
  expect(await ask('text')).toBe(200)
  const { report, dossier } = await newest(tabId, 3)
  expect(dossier.exchange.response.capture).toBe('re-encoded')
  expect(rowsOf(report)).toMatchObject({ exchange: 'unchecked', signature: 'verified' })
})

test('a request given as a Request, as octets or as a Blob is the one that was signed, and goes out as it would', async () => {
  const { page, tabId } = await openHonest(session)
  await page.evaluate(
    async ([to, first, second, third]) => {
      const octets = new TextEncoder().encode(second)
      const blob = new Blob([third])
      for (const request of [new Request(to, { method: 'POST', body: first }), new Request(to, { method: 'post', body: octets })]) {
        await (await fetch(request)).text()
      }
      await (await fetch(to, { method: 'POST', body: blob })).text()
    },
    [COMPLETIONS, question(), question(), question()] as const,
  )
  const exchanges = await finished(session.extension, tabId, 4)
  expect(exchanges.map(({ report }) => rowsOf(report))).toEqual([HONEST, HONEST, HONEST, HONEST])
  const sent = session.loopback.seen.filter(({ method, path }) => method === 'POST' && path === '/v1/chat/completions')
  expect(sent.map(({ headers }) => headers['content-length'] !== undefined)).toEqual([true, true, true, true])
})

test('a receipt that another exchange had first is a replay', async () => {
  const { page, tabId } = await openHonest(session)
  const body = question()
  let recorded: readonly string[] | undefined
  serve(session.loopback, ({ headers }, octets, response) => {
    recorded ??= session.service.prepare(octets, headers).events
    sendAll(response, recorded)
  })
  await askInPage(page, body)
  expect(rowsOf((await newest(tabId, 2)).report)).toEqual(HONEST)
  await askInPage(page, body)
  const { report } = await newest(tabId, 3)
  expect(failedChecks(report)).toEqual(['inference-receipt.nonce', 'receipt.replay'])
  expect(rowsOf(report)).toMatchObject({ signature: 'failed', exchange: 'failed', model: 'failed' })
})

test('a page of another site is neither watched nor asked for receipts', async () => {
  session.loopback.on(
    'elsewhere.example',
    (_, __, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>other</p>'),
  )
  serve(session.loopback, ({ headers }, body, response) => {
    response.setHeader('access-control-allow-origin', '*')
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(session.service.prepare(body, headers).events.join(''))
  })
  const { page, tabId } = await session.extension.open('https://elsewhere.example/')
  await page.evaluate(([to, body]) => fetch(to, { method: 'POST', mode: 'no-cors', body }), [COMPLETIONS, question()] as const)
  const sent = session.loopback.seen.find(({ method, path }) => method === 'POST' && path === '/v1/chat/completions')
  expect(sent).toBeDefined()
  expect(sent?.headers['x-inference-receipt']).toBeUndefined()
  expect((await session.extension.state(tabId)).kind).not.toBe('watching')
})

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
