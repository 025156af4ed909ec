import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as v from 'valibot'
import { TEST_EXTENSION_ID } from '../../scripts/build.ts'
import { findChromium, NO_BROWSER } from '../../scripts/find-browser.ts'
import { poll } from './poll.ts'
import { type Protocol, protocolOf } from './protocol.ts'

/** A browser that nothing is attached to, on a profile that outlives it: it can be ended in any way and started again. */
export type BareBrowser = {
  readonly protocol: Protocol
  /** Runs an expression in a page of the extension's that asks nothing by itself. */
  readonly inOwnPage: (expression: string) => Promise<unknown>
  /** Opens an address in a new tab and gives its target. */
  readonly open: (url: string) => Promise<string>
  /** Ends it as a user does. */
  readonly quit: () => Promise<void>
  /** Ends it as a power cut does. */
  readonly kill: () => Promise<void>
}

export type BareOptions = {
  readonly build: string
  readonly port: number
  readonly profile: string
  /** Lets the extension into private windows, as the browser's page about extensions does. */
  readonly inPrivateWindows?: boolean
}

export const EXTENSION = `chrome-extension://${TEST_EXTENSION_ID}`
/** Not the popup: a page that asks nothing by itself. */
export const OWN_PAGE = `${EXTENSION}/manifest.json`

const Created = v.object({ targetId: v.string() })

export async function startBareBrowser({ build, port, profile, inPrivateWindows = false }: BareOptions): Promise<BareBrowser> {
  const executablePath = await findChromium()
  if (executablePath === undefined) throw new Error(NO_BROWSER)
  const browser = spawn(
    executablePath,
    [
      '--headless=new',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--ignore-certificate-errors',
      '--password-store=basic',
      `--host-resolver-rules=MAP * 127.0.0.1:${port}`,
      `--user-data-dir=${profile}`,
      '--remote-debugging-pipe',
      `--disable-extensions-except=${build}`,
      `--load-extension=${build}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  )
  const gone = once(browser, 'exit')
  const protocol = protocolOf(browser)
  const open = async (url: string): Promise<string> => v.parse(Created, await protocol.send('Target.createTarget', { url })).targetId
  const kill = async (): Promise<void> => {
    browser.kill('SIGKILL')
    await gone
  }
  try {
    await poll('the extension', async () => (await protocol.targets()).some(({ url }) => url.startsWith(`${EXTENSION}/`)))
    await setUp(protocol, open, inPrivateWindows)
    let own = await ownPage(protocol, open)
    return {
      protocol,
      open,
      kill,
      async inOwnPage(expression) {
        // A reload of the extension closes its pages.
        if (!(await protocol.targets()).some(({ targetId }) => targetId === own)) own = await ownPage(protocol, open)
        return protocol.evaluate(own, expression)
      },
      async quit() {
        // It may be gone before it answers.
        await protocol.send('Browser.close').catch(() => undefined)
        await gone
      },
    }
  } catch (error) {
    await kill()
    throw error
  }
}

async function ownPage(protocol: Protocol, open: BareBrowser['open']): Promise<string> {
  let own = await open(OWN_PAGE)
  const isReady = async () => (await protocol.evaluate(own, 'typeof globalThis.chrome?.runtime?.sendMessage')) === 'function'
  await poll('an own page', async () => {
    await new Promise((resume) => setTimeout(resume, 100))
    if (await isReady()) return true
    // One that was opened while the extension was being loaded anew stays an error page.
    await protocol.send('Target.closeTarget', { targetId: own })
    own = await open(OWN_PAGE)
    return false
  })
  return own
}

/** Sets what a user sets on the browser's page about extensions. */
async function setUp(protocol: Protocol, open: BareBrowser['open'], inPrivateWindows: boolean): Promise<void> {
  const page = await open('chrome://extensions/')
  await poll('the page about extensions', async () => (await protocol.evaluate(page, 'typeof chrome.developerPrivate')) === 'object')
  // Without it, an unpacked extension that is loaded anew is switched off.
  await protocol.evaluate(page, 'chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true })')
  if (inPrivateWindows) await allowPrivateWindows(protocol, page)
  await protocol.send('Target.closeTarget', { targetId: page })
}

/** The extension is loaded anew by this. */
async function allowPrivateWindows(protocol: Protocol, page: string): Promise<void> {
  const change = JSON.stringify({ extensionId: TEST_EXTENSION_ID, incognitoAccess: true })
  await protocol.evaluate(page, `chrome.developerPrivate.updateExtensionConfiguration(${change})`)
  await poll('access to private windows', async () => {
    const info = await protocol.evaluate(page, `chrome.developerPrivate.getExtensionInfo('${TEST_EXTENSION_ID}')`)
    const { incognitoAccess, state } = v.parse(v.object({ incognitoAccess: v.object({ isActive: v.boolean() }), state: v.string() }), info)
    return incognitoAccess.isActive && state === 'ENABLED'
  })
}
