import { ensureChromium } from '../../scripts/ensure-browser.ts'
import { type Demo, startDemo } from './demo.ts'
import { EXPECTED, type Rows } from './expected.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { DEMO_SCENARIO_IDS, type DemoScenarioId } from './scenarios.ts'
import { makeCamera } from './screenshots.ts'
import { differences, tableOf } from './table.ts'
import { makeWalker } from './walk.ts'

/** `npm run demo`: the service, the extension and a browser with both, until the browser is closed or Ctrl-C is pressed. */

type Run = Extract<Options, { help: false }>

/** Status of a process that was interrupted, as shells have it. */
const INTERRUPTED = 130

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    console.log(USAGE)
    return 0
  }
  if (!options.headless && !hasDisplay())
    throw new Error('There is no display here to open a browser on. Without one: npm run demo -- --headless')
  const interrupted = onInterrupt()
  const executablePath = await ensureChromium()
  const pace = options.headless ? { tokenDelayMs: 1 } : {}
  try {
    const demo = await startDemo({ executablePath, headless: options.headless, port: options.port, signal: interrupted, ...pace })
    const stop = () => void demo.close()
    interrupted.addEventListener('abort', stop)
    try {
      return await (options.headless ? Promise.race([walk(demo, options), closedEarly(demo)]) : show(demo))
    } finally {
      interrupted.removeEventListener('abort', stop)
      await demo.close()
    }
  } catch (error) {
    if (!interrupted.aborted) throw error
    return options.headless ? INTERRUPTED : 0
  }
}

async function show({ server, browser }: Demo): Promise<number> {
  console.log(`The demo is open: chat at ${server.pageUrl}, its gateway at ${server.apiUrl}.`)
  console.log('Choose in the panel what goes wrong, ask something, and read beside it what the receipt still proves. Ctrl-C ends it.')
  await browser.closed
  return 0
}

async function closedEarly({ browser }: Demo): Promise<never> {
  await browser.closed
  throw new Error('The browser was closed before the walk was over.')
}

/** Goes through all scenarios and compares. Gives the process's status. */
async function walk({ browser }: Demo, { screenshots }: Run): Promise<number> {
  const started = performance.now()
  const walker = makeWalker(browser)
  const camera = await makeCamera(screenshots, browser)
  const measured: [DemoScenarioId, Rows][] = []
  for (const scenario of DEMO_SCENARIO_IDS) {
    measured.push([scenario, await walker.walk(scenario)])
    await camera.take(scenario)
  }
  const different = differences(measured, EXPECTED)
  console.log(`${tableOf(measured)}\n`)
  for (const line of different) console.log(line)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const verdict = different.length === 0 ? 'all rows as expected' : `not as expected: ${different.length}`
  console.log(`${measured.length} scenarios in ${seconds} s, ${verdict}. Pictures: ${screenshots}`)
  return different.length === 0 ? 0 : 1
}

/** Aborts at the first Ctrl-C, so that everything is closed in order. At the second, the process ends at once. */
function onInterrupt(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(INTERRUPTED)
      controller.abort()
    })
  }
  return controller.signal
}

function hasDisplay(): boolean {
  return (
    process.platform !== 'linux' ||
    [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '')
  )
}

try {
  process.exitCode = await main()
} catch (error) {
  // Of what Playwright says, the first line is for people.
  console.error(error instanceof Error ? error.message.split('\n', 1)[0] : error)
  process.exitCode = 1
}
