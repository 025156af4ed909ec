import type { EvidenceSeen } from '../../../dossier/types.ts'
import { type Because, FindingLog, faultIn } from '../../claims/finding.ts'
import { type MessageId, sentence } from '../../claims/sentence.ts'
import { encodeBase64url } from '../../encoding/base64.ts'
import { concatBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import type { AuthenticReceipt, HopEvidence, ReceiptInput, ReceiptResult } from '../types.ts'
import { CHECKS, type CheckName } from './checks.ts'
import { checkExchange } from './exchange.ts'
import { type Chain, chainOf, chainWithoutReport, kindAlone, openReports, published } from './hops.ts'
import { checkOhttp } from './ohttp.ts'
import { type ChatSignature, parseAnswer } from './parse.ts'
import { type Signer, signerOf } from './signature.ts'

export type Log = FindingLog<CheckName>

/**
 * Verifies a chat signature: a short text with the hashes of one exchange, signed by the gateway or by the model host. The signature is checked
 * against the address beside it; then, and only if it holds, the hashes against this exchange. Whose address it is comes from the service's
 * attestation report, and whether the hardware commits to it is asked of the evidence by `binds`. The text has no time and no nonce.
 */
export async function verify(input: ReceiptInput): Promise<ReceiptResult> {
  const log: Log = new FindingLog(CHECKS, 0)
  const { reports, findings } = openReports(input.evidence, input.exchange.parties)
  const beside = (await Promise.all(reports.map(checkOhttp))).flat()
  const nothingSigned = () => ({
    findings: [...log.findings, ...findings, ...beside.map((finding) => ({ ...finding, hop: 0 }))],
    evidence: published(reports),
  })
  const answer = parseAnswer(input.receipt.text)
  if (!answer.ok) {
    log.add('chat-signature.format', 'unchecked', 'chat_format_failed', { ...faultIn('receipt', answer), theirs: true })
    return nothingSigned()
  }
  if ('refused' in answer.value) {
    const code = answer.value.refused
    log.add('chat-signature.availability', 'unchecked', refusalWords(code), { at: 'receipt', code })
    return nothingSigned()
  }
  const { signed } = answer.value
  log.add('chat-signature.format', 'passed', 'chat_format_passed')
  const signer = await checkSignature(signed, log)
  if (signer === undefined) return nothingSigned()

  const [report, ...more] = reports
  const chain = report === undefined ? chainWithoutReport(signed) : chainOf(signed, signer, [report, ...more], input.exchange.model)
  if (report === undefined) log.findings.push(kindAlone(signed))
  checkExchange(signed, input.exchange, chain.request, log)
  log.add('chat-signature.time', 'unchecked', 'chat_no_time', { assumes: ['assume_not_fresh'] })
  checkModel(signed, input.exchange.model, log)
  return {
    findings: [...log.findings, ...findings, ...beside, ...chain.findings],
    evidence: chain.evidence,
    authentic: await describe(signed, signer, chain),
  }
}

/** What a report that can be read shows of the nearest party. */
export async function unpack(gathered: readonly EvidenceSeen[]): Promise<readonly HopEvidence[]> {
  return published(openReports(gathered, undefined).reports)
}

function refusalWords(code: string): MessageId {
  switch (code) {
    case 'STREAM_DISCONNECTED':
      return 'chat_stream_disconnected'
    case 'SIGNATURE_UNSUPPORTED':
      return 'chat_signature_unsupported'
    default:
      return 'chat_refused'
  }
}

/** The signer, if the signature holds under the address that it comes with. */
async function checkSignature(signed: ChatSignature, log: Log): Promise<Signer | undefined> {
  const at = 'receipt.signature'
  const verdict = await signerOf(signed)
  switch (verdict) {
    case 'engine':
      log.add('chat-signature.signature', 'unchecked', 'ir_signature_engine', { at, code: 'engine-failed' })
      return undefined
    case 'unreadable':
      log.add('chat-signature.signature', 'unchecked', 'chat_signature_unreadable', { at, code: verdict, theirs: true })
      return undefined
    case 'false':
      log.add('chat-signature.signature', 'failed', 'chat_signature_failed', { at, expected: signed.signingAddress })
      return undefined
    default:
      log.add('chat-signature.signature', 'passed', sentence('chat_signature_passed', signed.signingAddress), {
        at,
        code: verdict.algorithm,
        computed: signed.signingAddress,
      })
      return verdict
  }
}

/** Three-part texts name the model that the host was set up to serve. A name is not a measurement, whoever signs it. */
function checkModel({ model }: ChatSignature, asked: string | undefined, log: Log): void {
  const more = { assumes: ['assume_model_name'], at: 'receipt.text', expected: asked, computed: model } as const
  log.add('chat-signature.model', 'unchecked', modelWords(model, asked), more)
}

function modelWords(model: string | undefined, asked: string | undefined): Because {
  if (model === undefined) return 'chat_model_none'
  return asked === undefined || asked === model ? sentence('chat_model_signed', model) : sentence('chat_model_other', model, asked)
}

/** `id`: base64url SHA-256 of the signed text and the signer; `keyId`: of the address or the key. */
async function describe({ text, model }: ChatSignature, { identity }: Signer, { hops, signer }: Chain): Promise<AuthenticReceipt> {
  return {
    id: encodeBase64url(await sha256(concatBytes(encodeUtf8(text), identity))),
    keyId: encodeBase64url(await sha256(identity)),
    issuedInTime: false,
    hops,
    signer,
    measurements: model === undefined ? [] : [{ name: 'receipt.model', value: model, kind: 'identity' }],
  }
}
