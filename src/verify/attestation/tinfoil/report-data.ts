import { type Bytes, concatBytes } from '../../encoding/bytes.ts'
import { sha256 } from '../../encoding/digest.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'
import { FORMAT } from './schema.ts'

/** What fills the second half of the report's 64 octets. */
const ZEROS = '00'.repeat(32)

/**
 * REPORT_DATA of version 3: SHA-256 over the algorithm's URI, the nonce and the hashes of the two endorsed sections (32 octets each), then 32
 * zeros. Lower-case hexadecimal.
 */
export function reportDataOfV3(nonce: Bytes, cryptoMaterialHash: Bytes, deviceEvidenceHash: Bytes): Promise<string> {
  return padded(encodeUtf8(FORMAT.reportData), nonce, cryptoMaterialHash, deviceEvidenceHash)
}

/**
 * REPORT_DATA of version 3 as it was in June 2026: SHA-256 over TLS key fingerprint, HPKE key, nonce and the hashes of the evidence of graphics
 * cards and switches as far as there are any, in this order and without a label.
 */
export function reportDataOfEarlyV3(...fields: readonly Bytes[]): Promise<string> {
  return padded(...fields)
}

async function padded(...parts: readonly Bytes[]): Promise<string> {
  return encodeHex(await sha256(concatBytes(...parts))) + ZEROS
}
