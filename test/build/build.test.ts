import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildExtension, TEST_EXTENSION_ID, TEST_KEY } from '../../scripts/build.ts'
import { BROWSERS } from '../../scripts/manifest.ts'
import { airKey } from '../simulator/air-receipt.ts'
import { makeKey, type SigningKey } from '../simulator/keys.ts'
import { base64url } from '../simulator/octets.ts'
import { makeSample } from '../simulator/sample.ts'

/** Traces that only code of the tests leaves. */
const OF_TESTS = ['test:now', 'test:nonce', 'test:anchors', TEST_KEY, TEST_EXTENSION_ID]

/** The simulator's own names, as they would stand in code: of what it makes, certificates alone may carry the last, encoded. */
const OF_SIMULATOR = ['makeSample', 'makeNitroDocument', 'Simulator, not real hardware']

/** Every key that had a part in the sample: the receipts', and those of both chains of certificates. */
const CHAIN = ['root', 'region', 'zone', 'instance', 'leaf']
const SAMPLE_KEYS = [
  airKey('sample'),
  ...['sample', 'sample/elsewhere'].flatMap((seed) => CHAIN.map((name) => makeKey('ec-p384', `${seed}/nitro/${name}`))),
]

/** How a private key could stand in a file: as JSON, in hexadecimal, in base64, as octets. */
function spellingsOfSecret({ privateKey }: SigningKey): readonly string[] {
  const { d = '' } = privateKey.export({ format: 'jwk' })
  const octets = Buffer.from(d, 'base64url')
  return [d, octets.toString('hex'), octets.toString('base64').replace(/=+$/, ''), octets.toString('latin1')]
}

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

  it.each(BROWSERS)('of %s holds the sample’s ingredients, no key that signed them, and no simulator', async (browser) => {
    const files = await filesOf(browser)
    expect(files.get('welcome/sample.json')).toBe(`${JSON.stringify(makeSample())}\n`)
    const secrets = SAMPLE_KEYS.flatMap(spellingsOfSecret)
    expect(secrets.length).toBeGreaterThan(20)
    for (const [name, text] of files) {
      for (const secret of secrets) expect(text.includes(secret), `a private key in ${name}`).toBe(false)
      if (name.endsWith('.js')) for (const trace of OF_SIMULATOR) expect(text.includes(trace), `${trace} in ${name}`).toBe(false)
    }
  })

  it('would show a private key that is there', () => {
    const [key] = SAMPLE_KEYS
    const { d = '' } = key?.privateKey.export({ format: 'jwk' }) ?? {}
    expect(d).toMatch(/^[\w-]{43,}$/)
    expect(SAMPLE_KEYS.map(({ spki }) => base64url(spki))).toContain(makeSample().root.spki)
    expect(SAMPLE_KEYS.flatMap(spellingsOfSecret)).toContain(d)
  })

  it('captures nothing in Firefox, and carries no script for it', async () => {
    const names = [...(await filesOf('firefox')).keys()]
    expect(names).not.toContain('hook.js')
    expect(names).not.toContain('relay.js')
    expect(names).toContain('popup/popup.html')
  })
})
