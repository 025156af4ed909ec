import { browser } from './browser.ts'

/** Sets icon (by the name of its state), badge and tool tip for one tab. A tab that is gone meanwhile is no error. */
export async function showInToolbar(tabId: number, icon: string, badge: string, colour: string, title: string): Promise<void> {
  const file = (size: number) => browser.runtime.getURL(`icons/state-${icon}-${size}.png`)
  await Promise.allSettled([
    browser.action.setIcon({ tabId, path: { 16: file(16), 32: file(32) } }),
    browser.action.setBadgeText({ tabId, text: badge }),
    browser.action.setBadgeBackgroundColor({ tabId, color: colour }),
    browser.action.setBadgeTextColor({ tabId, color: '#ffffff' }),
    browser.action.setTitle({ tabId, title }),
  ])
}
