import type { Bytes } from './bytes.ts'
import {
  CBOR_LIMITS,
  type CborCode,
  type CborLimits,
  type CborMap,
  type CborSpelling,
  decodeCbor,
  encodeCbor,
  isCborArray,
  isCborBytes,
  isCborMap,
} from './cbor.ts'
import { readPublicKey } from './der-spki.ts'
import { failure, type Result, success } from './result.ts'
import { type SignatureErrorCode, type SignatureScheme, verifyWithSpki } from './signatures.ts'

/** A COSE_Sign1 (RFC 9052 section 4.2), taken apart but not verified: nothing in it may be believed before `verifyCoseSign1`. */
export type CoseSign1 = {
  /** The protected header as received: these octets are signed. */
  readonly protectedBytes: Bytes
  readonly protectedHeader: CborMap
  readonly unprotectedHeader: CborMap
  readonly payload: Bytes
  readonly signature: Bytes
}

export type CoseCode =
  | CborCode
  | 'cose-tagged'
  | 'cose-untagged'
  /** Not an array of protected header, unprotected header, payload, signature. */
  | 'cose-structure'
  | 'cose-protected-header'
  /** The payload is elsewhere. */
  | 'cose-detached'
  /** A header label in both headers (RFC 9052 section 3). */
  | 'cose-duplicate-label'
  /** Extensions that have to be understood: none is. */
  | 'cose-critical'

/** Signature algorithms (RFC 9053 section 2), with the number of each in a header. */
const ALGORITHMS = {
  ES256: { id: -7, scheme: { kind: 'ecdsa-raw', hash: 'SHA-256' } },
  ES384: { id: -35, scheme: { kind: 'ecdsa-raw', hash: 'SHA-384' } },
  EdDSA: { id: -8, scheme: { kind: 'ed25519' } },
  PS256: { id: -37, scheme: { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 } },
} as const satisfies Record<string, { readonly id: number; readonly scheme: SignatureScheme }>
export type CoseAlgorithm = keyof typeof ALGORITHMS

/** A key with the one algorithm that it may be used with. `spki`: DER of its SubjectPublicKeyInfo. */
export type CoseKey = { readonly alg: CoseAlgorithm; readonly spki: Bytes }

export type CoseVerifyCode = SignatureErrorCode | 'cose-algorithm'

const LABEL = { algorithm: 1, critical: 2 } as const
/** Tag 18 in its one spelling. */
const TAG_SIGN1 = 0xd2

/**
 * Parses a COSE_Sign1. `tag`: whether CBOR tag 18 has to be there, must not, or may; the format in question says which. The payload has to
 * be inside. Header labels are integers or text; what they mean is for the caller, but for `crit`, which is refused. `spelling` is of the
 * message itself; headers have the one spelling.
 */
export function parseCoseSign1(
  input: Bytes,
  tag: 'tagged' | 'untagged' | 'either',
  limits: CborLimits = CBOR_LIMITS,
  spelling: Pick<CborSpelling, 'padded'> = {},
): Result<CoseSign1, CoseCode> {
  const isTagged = input[0] === TAG_SIGN1
  if (isTagged && tag === 'untagged') return failure('cose-tagged')
  if (!isTagged && tag === 'tagged') return failure('cose-untagged')
  const value = decodeCbor(isTagged ? input.subarray(1) : input, limits, spelling)
  if (!value.ok) return value
  if (!isCborArray(value.value) || value.value.length !== 4) return failure('cose-structure')
  const [protectedBytes, unprotectedHeader, payload, signature] = value.value
  if (!isCborBytes(protectedBytes) || !isCborMap(unprotectedHeader) || !isCborBytes(signature)) return failure('cose-structure')
  if (payload === null) return failure('cose-detached')
  if (!isCborBytes(payload)) return failure('cose-structure')
  const protectedHeader = headerOf(protectedBytes, limits)
  if (!protectedHeader.ok) return protectedHeader
  for (const label of protectedHeader.value.keys()) {
    if (unprotectedHeader.has(label)) return failure('cose-duplicate-label', String(label))
  }
  if (protectedHeader.value.has(LABEL.critical) || unprotectedHeader.has(LABEL.critical)) return failure('cose-critical')
  return success({ protectedBytes, protectedHeader: protectedHeader.value, unprotectedHeader, payload, signature })
}

/** RFC 9052 section 3: no parameters may be written as no octets. */
function headerOf(octets: Bytes, limits: CborLimits): Result<CborMap, 'cose-protected-header'> {
  if (octets.length === 0) return success(new Map())
  const header = decodeCbor(octets, limits)
  if (!header.ok) return failure('cose-protected-header', header.code)
  return isCborMap(header.value) ? success(header.value) : failure('cose-protected-header')
}

/**
 * Verifies the signature under the key, with the algorithm that the key is for. The protected header has to name the same one: the message
 * never chooses, and an algorithm that is not protected counts as none. ECDSA signatures are r ‖ s at full length (RFC 9053 section 2.1).
 */
export async function verifyCoseSign1(
  message: CoseSign1,
  key: CoseKey,
  externalAad: Bytes = new Uint8Array(0),
): Promise<Result<true, CoseVerifyCode>> {
  const { id, scheme } = ALGORITHMS[key.alg]
  if (message.protectedHeader.get(LABEL.algorithm) !== id) return failure('cose-algorithm')
  if (!isOnCurveOf(key)) return failure('key-does-not-fit')
  return verifyWithSpki(key.spki, scheme, message.signature, sigStructure(message, externalAad))
}

/** Sig_structure (RFC 9052 section 4.4), over the protected header's own octets. */
export function sigStructure({ protectedBytes, payload }: CoseSign1, externalAad: Bytes): Bytes {
  return encodeCbor(['Signature1', protectedBytes, externalAad, payload])
}

/** RFC 9053 leaves the curve open; every format here has ES256 on P-256 and ES384 on P-384. */
function isOnCurveOf({ alg, spki }: CoseKey): boolean {
  if (alg !== 'ES256' && alg !== 'ES384') return true
  const key = readPublicKey(spki)
  return key.ok && key.value.kty === 'EC' && key.value.crv === (alg === 'ES256' ? 'P-256' : 'P-384')
}
