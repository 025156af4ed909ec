import { type Bytes, concatBytes } from '../../encoding/bytes.ts'
import { type JoseAlgorithm, type JoseKey, joseKey, parseJwk } from '../../encoding/jose.ts'
import type { HttpAlgorithm, HttpKey } from '../../policy/types.ts'

/** RFC 9421 section 3.3 by the names that JOSE has for the same. Salts of RSA-PSS are as long as the hash in both. */
const JOSE: Readonly<Record<HttpAlgorithm, JoseAlgorithm>> = {
  ed25519: 'EdDSA',
  'ecdsa-p256-sha256': 'ES256',
  'ecdsa-p384-sha384': 'ES384',
  'rsa-pss-sha512': 'PS512',
  'rsa-v1_5-sha256': 'RS256',
}

/** The key of a policy's entry, bound to its algorithm. Undefined where it is no such key. */
export function keyOf({ jwk, alg }: HttpKey): JoseKey | undefined {
  const parsed = parseJwk(jwk)
  if (!parsed.ok) return undefined
  const { alg: named, ...bare } = parsed.value
  // Ed25519 has two names in JOSE; a key that bears either is one.
  if (alg === 'ed25519' && (named === undefined || named === 'Ed25519')) return joseKey(bare, 'EdDSA')
  return joseKey(parsed.value, JOSE[alg])
}

/** The key's own octets, to name it by: the point of a curve, or an RSA modulus. */
export function rawKeyOf({ jwk }: JoseKey): Bytes {
  switch (jwk.kty) {
    case 'OKP':
      return jwk.x
    case 'EC':
      return concatBytes(Uint8Array.of(4), jwk.x, jwk.y)
    case 'RSA':
      return jwk.n
  }
}
