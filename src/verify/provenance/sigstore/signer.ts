import type { Bytes } from '../../encoding/bytes.ts'
import { readDer, TAG } from '../../encoding/der.ts'
import { readText } from '../../encoding/der-read.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import { decodeUtf8 } from '../../encoding/utf8.ts'
import type { Certificate } from '../../trust/certificate.ts'
import type { GeneralName } from '../../trust/general-name.ts'
import type { CertificateSigner, WorkflowClaims } from '../types.ts'

export type SignerCode =
  /** Not exactly one subject of a kind that is read, no issuer, two that differ, or an extension that is no text. */
  'identity-malformed'

/** Fulcio's extensions (sigstore/fulcio `docs/oid-info.md`). The first ones hold bare text, those from 8 on a UTF8String. */
const FULCIO = '1.3.6.1.4.1.57264.1'
const ISSUER_BARE = `${FULCIO}.1`
const ISSUER = `${FULCIO}.8`
const CLAIMS = {
  buildSigner: `${FULCIO}.9`,
  runnerEnvironment: `${FULCIO}.11`,
  sourceRepository: `${FULCIO}.12`,
  sourceDigest: `${FULCIO}.13`,
  sourceRef: `${FULCIO}.14`,
  buildTrigger: `${FULCIO}.20`,
  runInvocation: `${FULCIO}.21`,
} as const satisfies Record<keyof WorkflowClaims, string>

/**
 * Reads whom a certificate of Fulcio names: the subject (its one alternative name, a URI or a mailbox), the issuer of the identity token, and
 * what the token said of a workflow. Only of a certificate whose path has been validated.
 */
export function readSigner({ subjectAltName, extensions }: Certificate): Result<CertificateSigner, SignerCode> {
  const [name, ...more] = subjectAltName ?? []
  const subject = name === undefined ? undefined : subjectOf(name)
  if (subject === undefined || more.length > 0) return failure('identity-malformed', 'subject')
  const octetsOf = (oid: string) => extensions.get(oid)?.value
  const bare = octetsOf(ISSUER_BARE)
  const wrapped = octetsOf(ISSUER)
  const issuers = [...(bare === undefined ? [] : [textOf(bare)]), ...(wrapped === undefined ? [] : [utf8StringOf(wrapped)])]
  const [issuer, second] = issuers
  if (issuer === undefined || (issuers.length > 1 && issuer !== second)) return failure('identity-malformed', 'issuer')
  const workflow: { -readonly [Claim in keyof WorkflowClaims]: WorkflowClaims[Claim] } = {}
  for (const claim of claimNames) {
    const value = octetsOf(CLAIMS[claim])
    if (value === undefined) continue
    const text = utf8StringOf(value)
    if (text === undefined) return failure('identity-malformed', claim)
    workflow[claim] = text
  }
  return success({ kind: 'certificate', issuer, subject, workflow })
}

const claimNames = [
  'buildSigner',
  'runnerEnvironment',
  'sourceRepository',
  'sourceDigest',
  'sourceRef',
  'buildTrigger',
  'runInvocation',
] as const satisfies readonly (keyof WorkflowClaims)[]

function subjectOf(name: GeneralName): string | undefined {
  switch (name.kind) {
    case 'uri':
      return name.uri
    case 'mailbox':
      return `${name.local}@${name.host}`
    default:
      return undefined
  }
}

function textOf(value: Bytes): string | undefined {
  const text = decodeUtf8(value)
  return text.ok ? text.value : undefined
}

function utf8StringOf(value: Bytes): string | undefined {
  const der = readDer(value)
  return der.ok && der.value.tag === TAG.utf8String ? readText(der.value) : undefined
}
