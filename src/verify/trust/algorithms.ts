import type { Bytes } from '../encoding/bytes.ts'
import { encodeHex } from '../encoding/hex.ts'
import type { SignatureScheme } from '../encoding/signatures.ts'
import type { PathProfile } from './profile.ts'

/**
 * The AlgorithmIdentifiers of certificate signatures that are accepted, as the whole DER that each of them has: an algorithm has exactly
 * one spelling here, parameters included. SHA-1 and MD5 are not among them.
 *
 * RSASSA-PKCS1-v1_5: RFC 4055 section 5, parameters NULL. ECDSA: RFC 5758 section 3.2, no parameters. Ed25519: RFC 8410. RSASSA-PSS: RFC 4055 section 3.1,
 * all parameters stated, MGF1 with the same hash, a salt as long as the hash, the trailer field left at its default.
 */
const SCHEMES: ReadonlyMap<string, SignatureScheme> = new Map<string, SignatureScheme>([
  ['300d06092a864886f70d01010b0500', { kind: 'rsa-pkcs1', hash: 'SHA-256' }],
  ['300d06092a864886f70d01010c0500', { kind: 'rsa-pkcs1', hash: 'SHA-384' }],
  ['300d06092a864886f70d01010d0500', { kind: 'rsa-pkcs1', hash: 'SHA-512' }],
  ['300a06082a8648ce3d040302', { kind: 'ecdsa', hash: 'SHA-256' }],
  ['300a06082a8648ce3d040303', { kind: 'ecdsa', hash: 'SHA-384' }],
  ['300a06082a8648ce3d040304', { kind: 'ecdsa', hash: 'SHA-512' }],
  ['300506032b6570', { kind: 'ed25519' }],
  [pss('01', '20'), { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 }],
  [pss('02', '30'), { kind: 'rsa-pss', hash: 'SHA-384', saltLength: 48 }],
  [pss('03', '40'), { kind: 'rsa-pss', hash: 'SHA-512', saltLength: 64 }],
])

/** As above, with the default of the trailer field spelled out. */
const SCHEMES_WITH_TRAILER_FIELD: ReadonlyMap<string, SignatureScheme> = new Map<string, SignatureScheme>([
  [pssWithTrailerField('01', '20'), { kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 }],
  [pssWithTrailerField('02', '30'), { kind: 'rsa-pss', hash: 'SHA-384', saltLength: 48 }],
  [pssWithTrailerField('03', '40'), { kind: 'rsa-pss', hash: 'SHA-512', saltLength: 64 }],
])

/** DER of the RSASSA-PSS AlgorithmIdentifier; `hash` is the last arc of the NIST hash algorithm, `salt` the length, both as one hex octet. */
function pss(hash: string, salt: string): string {
  return `304106092a864886f70d01010a3034${pssParameters(hash, salt)}`
}

function pssWithTrailerField(hash: string, salt: string): string {
  return `304606092a864886f70d01010a3039${pssParameters(hash, salt)}a303020101`
}

function pssParameters(hash: string, salt: string): string {
  const hashAlgorithm = `300d06096086480165030402${hash}0500`
  return `a00f${hashAlgorithm}a11c301a06092a864886f70d010108${hashAlgorithm}a2030201${salt}`
}

/** The scheme that an AlgorithmIdentifier names, by its DER; undefined when it is none that the profile accepts. */
export function signatureSchemeOf(algorithm: Bytes, profile: PathProfile): SignatureScheme | undefined {
  const hex = encodeHex(algorithm)
  return SCHEMES.get(hex) ?? (profile.accepts.has('pss-trailer-field') ? SCHEMES_WITH_TRAILER_FIELD.get(hex) : undefined)
}
