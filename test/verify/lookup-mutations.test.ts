import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EvidenceSeen } from '../../src/dossier/types.ts'
import { aci } from '../../src/verify/receipts/aci/index.ts'
import { chatSignature } from '../../src/verify/receipts/chat-signature/index.ts'
import type { ReceiptFormat, ReceiptInput } from '../../src/verify/receipts/types.ts'
import { makeAci } from '../simulator/aci.ts'
import { makeNear } from '../simulator/near.ts'
import { lookedUpDossier } from '../support/lookup.ts'
import { NO_POLICY } from '../support/tdx.ts'

const AT = new Date('2026-11-16T10:20:30.000Z')
const NONCE = '5a'.repeat(32)
const REQUEST = new TextEncoder().encode('{"model":"demo-model"}')
const RESPONSE = new TextEncoder().encode('{"id":"chatcmpl-1"}')

const ACI = makeAci({ at: AT, request: REQUEST, response: RESPONSE, nonce: NONCE, upstream: 'audited' })
const NEAR = makeNear({ at: AT, request: REQUEST, response: RESPONSE, nonce: NONCE })

async function inputFor(format: ReceiptFormat, text: string, documents: readonly Pick<EvidenceSeen, 'kind' | 'nonce' | 'document'>[]) {
  const dossier = await lookedUpDossier({
    at: AT,
    path: '/v1/chat/completions',
    request: REQUEST,
    response: RESPONSE,
    receipt: { format: format.id, text },
    evidence: documents,
    collateral: [],
  })
  const [receipt] = dossier.receipts
  if (receipt === undefined) throw new Error('no receipt')
  const { exchange, evidence } = dossier
  return { receipt, exchange, evidence, policy: NO_POLICY, moment: { now: AT, basis: 'captured-here' } } as const satisfies ReceiptInput
}

/** One character replaced, left out or doubled. */
const change = fc.record({
  at: fc.nat(),
  with: fc.constantFrom('', '0', 'f', '"', '}', ',', ':', '\\', ' ', '\u0000', '\ud800'),
  keeps: fc.boolean(),
})
const changed = (text: string, { at, with: piece, keeps }: { at: number; with: string; keeps: boolean }) => {
  const index = at % text.length
  return text.slice(0, index) + piece + text.slice(keeps ? index : index + 1)
}

/** As people write JSON down: order and white space mean nothing. */
const sameDocument = (a: string, b: string) => {
  try {
    expect(JSON.parse(a)).toEqual(JSON.parse(b))
    return true
  } catch {
    return false
  }
}

describe('one character changed', () => {
  it('in an ACI receipt leaves no signature, unless the document is still the same', async () => {
    const documents = [{ kind: 'aci-report', nonce: NONCE, document: ACI.report }]
    await fc.assert(
      fc.asyncProperty(change, async (how) => {
        const text = changed(ACI.receipt, how)
        const { authentic } = await aci.verify(await inputFor(aci, text, documents))
        expect(authentic !== undefined).toBe(sameDocument(text, ACI.receipt))
      }),
      { numRuns: 300 },
    )
  })
  it('in a report or a session is a finding, never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(change, change, async (ofReport, ofSession) => {
        const documents = [
          { kind: 'aci-report', nonce: NONCE, document: changed(ACI.report, ofReport) },
          { kind: 'aci-session', document: changed(ACI.session?.text ?? '', ofSession) },
        ]
        const { findings, evidence } = await aci.verify(await inputFor(aci, ACI.receipt, documents))
        expect(findings.length).toBeGreaterThan(0)
        for (const hop of evidence) await hop.binds({ commits: [], measurements: [], platform: { id: 'tdx_platform' } })
      }),
      { numRuns: 100 },
    )
  })
  it('in a chat signature leaves none, unless it is still the same', async () => {
    const documents = [{ kind: 'near-attestation-report', nonce: NONCE, document: NEAR.report }]
    const signed = ({ text, signature, signing_address }: Record<string, string>) => [
      text,
      ...[signature, signing_address].map((part) => part?.trim().toLowerCase().replace(/^0x/, '')),
    ]
    await fc.assert(
      fc.asyncProperty(change, async (how) => {
        const text = changed(NEAR.answer, how)
        const { authentic } = await chatSignature.verify(await inputFor(chatSignature, text, documents))
        if (authentic !== undefined) expect(signed(JSON.parse(text))).toEqual(signed(JSON.parse(NEAR.answer)))
      }),
      { numRuns: 300 },
    )
  })
  it('in a report of NEAR’s form is a finding, never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(change, async (how) => {
        const documents = [{ kind: 'near-attestation-report', nonce: NONCE, document: changed(NEAR.report, how) }]
        const { findings, evidence } = await chatSignature.verify(await inputFor(chatSignature, NEAR.answer, documents))
        expect(findings.length).toBeGreaterThan(0)
        for (const hop of evidence) await hop.binds({ commits: [], measurements: [], platform: { id: 'tdx_platform' } })
      }),
      { numRuns: 100 },
    )
  })
})
