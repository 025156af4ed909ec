import { decodeBase64url } from '../encoding/base64.ts'
import { encodeHex } from '../encoding/hex.ts'

/** A SHA-256 in base64url as people compare hashes, which is how other tools print them: `sha256:` and hexadecimal. */
export function spellSha256(base64url: string): string {
  const octets = decodeBase64url(base64url)
  return octets.ok ? `sha256:${encodeHex(octets.value)}` : base64url
}

/** An instant as fields have it: ISO 8601, UTC. `seconds` since the epoch. */
export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

/** A window of time as fields have it. */
export function windowInFields(from: number, until: number): string {
  return `${isoOf(from)} to ${isoOf(until)}`
}
