import { ed25519 } from '@noble/curves/ed25519.js'
import type { Bytes } from './bytes.ts'

/** Why a key and a signature are refused before any equation is looked at. */
export type Ed25519Fault =
  | 'ed25519-key-length'
  | 'ed25519-signature-length'
  | 'ed25519-s-range'
  | 'ed25519-key-encoding'
  | 'ed25519-key-order'
  | 'ed25519-r-encoding'
  | 'ed25519-r-order'

/**
 * Verifies an Ed25519 signature (RFC 8032 section 5.1.7) strictly. `publicKey` is the 32-octet encoding of A, `signature` the 64 octets
 * R ‖ S. False for anything malformed. WebCrypto decides; the guard before it only refuses.
 *
 * Why a guard: with A of small order anybody can sign anything. The text of WebCrypto has such points refused, yet Chromium 156
 * (BoringSSL), Firefox 153 (NSS, which calls HACL*) and Node 20 (OpenSSL) accept them. The equation itself is cofactorless,
 * [S]B = R + [k]A, in all three and in that text, while RFC 8032 allows the cofactored one as well; the two can only differ where A or R
 * has a torsion component. So both points must lie in the prime-order subgroup: then every engine has to give the same verdict.
 *
 * Rejects where the engine cannot do its part (no Ed25519, say): a check that was not made is not a bad signature.
 */
export async function verifyEd25519(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  if (ed25519Fault(publicKey, signature) !== undefined) return false
  const key = await crypto.subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify'])
  return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, message)
}

/**
 * What is wrong with a key and a signature whatever the message: a length, S ≥ L, an encoding that is not canonical, a point outside the
 * prime-order subgroup or the identity. Takes about 4 ms.
 */
export function ed25519Fault(publicKey: Bytes, signature: Bytes): Ed25519Fault | undefined {
  if (publicKey.length !== 32) return 'ed25519-key-length'
  if (signature.length !== 64) return 'ed25519-signature-length'
  if (littleEndian(signature.subarray(32)) >= ed25519.Point.Fn.ORDER) return 'ed25519-s-range'
  const key = pointFault(publicKey)
  if (key !== undefined) return `ed25519-key-${key}`
  const r = pointFault(signature.subarray(0, 32))
  return r === undefined ? undefined : `ed25519-r-${r}`
}

function pointFault(encoded: Bytes): 'encoding' | 'order' | undefined {
  let point: InstanceType<typeof ed25519.Point>
  try {
    // Decodes as RFC 8032 section 5.1.3: y < p, on the curve, and no sign bit where x = 0.
    point = ed25519.Point.fromBytes(encoded)
  } catch {
    return 'encoding'
  }
  // The identity is the one point of small order that has no torsion component.
  return point.is0() || !point.isTorsionFree() ? 'order' : undefined
}

function littleEndian(bytes: Bytes): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}
