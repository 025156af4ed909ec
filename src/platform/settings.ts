import { browser } from './browser.ts'

/** Reads one value of this extension's own lasting settings. What comes back is to be parsed. */
export async function readSetting(key: string): Promise<unknown> {
  return (await browser.storage.local.get(key))[key]
}
