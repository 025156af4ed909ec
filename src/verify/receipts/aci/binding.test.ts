import { describe, expect, it } from 'vitest'
import type { AuthenticEvidence, Commitment } from '../../attestation/types.ts'
import { bindsKeyset } from './key-commitment.ts'
import { announced } from './observe.ts'
import { type Report, statementDigest } from './report.ts'

const DIGEST = 'ab'.repeat(32)
const NONCE = 'cd'.repeat(32)
const KEY = new Uint8Array(32).fill(7)
const held = await statementDigest(DIGEST, NONCE)
const seen = { kind: 'aci-report', nonce: NONCE, document: '', source: '', at: '', provenance: 'fetched' } as const
const REPORT: Report = {
  seen,
  keyset: { subject: null, not_after: 1, receipt_signing_keys: [], e2ee_public_keys: [], tls_public_keys: [] },
  digest: DIGEST,
  statedDigest: DIGEST,
  statedReportData: held,
  serving: 'aggregator',
  namesSource: false,
  offersCustody: false,
  evidence: seen,
}
const evidence = (...commits: Commitment[]): AuthenticEvidence => ({ commits, measurements: [], platform: { id: 'tdx_platform' } })
const reportData = (value: string): Commitment => ({ field: 'report-data', value })
const said = async (report: Report, of: AuthenticEvidence) =>
  (await bindsKeyset(report, KEY, of)).map(({ check, outcome }) => `${outcome} ${check.slice('aci.'.length)}`)

describe('what a quote must hold for a keyset', () => {
  it('the statement’s digest, then zeros', async () => {
    expect(await said(REPORT, evidence(reportData(held + '0'.repeat(64))))).toEqual([
      'passed report-data',
      'passed report-data-tail',
      'passed report-data-restated',
      'passed nonce',
    ])
  })
  it('in report data and nowhere else, at its full length', async () => {
    const failed = ['failed report-data']
    expect(await said(REPORT, evidence())).toEqual(failed)
    expect(await said(REPORT, evidence({ field: 'user-data', value: held + '0'.repeat(64) }))).toEqual(failed)
    expect(await said(REPORT, evidence(reportData(held)))).toEqual(failed)
    expect(await said(REPORT, evidence(reportData(`${held}${'0'.repeat(66)}`)))).toEqual(failed)
  })
  it('a keyset under which no receipt is shown to be signed ties no answer to it', async () => {
    const [first] = await bindsKeyset(REPORT, undefined, evidence(reportData(held + '0'.repeat(64))))
    expect(first).toMatchObject({ outcome: 'unchecked', because: { id: 'aci_report_data_unsigned' } })
  })
  it('a nonce out of a file is its author’s word', async () => {
    const recorded: Report = { ...REPORT, seen: { ...seen, provenance: 'recorded' } }
    const of = evidence(reportData(held + '0'.repeat(64)))
    const nonceOf = async (report: Report) => (await bindsKeyset(report, KEY, of)).find(({ check }) => check === 'aci.nonce')
    expect((await nonceOf(recorded))?.assumes).toEqual(['assume_as_recorded'])
    expect((await nonceOf(REPORT))?.assumes).toEqual([])
  })
  it('names what it leaves to be assumed', async () => {
    const of = evidence(reportData(held + '0'.repeat(64)))
    const assumes = async (change: Partial<Report>) => (await bindsKeyset({ ...REPORT, ...change }, KEY, of))[0]?.assumes
    expect(await assumes({})).toEqual(['assume_tls_binding', 'assume_key_custody'])
    expect(await assumes({ serving: 'direct' })).toContain('assume_aci_direct')
    expect(await assumes({ namesSource: true })).toContain('assume_aci_provenance')
  })
  it('and the receipt key among those that were released, by role and value, where the report offers to show it', async () => {
    const released = (name: string, octet: string) =>
      evidence(reportData(held + '0'.repeat(64)), { field: 'runtime-claim', name, value: octet.repeat(32) })
    const custody = async (offersCustody: boolean, of: AuthenticEvidence) => (await said({ ...REPORT, offersCustody }, of)).at(-1)
    expect(await custody(true, released('dstack-kms:receipt', '07'))).toBe('passed key-custody')
    expect(await custody(true, released('dstack-kms:receipt', '08'))).toBe('failed key-custody')
    expect(await custody(true, released('dstack-kms:e2ee-x25519', '07'))).toBe('failed key-custody')
    expect(await custody(true, released('somebody-else:receipt', '07'))).toBe('passed nonce')
    expect(await custody(false, released('dstack-kms:receipt', '08'))).toBe('passed nonce')
  })
})

describe('an answer without its receipt', () => {
  const exchange = (...headers: { name: string; value: string }[]) => {
    const body = { provenance: 'none', length: 0, capture: 'complete', digests: [] } as const
    return announced({ method: 'POST', url: '', startedAt: '', headers, request: body, response: { ...body, ids: [] } })
  }
  it('announces one by the header of its id', () => {
    expect(exchange({ name: 'x-receipt-id', value: 'r' })).toEqual({ id: 'aci_announced', args: ['r'] })
    expect(exchange({ name: 'x-receipt-id', value: '' }, { name: 'x-aci-version', value: 'aci/1' })).toBeUndefined()
    expect(exchange()).toBeUndefined()
  })
})
