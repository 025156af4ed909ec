import { describe, expect, it } from 'vitest'
import type { ReceiptSeen } from '../../src/dossier/types.ts'
import { appraise } from '../../src/verify/appraise.ts'
import { RECEIPT_FORMATS } from '../../src/verify/receipts/registry.ts'
import { makeExchange } from '../simulator/index.ts'
import { dossierOf, policyFor, trustOf } from './dossiers.ts'

/** A service that strips the receipt it was asked for and puts something of another format in its place. */
const stripped = makeExchange({ scenario: 'stripped' })
const others = RECEIPT_FORMATS.filter(({ id }) => id !== 'inference-receipt').map(({ id }) => id)

describe('a receipt of another format than was asked for', () => {
  it.each([...others, 'invented'])('%s does not count as the one that was asked for', async (format) => {
    const junk: ReceiptSeen = { format, delivery: 'body', position: 'not-applicable', text: '{}', provenance: 'browser' }
    const report = await appraise(
      { ...(await dossierOf(stripped)), receipts: [junk] },
      {
        policy: policyFor(''),
        trust: trustOf(stripped),
        seen: () => undefined,
        moment: { now: stripped.endedAt, basis: 'captured-here' },
      },
    )
    const delivery = report.findings.filter(({ role }) => role === 'receipt.delivery')
    expect(delivery).toMatchObject([{ outcome: 'failed', because: { id: 'receipt_withheld' } }])
    expect(['absent', 'failed']).toContain(report.claims.find(({ id }) => id === 'signature')?.standing)
  })
})
