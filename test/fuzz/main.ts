import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { fuzz, LIMITS } from './fuzz.ts'
import { TARGETS } from './targets.ts'

/**
 * `npm run fuzz -- --seconds 60`: every parser, and every exchange with one document changed, for so long each. `--seed TEXT` repeats a run, `--only PATTERN` takes the
 * targets whose names match it. Prints the seed, so that a failure can be repeated, and the input of each failure in base64. Ends with 1 if there was one.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: randomBytes(6).toString('hex') },
    only: { type: 'string', default: '' },
  },
})
const seconds = Number(values.seconds)
if (!(seconds > 0)) {
  console.error('--seconds takes a number above 0')
  process.exit(2)
}
console.log(`seed ${values.seed}, ${seconds} s a target`)
let failures = 0
for (const target of TARGETS.filter(({ name }) => new RegExp(values.only).test(name))) {
  const outcome = await fuzz(target, values.seed, { ...LIMITS, runs: Number.POSITIVE_INFINITY, milliseconds: seconds * 1000 })
  const share = ((100 * outcome.accepted) / outcome.runs).toFixed(1)
  const kept = (outcome.kept / 1_000_000).toFixed(1)
  console.log(
    `${target.name.padEnd(40)} ${String(outcome.runs).padStart(9)} inputs, ${share.padStart(5)} % accepted, slowest ${outcome.slowestMs.toFixed(0)} ms, ${kept} MB kept`,
  )
  for (const { run, what, input } of outcome.failures) console.log(`  FAILED at input ${run}: ${what}\n  ${input}`)
  failures += outcome.failures.length
}
console.log(failures === 0 ? 'no failures' : `${failures} failures; repeat with --seed ${values.seed}`)
process.exitCode = failures === 0 ? 0 : 1
