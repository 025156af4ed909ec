import { browser } from '../../platform/browser.ts'
import type { ExchangeDetail, TabState, UiRequest } from '../../platform/messages.ts'

/**
 * The only place where the extension's pages talk to the background and to the browser. A broken or missing answer
 * rejects.
 */

export async function tabState(tabId: number): Promise<TabState> {
  const answer = await ask({ type: 'ui/state', tabId })
  if (!isTabState(answer)) throw new TypeError('the background gave no tab state')
  return answer
}

/** Has an exchange gathered and judged once more. Progress comes as notices. */
export async function retryExchange(exchange: string): Promise<void> {
  await ask({ type: 'ui/retry', exchange })
}

/** Says that the user was shown this exchange's report. */
export async function sawExchange(exchange: string): Promise<void> {
  await ask({ type: 'ui/seen', exchange })
}

/** Deletes everything that is kept; gives how many exchanges were not, because they are still arriving. */
export async function deleteAll(): Promise<number> {
  const answer = await ask({ type: 'ui/delete-all' })
  if (!isRecord(answer) || typeof answer['staying'] !== 'number') throw new TypeError('the background did not say what it deleted')
  return answer['staying']
}

export async function exchangeDetail(exchange: string): Promise<ExchangeDetail> {
  const answer = await ask({ type: 'ui/exchange', exchange })
  if (!isExchangeDetail(answer)) throw new TypeError('the background gave no exchange')
  return answer
}

/** Calls back whenever the background says that the state of a tab changed. */
export function onTabChanged(changed: (tabId: number) => void): void {
  browser.runtime.onMessage.addListener((message: unknown, sender: unknown) => {
    const ours = isRecord(sender) && sender['id'] === browser.runtime.id && sender['tab'] === undefined
    if (!ours || !isRecord(message) || message['type'] !== 'ui/changed') return undefined
    if (typeof message['tabId'] === 'number') changed(message['tabId'])
    return undefined
  })
}

/**
 * Calls back when another tab comes to the front of this page's window, and when the one in front loads another
 * document.
 */
export async function onTabInFront(inFront: (tabId: number) => void): Promise<void> {
  const { id: ours } = await browser.windows.getCurrent()
  browser.tabs.onActivated.addListener(({ tabId, windowId }) => {
    if (windowId === ours) inFront(tabId)
  })
  browser.tabs.onUpdated.addListener((tabId, { status }, { active, windowId }) => {
    if (active && windowId === ours && status !== undefined) inFront(tabId)
  })
}

/** The window that this page is in. */
export async function ownWindow(): Promise<number | undefined> {
  return (await browser.windows.getCurrent()).id
}

/** The tab in front of the user. Absent: no tab, or one that has no id. */
export async function activeTab(): Promise<number | undefined> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true })
  return tab?.id
}

export function reloadTab(tabId: number): Promise<void> {
  return browser.tabs.reload(tabId)
}

/**
 * One prompt for all the hosts. To be called straight from a click: an await before it would cost the user's gesture.
 */
export function requestHosts(patterns: readonly string[]): Promise<boolean> {
  return browser.permissions.request({ origins: [...new Set(patterns)] })
}

function ask(request: UiRequest): Promise<unknown> {
  return browser.runtime.sendMessage(request)
}

/*
 * The background is the same build as this page, so an answer is looked at only far enough to tell it from no answer and from an error.
 */
const KINDS: Readonly<Record<TabState['kind'], true>> = {
  'no-site': true,
  'no-adapter': true,
  'not-enabled': true,
  'needs-reload': true,
  'unsupported-browser': true,
  watching: true,
}

function isTabState(value: unknown): value is TabState {
  if (!isRecord(value) || typeof value['kind'] !== 'string' || !Object.hasOwn(KINDS, value['kind'])) return false
  if (value['kind'] === 'watching') return Array.isArray(value['exchanges'])
  return value['kind'] !== 'not-enabled' || Array.isArray(value['asks'])
}

function isExchangeDetail(value: unknown): value is ExchangeDetail {
  return isRecord(value) && isRecord(value['dossier'])
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
