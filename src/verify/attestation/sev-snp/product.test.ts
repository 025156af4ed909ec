import { describe, expect, it } from 'vitest'
import { productOfCpuid } from './product.ts'

describe('the product of a processor', () => {
  it.each<[number, number, string | undefined]>([
    [0x18, 0x01, undefined],
    [0x18, 0x11, undefined],
    [0x19, 0x00, 'Milan'],
    [0x19, 0x0f, 'Milan'],
    [0x19, 0x10, 'Genoa'],
    [0x19, 0x1f, 'Genoa'],
    [0x19, 0x20, undefined],
    [0x19, 0x9f, undefined],
    [0x19, 0xa0, 'Genoa'],
    [0x19, 0xaf, 'Genoa'],
    [0x19, 0xb0, undefined],
    [0x1a, 0x00, 'Turin'],
    [0x1a, 0x11, 'Turin'],
    [0x1a, 0x12, undefined],
    [0x1a, 0xa0, undefined],
    [0x1b, 0x02, undefined],
  ])('family %i, model %i: %s', (family, model, product) => {
    expect(productOfCpuid({ family, model, stepping: 0 })).toBe(product)
  })
})
