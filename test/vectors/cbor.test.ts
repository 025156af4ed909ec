import { expect, it } from 'vitest'
import { decodeCbor } from '../../src/verify/encoding/cbor.ts'
import { decodeHex } from '../../src/verify/encoding/hex.ts'
import { describeVectors, vectorText } from './files.ts'

type Example = { readonly hex: string; readonly roundtrip: boolean; readonly decoded?: unknown; readonly diagnostic?: string }

/** Why the door refuses a well-formed example; undefined where it has to read it. */
function refusalOf(hex: string): string | undefined {
  const [first = 0] = Buffer.from(hex, 'hex')
  if (/^(1bffffffffffffffff|3bffffffffffffffff)$/.test(hex)) return 'beyond 2^53 - 1'
  if (first >> 5 === 6) return 'tagged'
  if (first >= 0xf9 && first <= 0xfb) return 'float'
  if (first === 0xf7 || first === 0xf0 || first === 0xf8) return 'undefined or unassigned simple value'
  if ([0x5f, 0x7f, 0x9f, 0xbf].includes(first) || /bf61|9f02|9f04|826161bf/.test(hex)) return 'indefinite length'
  return undefined
}

describeVectors('the examples of RFC 8949, appendix A', () => {
  const examples = (): readonly Example[] => JSON.parse(vectorText('cbor/appendix_a.json'))

  it('are read, or refused as floats, tags, indefinite lengths, large integers and rare simple values', () => {
    const refused: Record<string, number> = {}
    let read = 0
    for (const { hex, decoded } of examples()) {
      const octets = decodeHex(hex)
      if (!octets.ok) throw new Error(octets.code)
      const value = decodeCbor(octets.value, { maxBytes: 1000, maxDepth: 8, maxItems: 100 })
      const refusal = refusalOf(hex)
      expect(value.ok, hex).toBe(refusal === undefined)
      if (refusal !== undefined) refused[refusal] = (refused[refusal] ?? 0) + 1
      else read += 1
      if (value.ok && decoded !== undefined) expect(plain(value.value), hex).toEqual(decoded)
    }
    expect(read).toBe(35)
    expect(Object.keys(refused).sort()).toEqual([
      'beyond 2^53 - 1',
      'float',
      'indefinite length',
      'tagged',
      'undefined or unassigned simple value',
    ])
  })
})

/** As the file has it: JSON. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]))
  return value
}
