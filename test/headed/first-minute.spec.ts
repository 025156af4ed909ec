import { writeFile } from 'node:fs/promises'
import { expect, test } from 'playwright/test'
import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import { missingPrograms } from '../../scripts/ensure-display.ts'
import { shippedBuild } from '../e2e/builds.ts'
import { type Loopback, startLoopback } from '../e2e/server.ts'
import { type ChatService, chatService } from './chat.ts'
import { type Display, poll, startDisplay } from './display.ts'
import { type Person, startPerson } from './person.ts'
import { writePng } from './picture.ts'

/** From the page that installation opens to a verdict, with the shipped build, real clicks and the real prompt; the clicks are counted. */

const missing = await missingPrograms()
test.skip(missing.length > 0, `not installed: ${missing.join(', ')}`)

/** "At most", of clicks with the mouse in the browser and in the extension; the chat's own "send" is one more. */
const CLICKS = { sample: 0, site: 3 } as const

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
  if (info.status !== info.expectedStatus) await writeFile(info.outputPath('screen.png'), writePng(await display.look()))
  await person.close()
  await loopback.close()
  await display.close()
})

test('the sample’s verdict stands on the page that installation opens', async () => {
  const page = await person.welcomePage()
  const rows = () => page.run('document.querySelectorAll(".verdict .row > summary > .glyph").length')
  await poll('the sample’s rows', async () => (await rows()) === 5)
  expect(person.clicks()).toBe(CLICKS.sample)
})

test('a site is checked, opened and judged within the clicks that are counted', async () => {
  const welcome = await person.welcomePage()
  await welcome.click('button[data-site="trustedrouter"]')
  await poll('the prompt', person.isAsked)
  await person.answerPrompt('allow')
  const site = await person.tabAt(service.page)
  await service.ask(site, 'its page’s proxy')
  await expect
    .poll(
      async () => {
        const state = await person.state(site.id)
        return state.kind === 'watching' ? state.exchanges.map(({ progress, report }) => [progress, report?.claims.length]) : state.kind
      },
      { timeout: 15_000 },
    )
    .toEqual([['done', 5]])
  const popup = await person.openPopup()
  await poll('the five rows', async () => (await popup.text()).includes('Which model answered?'))
  expect(person.clicks()).toBeLessThanOrEqual(CLICKS.site)
})

test('a refusal is said on the page, and the site can be asked for again', async () => {
  const welcome = await person.welcomePage()
  const notice = () => welcome.run('document.querySelector(".site-notice").textContent')
  await welcome.click('button[data-site="trustedrouter"]')
  await poll('the prompt', person.isAsked)
  await person.answerPrompt('deny')
  await expect.poll(notice).toBe(messages.ui_enable_denied.message)
  await welcome.click('button[data-site="trustedrouter"]')
  await poll('the prompt', person.isAsked)
  await person.answerPrompt('allow')
  await person.tabAt(service.page)
  await expect
    .poll(() => welcome.run('document.querySelector("[data-key=trustedrouter] .allowed")?.textContent'))
    .toBe(messages.welcome_allowed.message)
})
