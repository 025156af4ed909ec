import { describe, expect, it } from 'vitest'
import { appraise } from '../../src/verify/appraise.ts'
import type { MessageId } from '../../src/verify/claims/sentence.ts'
import type { Report } from '../../src/verify/report.ts'
import type { TrustAnchor } from '../../src/verify/trust/types.ts'
import { makeExchange } from '../simulator/index.ts'
import { dossierOf, policyFor, rowsOf, trustOf } from './dossiers.ts'

/** What is proven under a root that the user added is shown as such, and not as real hardware. */

async function appraiseUnder(addedBy: TrustAnchor['addedBy']): Promise<Report> {
  const exchange = makeExchange({ form: 'pki' })
  const { anchors } = trustOf(exchange)
  return appraise(await dossierOf(exchange), {
    policy: policyFor(exchange.gateway.workload.imageDigest),
    trust: { anchors: anchors.map((anchor) => ({ ...anchor, addedBy })), issuerKeys: [] },
    seen: () => undefined,
    moment: { now: exchange.endedAt, basis: 'captured-here' },
  })
}

/** What the gateway's hop of the environment says, and what the checks of its token say. */
function said({ claims, findings }: Report): readonly MessageId[] {
  const gateway = claims.find((claim) => claim.id === 'environment')?.hops[0]
  const ofToken = ['confidential-space.signature', 'confidential-space.key-source'].map(
    (check) => findings.find((finding) => finding.check === check)?.because.id,
  )
  return [gateway?.because.id, ...ofToken].filter((id) => id !== undefined)
}

describe('a root that the user added', () => {
  it('gives the same rows, in other words, and is named among the assumptions', async () => {
    const report = await appraiseUnder('user')
    expect(rowsOf(report)).toBe('a[va] a[va] a v v')
    expect(said(report)).toEqual(['platform_user_root', 'cs_signature_user_root', 'cs_chain_user_root'])
    const [environment] = report.claims
    expect(environment?.assumes).toContain('assume_user_added_root')
    expect(environment?.assumes).not.toContain('assume_google_verifier')
  })

  it('is not what a shipped root is', async () => {
    const report = await appraiseUnder('shipped')
    expect(said(report)).toEqual(['cs_platform', 'cs_signature_passed', 'cs_chain_passed'])
    expect(report.claims[0]?.assumes).toContain('assume_google_verifier')
    expect(report.claims[0]?.assumes).not.toContain('assume_user_added_root')
  })
})
