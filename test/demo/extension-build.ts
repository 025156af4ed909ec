import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildExtension, TEST_KEY } from '../../scripts/build.ts'
import { hostAsks } from '../../src/gather/services/types.ts'
import type { Anchor } from '../simulator/index.ts'
import { type DemoFacts, demoServices, type RootFacts } from './injected.ts'
import type { DemoServer } from './server.ts'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Modules of the extension that the demo's build has in another form: which services there are, what is trusted, what is expected. */
const REPLACED = ['src/gather/services/registry.ts', 'src/background/trust.ts', 'src/verify/policy/presets.ts'] as const

/**
 * Builds the extension for one running demo into `folder`, and gives the unpacked extension's path. Everything that knows of the demo is in
 * one module that is written there too; a shipped build never sees it. `folder` must be an absolute path without symbolic links.
 */
export async function buildDemoExtension(server: DemoServer, folder: string): Promise<string> {
  const facts = factsOf(server)
  const module = join(folder, 'demo.mjs')
  await writeFile(module, moduleWith(facts, folder))
  const out = join(folder, 'extension')
  const replacement = relative(ROOT, module)
  await buildExtension({ browser: 'chromium', out, replace: Object.fromEntries(REPLACED.map((path) => [path, replacement])) })
  await giveHosts(out, facts)
  return out
}

function factsOf({ pageUrl, apiUrl, root, published: { issuer, workload }, aci }: DemoServer): DemoFacts {
  const { project, imageRepository, imageDigest } = workload
  return {
    pageOrigin: new URL(pageUrl).origin,
    apiOrigin: apiUrl,
    root: rootFacts(root),
    published: { issuer, project, imageRepository, imageDigest },
    aci: { apiOrigin: aci.apiUrl, vendorOrigin: aci.vendorUrl, root: rootFacts(aci.root), published: aci.published },
  }
}

function rootFacts({ name, spki, notBefore, notAfter }: Anchor): RootFacts {
  const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex')
  return { name: hex(name), spki: hex(spki), notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() }
}

function moduleWith(facts: DemoFacts, folder: string): string {
  const injected = relative(folder, join(ROOT, 'test/demo/injected.ts')).replaceAll('\\', '/')
  return [
    `import { demoPolicy, demoServices, demoTrust } from ${JSON.stringify(injected)}`,
    `const FACTS = ${JSON.stringify(facts, null, 2)}`,
    'export const SERVICES = demoServices(FACTS)',
    'export const trustStore = async () => demoTrust(FACTS)',
    'export const presetFor = (service) => demoPolicy(FACTS, service)',
    '',
  ].join('\n')
}

/** Nobody is there to answer a browser's prompt, so the demo's hosts are given at installation; and the id is a known one. */
async function giveHosts(extension: string, facts: DemoFacts): Promise<void> {
  const path = join(extension, 'manifest.json')
  const { optional_host_permissions: _, ...manifest }: { [key: string]: unknown } = JSON.parse(await readFile(path, 'utf8'))
  const host_permissions = [...new Set(demoServices(facts).flatMap((service) => hostAsks(service).map((ask) => ask.pattern)))]
  await writeFile(path, JSON.stringify({ ...manifest, key: TEST_KEY, host_permissions }, null, 2))
}
