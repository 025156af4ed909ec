import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { findChromium, findFirefox, NO_BROWSER } from './find-browser.ts'

/**
 * Finds a Chromium, or installs one: by apt where this is a Debian and we are root, else Playwright's own. Returns its path, or ends the
 * process with one plain line.
 */
export async function ensureChromium(): Promise<string> {
  const found = await findChromium()
  if (found !== undefined) return found
  // Whoever names a browser wants that one: another is no help.
  const named = process.env['CHROMIUM_PATH'] ?? ''
  if (named !== '') endWith(`CHROMIUM_PATH is “${named}”, which is not a program that can be run.`)
  for (const install of [aptInstall, playwrightInstall]) {
    install('chromium')
    const installed = await findChromium()
    if (installed !== undefined) return installed
  }
  return endWith(NO_BROWSER)
}

function endWith(line: string): never {
  console.error(line)
  process.exit(1)
}

/** Finds a Firefox, or installs Debian's. Undefined where neither is to be had: the tests that need one then say that they were skipped. */
export async function ensureFirefox(): Promise<string | undefined> {
  const found = await findFirefox()
  if (found !== undefined) return found
  aptInstall('firefox-esr')
  return findFirefox()
}

/** Installs Debian packages where this is a Debian and we are root; does nothing elsewhere. */
export function aptInstall(...names: readonly string[]): void {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return
  console.log(`Installing ${names.join(', ')} with apt-get…`)
  const quiet: SpawnSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['-qq', 'update'], quiet)
  spawnSync('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...names, 'fonts-dejavu-core'], quiet)
}

function playwrightInstall(name: string): void {
  console.log(`Installing Playwright's ${name}…`)
  spawnSync('npx', ['playwright', 'install', name], { stdio: 'inherit' })
}
