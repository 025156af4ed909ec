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
    [0x1a, 0x4f, undefined],
    [0x1a, 0x50, 'Venice'],
    [0x1a, 0x57, 'Venice'],
    [0x1a, 0x58, undefined],
    [0x1a, 0x8f, undefined],
    [0x1a, 0x90, 'Venice'],
    [0x1a, 0xaf, 'Venice'],
    [0x1a, 0xb0, undefined],
    [0x1a, 0xc0, 'Venice'],
    [0x1a, 0xc7, 'Venice'],
    [0x1a, 0xc8, undefined],
    [0x1b, 0x02, undefined],
  ])('family %i, model %i: %s', (family, model, product) => {
    expect(productOfCpuid({ family, model, stepping: 0 })).toBe(product)
  })
})
