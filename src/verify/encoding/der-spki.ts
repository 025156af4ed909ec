import type { Bytes } from './bytes.ts'
import { readDer, TAG } from './der.ts'
import { fieldsOf, readOctetsOfBitString, readOid, readPositiveInteger } from './der-read.ts'
import { failure, type Result, success } from './result.ts'

export type Curve = 'P-256' | 'P-384' | 'P-521'

/** A public key out of a SubjectPublicKeyInfo. `spki` is the DER as received, checked octet by octet. */
export type PublicKey =
  | { readonly kty: 'RSA'; readonly modulusBytes: number; readonly spki: Bytes }
  | { readonly kty: 'EC'; readonly crv: Curve; readonly coordinateBytes: number; readonly spki: Bytes }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly raw: Bytes; readonly spki: Bytes }

export type PublicKeyErrorCode = 'key-malformed' | 'key-unsupported' | 'key-too-weak'

/** Smallest and largest RSA modulus that is taken, in octets (2048 and 8192 bits). */
const RSA_MODULUS_BYTES = { min: 256, max: 1024 }
/** Longest public exponent, in octets; the engines take no longer one. */
const RSA_EXPONENT_BYTES = 4

const CURVES: Readonly<Record<string, { readonly crv: Curve; readonly coordinateBytes: number }>> = {
  '1.2.840.10045.3.1.7': { crv: 'P-256', coordinateBytes: 32 },
  '1.3.132.0.34': { crv: 'P-384', coordinateBytes: 48 },
  '1.3.132.0.35': { crv: 'P-521', coordinateBytes: 66 },
}

/**
 * Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7): RSA with NULL parameters (RFC 3279 section 2.3.1), EC on a named curve with an
 * uncompressed point (RFC 5480), Ed25519 without parameters (RFC 8410). RSA moduli are odd, of 2048 to 8192 bits in whole octets, with an
 * odd exponent of at least 3. Whether a point lies on its curve is for the engine that imports it.
 */
export function readPublicKey(spki: Bytes): Result<PublicKey, PublicKeyErrorCode> {
  const der = readDer(spki)
  if (!der.ok) return failure('key-malformed', der.code)
  if (der.value.tag !== TAG.sequence) return failure('key-malformed')
  const fields = fieldsOf(der.value)
  const algorithm = fields.take(TAG.sequence)
  const key = readOctetsOfBitString(fields.take(TAG.bitString))
  if (algorithm === undefined || key === undefined || !fields.done()) return failure('key-malformed')
  const [oid, parameters, ...more] = algorithm.children
  if (more.length > 0) return failure('key-malformed')
  switch (readOid(oid)) {
    case '1.2.840.113549.1.1.1':
      return parameters?.tag === TAG.null ? readRsa(spki, key) : failure('key-malformed')
    case '1.2.840.10045.2.1':
      return readEc(spki, key, readOid(parameters))
    case '1.3.101.112':
      return parameters === undefined && key.length === 32
        ? success({ kty: 'OKP', crv: 'Ed25519', raw: key.slice(), spki })
        : failure('key-malformed')
    case undefined:
      return failure('key-malformed')
    default:
      return failure('key-unsupported')
  }
}

function readRsa(spki: Bytes, key: Bytes): Result<PublicKey, PublicKeyErrorCode> {
  const der = readDer(key)
  if (!der.ok || der.value.tag !== TAG.sequence) return failure('key-malformed')
  const fields = fieldsOf(der.value)
  const modulus = readPositiveInteger(fields.take(TAG.integer))
  const exponent = readPositiveInteger(fields.take(TAG.integer))
  if (modulus === undefined || exponent === undefined || !fields.done()) return failure('key-malformed')
  if (modulus.length < RSA_MODULUS_BYTES.min) return failure('key-too-weak', 'modulus below 2048 bits')
  if (modulus.length > RSA_MODULUS_BYTES.max || exponent.length > RSA_EXPONENT_BYTES) return failure('key-unsupported')
  const wholeOctets = (modulus[0] ?? 0) >= 0x80
  if (!wholeOctets)
    return failure(modulus.length === RSA_MODULUS_BYTES.min ? 'key-too-weak' : 'key-unsupported', 'modulus bits not in whole octets')
  if (!isOdd(modulus) || !isOdd(exponent)) return failure('key-malformed', 'even modulus or exponent')
  if (exponent.length === 1 && (exponent[0] ?? 0) < 3) return failure('key-too-weak', 'exponent 1')
  return success({ kty: 'RSA', modulusBytes: modulus.length, spki })
}

function readEc(spki: Bytes, point: Bytes, curveOid: string | undefined): Result<PublicKey, PublicKeyErrorCode> {
  const curve = curveOid === undefined ? undefined : CURVES[curveOid]
  if (curve === undefined) return failure('key-unsupported')
  if (point.length !== 1 + 2 * curve.coordinateBytes || point[0] !== 0x04) return failure('key-malformed')
  return success({ kty: 'EC', ...curve, spki })
}

function isOdd(magnitude: Bytes): boolean {
  return ((magnitude[magnitude.length - 1] ?? 0) & 1) === 1
}
