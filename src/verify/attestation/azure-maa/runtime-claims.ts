import type { Bytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { rawMember } from '../../encoding/raw-json.ts'
import { decodeUtf8, encodeUtf8 } from '../../encoding/utf8.ts'

/**
 * Whether an SEV-SNP report commits to a token's runtime claims: the first 32 of the 64 octets of report data are the SHA-256 of the text of
 * `x-ms-runtime`, the others zero. The text is taken as it stands in the token. What was hashed is the text that the containers
 * handed to the service, which wrote it again: texts that differ in spaces or escapes give another digest and prove nothing
 * either way. `payload`: the token's payload, JSON that was parsed before. `reportData`: lower-case hexadecimal.
 */
export async function areRuntimeClaimsReported(payload: Bytes, reportData: string): Promise<boolean> {
  const text = decodeUtf8(payload)
  const claims = text.ok ? rawMember(text.value, 'x-ms-runtime') : undefined
  if (claims === undefined) return false
  return reportData === encodeHex(await sha256(encodeUtf8(claims))).padEnd(128, '0')
}
