import { decodeBase64url, encodeBase64url } from './base64.ts'
import type { Bytes } from './bytes.ts'
import { verifyEd25519 } from './ed25519.ts'
import { isJsonObject, type JsonObject, parseJson } from './json.ts'
import type { EcAlgorithm, EcCurve, EcJwk, JoseKey, RsaAlgorithm, RsaJwk } from './jwk.ts'
import { importOnce } from './key-cache.ts'
import { failure, type Result, success } from './result.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

export { type JoseAlgorithm, type JoseKey, type Jwk, type JwkCode, type JwksCode, joseKey, parseJwk, parseJwks } from './jwk.ts'

/** A JWS with one signature, taken apart but not verified: nothing in it may be believed before `verifyJws`. */
export type Jws = {
  /** The protected header's JSON text, as it was signed. */
  readonly protectedText: string
  readonly header: JsonObject
  readonly payloadBytes: Bytes
  readonly signature: Bytes
  /** ASCII(BASE64URL(protected header) ‖ '.' ‖ BASE64URL(payload)), RFC 7515 section 5.1. */
  readonly signingInput: Bytes
}

export type JwsCode =
  | 'jws-too-large'
  | 'jws-parts'
  | 'jws-object'
  | 'jws-member'
  | 'jws-unprotected-header'
  | 'jws-base64url'
  | 'jws-header'
  | 'jws-header-duplicate-key'
  | 'jws-alg'
  | 'jws-crit'
  | 'jws-b64'

/** Characters of the three parts together. */
const MAX_LENGTH = 1024 * 1024

/** Parses the compact serialization (RFC 7515 section 7.1): three parts of strict base64url. `crit` and `b64` (RFC 7797) are refused: no extension is understood. */
export function parseCompactJws(text: string): Result<Jws, JwsCode> {
  if (text.length > MAX_LENGTH) return failure('jws-too-large')
  const [header, payload, signature, ...more] = text.split('.', 4)
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) return failure('jws-parts')
  return assemble(header, payload, signature)
}

/**
 * Reads the flattened JSON serialization (RFC 7515 section 7.2.2) from a value that `parseJson` gave. An unprotected header is refused, and so is
 * the general form (`signatures`). Other members are ignored, as section 7.2.1 demands.
 */
export function parseFlattenedJws(json: unknown): Result<Jws, JwsCode> {
  if (!isJsonObject(json)) return failure('jws-object')
  if (Object.hasOwn(json, 'header')) return failure('jws-unprotected-header')
  if (Object.hasOwn(json, 'signatures')) return failure('jws-member', 'signatures')
  const header = json['protected']
  if (typeof header !== 'string') return failure('jws-member', 'protected')
  const payload = json['payload']
  if (typeof payload !== 'string') return failure('jws-member', 'payload')
  const signature = json['signature']
  if (typeof signature !== 'string') return failure('jws-member', 'signature')
  if (header.length + payload.length + signature.length > MAX_LENGTH) return failure('jws-too-large')
  return assemble(header, payload, signature)
}

/**
 * Whether the signature holds under the key, with the algorithm that the key is for. False too if the header names another algorithm: the
 * message never chooses. Rejects where the engine cannot do its part: then nothing was checked, which is not the same as a bad signature.
 */
export async function verifyJws(jws: Jws, key: JoseKey): Promise<boolean> {
  return jws.header['alg'] === key.alg && verifyWithJwk(key, jws.signature, jws.signingInput)
}

/** The same over any octets, for formats that have keys as JWK and signatures of their own. Rejects likewise. */
export async function verifyWithJwk(key: JoseKey, signature: Bytes, message: Bytes): Promise<boolean> {
  switch (key.alg) {
    case 'EdDSA':
    case 'Ed25519':
      return verifyEd25519(key.jwk.x, signature, message)
    case 'ES256':
    case 'ES384':
      return verifyEcdsa(key.alg, key.jwk, signature, message)
    default:
      return verifyRsa(key.alg, key.jwk, signature, message)
  }
}

function assemble(headerPart: string, payloadPart: string, signaturePart: string): Result<Jws, JwsCode> {
  const headerBytes = decodeBase64url(headerPart)
  if (!headerBytes.ok) return failure('jws-base64url', `header: ${headerBytes.code}`)
  const payload = decodeBase64url(payloadPart)
  if (!payload.ok) return failure('jws-base64url', `payload: ${payload.code}`)
  const signature = decodeBase64url(signaturePart)
  if (!signature.ok) return failure('jws-base64url', `signature: ${signature.code}`)
  const protectedText = decodeUtf8(headerBytes.value)
  if (!protectedText.ok) return failure('jws-header', protectedText.code)
  const header = parseJson(protectedText.value)
  if (!header.ok) return failure(header.code === 'json-duplicate-key' ? 'jws-header-duplicate-key' : 'jws-header', header.code)
  if (!isJsonObject(header.value)) return failure('jws-header', 'not an object')
  if (Object.hasOwn(header.value, 'crit')) return failure('jws-crit')
  if (Object.hasOwn(header.value, 'b64')) return failure('jws-b64')
  if (typeof header.value['alg'] !== 'string') return failure('jws-alg')
  return success({
    protectedText: protectedText.value,
    header: header.value,
    payloadBytes: payload.value,
    signature: signature.value,
    signingInput: encodeUtf8(`${headerPart}.${payloadPart}`),
  })
}

const HASHES = {
  RS256: 'SHA-256',
  RS384: 'SHA-384',
  RS512: 'SHA-512',
  PS256: 'SHA-256',
  PS384: 'SHA-384',
  PS512: 'SHA-512',
  ES256: 'SHA-256',
  ES384: 'SHA-384',
} as const

async function verifyEcdsa(alg: EcAlgorithm, { crv, x, y }: EcJwk, signature: Bytes, message: Bytes): Promise<boolean> {
  const key = await importJwk([x, y], () => ({ kty: 'EC', crv, x: encodeBase64url(x), y: encodeBase64url(y) }), {
    name: 'ECDSA',
    namedCurve: crv,
  })
  // The engine demands R ‖ S at full length (RFC 7518 section 3.4).
  return key !== undefined && crypto.subtle.verify({ name: 'ECDSA', hash: HASHES[alg] }, key, signature, message)
}

async function verifyRsa(alg: RsaAlgorithm, { n, e }: RsaJwk, signature: Bytes, message: Bytes): Promise<boolean> {
  const hash = HASHES[alg]
  const name = alg.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5'
  const key = await importJwk([n, e], () => ({ kty: 'RSA', n: encodeBase64url(n), e: encodeBase64url(e) }), { name, hash })
  // RFC 7518 section 3.5: the PSS salt is as long as the hash. PKCS #1 v1.5 ignores it.
  const saltLength = Number(hash.slice('SHA-'.length)) / 8
  return key !== undefined && crypto.subtle.verify({ name, saltLength }, key, signature, message)
}

type ImportAlgorithm =
  | { name: 'ECDSA'; namedCurve: EcCurve }
  | { name: 'RSA-PSS' | 'RSASSA-PKCS1-v1_5'; hash: (typeof HASHES)[RsaAlgorithm] }

/** Undefined if the engine finds the key malformed (a point off its curve, say), which it says by a DataError. Rejects if it cannot do its part. */
async function importJwk(
  parts: readonly Bytes[],
  jwk: () => Record<string, string>,
  algorithm: ImportAlgorithm,
): Promise<CryptoKey | undefined> {
  const use = `jwk ${algorithm.name} ${algorithm.name === 'ECDSA' ? algorithm.namedCurve : algorithm.hash}`
  try {
    return await importOnce(use, parts, () => crypto.subtle.importKey('jwk', jwk(), algorithm, false, ['verify']))
  } catch (error) {
    if (error instanceof Error && error.name === 'DataError') return undefined
    throw error
  }
}
