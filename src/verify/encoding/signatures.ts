import type { Bytes } from './bytes.ts'
import { readDer, TAG } from './der.ts'
import { fieldsOf, readPositiveInteger } from './der-read.ts'
import { type PublicKey, type PublicKeyErrorCode, readPublicKey } from './der-spki.ts'
import { verifyEd25519 } from './ed25519.ts'
import { importOnce } from './key-cache.ts'
import { failure, type Result, success } from './result.ts'

/**
 * The signature algorithms that are verified here. Which one applies is said by the pinned or attested key entry or by the certificate that
 * was signed, never by the message.
 */
export type SignatureScheme =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: SignatureHash }
  | { readonly kind: 'rsa-pss'; readonly hash: SignatureHash; readonly saltLength: number }
  | { readonly kind: 'ecdsa'; readonly hash: SignatureHash }
  /** The same signatures in the form of JOSE, COSE and AMD: r ‖ s, each as long as the curve's coordinates (IEEE P1363). */
  | { readonly kind: 'ecdsa-raw'; readonly hash: SignatureHash }
  | { readonly kind: 'ed25519' }

export type SignatureHash = 'SHA-256' | 'SHA-384' | 'SHA-512'

/**
 * `signature-malformed`: not of the form or length that the scheme and the key ask for. `key-does-not-fit`: a key of another kind than the
 * scheme's. `engine-failed`: WebCrypto could not do its part, so that nothing was checked; every other code is a verdict on the input.
 */
export type SignatureErrorCode = PublicKeyErrorCode | 'key-does-not-fit' | 'signature-malformed' | 'signature-invalid' | 'engine-failed'

/** A key that is ready to verify signatures of one scheme. */
export type VerificationKey = {
  /**
   * ECDSA signatures come as DER `SEQUENCE { r, s }` (RFC 3279 section 2.2.3) or raw, as the scheme says, RSA ones as the octets of RFC 8017, exactly as long as the
   * modulus, Ed25519 ones as the 64 octets of RFC 8032. The engine is at work when this returns.
   */
  verify(signature: Bytes, message: Bytes): Promise<Result<true, SignatureErrorCode>>
}

/** Verifies a signature under the key of a SubjectPublicKeyInfo. */
export async function verifyWithSpki(
  spki: Bytes,
  scheme: SignatureScheme,
  signature: Bytes,
  message: Bytes,
): Promise<Result<true, SignatureErrorCode>> {
  const key = await importVerificationKey(spki, scheme)
  return key.ok ? key.value.verify(signature, message) : key
}

/** Makes a SubjectPublicKeyInfo ready for one scheme, which it must fit. */
export async function importVerificationKey(spki: Bytes, scheme: SignatureScheme): Promise<Result<VerificationKey, SignatureErrorCode>> {
  const read = readPublicKey(spki)
  if (!read.ok) return read
  const key = read.value
  switch (scheme.kind) {
    case 'rsa-pkcs1': {
      if (key.kty !== 'RSA') return failure('key-does-not-fit')
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: scheme.hash }
      return importInto(key, algorithm, algorithm, (signature) => (signature.length === key.modulusBytes ? signature : undefined))
    }
    case 'rsa-pss': {
      if (key.kty !== 'RSA') return failure('key-does-not-fit')
      const verifyAs = { name: 'RSA-PSS', saltLength: scheme.saltLength }
      return importInto(key, { name: 'RSA-PSS', hash: scheme.hash }, verifyAs, (signature) =>
        signature.length === key.modulusBytes ? signature : undefined,
      )
    }
    case 'ecdsa': {
      if (key.kty !== 'EC') return failure('key-does-not-fit')
      const verifyAs = { name: 'ECDSA', hash: scheme.hash }
      return importInto(key, { name: 'ECDSA', namedCurve: key.crv }, verifyAs, (signature) =>
        ecdsaSignatureFromDer(signature, key.coordinateBytes),
      )
    }
    case 'ecdsa-raw': {
      if (key.kty !== 'EC') return failure('key-does-not-fit')
      const verifyAs = { name: 'ECDSA', hash: scheme.hash }
      return importInto(key, { name: 'ECDSA', namedCurve: key.crv }, verifyAs, (signature) =>
        signature.length === 2 * key.coordinateBytes ? signature : undefined,
      )
    }
    case 'ed25519':
      if (key.kty !== 'OKP') return failure('key-does-not-fit')
      return success({
        verify: async (signature, message) =>
          signature.length === 64 ? settle(verifyEd25519(key.raw, signature, message)) : failure('signature-malformed'),
      })
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

/** `inEngineForm` gives the signature as WebCrypto takes it, or undefined when it is malformed. */
async function importInto(
  key: PublicKey,
  importAs: { name: string; namedCurve?: string; hash?: SignatureHash },
  verifyAs: { name: string; hash?: SignatureHash; saltLength?: number },
  inEngineForm: (signature: Bytes) => Bytes | undefined,
): Promise<Result<VerificationKey, SignatureErrorCode>> {
  try {
    const use = `${importAs.name} ${importAs.namedCurve ?? ''} ${importAs.hash ?? ''}`
    const imported = await importOnce(use, [key.spki], () => crypto.subtle.importKey('spki', key.spki, importAs, false, ['verify']))
    return success({
      verify: async (signature, message) => {
        const raw = inEngineForm(signature)
        return raw === undefined ? failure('signature-malformed') : settle(crypto.subtle.verify(verifyAs, imported, raw, message))
      },
    })
  } catch (error) {
    // DataError is what WebCrypto has for a key that it cannot decode (a point off its curve).
    return nameOf(error) === 'DataError' ? failure('key-malformed') : failure('engine-failed', nameOf(error))
  }
}

async function settle(verdict: Promise<boolean>): Promise<Result<true, SignatureErrorCode>> {
  try {
    return (await verdict) ? success(true) : failure('signature-invalid')
  } catch (error) {
    return failure('engine-failed', nameOf(error))
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
