import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DemoBrowser, openDemoBrowser } from './browser.ts'
import { buildDemoExtension } from './extension-build.ts'
import { type DemoServer, startDemoServer } from './server.ts'

/** The whole demo: the service, the extension built for it, and a browser with both. */
export type Demo = {
  readonly server: DemoServer
  readonly browser: DemoBrowser
  /** Closes everything, and removes what was written. */
  close(): Promise<void>
}

export type DemoStart = {
  readonly executablePath: string
  readonly headless: boolean
  /** Port of the page; its services take the next three. 0 takes any. */
  readonly port: number
  readonly tokenDelayMs?: number
  /** Aborts the start; what was begun is undone. */
  readonly signal?: AbortSignal
}

/** Starts the demo. Rejects with one line for people where a port is taken or a browser does not do. */
export async function startDemo({ executablePath, headless, port, tokenDelayMs, signal }: DemoStart): Promise<Demo> {
  const undo: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (let last = undo.pop(); last !== undefined; last = undo.pop()) await last()
  }
  try {
    const server = await startDemoServer({ port, ...(tokenDelayMs === undefined ? {} : { tokenDelayMs }) })
    undo.push(() => server.close())
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'receipt-demo-')))
    undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))
    const extension = await buildDemoExtension(server, folder)
    signal?.throwIfAborted()
    const browser = await openDemoBrowser({ executablePath, extension, folder, pageUrl: server.pageUrl, headless })
    undo.push(() => browser.close())
    signal?.throwIfAborted()
    return { server, browser, close }
  } catch (error) {
    await close()
    throw error
  }
}
