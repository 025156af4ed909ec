import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reportOf } from './report.ts'
import { measureStream } from './stream.ts'
import { NOT_INSTALLABLE } from './table.ts'
import { measureVerifiers } from './verifiers.ts'
import { measureWeight } from './weight.ts'

/**
 * `npm run bench`: each verifier in Chromium beside its peers and beside the bare WebCrypto calls, the weight of the extension, and what it costs
 * a page. Writes RESULTS.md. The peers are installed here, in a package of their own. `BENCH_ROUNDS` sets the rounds, `BENCH_ONLY` takes the rows
 * whose evidence contains it and writes nothing.
 */
const FOLDER = resolve(fileURLToPath(import.meta.url), '..')

const vectors = process.env['VECTORS_DIR']
if (vectors === undefined) {
  console.error('The bench runs on recorded evidence: set VECTORS_DIR to the folder that holds it.')
  process.exit(2)
}
execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: 'inherit' })
const { dependencies }: { dependencies: Readonly<Record<string, string>> } = JSON.parse(readFileSync(join(FOLDER, 'package.json'), 'utf8'))

const { version, measured } = await measureVerifiers(vectors)
const report = reportOf({
  date: new Date().toISOString().slice(0, 10),
  browser: version,
  packages: dependencies,
  missing: NOT_INSTALLABLE,
  verifiers: measured,
  weight: await measureWeight(),
  stream: await measureStream(),
})
console.log(report)
if (process.env['BENCH_ONLY'] === undefined) writeFileSync(join(FOLDER, 'RESULTS.md'), report)
