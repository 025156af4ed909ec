import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DER_LIMITS, type DerErrorCode, readDer } from './der.ts'
import { decodeHex } from './hex.ts'

function octets(hex: string) {
  const decoded = decodeHex(hex.replaceAll(' ', ''))
  if (!decoded.ok) throw new Error(decoded.code)
  return decoded.value
}

const GOOD: Record<string, string> = {
  'an empty SEQUENCE': '3000',
  'BOOLEAN true': '0101ff',
  'BOOLEAN false': '010100',
  'INTEGER 0': '020100',
  'INTEGER 128 with its sign octet': '02020080',
  'INTEGER -128': '020180',
  'INTEGER -129': '0202ff7f',
  'a BIT STRING with clean padding': '030204f0',
  'an empty BIT STRING': '030100',
  NULL: '0500',
  'an OID with a long arc': '06032a8648',
  'UTF-8 beyond ASCII': '0c02c3a9',
  'a PrintableString': '1303412d2e',
  'a sorted SET': '3106 020101 020102',
  'a SET with equal members': '3106 020101 020101',
  'a length of 128 in two octets': `048180${'00'.repeat(128)}`,
  'a length of 256 in three octets': `04820100${'00'.repeat(256)}`,
  'the high tag number 31': 'bf1f00',
  'the high tag number 128': '9f810000',
  'a context tag without further rules': '8203ff00ff',
}

const BAD: readonly (readonly [DerErrorCode, string, string])[] = [
  ['der-truncated', 'nothing at all', ''],
  ['der-truncated', 'a tag alone', '30'],
  ['der-truncated', 'fewer octets than the length says', '0403aabb'],
  ['der-truncated', 'a child that is longer than its parent', '3003 0403aabb'],
  ['der-truncated', 'a child that runs into the next value', '300430020403aabb'.slice(0, 12)],
  ['der-truncated', 'a long length without its octets', '0482ff'],
  ['der-truncated', 'a length of more octets than any input has', `0484010000${'00'.repeat(8)}`],
  ['der-truncated', 'a high tag number without its end', '9f81'],
  ['der-trailing-bytes', 'a byte behind the value', '050000'],
  ['der-trailing-bytes', 'a second value', '05000500'],
  ['der-length-indefinite', 'an indefinite length', '308002010000 00'],
  ['der-length-not-minimal', 'a short length in long form', '04810100'],
  ['der-length-not-minimal', '127 in long form', `04817f${'00'.repeat(127)}`],
  ['der-length-not-minimal', 'a leading zero in the length', `04820080${'00'.repeat(128)}`],
  ['der-tag-not-minimal', 'a low tag number in long form', '9f1e00'],
  ['der-tag-not-minimal', 'a leading zero in the tag number', '9f801f00'],
  ['der-tag-unknown', 'a tag number of four octets', '9f8181818100'],
  ['der-tag-unknown', 'end-of-contents as a value', '0000'],
  ['der-tag-unknown', 'REAL', '090100'],
  ['der-form', 'a primitive SEQUENCE', '1000'],
  ['der-form', 'a primitive SET', '1100'],
  ['der-form', 'an OCTET STRING in pieces', '24030401aa'],
  ['der-form', 'a constructed INTEGER', '2203020101'],
  ['der-boolean', 'BOOLEAN 01', '010101'],
  ['der-boolean', 'BOOLEAN of two octets', '0102ffff'],
  ['der-boolean', 'BOOLEAN of none', '0100'],
  ['der-integer', 'a padded positive INTEGER', '0202007f'],
  ['der-integer', 'a padded negative INTEGER', '0202ff80'],
  ['der-integer', 'INTEGER of no octets', '0200'],
  ['der-integer', 'a padded ENUMERATED', '0a020001'],
  ['der-bit-string', 'dirty padding bits', '030204f8'],
  ['der-bit-string', 'eight bits of padding', '030208f0'],
  ['der-bit-string', 'padding of nothing', '030104'],
  ['der-bit-string', 'no count of padding', '0300'],
  ['der-null', 'NULL with contents', '050100'],
  ['der-oid', 'an empty OID', '0600'],
  ['der-oid', 'an OID whose last arc goes on', '06022a86'],
  ['der-oid', 'an arc with a leading zero', '06032a8001'],
  ['der-string', 'ill-formed UTF-8', '0c01ff'],
  ['der-string', 'overlong UTF-8', '0c02c080'],
  ['der-string', 'a PrintableString with an at sign', '130140'],
  ['der-string', 'an IA5String beyond ASCII', '160180'],
  ['der-string', 'a NumericString with a letter', '120141'],
  ['der-string', 'a VisibleString with a control', '1a0107'],
  ['der-string', 'a BMPString of an odd length', '1e0100'],
  ['der-string', 'a UniversalString of three octets', '1c03000000'],
  ['der-set-order', 'an unsorted SET', '3106 020102 020101'],
  ['der-set-order', 'a SET with the longer member first', '3107 04020000 040100'],
]

describe('readDer', () => {
  it.each(Object.entries(GOOD))('takes %s', (_, hex) => {
    expect(readDer(octets(hex))).toMatchObject({ ok: true })
  })

  it.each(BAD)('says %s for %s', (code, _, hex) => {
    expect(readDer(octets(hex))).toMatchObject({ ok: false, code })
  })

  it.each(BAD.filter(([code]) => code !== 'der-trailing-bytes' && code !== 'der-truncated'))(
    'says %s for %s inside a SEQUENCE too',
    (code, _, hex) => {
      const inner = octets(hex)
      const length = inner.length < 0x80 ? [inner.length] : [0x81, inner.length]
      expect(readDer(Uint8Array.from([0x30, ...length, ...inner]))).toMatchObject({ ok: false, code })
    },
  )

  it('gives the tree with the octets as received', () => {
    const input = octets('300a 020105 a005 bf1f020500')
    const tree = readDer(input)
    if (!tree.ok) throw new Error(tree.code)
    expect(tree.value.encoding).toEqual(input)
    const [integer, tagged] = tree.value.children
    expect(integer).toMatchObject({ tag: 0x02, content: octets('05'), encoding: octets('020105'), children: [] })
    expect(tagged).toMatchObject({ tag: 0xa0, number: 0 })
    expect(tagged?.children[0]).toMatchObject({ tag: 0xbf, number: 31, children: [{ tag: 0x05 }] })
  })

  it('stops at its limits, and not before', () => {
    const nested = (depth: number) => {
      let value = octets('0500')
      for (let level = 1; level < depth; level += 1) value = Uint8Array.from([0x30, value.length, ...value])
      return value
    }
    expect(readDer(nested(5), { ...DER_LIMITS, maxDepth: 5 }).ok).toBe(true)
    expect(readDer(nested(6), { ...DER_LIMITS, maxDepth: 5 })).toMatchObject({ code: 'der-too-deep' })
    expect(readDer(octets('3004 05000500'), { ...DER_LIMITS, maxValues: 3 }).ok).toBe(true)
    expect(readDer(octets('3006 050005000500'), { ...DER_LIMITS, maxValues: 3 })).toMatchObject({ code: 'der-too-many-values' })
    expect(readDer(octets('0402aabb'), { ...DER_LIMITS, maxBytes: 4 }).ok).toBe(true)
    expect(readDer(octets('0402aabb'), { ...DER_LIMITS, maxBytes: 3 })).toMatchObject({ code: 'der-too-large' })
  })

  it('never throws, and what it takes it takes as a whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (random) => {
        const input = Uint8Array.from(random)
        const tree = readDer(input)
        if (tree.ok) expect(tree.value.encoding).toEqual(input)
      }),
      { numRuns: 2_000 },
    )
  })

  it('has one encoding for each tree: rewriting what it took gives the same octets', () => {
    const value = fc.letrec<{ value: Uint8Array; leaf: Uint8Array }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        tie('leaf'),
        fc.array(tie('value'), { maxLength: 3 }).map((parts) => tlv(0x30, parts)),
      ),
      leaf: fc.uint8Array({ maxLength: 5 }).map((content) => tlv(0x04, [content])),
    })).value
    fc.assert(
      fc.property(value, fc.nat(), fc.integer({ min: 1, max: 255 }), (encoded, at, flip) => {
        expect(readDer(Uint8Array.from(encoded)).ok).toBe(true)
        const mutated = Uint8Array.from(encoded)
        mutated[at % mutated.length] = (mutated[at % mutated.length] ?? 0) ^ flip
        const tree = readDer(mutated)
        if (tree.ok) expect(rewrite(tree.value)).toEqual(mutated)
      }),
    )
  })
})

function tlv(tag: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = parts.flatMap((part) => [...part])
  return Uint8Array.from([tag, ...(content.length < 0x80 ? [content.length] : [0x81, content.length]), ...content])
}

function rewrite(value: {
  tag: number
  number: number
  content: Uint8Array
  children: readonly Parameters<typeof rewrite>[0][]
}): Uint8Array {
  if ((value.tag & 0x1f) === 0x1f) {
    const inner = tlv(0, [value.content]).subarray(1)
    const high =
      value.number < 128
        ? [value.number]
        : value.number < 16_384
          ? [0x80 | (value.number >> 7), value.number & 0x7f]
          : [0x80 | (value.number >> 14), 0x80 | ((value.number >> 7) & 0x7f), value.number & 0x7f]
    return Uint8Array.from([value.tag, ...high, ...inner])
  }
  return tlv(value.tag, (value.tag & 0x20) === 0 ? [value.content] : value.children.map(rewrite))
}
