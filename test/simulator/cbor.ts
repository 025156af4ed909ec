import { join, type Octets, octets, utf8 } from './octets.ts'

/** A CBOR encoder (RFC 8949): shortest heads, definite lengths, maps in the order given. `Raw`: octets that are already encoded. */
export type Cbor = number | string | null | boolean | Uint8Array | readonly Cbor[] | CborMap | Raw
export type CborMap = ReadonlyMap<number | string, Cbor>
export class Raw {
  readonly encoded: Uint8Array

  constructor(encoded: Uint8Array) {
    this.encoded = encoded
  }
}

export function cbor(value: Cbor): Octets {
  if (value instanceof Raw) return octets(value.encoded)
  if (value === null) return octets([0xf6])
  if (typeof value === 'boolean') return octets([value ? 0xf5 : 0xf4])
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return join(head(3, utf8(value).length), utf8(value))
  if (value instanceof Uint8Array) return join(head(2, value.length), value)
  if (isList(value)) return join(head(4, value.length), ...value.map(cbor))
  return join(head(5, value.size), ...[...value].flatMap(([key, item]) => [cbor(key), cbor(item)]))
}

function isList(value: readonly Cbor[] | CborMap): value is readonly Cbor[] {
  return Array.isArray(value)
}

function head(major: number, argument: number): Octets {
  const top = major << 5
  if (argument < 24) return octets([top | argument])
  const size = argument < 0x100 ? 1 : argument < 0x10000 ? 2 : argument < 0x1_0000_0000 ? 4 : 8
  const digits = new Uint8Array(size)
  let rest = argument
  for (let index = size - 1; index >= 0; index -= 1) {
    digits[index] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return join(octets([top | (24 + Math.log2(size))]), digits)
}
