import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { aptInstall, ensureChromium, ensureFirefox } from './ensure-browser.ts'
import { ensureDisplay } from './ensure-display.ts'

/**
 * The gate: types, lint, unit and conformance tests, both builds, tests in real browsers. Goes on after a failure, so that one run tells
 * everything, and ends with one plain line of counts. With VECTORS_DIR set, a skipped test is a failure: evidence was promised.
 */
type Counts = {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Skipped for want of a browser or a screen that this machine cannot have; said aloud, and no broken promise. */
  readonly excused: number
  /** What the excused tests wanted, in words. */
  readonly wanted: readonly string[]
}

/** Where the tests are that need what not every machine has, and what that is. */
const NEEDS = {
  firefox: { file: /firefox/, words: 'No Firefox was found or could be installed' },
  display: { file: /^headed\//, words: 'No screen for browsers with windows could be had (Xvfb, openbox, xdotool)' },
} as const

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0, excused: 0, wanted: [] }
const vitestReport = v.object({ numPassedTests: v.number(), numFailedTests: v.number(), numPendingTests: v.number(), success: v.boolean() })
type Suite = {
  readonly specs: readonly { readonly file: string; readonly tests: readonly { readonly status: string }[] }[]
  readonly suites: readonly Suite[]
}
const suite: v.GenericSchema<unknown, Suite> = v.object({
  specs: v.array(v.object({ file: v.string(), tests: v.array(v.object({ status: v.string() })) })),
  suites: v.optional(v.array(v.lazy(() => suite)), () => []),
})
const playwrightReport = v.object({
  stats: v.object({ expected: v.number(), unexpected: v.number(), flaky: v.number(), skipped: v.number() }),
  suites: v.array(suite),
})

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): boolean {
  console.log(`\n── ${[command, ...args].join(' ')}`)
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } }).status === 0
}

function step(command: string, ...args: string[]): Counts {
  return run(command, args) ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1 }
}

async function unit(folder: string): Promise<Counts> {
  // It reads along in a test on recorded certificates.
  if (spawnSync('openssl', ['version']).status !== 0) aptInstall('openssl')
  const file = join(folder, 'vitest.json')
  const passed = run('npx', ['vitest', 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`])
  const report = v.parse(vitestReport, JSON.parse(await readFile(file, 'utf8')))
  // A file that cannot be loaded has no tests to count, but is a failure all the same.
  const failed = passed ? report.numFailedTests : Math.max(1, report.numFailedTests)
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests, excused: 0, wanted: [] }
}

async function browsers(folder: string): Promise<Counts> {
  const file = join(folder, 'playwright.json')
  const chromium = await ensureChromium()
  const firefox = await ensureFirefox()
  const display = await ensureDisplay()
  const env = { CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: file, ...(firefox === undefined ? {} : { FIREFOX_PATH: firefox }) }
  const passed = run('npx', ['playwright', 'test', '--reporter=list,json'], env)
  const { stats, suites } = v.parse(playwrightReport, JSON.parse(await readFile(file, 'utf8')))
  const failed = stats.unexpected + stats.flaky
  // As root on a Debian a screen can always be had: there its want is no excuse.
  const wanted = [
    ...(firefox === undefined ? [NEEDS.firefox] : []),
    ...(display.length > 0 && process.getuid?.() !== 0 ? [NEEDS.display] : []),
  ]
  return {
    passed: stats.expected,
    failed: passed ? failed : Math.max(1, failed),
    skipped: stats.skipped,
    excused: skippedFiles(suites).filter((name) => wanted.some(({ file: pattern }) => pattern.test(name))).length,
    wanted: wanted.map(({ words }) => words),
  }
}

/** The file of each skipped test. */
function skippedFiles(suites: readonly Suite[]): readonly string[] {
  return suites.flatMap(({ specs, suites: inner }) => [
    ...specs.flatMap(({ file, tests }) => tests.filter(({ status }) => status === 'skipped').map(() => file)),
    ...skippedFiles(inner),
  ])
}

const folder = await mkdtemp(join(tmpdir(), 'receipt-checker-'))
let total = NOTHING
try {
  const results = [
    step('npm', 'run', '-s', 'types'),
    step('npm', 'run', '-s', 'lint'),
    await unit(folder),
    step('npm', 'run', '-s', 'build'),
    await browsers(folder),
  ]
  total = results.reduce((sum, next) => ({
    passed: sum.passed + next.passed,
    failed: sum.failed + next.failed,
    skipped: sum.skipped + next.skipped,
    excused: sum.excused + next.excused,
    wanted: [...sum.wanted, ...next.wanted],
  }))
} finally {
  await rm(folder, { recursive: true, force: true })
}
for (const words of total.wanted) console.log(`\n${words}: its tests were skipped.`)
const broken = process.env['VECTORS_DIR'] !== undefined && total.skipped > total.excused
if (broken) console.log(`\n${total.skipped - total.excused} tests were skipped although VECTORS_DIR is set: that is a failure.`)
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)
process.exitCode = total.failed > 0 || broken ? 1 : 0
