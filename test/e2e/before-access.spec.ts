import { expect, test } from 'playwright/test'
import { shippedBuild } from './builds.ts'
import { launchExtension } from './extension.ts'
import { startLoopback } from './server.ts'
import { askInPage, COMPLETIONS, PAGE, serve } from './service.ts'
import { question } from './session.ts'
import { sendAll, simulate } from './simulated.ts'

/** What the browser itself asks. */
const BROWSERS_OWN = ['update.googleapis.com', 'accounts.google.com']

/**
 * What is shipped holds one host from installation, so that it hears of requests at all (docs/permissions.md). Until a service is enabled nothing is
 * asked of that host, of the service, or of anybody, and nothing that the page asks is changed.
 */
test('before a site is enabled nobody is asked anything, the host that is held from installation included', async () => {
  const loopback = await startLoopback()
  const service = simulate(loopback)
  serve(loopback, ({ headers }, body, response) => sendAll(response, service.prepare(body, headers).events))
  const extension = await launchExtension({ build: shippedBuild(), port: loopback.port })
  try {
    const [held] = await extension.held()
    expect(held).toBe('https://api.trustedservices.intel.com/*')
    const { page, tabId } = await extension.open(PAGE)
    await askInPage(page, question())
    expect((await extension.state(tabId)).kind).not.toBe('watching')
    const popup = await extension.popup(tabId)
    await expect(popup.locator('h1')).toBeVisible()
    await extension.stopWorker()
    await askInPage(page, question())
    // Whatever would be fetched of an answer is fetched within this time where a service is enabled.
    await page.waitForTimeout(5_000)
    const others = loopback.seen.filter(({ host, path }) => path !== '/favicon.ico' && !BROWSERS_OWN.includes(host))
    const asked = others.map(({ host, path, method }) => `${method} ${host}${path}`)
    const completions = `POST ${new URL(COMPLETIONS).host}${new URL(COMPLETIONS).pathname}`
    expect(asked.filter((one) => !one.startsWith('OPTIONS '))).toEqual(['GET trustedrouter.com/', completions, completions])
    expect(loopback.seen.filter(({ headers }) => 'x-inference-receipt' in headers)).toEqual([])
  } finally {
    await extension.close()
    await loopback.close()
  }
})
