import { browser } from './browser.ts'

/** Chromium's side panel, which the polyfill's types do not know. */
type SidePanel = { readonly open: (options: { readonly windowId: number }) => Promise<void> }

/** Whether this browser can show a page of the extension beside the tab. */
export function canShowBeside(): boolean {
  return sidePanel() !== undefined || hasSidebar()
}

/**
 * Opens the page beside the tab. To be called straight from a click: an await before it would cost the user's gesture.
 */
export function showBeside(windowId: number): Promise<void> {
  return sidePanel()?.open({ windowId }) ?? browser.sidebarAction.open()
}

function sidePanel(): SidePanel | undefined {
  const panel: unknown = Reflect.get(browser, 'sidePanel')
  return isSidePanel(panel) ? panel : undefined
}

function isSidePanel(value: unknown): value is SidePanel {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'open') === 'function'
}

function hasSidebar(): boolean {
  const sidebar: unknown = Reflect.get(browser, 'sidebarAction')
  return typeof sidebar === 'object' && sidebar !== null
}
