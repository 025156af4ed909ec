import type { Bytes } from '../../encoding/bytes.ts'
import { type CborMap, decodeCbor, hasSortedKeys, isCborMap } from '../../encoding/cbor.ts'
import { type CoseCode, type CoseSign1, parseCoseSign1 } from '../../encoding/cose.ts'
import { failure, type Result, success } from '../../encoding/result.ts'
import type { DraftCheckName } from './draft.ts'

/** A receipt that passed the draft's first layer: nothing in it may be believed before its signature holds. */
export type ParsedReceipt = {
  readonly message: CoseSign1
  /** The claims map as it stands, closed map and types not yet looked at. */
  readonly payload: CborMap
  /** Whether the keys of all maps are in the one order that the draft allows. */
  readonly sorted: boolean
}

/** The draft's failure codes for layer 1, each with the check that yields it. */
export const PARSE_CHECKS = {
  RECEIPT_TOO_LARGE: 'air.size',
  COSE_DECODE_FAILED: 'air.cose',
  NON_EMPTY_UNPROTECTED: 'air.unprotected-header',
  BAD_ALG: 'air.alg',
  BAD_CONTENT_TYPE: 'air.content-type',
  PROTECTED_HEADER_NOT_CLOSED: 'air.protected-header',
  MISSING_PAYLOAD: 'air.payload',
  PAYLOAD_NOT_MAP: 'air.payload',
  WRONG_PROFILE: 'air.profile',
} as const satisfies Readonly<Record<string, DraftCheckName>>

export type ParseCode = keyof typeof PARSE_CHECKS

const MAX_OCTETS = 65_536
const HEADER = { algorithm: 1, contentType: 3 } as const
const EDDSA = -8
const APPLICATION_CWT = 61
const EAT_PROFILE = 265
const PROFILE = 'https://spec.cyntrisec.com/air/v1'

/**
 * Layer 1 of the draft: a COSE_Sign1 with tag 18, at most 65,536 octets, protected header exactly `{1: -8, 3: 61}`, unprotected header empty,
 * payload one CBOR map and nothing behind it, its `eat_profile` AIR v1. Duplicate keys and all but the shortest encodings are refused with the
 * map that has them. The order of keys is told, not judged.
 */
export function parseReceipt(octets: Bytes): Result<ParsedReceipt, ParseCode> {
  if (octets.length > MAX_OCTETS) return failure('RECEIPT_TOO_LARGE')
  const cose = parseCoseSign1(octets, 'tagged')
  if (!cose.ok) return failure(codeOf(cose.code), cose.detail === undefined ? cose.code : `${cose.code}: ${cose.detail}`)
  const message = cose.value
  const { protectedHeader, unprotectedHeader } = message
  if (unprotectedHeader.size > 0) return failure('NON_EMPTY_UNPROTECTED')
  if (protectedHeader.get(HEADER.algorithm) !== EDDSA) return failure('BAD_ALG')
  if (protectedHeader.get(HEADER.contentType) !== APPLICATION_CWT) return failure('BAD_CONTENT_TYPE')
  if (protectedHeader.size !== Object.keys(HEADER).length) return failure('PROTECTED_HEADER_NOT_CLOSED')
  if (message.payload.length === 0) return failure('MISSING_PAYLOAD')
  const payload = decodeCbor(message.payload)
  if (!payload.ok) return failure('PAYLOAD_NOT_MAP', payload.detail ?? payload.code)
  if (!isCborMap(payload.value)) return failure('PAYLOAD_NOT_MAP')
  if (payload.value.get(EAT_PROFILE) !== PROFILE) return failure('WRONG_PROFILE')
  return success({ message, payload: payload.value, sorted: hasSortedKeys(protectedHeader) && hasSortedKeys(payload.value) })
}

function codeOf(code: CoseCode): ParseCode {
  switch (code) {
    case 'cose-detached':
      return 'MISSING_PAYLOAD'
    // The label stands in the unprotected header too, which has to be empty.
    case 'cose-duplicate-label':
      return 'NON_EMPTY_UNPROTECTED'
    default:
      return 'COSE_DECODE_FAILED'
  }
}
