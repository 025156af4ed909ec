import { decodeBase64 } from './base64.ts'
import type { Bytes } from './bytes.ts'
import { withoutTrailingNuls } from './padding.ts'
import { failure, type Result, success } from './result.ts'

export type PemCode = 'pem-malformed' | 'pem-too-many'

const MAX_BLOCKS = 8
const MAX_CHARACTERS = 262_144
/** No base64 has a dash in it, so that a block ends at the next one. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/y
const BOUNDARY = /-----(?:BEGIN|END)\b/g

/**
 * Reads the text encodings of one label (RFC 7468), in order: at least one. The one door for PEM, whoever wrote it: lines of any length with
 * any line ends, blank lines, text before, between and after the blocks (section 2 allows it), blocks of other labels, zero octets where a
 * C string was handed over whole, and percent-encoding as Intel's response headers have it. Strict is what decides: every boundary belongs
 * to a whole block, so that none disappears by a misspelling, and what stands in a block is canonical base64.
 */
export function decodePem(given: string, label: string): Result<readonly [Bytes, ...Bytes[]], PemCode> {
  if (given.length > MAX_CHARACTERS) return failure('pem-malformed')
  const text = percentDecoded(withoutTrailingNuls(given))
  if (text === undefined) return failure('pem-malformed', 'percent-encoding')
  const found: Bytes[] = []
  let blocks = 0
  for (let boundary = nextBoundary(text, 0); boundary !== undefined; boundary = nextBoundary(text, BLOCK.lastIndex)) {
    BLOCK.lastIndex = boundary
    const match = BLOCK.exec(text)
    if (match === null) return failure('pem-malformed')
    blocks += 1
    if (blocks > MAX_BLOCKS) return failure('pem-too-many')
    if (match[1] !== label) continue
    const der = decodeBase64((match[2] ?? '').replace(/[ \t\r\n]/g, ''))
    if (!der.ok) return failure('pem-malformed', der.code)
    if (der.value.length === 0) return failure('pem-malformed', 'empty')
    found.push(der.value)
  }
  const [first, ...more] = found
  return first === undefined ? failure('pem-malformed') : success([first, ...more])
}

function nextBoundary(text: string, from: number): number | undefined {
  BOUNDARY.lastIndex = from
  return BOUNDARY.exec(text)?.index
}

/** PEM as it stands in a header: the blank in its first line is percent-encoded, as no PEM has it otherwise. */
function percentDecoded(text: string): string | undefined {
  if (!/-----BEGIN%20/i.test(text)) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
