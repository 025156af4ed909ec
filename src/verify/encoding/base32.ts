import type { Bytes } from './bytes.ts'
import { failure, type Result, success } from './result.ts'

export type Base32Code = 'base32-length' | 'base32-character' | 'base32-trailing-bits'

const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567'
/** Digits left over behind whole groups of eight that no octet string has. */
const IMPOSSIBLE_RESTS: readonly number[] = [1, 3, 6]

/** Decodes base32 in lower case and without padding (RFC 4648 section 6), as it stands in host names. Canonical only: unused bits are zero. */
export function decodeBase32(text: string): Result<Bytes, Base32Code> {
  if (IMPOSSIBLE_RESTS.includes(text.length % 8)) return failure('base32-length')
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let offset = 0
  let pending = 0
  let pendingBits = 0
  for (const character of text) {
    const value = DIGITS.indexOf(character)
    if (value === -1) return failure('base32-character')
    pending = (pending << 5) | value
    pendingBits += 5
    if (pendingBits >= 8) {
      pendingBits -= 8
      bytes[offset++] = pending >> pendingBits
      pending &= (1 << pendingBits) - 1
    }
  }
  return pending === 0 ? success(bytes) : failure('base32-trailing-bits')
}
