import { readSetting } from '../../../src/platform/settings.ts'
import { encodeBase64url } from '../../../src/verify/encoding/base64.ts'
import { encodeHex } from '../../../src/verify/encoding/hex.ts'

/** In place of `src/platform/nonce.ts` in test builds: the nonce that the test put into the settings, else a random one. */
export async function freshNonce(): Promise<string> {
  const injected = await readSetting('test:nonce')
  return typeof injected === 'string' ? injected : encodeBase64url(crypto.getRandomValues(new Uint8Array(24)))
}

export async function freshHexNonce(octets: number): Promise<string> {
  const injected = await readSetting('test:hex-nonce')
  return typeof injected === 'string' ? injected : encodeHex(crypto.getRandomValues(new Uint8Array(octets)))
}

/** A fresh random UUID (RFC 9562 version 4). */
export async function freshUuid(): Promise<string> {
  return crypto.randomUUID()
}
