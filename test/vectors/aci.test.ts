import { expect, it } from 'vitest'
import { sha256 } from '../../src/verify/encoding/digest.ts'
import { encodeHex } from '../../src/verify/encoding/hex.ts'
import { encodeUtf8 } from '../../src/verify/encoding/utf8.ts'
import { parseReceipt } from '../../src/verify/receipts/aci/receipt.ts'
import { readReport, statementDigest } from '../../src/verify/receipts/aci/report.ts'
import { readSession } from '../../src/verify/receipts/aci/session.ts'
import { SHIPPED_ANCHORS } from '../../src/verify/trust/anchors.ts'
import { judge, lookedUpDossier } from '../support/lookup.ts'
import { failedChecks, rowsOf } from '../verify/dossiers.ts'
import { describeVectors, VECTORS_DIR, vectorText } from './files.ts'

const V = JSON.parse(VECTORS_DIR === undefined ? '{}' : vectorText('dstack/aci/aci1_spec_vectors.json'))
const AT = new Date('2025-06-15T15:06:40Z')
const seen = (kind: string, document: string) => ({ kind, document, source: '', at: '', provenance: 'fetched' }) as const

/** A report around the vectors' keyset, whose quote is a stub. */
const reportOf = (reportData: string) =>
  JSON.stringify({
    api_version: 'aci/1',
    workload_keyset_digest: V.keyset_digest,
    attestation: {
      tee_type: 'tdx',
      workload_keyset: JSON.parse(V.keyset_jcs),
      report_data: reportData,
      source_provenance: null,
      evidence: { quote: `6163692d737475622d71756f74657c${reportData}` },
    },
    service_capabilities: { serving: 'aggregator' },
  })

async function judged(receipt: string, response: string = V.response_body) {
  const dossier = await lookedUpDossier({
    at: AT,
    path: '/v1/chat/completions',
    request: encodeUtf8(V.request_body),
    response: encodeUtf8(response),
    receipt: { format: 'aci', text: receipt },
    evidence: [seen('aci-report', reportOf(V.report_data_with_nonce)), seen('aci-session', V.session_jcs)].map(({ kind, document }) => ({
      kind,
      document,
    })),
    collateral: [],
  })
  return judge(dossier, { anchors: SHIPPED_ANCHORS, now: AT, basis: 'given' })
}

describeVectors('the test vectors of the ACI specification', () => {
  it('keyset digest, statements, report data', async () => {
    const report = await readReport(seen('aci-report', reportOf(V.report_data_null)))
    expect(report.ok && `sha256:${report.value.digest}`).toBe(V.keyset_digest)
    const digest = V.keyset_digest.slice('sha256:'.length)
    const nonce = JSON.parse(V.statement_with_nonce).nonce
    expect(await statementDigest(digest, nonce)).toBe(V.report_data_with_nonce)
    expect(await statementDigest(digest, undefined)).toBe(V.report_data_null)
    expect(V.report_data_slot64).toBe(V.report_data_with_nonce + '0'.repeat(64))
  })
  it('session id and evidence digest', async () => {
    const session = await readSession(seen('aci-session', V.session_jcs))
    expect(session.ok && session.value.id).toBe(V.session_id)
    const kept = session.ok ? session.value.kept : undefined
    expect(kept?.evidence.ok === true && kept.evidence.value.digest).toBe(kept?.statedDigest)
    expect(V.session_evidence).toContain(kept?.statedDigest ?? '?')
  })
  it('what the receipt’s signature covers', async () => {
    const receipt = parseReceipt(V.receipt_document)
    expect(receipt.ok && receipt.value.signedText).toBe(V.receipt_signing_input)
    expect(receipt.ok && encodeHex(await sha256(encodeUtf8(receipt.value.signedText)))).toBe(V.receipt_signing_input_sha256)
  })
  it('receipt, both hashes and the cited session, as one exchange', async () => {
    const report = await judged(V.receipt_document)
    const own = report.findings.filter(({ check }) => check.startsWith('aci.'))
    expect(own.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect(own.filter(({ outcome }) => outcome === 'passed').map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'aci.signature',
        'aci.request-hash',
        'aci.response-hash',
        'aci.session-id',
        'aci.session-evidence-digest',
        'aci.session-window',
      ]),
    )
    // No quote comes with the vectors, so that nothing backs the key.
    expect(rowsOf(report)).toBe('f[fa] a[aa] a a a')
  })
  it('in any encoding of the same document, and of no other document', async () => {
    const pretty = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(V.receipt_document)).reverse()), null, 4)
    expect(failedChecks(await judged(pretty))).not.toContain('aci.signature')
    expect(failedChecks(await judged(pretty.replace('demo-model', 'demo-modem')))).toContain('aci.signature')
    expect(failedChecks(await judged(V.receipt_document, `${V.response_body} `))).toContain('aci.response-hash')
  })
})

describeVectors('the stub reports of ACI', () => {
  it.each(['dstack/aci/gateway_aci_report_fixture.json', 'dstack/aci/verifier-ts_aci_report.json'])(
    '%s fails the hardware check and only that',
    async (path) => {
      const document = vectorText(path)
      const read = await readReport(seen('aci-report', document))
      expect(read.ok && read.value.digest).toBe(read.ok && read.value.statedDigest)
      expect(read.ok && read.value.serving).toBe('aggregator')
      const dossier = await lookedUpDossier({
        at: AT,
        path: '/v1/chat/completions',
        request: encodeUtf8(V.request_body),
        response: encodeUtf8(V.response_body),
        evidence: [{ kind: 'aci-report', document }],
        collateral: [],
      })
      const report = await judge(dossier, { anchors: SHIPPED_ANCHORS, now: AT, basis: 'given' })
      expect(failedChecks(report)).toEqual(['receipt.presence', 'tdx.format'])
      expect(rowsOf(report)).toBe('f a - - -')

      // And beside a receipt, whoever signed that.
      const keyset = JSON.parse(document).workload_keyset_digest
      const receipt = { ...JSON.parse(V.receipt_document), workload_keyset_digest: keyset, key_id: 'static-receipt-ed25519' }
      const receipts = [
        { format: 'aci', delivery: 'lookup', position: 'not-applicable', text: JSON.stringify(receipt), provenance: 'fetched' } as const,
      ]
      const beside = await judge({ ...dossier, receipts }, { anchors: SHIPPED_ANCHORS, now: AT, basis: 'given' })
      const ofReport = beside.findings.filter(({ role }) => role.startsWith('evidence.') || role.startsWith('workload.'))
      expect(ofReport.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check)).toEqual(['tdx.format'])
      expect(ofReport.find(({ check }) => check === 'aci.keyset-digest')?.outcome).toBe('passed')
    },
  )
})
