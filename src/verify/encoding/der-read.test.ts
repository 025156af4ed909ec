import { describe, expect, it } from 'vitest'
import { oid, text, tlv } from '../../../test/support/der-writer.ts'
import { readDer } from './der.ts'
import {
  fieldsOf,
  readBoolean,
  readNamedBits,
  readOctetsOfBitString,
  readOid,
  readPositiveInteger,
  readSmallInteger,
  readText,
  readTime,
} from './der-read.ts'

function value(encoding: Uint8Array) {
  const read = readDer(Uint8Array.from(encoding))
  if (!read.ok) throw new Error(read.code)
  return read.value
}

const utc = (time: string) => readTime(value(text(0x17, time)))?.toISOString()
const generalized = (time: string) => readTime(value(text(0x18, time)))?.toISOString()

describe('readTime', () => {
  it('reads UTCTime for 1950 to 2049', () => {
    expect(utc('500101000000Z')).toBe('1950-01-01T00:00:00.000Z')
    expect(utc('991231235959Z')).toBe('1999-12-31T23:59:59.000Z')
    expect(utc('000229120000Z')).toBe('2000-02-29T12:00:00.000Z')
    expect(utc('491231235959Z')).toBe('2049-12-31T23:59:59.000Z')
  })

  it('reads GeneralizedTime from 2050 on', () => {
    expect(generalized('20500101000000Z')).toBe('2050-01-01T00:00:00.000Z')
    expect(generalized('99991231235959Z')).toBe('9999-12-31T23:59:59.000Z')
  })

  it.each(['20491231235959Z', '19500101000000Z'])('refuses GeneralizedTime for %s, which UTCTime can say', (time) => {
    expect(generalized(time)).toBeUndefined()
  })

  it.each([
    '2401010000Z',
    '240101000000',
    '240101000000+0000',
    '240230000000Z',
    '230229000000Z',
    '241301000000Z',
    '240001000000Z',
    '240101240000Z',
    '240101006000Z',
    '240101000060Z',
    '24010100000 Z',
    '20240101000000Z',
  ])('refuses the UTCTime %s', (time) => {
    expect(utc(time)).toBeUndefined()
  })

  it.each(['20500101000000.5Z', '20500101000000', '205001010000Z', '20500229000000Z', '500101000000Z'])(
    'refuses the GeneralizedTime %s',
    (time) => {
      expect(generalized(time)).toBeUndefined()
    },
  )

  it('refuses what is no time', () => {
    expect(readTime(value(text(0x0c, '240101000000Z')))).toBeUndefined()
    expect(readTime(undefined)).toBeUndefined()
  })
})

describe('readOid', () => {
  it.each(['0.0', '1.2.840.113549.1.1.11', '2.5.29.15', '2.16.840.1.101.3.4.2.1', '2.999.3', '1.39'])('reads %s', (dotted) => {
    expect(readOid(value(oid(dotted)))).toBe(dotted)
  })

  it('does not read arcs that a number cannot hold', () => {
    expect(readOid(value(tlv(0x06, [0x2a, ...Array.from({ length: 9 }, () => 0xff), 0x7f])))).toBeUndefined()
    expect(readOid(value(tlv(0x06, [0x2a, ...Array.from({ length: 6 }, () => 0xff), 0x7f])))).toBe(`1.2.${2 ** 49 - 1}`)
  })
})

describe('readSmallInteger', () => {
  it('reads 0 to 2^31 - 1', () => {
    expect(readSmallInteger(value(tlv(0x02, [0x00])))).toBe(0)
    expect(readSmallInteger(value(tlv(0x02, [0x00, 0x80])))).toBe(128)
    expect(readSmallInteger(value(tlv(0x02, [0x7f, 0xff, 0xff, 0xff])))).toBe(2 ** 31 - 1)
    expect(readSmallInteger(value(tlv(0x80, [0x05])), 0x80)).toBe(5)
  })

  it('refuses negative, long and padded ones and other types', () => {
    expect(readSmallInteger(value(tlv(0x02, [0x80])))).toBeUndefined()
    expect(readSmallInteger(value(tlv(0x02, [0x00, 0x80, 0, 0, 0])))).toBeUndefined()
    expect(readSmallInteger(value(tlv(0x80, [0x00, 0x05])), 0x80)).toBeUndefined()
    expect(readSmallInteger(value(tlv(0x80, [])), 0x80)).toBeUndefined()
    expect(readSmallInteger(value(tlv(0x04, [0x05])))).toBeUndefined()
  })
})

describe('readPositiveInteger', () => {
  it('drops the octet that keeps it positive', () => {
    expect(readPositiveInteger(value(tlv(0x02, [0x00, 0x80])))).toEqual(Uint8Array.of(0x80))
    expect(readPositiveInteger(value(tlv(0x02, [0x7f])))).toEqual(Uint8Array.of(0x7f))
  })

  it('refuses zero and negative ones', () => {
    expect(readPositiveInteger(value(tlv(0x02, [0x00])))).toBeUndefined()
    expect(readPositiveInteger(value(tlv(0x02, [0x80])))).toBeUndefined()
  })
})

describe('bits and text', () => {
  it('numbers named bits from the first, and tells whether the last is set', () => {
    expect(readNamedBits(value(tlv(0x03, [5, 0xa0])))).toEqual({ bits: [0, 2], isTrimmed: true })
    expect(readNamedBits(value(tlv(0x03, [4, 0xa0])))).toEqual({ bits: [0, 2], isTrimmed: false })
    expect(readNamedBits(value(tlv(0x03, [7, 0x00, 0x80])))).toEqual({ bits: [8], isTrimmed: true })
    expect(readNamedBits(value(tlv(0x03, [0])))).toEqual({ bits: [], isTrimmed: true })
    expect(readNamedBits(value(tlv(0x03, [0, 0])))).toEqual({ bits: [], isTrimmed: false })
    expect(readNamedBits(value(tlv(0x03, [0, 1, 1, 1, 1, 1, 1, 1, 1, 1])))).toBeUndefined()
    expect(readNamedBits(value(tlv(0x04, [0, 1])))).toBeUndefined()
  })

  it('takes octets out of a BIT STRING only without padding', () => {
    expect(readOctetsOfBitString(value(tlv(0x03, [0, 1, 2])))).toEqual(Uint8Array.of(1, 2))
    expect(readOctetsOfBitString(value(tlv(0x03, [1, 2])))).toBeUndefined()
  })

  it('reads text of three kinds', () => {
    expect(readText(value(text(0x0c, 'é')))).toBe('é')
    expect(readText(value(text(0x13, 'A b')))).toBe('A b')
    expect(readText(value(text(0x16, 'a@b')))).toBe('a@b')
    expect(readText(value(text(0x04, 'a')))).toBeUndefined()
  })

  it('reads booleans', () => {
    expect(readBoolean(value(tlv(0x01, [0xff])))).toBe(true)
    expect(readBoolean(value(tlv(0x01, [0x00])))).toBe(false)
    expect(readBoolean(value(tlv(0x05)))).toBeUndefined()
  })
})

describe('fieldsOf', () => {
  it('goes through fields in order and knows when it is done', () => {
    const fields = fieldsOf(value(tlv(0x30, tlv(0x02, [1]), tlv(0x04, [2]))))
    expect(fields.option(0x05)).toBeUndefined()
    expect(fields.take(0x02)?.content).toEqual(Uint8Array.of(1))
    expect(fields.take(0x02)).toBeUndefined()
    expect(fields.done()).toBe(false)
    expect(fields.any()?.content).toEqual(Uint8Array.of(2))
    expect(fields.any()).toBeUndefined()
    expect(fields.done()).toBe(true)
  })
})
