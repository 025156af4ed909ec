import { encodeBase64url } from '../verify/encoding/base64.ts'
import { encodeHex } from '../verify/encoding/hex.ts'

const NONCE_OCTETS = 24

/** A fresh random nonce: 24 octets as 32 characters of base64url. A test build puts an injected one in place of this file. */
export async function freshNonce(): Promise<string> {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(NONCE_OCTETS)))
}

/** A fresh random nonce of so many octets, in lower-case hexadecimal. */
export async function freshHexNonce(octets: number): Promise<string> {
  return encodeHex(crypto.getRandomValues(new Uint8Array(octets)))
}

/** A fresh random UUID (RFC 9562 version 4). */
export async function freshUuid(): Promise<string> {
  return crypto.randomUUID()
}
