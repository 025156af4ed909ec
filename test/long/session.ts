import type { Page } from 'playwright'
import { expect } from 'playwright/test'
import { findChromium, NO_BROWSER } from '../../scripts/find-browser.ts'
import type { State } from '../../src/background/states.ts'
import type { ExchangeDetail, ExchangeState, TabState } from '../../src/platform/messages.ts'
import type { Report } from '../../src/verify/report.ts'
import { type Demo, startDemo } from '../demo/demo.ts'

export type Finished = ExchangeState & { readonly report: Report }

/** Where a killed worker left the newest exchange: its state as stored, or that there was no worker to kill. */
export type Left = State | 'nothing stored' | 'no worker'

/** The demo, with a way to ask its extension and to stop its worker. */
export type LongSession = {
  readonly demo: Demo
  /** Opens the chat in one more tab. */
  openTab(): Promise<{ page: Page; tabId: number }>
  /** The tab of the demo's own chat page. */
  readonly tabId: number
  exchanges(tabId: number): Promise<readonly ExchangeState[]>
  /** Waits until the tab has so many exchanges, all judged; gives them oldest first. */
  finished(tabId: number, count: number): Promise<readonly Finished[]>
  detail(exchange: string): Promise<ExchangeDetail>
  /** Stops the extension's worker wherever it is, as the browser may at any time. Tells where that left the newest exchange. */
  killWorker(): Promise<Left>
  close(): Promise<void>
}

/** The little of the browser's interface that is called inside the extension's own page. */
declare const chrome: {
  readonly runtime: { sendMessage(message: unknown): Promise<unknown> }
  readonly tabs: { query(filter: object): Promise<readonly { readonly id?: number }[]> }
}

export async function startLongSession(tokenDelayMs: number): Promise<LongSession> {
  const executablePath = await findChromium()
  if (executablePath === undefined) throw new Error(NO_BROWSER)
  const demo = await startDemo({ executablePath, headless: true, port: 0, tokenDelayMs })
  const { context, popup } = demo.browser
  const protocol = await context.newCDPSession(popup)
  await protocol.send('ServiceWorker.enable')

  const ask = (message: unknown): Promise<unknown> => popup.evaluate((sent) => chrome.runtime.sendMessage(sent), message)
  const tabIds = () => popup.evaluate(async () => (await chrome.tabs.query({})).map((tab) => tab.id))
  const exchanges = async (tabId: number): Promise<readonly ExchangeState[]> => {
    const state = (await ask({ type: 'ui/state', tabId })) as TabState
    if (state.kind !== 'watching') throw new Error(`the tab is ${state.kind}`)
    return [...state.exchanges].reverse()
  }
  return {
    demo,
    tabId: Number(new URL(popup.url()).searchParams.get('tab')),
    exchanges,
    detail: (exchange) => ask({ type: 'ui/exchange', exchange }) as Promise<ExchangeDetail>,
    async openTab() {
      const before = await tabIds()
      const page = await context.newPage()
      await page.goto(demo.server.pageUrl)
      const tabId = (await tabIds()).find((id) => id !== undefined && !before.includes(id))
      if (tabId === undefined) throw new Error('the new tab has no id')
      return { page, tabId }
    },
    async finished(tabId, count) {
      let done: readonly Finished[] = []
      await expect
        .poll(
          async () => {
            const all = await exchanges(tabId)
            done = all.flatMap(({ progress, report, ...rest }) =>
              progress === 'done' && report !== undefined ? [{ ...rest, progress, report }] : [],
            )
            return `${done.length} of ${all.length}`
          },
          { timeout: 30_000, intervals: [100] },
        )
        .toBe(`${count} of ${count}`)
      return done
    },
    async killWorker() {
      const running = context.serviceWorkers().length > 0
      await protocol.send('ServiceWorker.stopAllWorkers')
      return running ? popup.evaluate(newestState) : 'no worker'
    },
    close: () => demo.close(),
  }
}

/** Runs in the popup's page: reads the store past the worker, so that looking does not wake it. */
async function newestState(): Promise<State | 'nothing stored'> {
  const opening = indexedDB.open('receipts')
  await new Promise((resolve) => opening.addEventListener('success', resolve))
  const cursor = opening.result.transaction('exchanges').objectStore('exchanges').index('began').openCursor(null, 'prev')
  await new Promise((resolve) => cursor.addEventListener('success', resolve))
  opening.result.close()
  const row: { state: State } | undefined = cursor.result?.value
  return row?.state ?? 'nothing stored'
}

/** Asks in the page's own way but beside its interface, so that several requests can be out at once. Gives the answer's octets as text. */
export function askDirectly(page: Page, apiUrl: string, questions: readonly string[]): Promise<readonly string[]> {
  return page.evaluate(
    ([url, texts]) =>
      Promise.all(
        texts.map(async (content) => {
          const body = JSON.stringify({ model: 'harborside/atlas-70b-instruct', messages: [{ role: 'user', content }], stream: true })
          const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
          return response.text()
        }),
      ),
    [`${apiUrl}/v1/chat/completions?scenario=honest&conversation=direct`, questions] as const,
  )
}

/** The nonce that a receipt carries, read with no more than a JSON parser. */
export function nonceOf(receiptText: string): unknown {
  const event: { inference_receipt: { payload: string } } = JSON.parse(receiptText)
  const payload: { nonce?: unknown } = JSON.parse(Buffer.from(event.inference_receipt.payload, 'base64url').toString('utf8'))
  return payload.nonce
}
