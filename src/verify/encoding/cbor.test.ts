import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cbor as simulated } from '../../../test/simulator/cbor.ts'
import type { Bytes } from './bytes.ts'
import { CBOR_LIMITS, decodeCbor, encodeCbor, hasSortedKeys } from './cbor.ts'
import { decodeHex, encodeHex } from './hex.ts'

function octets(hex: string): Bytes {
  const decoded = decodeHex(hex.replace(/ /g, ''))
  if (!decoded.ok) throw new Error(decoded.code)
  return decoded.value
}

describe('CBOR', () => {
  it.each<[string, string, string]>([
    ['nothing', '', 'cbor-malformed'],
    ['octets behind the item', '00 00', 'cbor-malformed'],
    ['an integer longer than needed', '18 17', 'cbor-malformed'],
    ['a 16-bit integer longer than needed', '19 00ff', 'cbor-malformed'],
    ['a 32-bit integer longer than needed', '1a 0000ffff', 'cbor-malformed'],
    ['a 64-bit integer longer than needed', '1b 00000000ffffffff', 'cbor-malformed'],
    ['a negative integer longer than needed', '38 17', 'cbor-malformed'],
    ['a length of octets longer than needed', '58 01 00', 'cbor-malformed'],
    ['a length of text longer than needed', '78 01 61', 'cbor-malformed'],
    ['a length of an array longer than needed', '98 01 00', 'cbor-malformed'],
    ['a length of a map longer than needed', 'b8 01 00 00', 'cbor-malformed'],
    ['an integer beyond 2^53', '1b 0020000000000000', 'cbor-malformed'],
    ['octets of indefinite length', '5f 41 00 ff', 'cbor-malformed'],
    ['text of indefinite length', '7f 61 61 ff', 'cbor-malformed'],
    ['an array of indefinite length', '9f ff', 'cbor-malformed'],
    ['a map of indefinite length', 'bf ff', 'cbor-malformed'],
    ['a break alone', 'ff', 'cbor-malformed'],
    ['a break inside an array', '81 ff', 'cbor-malformed'],
    ['reserved additional information', '1c', 'cbor-malformed'],
    ['octets that end early', '42 00', 'cbor-malformed'],
    ['an array that ends early', '82 00', 'cbor-malformed'],
    ['a map that ends early', 'a1 00', 'cbor-malformed'],
    ['an integer key that comes twice', 'a2 01 00 01 00', 'cbor-malformed'],
    ['a text key that comes twice', 'a2 61 61 00 61 61 00', 'cbor-malformed'],
    ['a key that comes twice deeper inside', '81 a2 01 00 01 00', 'cbor-malformed'],
    ['octets as a key', 'a1 41 00 00', 'cbor-map-key'],
    ['an array as a key', 'a1 80 00', 'cbor-map-key'],
    ['null as a key', 'a1 f6 00', 'cbor-map-key'],
    ['text that is not UTF-8', '61 ff', 'cbor-utf8'],
    ['text with an overlong form', '62 c0 80', 'cbor-utf8'],
    ['a surrogate in text', '63 eda080', 'cbor-utf8'],
    ['long text that is not UTF-8', `78 28 ${'61'.repeat(39)} ff`, 'cbor-utf8'],
    ['a byte order mark, which the library would drop', '63 efbbbf', 'cbor-utf8'],
    ['a half float', 'f9 3c00', 'cbor-type'],
    ['a float as a key that equals an integer', 'a2 01 00 f9 3c00 00', 'cbor-type'],
    ['not a number', 'f9 7e00', 'cbor-malformed'],
    ['a tag', 'c0 61 61', 'cbor-type'],
    ['undefined', 'f7', 'cbor-malformed'],
    ['a simple value that nobody assigned', 'f0', 'cbor-malformed'],
    ['a simple value in two octets', 'f8 18', 'cbor-malformed'],
  ])('refuses %s', (_, hex, code) => {
    expect(decodeCbor(octets(hex))).toMatchObject({ ok: false, code })
  })

  it('reads what the formats are made of', () => {
    expect(decodeCbor(octets('83 01 20 a3 01 f5 61 62 f6 63 e282ac 43 010203'))).toEqual({
      ok: true,
      value: [
        1,
        -1,
        new Map<number | string, unknown>([
          [1, true],
          ['b', null],
          ['€', octets('010203')],
        ]),
      ],
    })
    expect(decodeCbor(octets('1b 001fffffffffffff'))).toEqual({ ok: true, value: Number.MAX_SAFE_INTEGER })
    expect(decodeCbor(octets('a1 69 5f5f70726f746f5f5f 01'))).toMatchObject({ ok: true })
  })

  it('reads maps and arrays without a length only where a format has them', () => {
    const indefinite = { indefinite: true } as const
    const read = (hex: string) => decodeCbor(octets(hex), CBOR_LIMITS, indefinite)
    expect(read('bf 01 02 61 61 f6 ff')).toEqual(decodeCbor(octets('a2 01 02 61 61 f6')))
    expect(read('9f 01 bf ff 82 02 03 ff')).toEqual(decodeCbor(octets('83 01 a0 82 02 03')))
    expect(read('83 bf 01 9f ff ff 9f ff 00')).toEqual(decodeCbor(octets('83 a1 01 80 80 00')))
    const refused = [
      'bf 01 02', // no end
      'bf 01 ff', // an end in place of a value
      '82 bf 01 ff 02', // the same, and more to take for a value
      'bf 01 ff 02 03 ff',
      'a1 ff', // an end where there is a length
      '81 ff',
      '9f 82 01 ff ff',
      'ff',
      'bf 01 02 01 03 ff', // a key that comes twice
      '5f 41 00 ff', // octets and text always have one
      '7f 61 61 ff',
      'bf 01 02 ff 00', // more than one item
    ]
    for (const hex of refused) expect([hex, read(hex).ok]).toEqual([hex, false])
    expect(decodeCbor(octets(`${'9f'.repeat(9)}${'ff'.repeat(9)}`), CBOR_LIMITS, indefinite)).toMatchObject({ code: 'cbor-too-deep' })
    const limits = { ...CBOR_LIMITS, maxItems: 20 }
    expect(decodeCbor(octets(`9f ${'00'.repeat(30)} ff`), limits, indefinite)).toMatchObject({ code: 'cbor-too-many-items' })
  })

  it('reads the beginning of a buffer whose rest is zero only where a format is handed over so', () => {
    const padded = { padded: true } as const
    expect(decodeCbor(octets('82 01 02 00 00 00'), CBOR_LIMITS, padded)).toEqual({ ok: true, value: [1, 2] })
    expect(decodeCbor(octets('82 01 02 00 01'), CBOR_LIMITS, padded)).toMatchObject({ code: 'cbor-malformed' })
    expect(decodeCbor(octets('82 01 02 00'))).toMatchObject({ code: 'cbor-malformed' })
  })

  it('holds to its limits before it builds anything', () => {
    const nested = (depth: number) => octets(`${'81'.repeat(depth)}00`)
    const limits = { maxBytes: 200_000, maxDepth: 3, maxItems: 5 }
    expect(decodeCbor(nested(3), limits).ok).toBe(true)
    expect(decodeCbor(nested(4), limits)).toMatchObject({ code: 'cbor-too-deep' })
    expect(decodeCbor(nested(100_000), { ...limits, maxItems: 200_000 })).toMatchObject({ code: 'cbor-too-deep' })
    expect(decodeCbor(octets('84 00 00 00 00'), limits).ok).toBe(true)
    expect(decodeCbor(octets('85 00 00 00 00 00'), limits)).toMatchObject({ code: 'cbor-too-many-items' })
    expect(decodeCbor(simulated(new Uint8Array(199_995)), limits).ok).toBe(true)
    expect(decodeCbor(simulated(new Uint8Array(199_996)), limits)).toMatchObject({ code: 'cbor-too-large' })
    expect(decodeCbor(new Uint8Array(200_001), limits)).toMatchObject({ code: 'cbor-too-large' })
    expect(decodeCbor(octets('9b 001fffffffffffff'))).toMatchObject({ code: 'cbor-malformed' })
    expect(decodeCbor(octets('bb 001fffffffffffff'))).toMatchObject({ code: 'cbor-malformed' })
    expect(decodeCbor(octets('5b 001fffffffffffff'))).toMatchObject({ code: 'cbor-malformed' })
  })

  it('counts depth by what is open, not by what has been', () => {
    const limits = { ...CBOR_LIMITS, maxDepth: 2 }
    expect(decodeCbor(octets('84 80 81 00 a0 a1 01 02'), limits).ok).toBe(true)
    expect(decodeCbor(octets('82 a1 01 80 00'), limits)).toMatchObject({ code: 'cbor-too-deep' })
  })

  it('reads back what another encoder wrote, and writes the same octets', () => {
    const scalar = fc.oneof(
      fc.integer(),
      fc.maxSafeNat(),
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((bytes) => Uint8Array.from(bytes)),
    )
    fc.assert(
      fc.property(fc.array(scalar, { maxLength: 40 }), (items) => {
        expect(decodeCbor(simulated(items))).toEqual({ ok: true, value: items })
        expect(encodeHex(encodeCbor(items))).toBe(encodeHex(simulated(items)))
      }),
    )
  })

  it('throws on nothing, and what it accepts has no second spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const input = Uint8Array.from(bytes)
        const decoded = decodeCbor(input)
        if (decoded.ok) expect(encodeHex(simulated(decoded.value))).toBe(encodeHex(input))
      }),
      { numRuns: 2000 },
    )
  })

  it.each<[string, string, boolean]>([
    ['no keys', 'a0', true],
    ['ascending integers', 'a2 01 00 03 00', true],
    ['descending integers', 'a2 03 00 01 00', false],
    ['a shorter negative key before a longer positive one', 'a2 20 00 18 18 00', true],
    ['a longer positive key before a shorter negative one', 'a2 18 18 00 20 00', false],
    ['texts of one length, the first octet deciding', 'a2 61 61 00 61 62 00', true],
    ['texts of one length, the last octet deciding', 'a2 62 61 62 00 62 61 61 00', false],
    ['a shorter text first', 'a2 61 62 00 62 61 61 00', true],
    ['a disorder within a value', 'a1 01 a2 03 00 01 00', false],
    ['a disorder within an array', '81 a2 03 00 01 00', false],
    ['a disorder behind an order', '82 a2 01 00 03 00 a2 03 00 01 00', false],
  ])('tells the order of keys: %s', (_, hex, sorted) => {
    const decoded = decodeCbor(octets(hex))
    if (!decoded.ok) throw new Error(decoded.code)
    expect(hasSortedKeys(decoded.value)).toBe(sorted)
  })
})
