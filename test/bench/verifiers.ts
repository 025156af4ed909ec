import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium } from 'playwright'
import { findChromium, NO_BROWSER } from '../../scripts/find-browser.ts'
import { bundleModule, type Served, servePages } from '../support/browser-modules.ts'
import type { Times } from './page.ts'
import { ROWS, type Row, type SubjectEntry } from './table.ts'

const FOLDER = resolve(fileURLToPath(import.meta.url), '..')
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 60)
const COLD_ROUNDS = 5

export type Measured = {
  readonly row: Row
  readonly floor: Times
  readonly subjects: readonly { readonly subject: SubjectEntry; readonly warm: Times; readonly cold: Times; readonly gzip: number }[]
}

/** Measures all rows in one run of one browser. */
export async function measureVerifiers(vectors: string): Promise<{ readonly version: string; readonly measured: readonly Measured[] }> {
  const executablePath = await findChromium()
  if (executablePath === undefined) throw new Error(NO_BROWSER)
  const only = process.env['BENCH_ONLY'] ?? ''
  const rows = ROWS.filter(({ evidence }) => evidence.toLowerCase().includes(only.toLowerCase()))
  const files = new Map<string, Served>([['/', { type: 'text/html', body: '<!doctype html><title>bench</title>' }]])
  files.set('/page.js', { type: 'text/javascript', body: await bundleModule('test/bench/page.ts') })
  const sizes = new Map<string, number>()
  for (const row of rows) {
    for (const path of row.files)
      files.set(`/vectors/${path}`, { type: 'application/octet-stream', body: await readFile(join(vectors, path)) })
    for (const subject of row.subjects) sizes.set(subject.module, await serveSubject(subject, files))
  }
  const server = await servePages(files)
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  try {
    const measured: Measured[] = []
    for (const row of rows) measured.push(await measureRow(browser, server.origin, row, sizes))
    return { version: browser.version(), measured }
  } finally {
    await browser.close()
    await server.close()
  }
}

/** Gives what the subject weighs, compressed, with its WebAssembly. */
async function serveSubject({ module, wasm = {} }: SubjectEntry, files: Map<string, Served>): Promise<number> {
  const code = await bundleModule(`test/bench/subjects/${module}`, {
    define: { global: 'globalThis', 'process.env.NODE_ENV': '"production"' },
    // Node’s modules that @phala/dcap-qvl asks for; in a browser it does without them.
    alias: { crypto: join(FOLDER, 'subjects/nothing.js'), 'node-fetch': join(FOLDER, 'subjects/nothing.js') },
  })
  files.set(`/subjects/${module}`, { type: 'text/javascript', body: code })
  let size = gzipSync(code, { level: 9 }).length
  for (const [address, path] of Object.entries(wasm)) {
    const body = await readFile(join(FOLDER, 'node_modules', path))
    files.set(address, { type: 'application/wasm', body })
    size += gzipSync(body, { level: 9 }).length
  }
  return size
}

async function measureRow(browser: Browser, origin: string, row: Row, sizes: ReadonlyMap<string, number>): Promise<Measured> {
  const modules = row.subjects.map(({ module }) => `/subjects/${module}`)
  const inPage = async <Result>(run: (page: Awaited<ReturnType<Browser['newPage']>>) => Promise<Result>): Promise<Result> => {
    const page = await browser.newPage()
    try {
      await page.goto(origin)
      return await run(page)
    } finally {
      await page.close()
    }
  }
  const colds: number[][] = row.subjects.map(() => [])
  for (let round = 0; round < COLD_ROUNDS; round += 1) {
    for (const [index, module] of modules.entries()) {
      const time = await inPage((page) =>
        page.evaluate(
          async ([path, paths]) => {
            const harness: typeof import('./page.ts') = await import('/page.js' as string)
            return harness.cold(path, paths)
          },
          [module, row.files] as const,
        ),
      )
      colds[index]?.push(time)
    }
  }
  const [floor = [], ...warm] = await inPage((page) =>
    page.evaluate(
      async ([paths, evidence, operations, rounds]) => {
        const harness: typeof import('./page.ts') = await import('/page.js' as string)
        return harness.warm(paths, evidence, operations, rounds)
      },
      [modules, row.files, row.floor, ROUNDS] as const,
    ),
  )
  return {
    row,
    floor,
    subjects: row.subjects.map((subject, index) => ({
      subject,
      warm: warm[index] ?? [],
      cold: colds[index] ?? [],
      gzip: sizes.get(subject.module) ?? 0,
    })),
  }
}
