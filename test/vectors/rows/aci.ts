import type { EvidenceSeen } from '../../../src/dossier/types.ts'
import { sha256 } from '../../../src/verify/encoding/digest.ts'
import { verifyEd25519 } from '../../../src/verify/encoding/ed25519.ts'
import { encodeHex } from '../../../src/verify/encoding/hex.ts'
import { encodeUtf8 } from '../../../src/verify/encoding/utf8.ts'
import { canonicalForm, digestOf, parseObject } from '../../../src/verify/receipts/aci/document.ts'
import { parseReceipt } from '../../../src/verify/receipts/aci/receipt.ts'
import { readReport, statementDigest } from '../../../src/verify/receipts/aci/report.ts'
import { readSession } from '../../../src/verify/receipts/aci/session.ts'
import { fromHex, judgeDocument } from './evidence.ts'
import type { Finding, Row, Said, VectorFiles } from './row.ts'

/** The specification's vectors, or a report of a service without hardware. */
export function judgeAci(row: Row, files: VectorFiles): Promise<readonly Said[]> {
  return row.id === 'aci-vectors' ? judgeVectors(row, files) : judgeReport(row, files)
}

const seen = (kind: string, document: string): EvidenceSeen => ({ kind, document, source: '', at: '', provenance: 'fetched' })

/** The keyset's digest as we recompute it against the one that the report states; then its hardware evidence. */
async function judgeReport({ files: [path = ''] }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const report = await readReport(seen('aci-report', files.text(path)))
  if (!report.ok) return [{ findings: [{ check: `aci.report ${report.code}`, outcome: 'failed' }], authentic: false }]
  const { digest, statedDigest, evidence } = report.value
  const keyset: Finding = { check: 'aci.keyset', outcome: digest === statedDigest ? 'passed' : 'failed' }
  const hardware = await judgeDocument({ kind: evidence.kind, document: evidence.document, at: '2026-03-12T07:20:00Z' })
  return [{ findings: [keyset], authentic: true }, hardware]
}

/** Every construction of the specification's appendix, made by ours from its inputs and compared with its outputs. */
async function judgeVectors({ files: [path = ''] }: Row, files: VectorFiles): Promise<readonly Said[]> {
  const given: Readonly<Record<string, string>> = JSON.parse(files.text(path))
  const text = (name: string) => given[name] ?? ''
  const findings: Finding[] = []
  const holds = (check: string, isHeld: boolean) => findings.push({ check, outcome: isHeld ? 'passed' : 'failed' })
  const hashed = async (value: string) => encodeHex(await sha256(encodeUtf8(value)))

  for (const name of ['keyset_jcs', 'statement_with_nonce', 'statement_null', 'session_jcs']) {
    const object = parseObject(text(name))
    const form = object.ok ? canonicalForm(object.value.exact) : object
    holds(`aci.canonical ${name}`, form.ok && form.value === text(name))
  }
  const keyset = parseObject(text('keyset_jcs'))
  const digest = keyset.ok ? await digestOf(keyset.value.exact) : keyset
  holds('aci.keyset-digest', digest.ok && `sha256:${digest.value}` === text('keyset_digest'))
  const nonce = /"nonce":"([0-9a-f]{64})"/.exec(text('statement_with_nonce'))?.[1]
  if (digest.ok) {
    holds('aci.statement', (await statementDigest(digest.value, nonce)) === text('report_data_with_nonce'))
    holds('aci.statement-null', (await statementDigest(digest.value, undefined)) === text('report_data_null'))
  }
  holds('aci.report-data-slot', text('report_data_slot64') === text('report_data_with_nonce').padEnd(128, '0'))
  const session = await readSession(seen('aci-session', text('session_jcs')))
  holds('aci.session-id', session.ok && session.value.id === text('session_id'))
  holds('aci.request-hash', `sha256:${await hashed(text('request_body'))}` === text('request_body_hash'))
  holds('aci.response-hash', `sha256:${await hashed(text('response_body'))}` === text('response_body_hash'))
  const receipt = parseReceipt(text('receipt_document'))
  const signed = receipt.ok ? receipt.value.signedText : ''
  holds('aci.signing-input', signed === text('receipt_signing_input'))
  holds('aci.signing-input-hash', (await hashed(signed)) === text('receipt_signing_input_sha256'))
  const key = fromHex(text('receipt_public_key'))
  holds('aci.signature', await verifyEd25519(key, fromHex(text('receipt_signature')), encodeUtf8(signed)))
  return [{ findings, authentic: true }]
}
