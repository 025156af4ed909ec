import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright'
import { buildExtension } from '../../scripts/build.ts'
import { launchBrowser } from '../e2e/extension.ts'
import { type Loopback, startLoopback } from '../e2e/server.ts'
import { COMPLETIONS, EVENT_STREAM, PAGE, serve } from '../e2e/service.ts'
import { median } from './figures.ts'

/**
 * What the extension costs the page's main thread while an answer of 2 MB streams in: the time that the browser itself counts for tasks
 * there, with the extension and without, from the call to half a second after the last octet.
 */
const OCTETS = 2 * 1024 * 1024
const CHUNK = 1_024
const ROUNDS = 9
const BAR_MS = 120

export type StreamCost = {
  readonly without: readonly number[]
  readonly with: readonly number[]
  readonly cost: number
  readonly bar: number
}

export async function measureStream(): Promise<StreamCost> {
  const folder = await mkdtemp(join(tmpdir(), 'receipt-checker-bench-'))
  const loopback = await startLoopback()
  try {
    const build = join(folder, 'extension')
    await buildExtension({ browser: 'chromium', out: build, test: true })
    serve(loopback, (_, __, response) => {
      response.writeHead(200, EVENT_STREAM)
      const event = `data: ${JSON.stringify({ id: 'chatcmpl-bench', choices: [{ delta: { content: 'x'.repeat(CHUNK - 80) } }] })}\n\n`
      for (let sent = 0; sent < OCTETS; sent += event.length) response.write(event)
      response.end('data: [DONE]\n\n')
    })
    const without = await measure({ port: loopback.port }, loopback)
    const with_ = await measure({ port: loopback.port, build }, loopback)
    return { without, with: with_, cost: median(with_) - median(without), bar: BAR_MS }
  } finally {
    await loopback.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(options: { port: number; build?: string }, { seen }: Loopback): Promise<number[]> {
  const { context, close } = await launchBrowser(options)
  try {
    if (options.build !== undefined && context.serviceWorkers().length === 0) await context.waitForEvent('serviceworker')
    const page = await context.newPage()
    await page.goto(PAGE)
    const times: number[] = []
    for (let round = 0; round <= ROUNDS; round++) times.push(await oneRound(context, page))
    const asked = seen.filter(({ path, headers }) => path === '/v1/chat/completions' && headers['x-inference-receipt'] !== undefined)
    if (options.build !== undefined && asked.length === 0) throw new Error('the extension did not watch the page')
    return times.slice(1)
  } finally {
    await close()
  }
}

async function oneRound(context: BrowserContext, page: Page): Promise<number> {
  const cdp = await context.newCDPSession(page)
  await cdp.send('Performance.enable')
  const before = await taskTime(cdp)
  await page.evaluate(
    async ([to, body]) => {
      const response = await fetch(to, { method: 'POST', body })
      const reader = response.body?.getReader()
      while ((await reader?.read())?.done === false);
      await new Promise((resume) => setTimeout(resume, 500))
    },
    [COMPLETIONS, `{"question":${Math.random()}}`] as const,
  )
  const after = await taskTime(cdp)
  await cdp.detach()
  return after - before
}

/** Milliseconds that the page's main thread has spent in tasks since it was made. */
async function taskTime(cdp: Awaited<ReturnType<BrowserContext['newCDPSession']>>): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value
  if (seconds === undefined) throw new Error('the browser does not count tasks')
  return seconds * 1_000
}
