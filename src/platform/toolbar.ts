import { browser } from './browser.ts'

/** Sets badge and tool tip for one tab. A tab that is gone meanwhile is no error. */
export async function showInToolbar(tabId: number, text: string, colour: string, title: string): Promise<void> {
  await Promise.allSettled([
    browser.action.setBadgeText({ tabId, text }),
    browser.action.setBadgeBackgroundColor({ tabId, color: colour }),
    browser.action.setBadgeTextColor({ tabId, color: '#ffffff' }),
    browser.action.setTitle({ tabId, title }),
  ])
}
