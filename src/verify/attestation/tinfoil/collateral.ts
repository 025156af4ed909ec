import type { CollateralSeen, EvidenceSeen } from '../../../dossier/types.ts'
import { decodeBase64, encodeBase64url } from '../../encoding/base64.ts'
import { decodePem } from '../../encoding/pem.ts'
import { failure, type Result, renamed, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { decodeUtf8 } from '../../encoding/utf8.ts'
import { amdCrlData, amdVcekData, type CollateralEntry, FORMAT, intelPcsData, sigstoreData } from './schema.ts'

export type CollateralFault = 'tinfoil-collateral'

/** A release that the document names: the Sigstore bundle about it, as JSON text, and the SHA-256 of its `tinfoil-deployment.json`. */
export type Release = { readonly bundle: string; readonly digest: string }

const AMD = 'https://kdsintf.amd.com'
const INTEL = 'intel'
/** What of the collateral is about the processor. */
const CPU = 'cpu'

/** What a document brings for its processor's report, and the name of what it lacks of that. */
export type OwnCollateral = { readonly collateral: readonly CollateralSeen[]; readonly lacking?: string }

/**
 * The endorsements of the processor that a version 3 document brings. They come from whoever served the document and prove themselves: each is
 * signed by its vendor. AMD's certificate and revocation list, or Intel's answers, are required.
 */
export function collateralOf(
  entries: readonly CollateralEntry[],
  kind: 'sev-snp-report' | 'tdx-quote',
  evidence: EvidenceSeen,
): Result<OwnCollateral, CollateralFault> {
  const own = (format: string) =>
    entries.find((entry) => entry.format === format && entry.role === 'endorsement' && entry.subjects?.includes(CPU) === true)
  if (kind === 'tdx-quote') {
    const pcs = own(FORMAT.intelPcs)
    if (pcs === undefined) return success({ collateral: [], lacking: 'intel-pcs' })
    const document = dcapFrom(pcs.data)
    return document.ok ? success({ collateral: [seen('dcap', INTEL, document.value, evidence)] }) : document
  }
  const vcek = own(FORMAT.amdVcek)
  const crl = own(FORMAT.amdCrl)
  const certificate = vcek === undefined ? undefined : parseWith(amdVcekData, vcek.data)
  const list = crl === undefined ? undefined : parseWith(amdCrlData, crl.data)
  if (certificate?.ok === false) return renamed('tinfoil-collateral', certificate)
  if (list?.ok === false) return renamed('tinfoil-collateral', list)
  const authorities = certificate === undefined ? success([]) : authoritiesFrom(certificate.value.cert_chain_pem, evidence)
  if (!authorities.ok) return authorities
  const lacking = certificate === undefined ? 'amd-vcek' : list === undefined ? 'amd-crl' : undefined
  return success({
    collateral: [
      ...(certificate === undefined ? [] : [vcekFrom(certificate.value.vcek_der_base64, evidence)]),
      ...authorities.value,
      ...(list === undefined ? [] : [seen('amd-crl', AMD, toBase64url(list.value.crl_der_base64), evidence)]),
    ],
    ...(lacking === undefined ? {} : { lacking }),
  })
}

/** The certificate of the chip's key, out of its DER in base64. */
export function vcekFrom(base64: string, evidence: EvidenceSeen): CollateralSeen {
  return seen('amd-vcek', AMD, toBase64url(base64), evidence)
}

/** AMD's certificates between chip and root, where they come along: a revocation list names them by number. */
function authoritiesFrom(pem: string, evidence: EvidenceSeen): Result<readonly CollateralSeen[], CollateralFault> {
  if (pem === '') return success([])
  const certificates = decodePem(pem, 'CERTIFICATE')
  if (!certificates.ok) return failure('tinfoil-collateral', certificates.detail ?? certificates.code)
  return success(certificates.value.map((der) => seen('amd-ca', AMD, encodeBase64url(der), evidence)))
}

/** The release that a version 3 document says it runs. The repository and tag beside the bundle are not used: the bundle's signer names them. */
export function releaseOf(entries: readonly CollateralEntry[]): Result<Release | undefined, CollateralFault> {
  const code = entries.find(({ format, role }) => format === FORMAT.sigstoreCode && role === 'reference-values')
  if (code === undefined) return success(undefined)
  const data = parseWith(sigstoreData, code.data)
  if (!data.ok) return renamed('tinfoil-collateral', data)
  return success({ bundle: JSON.stringify(data.value.sigstore_bundle), digest: data.value.digest })
}

/** Response header that carries the issuers of what an endpoint of Intel's answers, in lower case. */
const ISSUER_CHAIN = {
  tcbInfo: 'tcb-info-issuer-chain',
  qeIdentity: 'sgx-enclave-identity-issuer-chain',
  pckCrl: 'sgx-pck-crl-issuer-chain',
}
const ANSWERS = [
  { part: 'tcbInfo', path: /^https:\/\/[^/?#]+\/[^?#]*\/tcb(?:\?|$)/ },
  { part: 'qeIdentity', path: /^https:\/\/[^/?#]+\/[^?#]*\/qe\/identity(?:\?|$)/ },
  { part: 'pckCrl', path: /^https:\/\/[^/?#]+\/[^?#]*\/pckcrl(?:\?|$)/ },
  { part: 'rootCaCrl', path: /^https:\/\/[^/?#]+\/(?:[^?#]*\/)?(?:IntelSGXRootCA\.der|rootcacrl)(?:\?|$)/ },
] as const

/**
 * Intel's captured answers in the shape that the verifier of quotes reads: JSON texts as they came, lists in base64. Two answers of one kind are
 * refused; answers of other kinds are left alone.
 */
function dcapFrom(data: unknown): Result<string, CollateralFault> {
  const parsed = parseWith(intelPcsData, data)
  if (!parsed.ok) return renamed('tinfoil-collateral', parsed)
  const parts = new Map<string, { readonly body: string; readonly issuerChain?: string }>()
  for (const { url, headers, body_base64 } of parsed.value.responses) {
    const part = ANSWERS.find(({ path }) => path.test(url))?.part
    if (part === undefined) continue
    if (parts.has(part)) return failure('tinfoil-collateral', part)
    if (part === 'pckCrl' || part === 'rootCaCrl') {
      parts.set(part, { body: body_base64 })
      continue
    }
    const body = decodeBase64(body_base64)
    const text = body.ok ? decodeUtf8(body.value) : body
    if (!text.ok) return failure('tinfoil-collateral', part)
    const chain = Object.entries(headers).find(([name]) => name.toLowerCase() === ISSUER_CHAIN[part])?.[1][0]
    parts.set(part, { body: text.value, ...(chain === undefined ? {} : { issuerChain: chain }) })
  }
  return success(JSON.stringify({ format: 'intel-pcs', ...Object.fromEntries(parts) }))
}

/** Whose word collateral is where it came inside the document: that of whoever brought the document. */
function seen(kind: CollateralSeen['kind'], issuer: string, document: string, { source, at, provenance }: EvidenceSeen): CollateralSeen {
  return { kind, issuer, document, source, at, provenance }
}

/** Of a text that the schema has already found to be canonical base64. */
function toBase64url(base64: string): string {
  const octets = decodeBase64(base64)
  return octets.ok ? encodeBase64url(octets.value) : ''
}
