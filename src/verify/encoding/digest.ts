import type { Bytes } from './bytes.ts'

/** SHA-256 (FIPS 180-4): 32 octets. */
export async function sha256(bytes: Bytes): Promise<Bytes> {
  return sha2('SHA-256', bytes)
}

/** A hash of the SHA-2 family (FIPS 180-4): 32, 48 or 64 octets. */
export async function sha2(hash: 'SHA-256' | 'SHA-384' | 'SHA-512', bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest(hash, bytes))
}
