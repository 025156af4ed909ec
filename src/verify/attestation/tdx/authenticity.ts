import { windowInFields } from '../../claims/compared.ts'
import { faultIn } from '../../claims/finding.ts'
import { type MessageId, sentence } from '../../claims/sentence.ts'
import { span } from '../../claims/span.ts'
import type { AssumptionId } from '../../claims/types.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import type { Failure, Result } from '../../encoding/result.ts'
import { type SignatureErrorCode, verifyWithSpki } from '../../encoding/signatures.ts'
import { decodeUtf8 } from '../../encoding/utf8.ts'
import { anchorsFor } from '../../trust/anchors.ts'
import type { Certificate } from '../../trust/certificate.ts'
import { type ValidPath, validatePath } from '../../trust/path.ts'
import type { PathErrorCode } from '../../trust/path-error.ts'
import { parsePemChain } from '../../trust/pem.ts'
import { pathOutcome } from '../path-outcome.ts'
import type { AttestationInput } from '../types.ts'
import type { CheckName } from './checks.ts'
import { type Pck, readPck } from './pck-certificate.ts'
import { vouchesForKey } from './qe.ts'
import { p256Spki, type Quote } from './quote.ts'
import type { Log } from './verify.ts'

/** What anchors for quotes and their collateral are marked with in the trust store. */
export const PURPOSE = 'intel-sgx'

/** From the platform's PCK certificate to Intel's root, and what Intel certified in it. */
export type PckChain = { readonly pck: Pck; readonly leaf: Certificate; readonly authority: Certificate; readonly path: ValidPath }

const P256 = { kind: 'ecdsa-raw', hash: 'SHA-256' } as const

/** ECDSA on P-256 with SHA-256, the signature as r ‖ s, as quotes and Intel's documents carry it. Key: SubjectPublicKeyInfo. */
export function verifyP256(spki: Bytes, signature: Bytes, message: Bytes): Promise<Result<true, SignatureErrorCode>> {
  return verifyWithSpki(spki, P256, signature, message)
}

/** Follows the signatures from the quote to a pinned root, one finding each. Undefined unless all of them hold. */
export async function checkAuthenticity(quote: Quote, input: AttestationInput, log: Log): Promise<PckChain | undefined> {
  const certificates = readChain(quote)
  if (!certificates.ok) {
    log.add('tdx.format', 'unchecked', 'tdx_chain_malformed', { ...faultIn(CHAIN, certificates), theirs: true })
    return undefined
  }
  log.add('tdx.format', 'passed', sentence('tdx_format_passed', String(quote.version)))
  const { pck, leaf, intermediates } = certificates
  const anchors = anchorsFor(input.trust.anchors, PURPOSE)
  const [ofQuote, ofEnclave, vouched, path] = await Promise.all([
    verifyP256(p256Spki(quote.attestationKey), quote.signature, quote.signed),
    verifyP256(leaf.spki, quote.qeReportSignature, quote.qeReport),
    vouchesForKey(quote),
    validatePath({ leaf, intermediates, anchors, at: input.usedAt, use: { keyUsage: 'digitalSignature' } }),
  ])
  const isQuoteSigned = reportSignature('tdx.quote-signature', ofQuote, QUOTE_WORDS, log)
  const vouching = { passed: 'tdx_attestation_key_passed', failed: 'tdx_attestation_key_failed' } as const
  log.decide('tdx.attestation-key', vouched, vouching, { at: 'evidence.qe-report.report-data' })
  const isEnclaveSigned = reportSignature('tdx.qe-report-signature', ofEnclave, ENCLAVE_WORDS, log)
  const authority = reportPath(path, leaf, input.usedAt, log)
  if (!isQuoteSigned || !vouched || !isEnclaveSigned || !path.ok || authority === undefined) return undefined
  return { pck, leaf, authority, path: path.value }
}

const CHAIN = 'evidence.certification.pck-chain'

type ReadChain =
  | { readonly ok: true; readonly pck: Pck; readonly leaf: Certificate; readonly intermediates: readonly Certificate[] }
  | Failure<string>

function readChain({ pckChain }: Quote): ReadChain {
  const text = decodeUtf8(pckChain)
  const chain = text.ok ? parsePemChain(text.value) : text
  if (!chain.ok) return chain
  const [leaf, ...intermediates] = chain.value
  const pck = readPck(leaf)
  return pck.ok ? { ok: true, pck: pck.value, leaf, intermediates } : pck
}

const QUOTE_WORDS = {
  passed: 'tdx_quote_signature_passed',
  failed: 'tdx_quote_signature_failed',
  engine: 'tdx_quote_signature_engine',
} as const
const ENCLAVE_WORDS = { passed: 'tdx_qe_report_passed', failed: 'tdx_qe_report_failed', engine: 'tdx_qe_report_engine' } as const

function reportSignature(
  check: CheckName,
  verdict: Result<true, SignatureErrorCode>,
  said: Readonly<Record<'passed' | 'failed' | 'engine', MessageId>>,
  log: Log,
): boolean {
  if (verdict.ok) log.add(check, 'passed', said.passed)
  else if (verdict.code === 'engine-failed') log.add(check, 'unchecked', said.engine, { code: verdict.code })
  else log.add(check, 'failed', said.failed, { code: verdict.code })
  return verdict.ok
}

/** What every verdict on a quote rests on. */
const BASIS: readonly AssumptionId[] = ['assume_hardware_vendor', 'assume_side_channels']

/**
 * Says how the certificates stand and gives the authority that issued the PCK certificate. Intel's hierarchy has exactly one between leaf
 * and root; whatever else the root issued (its TCB signer) must not pass for a platform.
 */
function reportPath(path: Result<ValidPath, PathErrorCode>, leaf: Certificate, usedAt: Date, log: Log): Certificate | undefined {
  const at = CHAIN
  const window = windowInFields(leaf.notBefore.getTime() / 1000, leaf.notAfter.getTime() / 1000)
  if (!path.ok) {
    const { code } = path
    if (code === 'expired' || code === 'not-yet-valid') {
      log.add('tdx.pck-validity', 'failed', 'tdx_validity_failed', { at, code, expected: window, computed: usedAt.toISOString() })
    } else {
      const { outcome, because, more } = pathOutcome(path, 'tdx_chain_failed', 'evidence')
      log.add('tdx.pck-chain', outcome, because, { ...more, at })
    }
    return undefined
  }
  const [, authority, ...more] = path.value.certificates
  if (authority === undefined || more.length > 0) {
    log.add('tdx.pck-chain', 'failed', 'tdx_chain_failed', { at, code: 'not-a-pck-certificate' })
    return undefined
  }
  const own = path.value.anchor.addedBy === 'user'
  log.add('tdx.pck-chain', 'passed', own ? 'tdx_chain_user_root' : 'tdx_chain_passed', {
    assumes: own ? ['assume_user_added_root'] : BASIS,
    at,
  })
  const left = span((leaf.notAfter.getTime() - usedAt.getTime()) / 1000)
  log.add('tdx.pck-validity', 'passed', sentence('tdx_validity_passed', left), { at, expected: window, computed: usedAt.toISOString() })
  return authority
}
