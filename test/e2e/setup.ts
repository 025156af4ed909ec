import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildExtension, TEST_KEY } from '../../scripts/build.ts'
import { findChromium, NO_BROWSER } from '../../scripts/find-browser.ts'
import { TRUSTEDROUTER } from '../../src/gather/services/trustedrouter.ts'
import { hostAsks } from '../../src/gather/services/types.ts'
import { BUILDS_DIR, formatsBuild, shippedBuild, shippedWithHosts, testBuild } from './builds.ts'

const OWN_SERVICES = { 'src/gather/services/registry.ts': 'test/e2e/doubles/services.ts' }

/** Builds what the tests load: the test build, one with the test's own services, the shipped build, and that with host access given. Gives its undoing. */
export default async function setup(): Promise<() => Promise<void>> {
  if ((await findChromium()) === undefined) throw new Error(NO_BROWSER)
  const folder = await mkdtemp(join(tmpdir(), 'receipt-checker-builds-'))
  process.env[BUILDS_DIR] = folder
  await buildExtension({ browser: 'chromium', out: testBuild(), test: true })
  await buildExtension({ browser: 'chromium', out: formatsBuild(), test: true, replace: OWN_SERVICES })
  await buildExtension({ browser: 'chromium', out: shippedBuild() })
  await giveHosts(shippedBuild(), shippedWithHosts())
  return () => rm(folder, { recursive: true, force: true })
}

/**
 * A copy of the shipped build in which the manifest alone differs: nobody can click the permission prompt of a headless browser, so the
 * hosts that a user would be asked for are given at installation, and the id is fixed. Every script is the shipped one.
 */
async function giveHosts(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true })
  const path = join(to, 'manifest.json')
  const { optional_host_permissions: _, ...manifest }: { [key: string]: unknown } = JSON.parse(await readFile(path, 'utf8'))
  const host_permissions = hostAsks(TRUSTEDROUTER).map((ask) => ask.pattern)
  await writeFile(path, JSON.stringify({ ...manifest, key: TEST_KEY, host_permissions }, null, 2))
}
