import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteReader } from './byte-reader.ts'

const octets = (...values: number[]) => Uint8Array.from(values)

it('reads numbers with the least octet first, one behind the other', () => {
  const reader = new ByteReader(octets(1, 2, 3, 4, 5, 6, 7, 0xff, 0xff, 0xff, 0xff, 9))
  expect([reader.uint8(), reader.uint16(), reader.uint24(), reader.uint8(), reader.uint32()]).toEqual([1, 0x0302, 0x060504, 7, 0xffff_ffff])
  expect(reader.offset).toBe(11)
  expect(reader.rest()).toEqual(octets(9))
})

it('gives nothing where there is not enough, and nothing from then on', () => {
  for (const read of [
    (reader: ByteReader) => reader.uint24(),
    (reader: ByteReader) => reader.uint32(),
    (reader: ByteReader) => reader.take(3),
  ]) {
    const reader = new ByteReader(octets(1, 2))
    expect([read(reader), reader.uint8(), reader.take(0), reader.offset]).toEqual([undefined, undefined, undefined, 0])
  }
  const whole = new ByteReader(octets(1, 2))
  expect([whole.take(2), whole.take(0), whole.uint8(), whole.take(0)]).toEqual([octets(1, 2), octets(), undefined, undefined])
})

it('never goes beyond the end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), fc.array(fc.nat({ max: 8 })), (bytes, lengths) => {
      const reader = new ByteReader(Uint8Array.from(bytes))
      const taken = lengths.flatMap((length) => [...(reader.take(length) ?? [])])
      expect([...taken, ...reader.rest()]).toEqual([...bytes])
    }),
  )
})
