import type { Commitment } from '../../attestation/types.ts'
import { encodeHex } from '../../encoding/hex.ts'
import { encodeUtf8 } from '../../encoding/utf8.ts'

const DIGEST_DIGITS = 64
/** A multihash of SHA-256: its code and its length. */
const MULTIHASH = '1220'
const TEXT = encodeHex(encodeUtf8('sha256:'))
const SEPARATOR = encodeHex(encodeUtf8(';'))

/** The two layouts that nitriding (brave/nitriding-daemon, `attestation.go`) has given a Nitro document's user data, in hexadecimal. */
const LAYOUTS = [
  /** 0x12 0x20 ‖ SHA-256 of the TLS certificate ‖ 0x12 0x20 ‖ SHA-256 of the application's key. */
  new RegExp(`^${MULTIHASH}[0-9a-f]{${DIGEST_DIGITS}}${MULTIHASH}([0-9a-f]{${DIGEST_DIGITS}})$`),
  /** The same with `sha256:` in front of either and `;` between them. */
  new RegExp(`^${TEXT}[0-9a-f]{${DIGEST_DIGITS}}${SEPARATOR}${TEXT}([0-9a-f]{${DIGEST_DIGITS}})$`),
]

/** Whether a Nitro document commits to a key by the SHA-256 of its SubjectPublicKeyInfo (hexadecimal), in nitriding's place for it. */
export function isKeyCommitted(keyHash: string, commits: readonly Commitment[]): boolean {
  return commits.some(({ field, value }) => field === 'user-data' && LAYOUTS.some((layout) => layout.exec(value)?.[1] === keyHash))
}
