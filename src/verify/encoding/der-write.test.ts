import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readDer, TAG } from './der.ts'
import { encodeDer } from './der-write.ts'

it.each([
  [0, '0400'],
  [1, '0401'],
  [127, '047f'],
  [128, '048180'],
  [255, '0481ff'],
  [256, '04820100'],
  [65_535, '0482ffff'],
  [65_536, '0483010000'],
  [70_001, '0483011171'],
])('writes a length of %i', (length, header) => {
  const encoded = encodeDer(TAG.octetString, new Uint8Array(length))
  expect(Buffer.from(encoded.subarray(0, header.length / 2)).toString('hex')).toBe(header)
  expect(encoded.length).toBe(header.length / 2 + length)
})

it('writes what readDer takes, parts behind one another', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
      const read = readDer(encodeDer(TAG.octetString, a, b))
      expect(read.ok && [...read.value.content]).toEqual([...a, ...b])
    }),
  )
})
