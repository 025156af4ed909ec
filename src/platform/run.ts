import { browser } from './browser.ts'

/** Reads what was remembered for this run of the browser. It is in memory, apart from any database. What comes back is to be parsed. */
export async function readRun(key: string): Promise<unknown> {
  return (await browser.storage.session.get(key))[key]
}

export async function writeRun(key: string, value: unknown): Promise<void> {
  await browser.storage.session.set({ [key]: value })
}
