import { browser } from './browser.ts'

/** Where in the welcome page: the sites that work, or the sample. */
export type WelcomePart = 'sites' | 'sample'

const PAGE = 'welcome/welcome.html'

/** Opens the welcome page in a tab of its own, at its beginning or at one part. */
export async function openWelcome(part?: WelcomePart): Promise<void> {
  await browser.tabs.create({ url: browser.runtime.getURL(part === undefined ? PAGE : `${PAGE}#${part}`) })
}

/** Calls back once, when this extension was installed: not for updates of it or of the browser. Call it synchronously when the worker starts. */
export function onFirstInstalled(installed: () => void): void {
  browser.runtime.onInstalled.addListener(({ reason }) => {
    if (reason === 'install') installed()
  })
}
