import type { Bytes } from './bytes.ts'
import { readDer, TAG } from './der.ts'
import { fieldsOf, readPositiveInteger } from './der-read.ts'
import { type PublicKey, type PublicKeyErrorCode, readPublicKey } from './der-spki.ts'
import { verifyEd25519 } from './ed25519.ts'
import { type Failure, failure, type Result, success } from './result.ts'

/**
 * The signature algorithms that are verified here. Which one applies is said by the pinned or attested key entry or by the certificate that
 * was signed, never by the message.
 */
export type SignatureScheme =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: SignatureHash }
  | { readonly kind: 'rsa-pss'; readonly hash: SignatureHash; readonly saltLength: number }
  | { readonly kind: 'ecdsa'; readonly hash: SignatureHash }
  | { readonly kind: 'ed25519' }

export type SignatureHash = 'SHA-256' | 'SHA-384' | 'SHA-512'

/**
 * `signature-malformed`: not of the form or length that the scheme and the key ask for. `key-does-not-fit`: a key of another kind than the
 * scheme's. `engine-failed`: WebCrypto could not do its part, so that nothing was checked; every other code is a verdict on the input.
 */
export type SignatureErrorCode = PublicKeyErrorCode | 'key-does-not-fit' | 'signature-malformed' | 'signature-invalid' | 'engine-failed'

/**
 * Verifies a signature under the key of a SubjectPublicKeyInfo. ECDSA signatures come as DER `SEQUENCE { r, s }` (RFC 3279 section 2.2.3),
 * RSA ones as the octets of RFC 8017, exactly as long as the modulus, Ed25519 ones as the 64 octets of RFC 8032.
 */
export async function verifyWithSpki(
  spki: Bytes,
  scheme: SignatureScheme,
  signature: Bytes,
  message: Bytes,
): Promise<Result<true, SignatureErrorCode>> {
  const key = readPublicKey(spki)
  return key.ok ? verifyWithKey(key.value, scheme, signature, message) : key
}

/** As `verifyWithSpki`, for a key that was read before. */
export async function verifyWithKey(
  key: PublicKey,
  scheme: SignatureScheme,
  signature: Bytes,
  message: Bytes,
): Promise<Result<true, SignatureErrorCode>> {
  switch (scheme.kind) {
    case 'rsa-pkcs1': {
      if (key.kty !== 'RSA') return failure('key-does-not-fit')
      if (signature.length !== key.modulusBytes) return failure('signature-malformed')
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: scheme.hash }
      return decide(key, algorithm, algorithm, signature, message)
    }
    case 'rsa-pss': {
      if (key.kty !== 'RSA') return failure('key-does-not-fit')
      if (signature.length !== key.modulusBytes) return failure('signature-malformed')
      const algorithm = { name: 'RSA-PSS', hash: scheme.hash }
      return decide(key, algorithm, { name: 'RSA-PSS', saltLength: scheme.saltLength }, signature, message)
    }
    case 'ecdsa': {
      if (key.kty !== 'EC') return failure('key-does-not-fit')
      const raw = ecdsaSignatureFromDer(signature, key.coordinateBytes)
      if (raw === undefined) return failure('signature-malformed')
      return decide(key, { name: 'ECDSA', namedCurve: key.crv }, { name: 'ECDSA', hash: scheme.hash }, raw, message)
    }
    case 'ed25519':
      if (key.kty !== 'OKP') return failure('key-does-not-fit')
      if (signature.length !== 64) return failure('signature-malformed')
      return settle(() => verifyEd25519(key.raw, signature, message))
  }
}

/** RSASSA-PKCS1-v1_5 with SHA-256 (`RS256`); false for every kind of failure. */
export async function verifyRsaPkcs1Sha256(spki: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  return (await verifyWithSpki(spki, { kind: 'rsa-pkcs1', hash: 'SHA-256' }, signature, message)).ok
}

/**
 * Turns a DER `Ecdsa-Sig-Value` into r and s behind one another, each left-padded to `coordinateBytes`, as WebCrypto takes it.
 * Undefined unless it is strict DER of exactly two positive integers that fit. Whether they are below the group's order is for the engine.
 */
export function ecdsaSignatureFromDer(signature: Bytes, coordinateBytes: number): Bytes | undefined {
  const der = readDer(signature)
  if (!der.ok || der.value.tag !== TAG.sequence) return undefined
  const fields = fieldsOf(der.value)
  const r = readPositiveInteger(fields.take(TAG.integer))
  const s = readPositiveInteger(fields.take(TAG.integer))
  if (r === undefined || s === undefined || !fields.done()) return undefined
  if (r.length > coordinateBytes || s.length > coordinateBytes) return undefined
  const raw = new Uint8Array(2 * coordinateBytes)
  raw.set(r, coordinateBytes - r.length)
  raw.set(s, 2 * coordinateBytes - s.length)
  return raw
}

async function decide(
  key: PublicKey,
  importAs: { name: string; namedCurve?: string; hash?: SignatureHash },
  verifyAs: { name: string; hash?: SignatureHash; saltLength?: number },
  signature: Bytes,
  message: Bytes,
): Promise<Result<true, SignatureErrorCode>> {
  return settle(async () => {
    const imported = await crypto.subtle.importKey('spki', key.spki, importAs, false, ['verify'])
    return crypto.subtle.verify(verifyAs, imported, signature, message)
  })
}

async function settle(verify: () => Promise<boolean>): Promise<Result<true, SignatureErrorCode>> {
  try {
    return (await verify()) ? success(true) : failure('signature-invalid')
  } catch (error) {
    return engineFailure(error)
  }
}

/** WebCrypto throws DataError on a key that it cannot decode (a point off its curve); everything else says that it did not work. */
function engineFailure(error: unknown): Failure<SignatureErrorCode> {
  const name = error instanceof Error ? error.name : 'unknown'
  return failure(name === 'DataError' ? 'key-malformed' : 'engine-failed', name)
}
