import { join } from 'node:path'

/** The folder that `setup.ts` builds into; each run has its own. */
export const BUILDS_DIR = 'RECEIPT_CHECKER_BUILDS'

function build(name: string): string {
  const folder = process.env[BUILDS_DIR]
  if (folder === undefined) throw new Error('the builds are made by test/e2e/setup.ts')
  return join(folder, name)
}

/** Clock, nonce and trust anchors injected. */
export const testBuild = (): string => build('test')
/** The same with the services of `doubles/services.ts`, for formats that no service of the shipped list speaks. */
export const formatsBuild = (): string => build('formats')
/** What is shipped. */
export const shippedBuild = (): string => build('shipped')
/** What is shipped, with the hosts given in the manifest. */
export const shippedWithHosts = (): string => build('shipped-with-hosts')
