import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type InlineConfig } from 'vite'

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..')

export type BundleOptions = {
  /** Where the module's packages are looked up, relative to the repository's root. */
  readonly root?: string
  readonly alias?: Readonly<Record<string, string>>
  readonly define?: Readonly<Record<string, string>>
  /** Readable, for profiles. */
  readonly minify?: boolean
}

/** Bundles one module (path relative to the repository's root) with all that it imports into one ES module for current browsers. */
export async function bundleModule(path: string, options: BundleOptions = {}): Promise<string> {
  const config: InlineConfig = {
    configFile: false,
    root: resolve(ROOT, options.root ?? '.'),
    logLevel: 'error',
    publicDir: false,
    ...(options.define === undefined ? {} : { define: options.define }),
    resolve: { alias: { ...options.alias } },
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      minify: options.minify ?? true,
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: resolve(ROOT, path),
        preserveEntrySignatures: 'strict',
        output: { format: 'es', codeSplitting: false, entryFileNames: 'module.js' },
      },
    },
  }
  const built = await build(config)
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) => ('output' in result ? result.output : []))
  const [entry, ...more] = outputs.filter((output) => output.type === 'chunk')
  if (entry === undefined || more.length > 0) throw new Error(`${path} is not one module: ${outputs.map((output) => output.fileName)}`)
  return entry.code
}

export type Served = { readonly type: string; readonly body: string | Uint8Array }
export type PageServer = { readonly origin: string; readonly close: () => Promise<void> }

/** With these a page is isolated from others, and its clock has the finest steps that browsers give. */
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

/** Serves the given files, and nothing else, on 127.0.0.1: a secure context, so that WebCrypto is there. */
export async function servePages(files: ReadonlyMap<string, Served>): Promise<PageServer> {
  const server = createServer((request, response) => {
    const file = files.get((request.url ?? '').split('?')[0] ?? '')
    if (file === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': file.type, 'cache-control': 'no-store', ...ISOLATED }).end(file.body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  }
}
