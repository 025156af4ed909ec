import { browser } from './browser.ts'

/** The text of a file that lies in this extension. */
export async function packagedText(path: string): Promise<string> {
  const response = await fetch(browser.runtime.getURL(path))
  if (!response.ok) throw new TypeError(`no such file in this extension: ${path}`)
  return response.text()
}
