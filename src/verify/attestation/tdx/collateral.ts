import type * as v from 'valibot'
import { decodeBase64 } from '../../encoding/base64.ts'
import type { Bytes } from '../../encoding/bytes.ts'
import { decodeHexText } from '../../encoding/hex.ts'
import { isJsonObject, parseForeignJson } from '../../encoding/json.ts'
import { decodePem } from '../../encoding/pem.ts'
import { rawMember } from '../../encoding/raw-json.ts'
import { failure, type Result, renamed, success } from '../../encoding/result.ts'
import { parseWith } from '../../encoding/schema.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import {
  fetchedCollateral,
  libraryCollateral,
  type QeIdentity,
  qeIdentitySchema,
  signedBody,
  type TcbInfo,
  tcbInfoSchema,
} from './collateral-schema.ts'

/** A JSON document of Intel's with its signature. Nothing in `value` is true before the signature is verified over `text`. */
export type SignedDocument<Value> = {
  readonly value: Value
  /** Exactly what was signed. */
  readonly text: Bytes
  /** r ‖ s. */
  readonly signature: Bytes
  /** PEM, from the signing certificate up, perhaps percent-encoded as it stands in response headers. */
  readonly issuerChain: string
}

/** What Intel says of a platform and its quoting enclave. A part is absent where nobody supplied it. */
export type Collateral = {
  readonly tcbInfo?: Part<SignedDocument<TcbInfo>>
  readonly qeIdentity?: Part<SignedDocument<QeIdentity>>
  /** DER. */
  readonly pckCrl?: Part<Bytes>
  readonly rootCaCrl?: Part<Bytes>
}

export type PartErrorCode = 'collateral-encoding' | 'collateral-json' | 'collateral-schema' | 'collateral-signature'
type Part<Value> = Result<Value, PartErrorCode>
export type CollateralErrorCode = 'collateral-json' | 'collateral-schema'

const MAX_CHARACTERS = 1_048_576

/** Reads collateral in either of its shapes. One part that is malformed spoils only itself. */
export function parseCollateral(text: string): Result<Collateral, CollateralErrorCode> {
  const json = parseForeignJson(text, { maxLength: MAX_CHARACTERS, maxDepth: 8 })
  if (!json.ok) return failure('collateral-json', json.code)
  if (!isJsonObject(json.value)) return failure('collateral-schema')
  return Object.hasOwn(json.value, 'format') ? fromResponses(json.value) : fromLibrary(json.value)
}

type Binary = string | readonly number[] | null | undefined

function fromLibrary(value: unknown): Result<Collateral, CollateralErrorCode> {
  const parsed = parseWith(libraryCollateral, value)
  if (!parsed.ok) return renamed('collateral-schema', parsed)
  const { tcb_info, tcb_info_signature, tcb_info_issuer_chain, qe_identity, qe_identity_signature, qe_identity_issuer_chain } = parsed.value
  const { root_ca_crl, pck_crl } = parsed.value
  return success({
    ...part('tcbInfo', isGiven(tcb_info) ? signed(tcb_info, tcb_info_signature, tcb_info_issuer_chain, tcbInfoSchema) : undefined),
    ...part(
      'qeIdentity',
      isGiven(qe_identity) ? signed(qe_identity, qe_identity_signature, qe_identity_issuer_chain, qeIdentitySchema) : undefined,
    ),
    ...part('pckCrl', isGiven(pck_crl) ? binaryOf(pck_crl, 'X509 CRL') : undefined),
    ...part('rootCaCrl', isGiven(root_ca_crl) ? binaryOf(root_ca_crl, 'X509 CRL') : undefined),
  })
}

function fromResponses(value: unknown): Result<Collateral, CollateralErrorCode> {
  const parsed = parseWith(fetchedCollateral, value)
  if (!parsed.ok) return renamed('collateral-schema', parsed)
  const { tcbInfo, qeIdentity, pckCrl, rootCaCrl } = parsed.value
  return success({
    ...part('tcbInfo', tcbInfo && signedResponse(tcbInfo, 'tcbInfo', tcbInfoSchema)),
    ...part('qeIdentity', qeIdentity && signedResponse(qeIdentity, 'enclaveIdentity', qeIdentitySchema)),
    ...part('pckCrl', pckCrl && binaryOf(pckCrl.body.trim(), 'X509 CRL')),
    ...part('rootCaCrl', rootCaCrl && binaryOf(rootCaCrl.body.trim(), 'X509 CRL')),
  })
}

function part<Name extends keyof Collateral>(name: Name, value: Collateral[Name] | undefined): Pick<Collateral, Name> | object {
  return value === undefined ? {} : { [name]: value }
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined
}

/** `{"tcbInfo":{…},"signature":"…"}`: what is signed is the text of the member, as it came. */
function signedResponse<Value>(
  { body, issuerChain }: { readonly body: string; readonly issuerChain?: string | undefined },
  name: string,
  schema: v.GenericSchema<unknown, Value>,
): Part<SignedDocument<Value>> {
  const json = parseForeignJson(body)
  if (!json.ok) return failure('collateral-json', json.code)
  const whole = parseWith(signedBody, json.value)
  const text = whole.ok ? rawMember(body, name) : undefined
  if (!whole.ok || text === undefined) return failure('collateral-schema', name)
  return signed(text, whole.value.signature, issuerChain, schema)
}

function signed<Value>(
  text: string,
  signature: Binary,
  issuerChain: string | null | undefined,
  schema: v.GenericSchema<unknown, Value>,
): Part<SignedDocument<Value>> {
  const json = parseForeignJson(text)
  if (!json.ok) return failure('collateral-json', json.code)
  const value = parseWith(schema, json.value)
  if (!value.ok) return renamed('collateral-schema', value)
  const octets = binaryOf(signature ?? '', 'SIGNATURE')
  if (!octets.ok || octets.value.length !== 64) return failure('collateral-signature')
  return success({ value: value.value, text: encodeUtf8(text), signature: octets.value, issuerChain: issuerChain ?? '' })
}

function binaryOf(value: string | readonly number[], label: string): Result<Bytes, 'collateral-encoding'> {
  if (typeof value !== 'string') return success(Uint8Array.from(value))
  if (value.includes('-----BEGIN')) {
    const blocks = decodePem(value, label)
    const [only, ...more] = blocks.ok ? blocks.value : []
    return only === undefined || more.length > 0 ? failure('collateral-encoding', 'pem') : success(only)
  }
  const hex = decodeHexText(value)
  if (hex.ok) return hex
  const base64 = decodeBase64(value)
  return base64.ok ? base64 : failure('collateral-encoding', base64.code)
}
