import { describe, expect, it } from 'vitest'
import { fuzz, LIMITS, type Target } from './fuzz.ts'
import { TARGETS } from './targets.ts'

// A short run of `npm run fuzz`, with the same inputs each time: as many as fit into a second on a slow machine, and no more on a fast one.
const SEED = 'short run'
const RUNS = 200
const MILLISECONDS = 700

describe('changed input', () => {
  it.each(TARGETS)('$name: no exception, no time or memory without bound', { timeout: 60_000 }, async (target) => {
    const outcome = await fuzz(target, SEED, { ...LIMITS, runs: RUNS, milliseconds: MILLISECONDS })
    expect(outcome.failures).toEqual([])
    expect(outcome.runs).toBeGreaterThan(0)
  })

  it('has each target under a name of its own', () => {
    expect(new Set(TARGETS.map(({ name }) => name)).size).toBe(TARGETS.length)
  })
})

describe('the fuzzer', () => {
  const limits = { ...LIMITS, runs: 200, milliseconds: 5_000 }
  const target = (run: Target['run'], syntax?: Target['syntax']): Target => ({
    name: 'made up',
    seeds: () => [Uint8Array.of(1, 2, 3, 4)],
    run,
    ...(syntax === undefined ? {} : { syntax }),
  })

  it('begins with the seeds, and gives the same inputs for the same seed', async () => {
    const seen = async (seed: string) => {
      const inputs: string[] = []
      await fuzz(
        target((input) => inputs.push(Buffer.from(input).toString('hex')) > 0),
        seed,
        limits,
      )
      return inputs
    }
    const first = await seen('a')
    expect(first[0]).toBe('01020304')
    expect(await seen('a')).toEqual(first)
    expect(await seen('b')).not.toEqual(first)
    expect(new Set(first).size).toBeGreaterThan(100)
  })

  it('catches exceptions, thrown and rejected, with the input', async () => {
    const throws = await fuzz(
      target((input) => {
        if (input.length !== 4) throw new Error('not four')
        return true
      }),
      'a',
      limits,
    )
    expect(throws.failures[0]?.what).toContain('not four')
    expect(Buffer.from(throws.failures[0]?.input ?? 'AAAAAA==', 'base64').length).not.toBe(4)
    const rejects = await fuzz(
      target(async () => Promise.reject(new Error('later'))),
      'a',
      limits,
    )
    expect(rejects.failures[0]?.what).toContain('later')
  })

  it('catches an input that takes too long each time, and not one that did once', async () => {
    const busy = (milliseconds: number) => {
      const spent = () => process.cpuUsage().user / 1000
      const end = spent() + milliseconds
      while (spent() < end);
      return true
    }
    const slow = await fuzz(
      target(() => busy(30)),
      'a',
      { ...limits, inputMs: 10, runs: 1 },
    )
    expect(slow.failures[0]?.what).toMatch(/^took \d+ ms$/)
    let calls = 0
    const once = await fuzz(
      target(() => busy(calls++ === 0 ? 30 : 0)),
      'a',
      { ...limits, inputMs: 10, runs: 1 },
    )
    expect(once.failures).toEqual([])
  })

  it('catches memory that stays', async () => {
    const kept: Uint8Array[] = []
    const outcome = await fuzz(
      target(() => kept.push(new Uint8Array(1_000_000).fill(1)) > 0),
      'a',
      { ...limits, runs: 20, keptOctets: 10_000_000 },
    )
    expect(outcome.failures.at(-1)?.what).toMatch(/octets of the heap stay$/)
  })

  it.each(['json', 'cbor', 'der', 'text'] as const)('tries hostile forms of %s', async (syntax) => {
    let longest = 0
    await fuzz(
      target((input) => {
        longest = Math.max(longest, input.length)
        return true
      }, syntax),
      'a',
      { ...limits, runs: 30 },
    )
    expect(longest).toBeGreaterThan(100_000)
  })
})
