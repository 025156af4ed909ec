import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright'
import { expect, test } from 'playwright/test'
import puppeteer from 'puppeteer-core'
import { findChromium, findFirefox, NO_BROWSER } from '../../scripts/find-browser.ts'
import { bundleModule, type PageServer, type Served, servePages } from '../support/browser-modules.ts'
import { simulatedAnchors } from '../support/simulated-anchors.ts'
import { CASES_MADE_AT, type CaseOutcome, casePaths, expectedCases, writeAnchors } from '../vectors/rows/cases.ts'
import { compared, LEAST_ROWS, pathsOf, type RowResult } from '../vectors/rows/run.ts'

const VECTORS_DIR = process.env['VECTORS_DIR']

/** Every row of both EXPECTED.json, and every case, in both browsers: the verifier bundled as for the extension, the evidence served from this machine. */
test.describe('every row of both EXPECTED.json, and every case', () => {
  test.skip(VECTORS_DIR === undefined, 'VECTORS_DIR is not set')
  let server: PageServer | undefined

  test.beforeAll(async () => {
    if (VECTORS_DIR === undefined) return
    const text = (path: string) => readFileSync(join(VECTORS_DIR, path), 'utf8')
    const paths = [...pathsOf(text), ...casePaths(text)]
    const files = new Map<string, Served>([
      ['/', { type: 'text/html', body: '<!doctype html><title>rows</title>' }],
      ['/rows.js', { type: 'text/javascript', body: await bundleModule('test/vectors/rows/page.ts') }],
      ['/anchors.json', { type: 'application/json', body: writeAnchors(simulatedAnchors(CASES_MADE_AT)) }],
      ['/paths.json', { type: 'application/json', body: JSON.stringify(paths) }],
    ])
    for (const path of paths) {
      files.set(`/vectors/${path}`, { type: 'application/octet-stream', body: await readFile(join(VECTORS_DIR, path)) })
    }
    server = await servePages(files)
  })
  test.afterAll(() => server?.close())

  /** Runs in the page. */
  const inPage = async (): Promise<string> => {
    const rows: typeof import('../vectors/rows/page.ts') = await import('/rows.js' as string)
    return rows.judgeServed()
  }

  function expectRows(text: string): void {
    const { rows, cases }: { readonly rows: readonly RowResult[]; readonly cases: Readonly<Record<string, CaseOutcome>> } = JSON.parse(text)
    const { judged, expected, outgrown } = compared(rows)
    expect(judged).toEqual(expected)
    expect(outgrown).toEqual([])
    expect(rows.length).toBeGreaterThanOrEqual(LEAST_ROWS)
    expect(cases).toEqual(expectedCases())
  }

  test('gives its outcome in Chromium', async () => {
    const executablePath = await findChromium()
    if (executablePath === undefined || server === undefined) throw new Error(NO_BROWSER)
    const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
    try {
      const page = await browser.newPage()
      await page.goto(server.origin)
      expectRows(await page.evaluate(inPage))
    } finally {
      await browser.close()
    }
  })

  test('gives its outcome in Firefox', async () => {
    const executablePath = await findFirefox()
    test.skip(executablePath === undefined, 'no Firefox was found')
    if (executablePath === undefined || server === undefined) return
    const browser = await puppeteer.launch({ browser: 'firefox', headless: true, executablePath })
    try {
      const page = await browser.newPage()
      await page.goto(server.origin)
      expectRows(await page.evaluate(inPage))
    } finally {
      await browser.close()
    }
  })
})
