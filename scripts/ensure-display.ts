import { aptInstall } from './ensure-browser.ts'
import { findOnPath } from './find-browser.ts'

/** What a screen of our own needs, each with the Debian package that brings it: an X server in memory, a window manager, hands. */
const PROGRAMS: readonly { readonly name: string; readonly debian: string }[] = [
  { name: 'Xvfb', debian: 'xvfb' },
  { name: 'openbox', debian: 'openbox' },
  { name: 'xdotool', debian: 'xdotool' },
]

/** Programs that tests with windows need and this machine does not have. */
export async function missingPrograms(): Promise<readonly string[]> {
  return (await missing()).map(({ name }) => name)
}

/** Installs what is missing for tests with windows, where this is a Debian and we are root. Gives what is missing then. */
export async function ensureDisplay(): Promise<readonly string[]> {
  const wanted = await missing()
  if (wanted.length > 0) aptInstall(...wanted.map(({ debian }) => debian))
  return missingPrograms()
}

async function missing() {
  const found = await Promise.all(PROGRAMS.map(({ name }) => findOnPath([name])))
  return PROGRAMS.filter((_, i) => found[i] === undefined)
}
