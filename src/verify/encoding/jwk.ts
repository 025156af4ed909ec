import { decodeBase64url } from './base64.ts'
import type { Bytes } from './bytes.ts'
import { isJsonObject, type JsonCode, type JsonObject, parseForeignJson } from './json.ts'
import { failure, type Result, success } from './result.ts'

/** Signature algorithms (RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9864). `none` and MACs do not exist here. */
export type JoseAlgorithm = OkpAlgorithm | RsaAlgorithm | EcAlgorithm
export type OkpAlgorithm = 'EdDSA' | 'Ed25519'
export type RsaAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512'
export type EcAlgorithm = 'ES256' | 'ES384'

/** A public key for signatures, its numbers as big-endian octets. `alg` is there if the JWK names it. */
export type Jwk = OkpJwk | RsaJwk | EcJwk
export type OkpJwk = Named<{ readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: Bytes }, OkpAlgorithm>
export type RsaJwk = Named<{ readonly kty: 'RSA'; readonly n: Bytes; readonly e: Bytes }, RsaAlgorithm>
export type EcJwk = Named<{ readonly kty: 'EC'; readonly crv: EcCurve; readonly x: Bytes; readonly y: Bytes }, EcAlgorithm>
export type EcCurve = 'P-256' | 'P-384'
type Named<Key, Algorithm> = Key & { readonly kid?: string; readonly alg?: Algorithm }

/** A key with the one algorithm it may be used with. */
export type JoseKey =
  | { readonly alg: OkpAlgorithm; readonly jwk: OkpJwk }
  | { readonly alg: RsaAlgorithm; readonly jwk: RsaJwk }
  | { readonly alg: EcAlgorithm; readonly jwk: EcJwk }

export type JwkCode =
  | 'jwk-object'
  | 'jwk-unsupported'
  | 'jwk-private'
  | 'jwk-use'
  | 'jwk-member'
  | 'jwk-base64url'
  | 'jwk-okp-length'
  | 'jwk-ec-length'
  | 'jwk-rsa-size'
  | 'jwk-rsa-modulus'
  | 'jwk-rsa-exponent'

export type JwksCode = JsonCode | 'jwks-keys' | 'jwks-too-many'

const MAX_KEYS = 100
const MIN_MODULUS_BITS = 2048
const MAX_MODULUS_BITS = 8192
const MAX_EXPONENT_OCTETS = 4
/** Characters of one number, enough to tell a modulus that is too large from text that is no key. */
const MAX_NUMBER_TEXT = 4096
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']
const COORDINATE_OCTETS: Readonly<Record<EcCurve, number>> = { 'P-256': 32, 'P-384': 48 }

/**
 * Reads a public JWK (RFC 7517): OKP Ed25519, RSA of 2048 to 8192 bits with an odd exponent from 3 to 2^32 - 1, EC P-256 and P-384. Refuses
 * private members and keys that are not for verifying signatures (`use`, `key_ops`). Whether EC coordinates lie on the curve is left to
 * the engine, which refuses to import them otherwise. Members that it does not know are ignored (RFC 7517 section 4).
 */
export function parseJwk(value: unknown): Result<Jwk, JwkCode> {
  if (!isJsonObject(value)) return failure('jwk-object')
  const kid = value['kid']
  if (kid !== undefined && typeof kid !== 'string') return failure('jwk-member', 'kid')
  const alg = value['alg']
  if (alg !== undefined && typeof alg !== 'string') return failure('jwk-member', 'alg')
  const key = parseKey(value)
  if (!key.ok) return key
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(value, member))) return failure('jwk-private')
  if (!isForVerifying(value)) return failure('jwk-use')
  const named = kid === undefined ? key.value : { ...key.value, kid }
  if (alg === undefined) return success(named)
  const bound = bindAlgorithm(named, alg)
  return bound === undefined ? failure('jwk-unsupported', `alg ${alg}`) : success(bound.jwk)
}

/**
 * Reads a JWK Set (RFC 7517 section 5). Keys of a type, curve, size, algorithm or use that is not ours are left out, and so are broken and
 * private ones: one odd entry is no reason to do without the others. A `kid` that is used twice names no key.
 */
export function parseJwks(text: string): Result<readonly Jwk[], JwksCode> {
  const json = parseForeignJson(text)
  if (!json.ok) return json
  const entries = isJsonObject(json.value) ? json.value['keys'] : undefined
  if (!Array.isArray(entries)) return failure('jwks-keys')
  if (entries.length > MAX_KEYS) return failure('jwks-too-many')
  const kids = entries.flatMap((entry) => (isJsonObject(entry) && typeof entry['kid'] === 'string' ? [entry['kid']] : []))
  const isUnique = (kid: string) => kids.indexOf(kid) === kids.lastIndexOf(kid)
  const keys = entries.map(parseJwk).flatMap((key) => (key.ok ? [key.value] : []))
  return success(keys.filter(({ kid }) => kid === undefined || isUnique(kid)))
}

/**
 * Binds a key to the algorithm that the caller expects of it. Undefined unless the key's type allows the algorithm and the JWK, where it
 * names one, names the same. `Ed25519` (RFC 9864) and `EdDSA` are different names: the caller says which one is used.
 */
export function joseKey(jwk: Jwk, alg: JoseAlgorithm): JoseKey | undefined {
  return jwk.alg === undefined || jwk.alg === alg ? bindAlgorithm(jwk, alg) : undefined
}

function bindAlgorithm(jwk: Jwk, alg: string): JoseKey | undefined {
  switch (alg) {
    case 'EdDSA':
    case 'Ed25519':
      return jwk.kty === 'OKP' ? { alg, jwk: { ...jwk, alg } } : undefined
    case 'RS256':
    case 'RS384':
    case 'RS512':
    case 'PS256':
    case 'PS384':
    case 'PS512':
      return jwk.kty === 'RSA' ? { alg, jwk: { ...jwk, alg } } : undefined
    case 'ES256':
      return jwk.kty === 'EC' && jwk.crv === 'P-256' ? { alg, jwk: { ...jwk, alg } } : undefined
    case 'ES384':
      return jwk.kty === 'EC' && jwk.crv === 'P-384' ? { alg, jwk: { ...jwk, alg } } : undefined
    default:
      return undefined
  }
}

function parseKey(value: JsonObject): Result<Jwk, JwkCode> {
  const kty = value['kty']
  const crv = value['crv']
  if (kty === 'RSA') return parseRsa(value)
  if (kty === 'OKP' && crv === 'Ed25519') return parseOkp(value)
  if (kty === 'EC' && (crv === 'P-256' || crv === 'P-384')) return parseEc(value, crv)
  return typeof kty === 'string' ? failure('jwk-unsupported', `kty ${kty}`) : failure('jwk-member', 'kty')
}

function parseOkp(value: JsonObject): Result<OkpJwk, JwkCode> {
  const x = octets(value, 'x')
  if (!x.ok) return x
  return x.value.length === 32 ? success({ kty: 'OKP', crv: 'Ed25519', x: x.value }) : failure('jwk-okp-length')
}

function parseEc(value: JsonObject, crv: EcCurve): Result<EcJwk, JwkCode> {
  const x = octets(value, 'x')
  if (!x.ok) return x
  const y = octets(value, 'y')
  if (!y.ok) return y
  const length = COORDINATE_OCTETS[crv]
  // RFC 7518 section 6.2.1.2: the full size of a coordinate, leading zeros included.
  if (x.value.length !== length || y.value.length !== length) return failure('jwk-ec-length')
  return success({ kty: 'EC', crv, x: x.value, y: y.value })
}

function parseRsa(value: JsonObject): Result<RsaJwk, JwkCode> {
  const n = octets(value, 'n')
  if (!n.ok) return n
  const e = octets(value, 'e')
  if (!e.ok) return e
  // Base64urlUInt (RFC 7518 section 2): no leading zero octets.
  if (n.value[0] === 0 || isEven(n.value)) return failure('jwk-rsa-modulus')
  const isOne = e.value.length === 1 && e.value[0] === 1
  if (e.value[0] === 0 || isEven(e.value) || isOne || e.value.length > MAX_EXPONENT_OCTETS) return failure('jwk-rsa-exponent')
  const bits = bitLength(n.value)
  if (bits < MIN_MODULUS_BITS || bits > MAX_MODULUS_BITS) return failure('jwk-rsa-size', `${bits} bits`)
  return success({ kty: 'RSA', n: n.value, e: e.value })
}

/** Of a number without leading zero octets. */
function bitLength(number: Bytes): number {
  return number.length * 8 - (Math.clz32(number[0] ?? 0) - 24)
}

/** Empty counts as even. */
function isEven(number: Bytes): boolean {
  return (number.at(-1) ?? 0) % 2 === 0
}

function octets(value: JsonObject, member: string): Result<Bytes, JwkCode> {
  const text = value[member]
  if (typeof text !== 'string') return failure('jwk-member', member)
  const bytes = decodeBase64url(text, MAX_NUMBER_TEXT)
  return bytes.ok ? bytes : failure('jwk-base64url', `${member}: ${bytes.code}`)
}

function isForVerifying(value: JsonObject): boolean {
  const use = value['use']
  const operations = value['key_ops']
  return (use === undefined || use === 'sig') && (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
}
