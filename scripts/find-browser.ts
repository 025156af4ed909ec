import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const
const MAC = ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'] as const

/** What to say where no browser was found. */
export const NO_BROWSER =
  'No Chromium was found. Set CHROMIUM_PATH to one, or install one: "apt-get install chromium" on Debian, or "npx playwright install chromium".'

/** Path of a Chromium that can load an extension: the one named by CHROMIUM_PATH, Playwright's own, or the system's. */
export async function findChromium(): Promise<string | undefined> {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') return (await isExecutable(named)) ? named : undefined
  for (const path of [chromium.executablePath(), ...onPath(NAMES), ...MAC]) {
    if (path !== '' && (await isExecutable(path))) return path
  }
  return undefined
}

const FIREFOX = ['firefox', 'firefox-esr'] as const
const FIREFOX_MAC = '/Applications/Firefox.app/Contents/MacOS/firefox'

/** Path of a Firefox: the one named by FIREFOX_PATH, or the system's. */
export async function findFirefox(): Promise<string | undefined> {
  const named = process.env['FIREFOX_PATH']
  if (named !== undefined && named !== '') return (await isExecutable(named)) ? named : undefined
  for (const path of [...onPath(FIREFOX), FIREFOX_MAC]) {
    if (await isExecutable(path)) return path
  }
  return undefined
}

/** The first of some programs that is on this machine's path. */
export async function findOnPath(names: readonly string[]): Promise<string | undefined> {
  for (const path of onPath(names)) if (await isExecutable(path)) return path
  return undefined
}

function onPath(names: readonly string[]): readonly string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = await findChromium()
  console.log(path ?? NO_BROWSER)
  process.exitCode = path === undefined ? 1 : 0
}
