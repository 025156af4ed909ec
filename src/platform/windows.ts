import { browser } from './browser.ts'

/** Calls back when the last private window was closed. Call it synchronously when the worker starts. */
export function onLastPrivateWindowClosed(closed: () => void): void {
  browser.windows.onRemoved.addListener(() => {
    browser.windows.getAll().then((windows) => {
      if (!windows.some(({ incognito }) => incognito)) closed()
    }, reportError)
  })
}
