import { median, minimum } from './figures.ts'
import type { StreamCost } from './stream.ts'
import { BACKGROUND_DISTANCE, BARS } from './table.ts'
import type { Measured } from './verifiers.ts'
import type { Weight } from './weight.ts'

export type Results = {
  readonly date: string
  readonly browser: string
  /** Versions of the packages that were compared, by name. */
  readonly packages: Readonly<Record<string, string>>
  readonly missing: readonly string[]
  readonly verifiers: readonly Measured[]
  readonly weight: Weight
  readonly stream: StreamCost
}

/** Markdown; nothing in it tells the machine. */
export function reportOf(results: Results): string {
  const { weight, stream } = results
  const packages = Object.entries(results.packages).map(([name, version]) => `${name} ${version}`)
  return [
    '# Bench',
    '',
    'Written by `npm run bench`. All times in milliseconds, of one run on one machine: compare within a table only. *Floor*: the fewest signature',
    'checks that the evidence needs, each one bare WebCrypto `importKey` and `verify`. *Cold*: from the import of the module in a fresh page to its',
    'first verdict. Every subject has to accept the evidence with each call. Signatures are all verified again each time; imported keys are kept.',
    '',
    `Chromium ${results.browser} · ${results.date} · ${packages.join(' · ')}`,
    ...results.missing.map((name) => `\nCould not be installed from the registry, and is not compared: ${name}.`),
    '',
    '## Verifiers',
    '',
    '| evidence | subject | warm min | warm median | × floor (min) | cold min | cold median | gzip kB |',
    '|---|---|---:|---:|---:|---:|---:|---:|',
    ...results.verifiers.flatMap(verifierLines),
    '',
    '## Bars',
    '',
    '| what | bar | measured | |',
    '|---|---:|---:|---|',
    ...results.verifiers.flatMap(barLines),
    barLine('background, gzip kB', BARS.backgroundKb, weight.gzip.background / 1000, 1, BACKGROUND_DISTANCE),
    barLine('background, evaluation at worker start, ms (median)', BARS.evaluationMs, median(weight.evaluation), 1),
    barLine('hook in the page, gzip kB', BARS.hookKb, weight.gzip.hook / 1000, 1),
    barLine('popup, gzip kB', BARS.popupKb, weight.gzip.popup / 1000, 1),
    barLine('main thread for a stream of 2 MB, ms more (median)', stream.bar, stream.cost, 1),
    '',
    `The background has come to its end ${median(weight.start).toFixed(0)} ms after its worker began (median), its script read and compiled included.`,
    `The page’s main thread took ${median(stream.without).toFixed(0)} ms for the stream without the extension and ${median(stream.with).toFixed(0)} ms with it.`,
    '',
  ].join('\n')
}

function verifierLines({ row, floor, subjects }: Measured): string[] {
  const operations = row.floor.map(([operation, times]) => `${times} × ${operation}`).join(' + ')
  const base = minimum(floor)
  return [
    `| ${row.evidence} | *floor: ${operations}* | ${time(base)} | ${time(median(floor))} | 1 | | | |`,
    ...subjects.map(({ subject, warm, cold, gzip }) => {
      const name = subject.note === undefined ? subject.name : `${subject.name} (${subject.note})`
      const cells = [time(minimum(warm)), time(median(warm)), (minimum(warm) / base).toFixed(2), time(minimum(cold)), time(median(cold))]
      return `| | ${name} | ${cells.join(' | ')} | ${(gzip / 1000).toFixed(1)} |`
    }),
  ]
}

function barLines({ row, floor, subjects }: Measured): string[] {
  const [ours] = subjects
  if (ours === undefined) return []
  const ratio = minimum(ours.warm) / minimum(floor)
  const { coldMs } = row.bar
  return [
    barLine(`${row.evidence}, × floor`, row.bar.floors, ratio, 2, row.distance?.warm),
    ...(coldMs === undefined ? [] : [barLine(`${row.evidence}, cold ms (min)`, coldMs, minimum(ours.cold), 1, row.distance?.cold)]),
  ]
}

function barLine(what: string, bar: number, measured: number, digits: number, distance = ''): string {
  const isMet = measured <= bar
  return `| ${what} | ${bar} | ${measured.toFixed(digits)} | ${isMet ? 'met' : `**not met** ${distance}`.trim()} |`
}

function time(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 10 ? 3 : 1)
}
