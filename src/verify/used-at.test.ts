import { describe, expect, it } from 'vitest'
import type { Provenance } from '../dossier/types.ts'
import type { AuthenticReceipt, HopEvidence } from './receipts/types.ts'
import { usedAt } from './used-at.ts'

const NOW = new Date('2026-11-27T12:00:00.000Z')
const SIGNED = new Date('2026-11-27T10:00:00.000Z')
const OBTAINED = '2026-11-27T10:00:30.000Z'
const LATER = '2026-11-27T13:00:00.000Z'

const receipt = (issuedInTime: boolean, issuedAt?: Date): AuthenticReceipt => ({
  id: '',
  keyId: '',
  issuedInTime,
  ...(issuedAt === undefined ? {} : { issuedAt }),
  hops: [],
  signer: 0,
  measurements: [],
})
const hop = (provenance: Provenance, at: string, named?: true): HopEvidence => ({
  hop: 0,
  document: { kind: '', document: '', source: '', at, provenance },
  ...(named === undefined ? {} : { named }),
  binds: () => [],
})
const at = (evidence: HopEvidence, of?: AuthenticReceipt) => usedAt(evidence, of, { now: NOW, basis: 'captured-here' }).toISOString()

describe('evidence is judged', () => {
  it('when the receipt that names it was signed, if that can be believed', () => {
    expect(at(hop('fetched', OBTAINED, true), receipt(true, SIGNED))).toBe(SIGNED.toISOString())
    expect(at(hop('fetched', OBTAINED, true), receipt(false, SIGNED))).toBe(NOW.toISOString())
    expect(at(hop('none', '', true), receipt(true, SIGNED))).toBe(SIGNED.toISOString())
  })
  it.each(['fetched', 'page-reported', 'given'] as const)('when it was obtained, where no receipt names it: %s', (provenance) => {
    for (const of of [undefined, receipt(false), receipt(true, SIGNED)]) {
      expect(at(hop(provenance, OBTAINED), of)).toBe(OBTAINED)
      // A retry obtains it after the moment of the verdict.
      expect(at(hop(provenance, LATER), of)).toBe(LATER)
    }
  })
  it('never when a file says that it was obtained, where a row could be verified by it', () => {
    expect(at(hop('recorded', OBTAINED), receipt(false))).toBe(NOW.toISOString())
    expect(at(hop('recorded', OBTAINED), receipt(true, SIGNED))).toBe(SIGNED.toISOString())
    expect(at(hop('recorded', OBTAINED))).toBe(OBTAINED)
    expect(at(hop('recorded', LATER))).toBe(NOW.toISOString())
  })
  it('now, where nothing says when', () => {
    expect(at(hop('none', ''))).toBe(NOW.toISOString())
    expect(at(hop('fetched', ''), receipt(true, SIGNED))).toBe(SIGNED.toISOString())
  })
})
