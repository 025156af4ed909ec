import { describe, expect, it } from 'vitest'
import { parseDossier } from '../../src/dossier/read.ts'
import { writeDossier } from '../../src/dossier/write.ts'
import { appraise } from '../../src/verify/appraise.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import { makeExchange, type TokenForm } from '../simulator/index.ts'
import { dossierOf, policyFor, rowsOf } from './dossiers.ts'

/**
 * Somebody who wrote the whole file: own receipt key, own token, own issuer keys or own root, digests that match, provenance claimed to be
 * the browser's own. Everything in it fits together; nothing in it is anybody else's word.
 */
describe.each(['oidc', 'pki'] satisfies TokenForm[])('a dossier made up by an attacker (%s token)', (form) => {
  const exchange = makeExchange({ form })
  const context = {
    policy: policyFor(exchange.gateway.workload.imageDigest),
    trust: { anchors: SHIPPED_ANCHORS, issuerKeys: [] },
    seen: () => undefined,
  }

  it('never shows environment or signature verified', async () => {
    const imported = parseDossier(writeDossier(await dossierOf(exchange)), 'file')
    if (!imported.ok) throw new Error(imported.code)
    for (const basis of ['captured-here', 'now', 'given', 'as-issued'] as const) {
      const report = await appraise(imported.value, { ...context, moment: { now: exchange.endedAt, basis } })
      expect(rowsOf(report)).toBe(form === 'oidc' ? 'a[aa] a[aa] a a a' : 'f[fa] a[aa] a a a')
    }
  })
  it('does no better by pinning its own key in the receipt', async () => {
    const dossier = await dossierOf(exchange)
    const imported = parseDossier(writeDossier({ ...dossier, service: 'trustedrouter' }), 'file')
    if (!imported.ok) throw new Error(imported.code)
    const report = await appraise(imported.value, { ...context, moment: { now: exchange.endedAt, basis: 'given' } })
    const standing = Object.fromEntries(report.claims.map((claim) => [claim.id, claim.standing]))
    expect(standing['environment']).not.toBe('verified')
    expect(standing['signature']).not.toBe('verified')
    expect(standing['exchange']).not.toBe('verified')
  })
})
