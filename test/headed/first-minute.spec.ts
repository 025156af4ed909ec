import { expect, test } from 'playwright/test'
import messages from '../../public/_locales/en/messages.json' with { type: 'json' }
import { poll } from '../support/poll.ts'
import { sceneForEach } from './scene.ts'

/** From the page that installation opens to a verdict, with the shipped build, real clicks and the real prompt; the clicks are counted. */

/** "At most", of clicks with the mouse in the browser and in the extension; the chat's own "send" is one more. */
const CLICKS = { sample: 0, site: 3 } as const

const scene = await sceneForEach()

test('the sample’s verdict stands on the page that installation opens', async () => {
  const { person } = scene()
  const page = await person.welcomePage()
  const rows = () => page.run('document.querySelectorAll(".verdict .row > summary > .glyph").length')
  await poll('the sample’s rows', async () => (await rows()) === 5)
  expect(person.clicks()).toBe(CLICKS.sample)
})

test('a site is checked, opened and judged within the clicks that are counted', async () => {
  const { person, service } = scene()
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
  const { person, service } = scene()
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
