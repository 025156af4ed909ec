import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build, type InlineConfig, type Plugin } from 'vite'
import type { Service } from '../src/gather/services/types.ts'
import { hostPatterns, pageLookupUrls, sitesOf, watchedUrls } from '../src/gather/services/types.ts'
import { makeSample } from '../test/simulator/sample.ts'
import { BROWSERS, type Browser, manifestFor } from './manifest.ts'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * Public half of a key made once and thrown away: it only fixes the extension's id in test builds, so that tests can address its pages.
 * Its id is TEST_EXTENSION_ID.
 */
export const TEST_KEY =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA3ixd/XEGdjOIFmYRXvWaAYlpRd7MfbAFOQ2C5uIG58F8HKE2i3FYavu7NI+eI9+brPTulHevXeKRVkSxupolGlJJ8KUEp948BrOFdUz2HlGStdAvarGbcYMdwxU9W/puwvVKkMjRH6WzbzWLTaH1pCKMm1A/XfLcIWDPYJADrynHyeIleJtHkHfAm3N8SDleZMi5A7FD5CN5LATTxIMY3qCHrIsXuU9MZf6b1d+m/WfRUdTTG2m/JbvpcF97ZaLqId4Tsy34a0jrsBXMba93JvQE5yA8nJtH+ArHlWyehxYMuMW7UeLKaKOMlwAwCvnRT8TyPUfKkJmE1umQA/YP2QIDAQAB'
export const TEST_EXTENSION_ID = 'nkgfhphpfenmjfbkcflmlgjeeaibehpk'

/** Modules that a test build puts in place of shipped ones: what is injected there is the clock, the nonce and the trust anchors. */
const DOUBLES = {
  'src/platform/clock.ts': 'test/e2e/doubles/clock.ts',
  'src/platform/nonce.ts': 'test/e2e/doubles/nonce.ts',
  'src/background/trust.ts': 'test/e2e/doubles/trust.ts',
} as const

export type BuildOptions = {
  readonly browser: Browser
  /** Where the unpacked extension goes. */
  readonly out: string
  /** Puts the test doubles in, fixes the id, and grants the services' hosts at installation. */
  readonly test?: boolean
  /** Modules to put in place of others, both relative to the repository's root (the demo brings its own services and trust). */
  readonly replace?: Readonly<Record<string, string>>
}

/** Builds the unpacked extension for one browser. */
export async function buildExtension(options: BuildOptions): Promise<void> {
  const out = resolve(ROOT, options.out)
  const replace = { ...(options.test === true ? DOUBLES : {}), ...options.replace }
  const services = await loadServices(replace)
  await rm(out, { recursive: true, force: true })
  await mkdir(out, { recursive: true })
  await cp(join(ROOT, 'public'), out, { recursive: true })

  const common: InlineConfig = {
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [replaceModules(replace)],
    define: {
      __WATCHED__: JSON.stringify(services.flatMap(watchedUrls)),
      __LOOKUPS__: JSON.stringify(services.flatMap(sitesOf).flatMap(pageLookupUrls)),
      __CAPTURE__: JSON.stringify(options.browser === 'chromium'),
    },
  }
  const output: NonNullable<InlineConfig['build']> = {
    outDir: out,
    emptyOutDir: false,
    target: options.browser === 'chromium' ? 'chrome148' : 'firefox140',
    sourcemap: false,
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // Nothing here is fetched over a network.
    chunkSizeWarningLimit: 2000,
  }
  await build({
    ...common,
    root: join(ROOT, 'src/ui'),
    build: {
      ...output,
      rolldownOptions: {
        input: {
          background: join(ROOT, 'src/background/main.ts'),
          popup: join(ROOT, 'src/ui/popup/popup.html'),
          panel: join(ROOT, 'src/ui/panel/panel.html'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', assetFileNames: 'assets/[name]-[hash][extname]' },
      },
    },
  })
  // A build of its own: it brings the verifier along, and the background would else share pieces of it that it has to load one by one.
  await build({
    ...common,
    root: join(ROOT, 'src/ui'),
    build: {
      ...output,
      rolldownOptions: {
        input: { welcome: join(ROOT, 'src/ui/welcome/welcome.html') },
        output: {
          entryFileNames: 'welcome/[name].js',
          chunkFileNames: 'welcome/[name]-[hash].js',
          assetFileNames: 'assets/[name]-[hash][extname]',
        },
      },
    },
  })
  await writeFile(join(out, 'welcome/sample.json'), `${JSON.stringify(makeSample())}\n`)
  if (options.browser === 'chromium') {
    for (const [name, entry] of Object.entries({ relay: 'src/capture/relay/main.ts', hook: 'src/capture/page/main.ts' })) {
      await build({
        ...common,
        root: ROOT,
        build: {
          ...output,
          rolldownOptions: { input: { [name]: join(ROOT, entry) }, output: { format: 'iife', entryFileNames: '[name].js' } },
        },
      })
    }
  }
  const source: unknown = JSON.parse(await readFile(join(ROOT, 'manifest.json'), 'utf8'))
  const test = options.test === true ? { key: TEST_KEY, host_permissions: [...new Set(services.flatMap(hostPatterns))] } : undefined
  await writeFile(join(out, 'manifest.json'), `${JSON.stringify(manifestFor(source, options.browser, services, test), null, 2)}\n`)
}

async function loadServices(replace: Readonly<Record<string, string>>): Promise<readonly Service[]> {
  const path = 'src/gather/services/registry.ts'
  const module: { SERVICES: readonly Service[] } = await import(pathToFileURL(join(ROOT, replace[path] ?? path)).href)
  return module.SERVICES
}

/** Puts whole modules in place of others, by path. */
function replaceModules(replace: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'replace-modules',
    enforce: 'pre',
    async resolveId(source, importer, options) {
      const resolved = await this.resolve(source, importer, { ...options, skipSelf: true })
      const replacement = resolved === null ? undefined : replace[relative(ROOT, resolved.id).replaceAll('\\', '/')]
      return replacement === undefined ? null : join(ROOT, replacement)
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { test: { type: 'boolean', default: false } } })
  const started = performance.now()
  const builds: readonly BuildOptions[] = values.test
    ? [{ browser: 'chromium', out: 'dist/test-chromium', test: true }]
    : BROWSERS.map((browser) => ({ browser, out: `dist/${browser}` }))
  for (const options of builds) await buildExtension(options)
  console.log(`${builds.map((options) => options.out).join(', ')} built in ${Math.round(performance.now() - started)} ms`)
}
