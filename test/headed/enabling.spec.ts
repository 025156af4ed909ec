import { expect, test } from 'playwright/test'
import { poll } from '../support/poll.ts'
import type { ChatService, Way } from './chat.ts'
import type { Person, Tab } from './person.ts'
import { sceneForEach } from './scene.ts'

/**
 * What is shipped, as somebody who installs it meets it: a browser with windows, the permission prompt clicked, nothing granted beforehand
 * and nothing put in place of anything. Builds that hold their hosts from installation cannot show what only a grant does.
 */
const scene = await sceneForEach()
let person: Person
let service: ChatService

test.beforeEach(() => {
  ;({ person, service } = scene())
})

/** Opens the popup, has the browser ask, and answers. The prompt closes the popup. */
async function answerAsk(answer: 'allow' | 'deny'): Promise<void> {
  const popup = await person.openPopup()
  await popup.click('enable')
  await poll('the prompt', person.isAsked)
  await person.answerPrompt(answer)
  expect(await popup.isOpen()).toBe(false)
}

/** Reloads the tab by the popup's button; the page's own script stands ready after it. */
async function reload(tab: Tab): Promise<void> {
  await tab.run('void (globalThis.before = true)')
  const popup = await person.openPopup()
  await popup.click('reload')
  await poll('the reload', async () => (await tab.run('globalThis.before === undefined && document.readyState')) === 'complete')
}

/** The ids of the answers that have a row with a report, oldest first. */
async function judged(tab: Tab): Promise<readonly string[]> {
  const state = await person.state(tab.id)
  if (state.kind !== 'watching') return [state.kind]
  const done = state.exchanges.filter(({ progress, report }) => progress === 'done' && report !== undefined)
  const details = await Promise.all(done.map(({ id }) => person.detail(id)))
  return details.flatMap(({ dossier }) => dossier.exchange.response.ids).reverse()
}

/** What the toolbar says of a tab. */
async function titleOf(tab: Tab): Promise<unknown> {
  return person.inOwnPage(`chrome.action.getTitle({ tabId: ${tab.id} })`)
}

async function badgeOf(tab: Tab): Promise<unknown> {
  return person.inOwnPage(`chrome.action.getBadgeText({ tabId: ${tab.id} })`)
}

async function text(message: string): Promise<unknown> {
  return person.inOwnPage(`chrome.i18n.getMessage('${message}')`)
}

async function registeredScripts(): Promise<unknown> {
  return person.inOwnPage('chrome.scripting.getRegisteredContentScripts().then((scripts) => scripts.length)')
}

async function headerRules(): Promise<unknown> {
  return person.inOwnPage('chrome.declarativeNetRequest.getSessionRules().then((rules) => rules.length)')
}

/** Waits until the browser has stopped the worker for having nothing to do, which takes it half a minute. */
async function idleOut(): Promise<void> {
  await poll('the worker to idle out', async () => !(await person.isAwake()), { within: 60_000, every: 250 })
}

/** Has the page ask, and waits until each answer of the list has its row, this one last. */
async function askAndSee(tab: Tab, way: Way, received: string[]): Promise<void> {
  received.push(await service.ask(tab, way))
  await expect.poll(() => judged(tab), { timeout: 10_000, message: `answer ${received.length}` }).toEqual(received)
}

test('after the prompt each of nine answers has its row, though the worker idles out before the first and once later', async () => {
  test.setTimeout(200_000)
  const way = 'its page’s proxy'
  const tab = await person.visit(service.page)
  await answerAsk('allow')

  // The prompt has closed the popup: icon and title tell what is still to be done.
  await expect.poll(() => titleOf(tab)).toBe(await text('ui_reload_title'))
  await service.ask(tab, way)
  await expect.poll(() => person.state(tab.id), { timeout: 10_000 }).toMatchObject({ kind: 'needs-reload', notCaptured: 1 })
  expect([await titleOf(tab), await badgeOf(tab)]).toEqual([await text('ui_reload_title'), '↻'])
  service.given.length = 0

  await reload(tab)
  const received: string[] = []
  for (let answer = 1; answer <= 9; answer += 1) {
    if (answer === 1 || answer === 5) await idleOut()
    if (answer === 8) await person.stopWorker()
    await askAndSee(tab, way, received)
  }
  expect(service.given).toEqual(received)
  const popup = await person.openPopup()
  await poll('the answers in the popup', async () => (await popup.text()).includes('9'))
})

test('a refusal leaves things as they were; later access can be given, taken away, and given again', async () => {
  test.setTimeout(90_000)
  const way = 'its interface'
  const tab = await person.visit(service.page)
  await answerAsk('deny')
  expect(await person.state(tab.id)).toMatchObject({ kind: 'not-enabled' })
  expect([await registeredScripts(), await headerRules(), await titleOf(tab)]).toEqual([0, 0, await text('ext_name')])

  await answerAsk('allow')
  await expect.poll(() => titleOf(tab)).toBe(await text('ui_reload_title'))
  await reload(tab)
  const received: string[] = []
  await askAndSee(tab, way, received)
  expect(await registeredScripts()).toBe(2)

  await person.takeBack('https://api.trustedrouter.com/*')
  await expect.poll(() => titleOf(tab)).toBe(await text('toolbar_off'))
  await expect.poll(registeredScripts).toBe(0)
  expect(await headerRules()).toBe(0)
  await service.ask(tab, way)
  expect(service.seen.filter(({ method }) => method === 'POST').at(-1)?.headers['x-inference-receipt']).toBeUndefined()
  const popup = await person.openPopup()
  await poll('the ask in the popup', async () => (await popup.text()).includes('api.trustedrouter.com'))

  await answerAsk('allow')
  await expect.poll(registeredScripts).toBe(2)
  await askAndSee(tab, way, received)
})
