import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildExtension, TEST_EXTENSION_ID, TEST_KEY } from '../../scripts/build.ts'
import { BROWSERS } from '../../scripts/manifest.ts'

/** Traces that only code of the tests leaves. */
const OF_TESTS = ['test:now', 'test:nonce', 'test:anchors', TEST_KEY, TEST_EXTENSION_ID]

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receipt-checker-build-'))
  for (const browser of BROWSERS) await buildExtension({ browser, out: join(folder, browser) })
  await buildExtension({ browser: 'chromium', out: join(folder, 'again') })
  await buildExtension({ browser: 'chromium', out: join(folder, 'test'), test: true })
}, 60_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

async function filesOf(build: string): Promise<Map<string, string>> {
  const root = join(folder, build)
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(paths.map(async (path): Promise<[string, string]> => [path.slice(root.length + 1), await readFile(path, 'latin1')])),
  )
}

describe('a shipped build', () => {
  it.each(BROWSERS)('of %s holds no test code, no eval, no map and no path of this machine', async (browser) => {
    for (const [name, text] of await filesOf(browser)) {
      for (const trace of OF_TESTS) expect(text.includes(trace), `${trace} in ${name}`).toBe(false)
      expect(name.endsWith('.map') || text.includes('sourceMappingURL'), name).toBe(false)
      expect(text.includes(resolve('.')), `a machine path in ${name}`).toBe(false)
      if (name.endsWith('.js'))
        expect(/\beval\s*\(|\bnew Function\b|[^.\w]Function\s*\(|\bimport\s*\(/.test(text), `eval in ${name}`).toBe(false)
    }
  })

  it('differs from the test build in what it says of itself: the traces are real', async () => {
    const text = [...(await filesOf('test')).values()].join('')
    for (const trace of OF_TESTS.filter((known) => known !== TEST_EXTENSION_ID)) expect(text.includes(trace), trace).toBe(true)
  })

  it('is the same, octet for octet, when it is built again', async () => {
    const digests = async (build: string) =>
      new Map([...(await filesOf(build))].map(([name, text]) => [name, createHash('sha256').update(text, 'latin1').digest('hex')]))
    expect(await digests('again')).toEqual(await digests('chromium'))
  })

  it('puts at most 4 kB into a page', async () => {
    const hook = (await filesOf('chromium')).get('hook.js') ?? ''
    expect(hook).not.toBe('')
    expect(gzipSync(Buffer.from(hook, 'latin1')).length).toBeLessThanOrEqual(4096)
  })

  it('captures nothing in Firefox, and carries no script for it', async () => {
    const names = [...(await filesOf('firefox')).keys()]
    expect(names).not.toContain('hook.js')
    expect(names).not.toContain('relay.js')
    expect(names).toContain('popup/popup.html')
  })
})
