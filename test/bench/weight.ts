import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildExtension } from '../../scripts/build.ts'
import { launchBrowser } from '../e2e/extension.ts'

const STARTS = 7

export type Weight = {
  /** Octets of the shipped scripts, compressed. */
  readonly gzip: { readonly background: number; readonly hook: number; readonly popup: number }
  /** Milliseconds that the background's own code takes when its worker starts, and from the worker's beginning to its end. */
  readonly evaluation: readonly number[]
  readonly start: readonly number[]
}

/** What the Chromium extension weighs, and how long its background takes to be there. */
export async function measureWeight(): Promise<Weight> {
  const folder = await mkdtemp(join(tmpdir(), 'receipt-checker-weight-'))
  try {
    await buildExtension({ browser: 'chromium', out: folder, test: true })
    // What both load is counted with both.
    const shared = await Promise.all((await readdir(join(folder, 'chunks'))).map((name) => readFile(join(folder, 'chunks', name))))
    const size = async (name: string, also: readonly Buffer[] = []) =>
      gzipSync(Buffer.concat([await readFile(join(folder, name)), ...also]), { level: 9 }).length
    const gzip = { background: await size('background.js', shared), hook: await size('hook.js'), popup: await size('popup.js', shared) }
    const script = join(folder, 'background.js')
    const code = await readFile(script, 'utf8')
    await writeFile(script, `globalThis.benchBegin = performance.now()\n${code}\nglobalThis.benchEnd = performance.now()\n`)
    const times: { readonly begin: number; readonly end: number }[] = []
    for (let round = 0; round < STARTS; round += 1) times.push(await startOnce(folder))
    return { gzip, evaluation: times.map(({ begin, end }) => end - begin), start: times.map(({ end }) => end) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function startOnce(build: string): Promise<{ readonly begin: number; readonly end: number }> {
  const { context, close } = await launchBrowser({ port: 9, build })
  try {
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const times = await worker.evaluate(() => ({
        begin: Reflect.get(globalThis, 'benchBegin'),
        end: Reflect.get(globalThis, 'benchEnd'),
      }))
      if (typeof times.begin === 'number' && typeof times.end === 'number') return { begin: times.begin, end: times.end }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('the background did not come to its end')
  } finally {
    await close()
  }
}
