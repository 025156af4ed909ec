import { writeFile } from 'node:fs/promises'
import { expect, test } from 'playwright/test'
import { missingPrograms } from '../../scripts/ensure-display.ts'
import { shippedBuild } from '../e2e/builds.ts'
import { type Loopback, startLoopback } from '../e2e/server.ts'
import { type ChatService, chatService } from './chat.ts'
import { type Display, poll, startDisplay } from './display.ts'
import { type Person, startPerson, type Tab } from './person.ts'
import { writePng } from './picture.ts'

/**
 * What is shipped, as somebody who installs it meets it: a browser with windows, the permission prompt clicked, nothing granted beforehand
 * and nothing put in place of anything. Builds that hold their hosts from installation cannot show what only a grant does.
 */
const missing = await missingPrograms()
test.skip(missing.length > 0, `not installed: ${missing.join(', ')}`)

let display: Display
let loopback: Loopback
let service: ChatService
let person: Person

test.beforeEach(async () => {
  display = await startDisplay()
  loopback = await startLoopback()
  service = chatService(loopback)
  person = await startPerson(display, { extension: shippedBuild(), port: loopback.port })
})

test.afterEach(async ({ browserName: _ }, info) => {
  if (info.status !== info.expectedStatus) {
    await writeFile(info.outputPath('screen.png'), writePng(await display.look()))
  }
  await person.close()
  await loopback.close()
  await display.close()
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

test('after the prompt each of nine answers has its row, though the worker idles out before the first', async () => {
  test.setTimeout(150_000)
  const tab = await person.visit(service.page)
  await answerAsk('allow')
  await reload(tab)
  await poll('the worker to idle out', async () => !(await person.isAwake()), { within: 60_000, every: 250 })
  const received: string[] = []
  for (let answer = 1; answer <= 9; answer += 1) {
    if (answer === 6) await person.stopWorker()
    received.push(await service.ask(tab))
    await expect.poll(() => judged(tab), { timeout: 10_000, message: `answer ${answer}` }).toEqual(received)
  }
  expect(service.given).toEqual(received)
  expect(await person.state(tab.id)).toMatchObject({ kind: 'watching', notCaptured: 0 })
})
