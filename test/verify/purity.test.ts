import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { appraise } from '../../src/verify/appraise.ts'
import { VERIFIER } from '../../src/verify/version.ts'
import { makeExchange, type TokenForm } from '../simulator/index.ts'
import { dossierOf, failedChecks, policyFor, rowsOf, trustOf } from './dossiers.ts'

/** A clock that throws when asked for the time. */
class NoClock extends Date {
  constructor(...args: [] | [number | string | Date]) {
    if (args.length === 0) throw new Error('the verifier asked for the time')
    super(args[0] ?? 0)
  }
  static override now(): number {
    throw new Error('the verifier asked for the time')
  }
}

const forbid = (name: string) => () => {
  throw new Error(`the verifier used ${name}`)
}

describe('the verifier', () => {
  afterEach(() => vi.unstubAllGlobals())

  it.each(['pki', 'oidc'] satisfies TokenForm[])('has no clock, no network and no timers (%s)', async (form) => {
    const exchange = makeExchange({ form })
    const dossier = await dossierOf(exchange)
    const moment = { now: new NoClock(exchange.endedAt.getTime()), basis: 'captured-here' as const }
    vi.stubGlobal('Date', NoClock)
    for (const name of ['fetch', 'XMLHttpRequest', 'WebSocket', 'setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame']) {
      vi.stubGlobal(name, forbid(name))
    }
    vi.stubGlobal('performance', { now: forbid('performance.now') })
    const report = await appraise(dossier, {
      policy: policyFor(exchange.gateway.workload.imageDigest),
      trust: trustOf(exchange),
      seen: () => undefined,
      moment,
    })
    expect(failedChecks(report)).toEqual([])
    expect(rowsOf(report)).toBe('a[va] a[va] a v v')
  })

  it('gives the same report for the same input', async () => {
    const exchange = makeExchange()
    const context = {
      policy: policyFor('sha256:0'),
      trust: trustOf(exchange),
      seen: () => undefined,
      moment: { now: exchange.endedAt, basis: 'given' } as const,
    }
    const dossier = await dossierOf(exchange)
    expect(await appraise(dossier, context)).toEqual(await appraise(dossier, context))
  })

  it('states the version of the package', () => {
    const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(VERIFIER).toBe(`inference-receipt-checker/${version}`)
  })
})
