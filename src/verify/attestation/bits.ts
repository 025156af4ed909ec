import type { Bytes } from '../encoding/bytes.ts'

/** A field of bits, little-endian, as hardware states what it allows or what is on. */
export type Bits = {
  /** As signed. */
  readonly octets: Bytes
  /** Names of the bits that are set and known. */
  readonly set: ReadonlySet<string>
  /** Numbers of the bits that are set and have no name here, ascending. */
  readonly unknown: readonly number[]
}

/** Reads a field. `names`: of bits by their number. `from`: the first bit that is one; below, the octets mean something else. */
export function bitsIn(octets: Bytes, names: ReadonlyMap<number, string>, from = 0): Bits {
  const set = new Set<string>()
  const unknown: number[] = []
  for (let bit = from; bit < octets.length * 8; bit += 1) {
    if (((octets[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) continue
    const name = names.get(bit)
    if (name === undefined) unknown.push(bit)
    else set.add(name)
  }
  return { octets, set, unknown }
}

/** For the details: the names of what is set, then the numbers of what has none. */
export function bitsInText({ set, unknown }: Bits): string {
  return [...set, ...unknown.map((bit) => `bit ${bit}`)].join(', ')
}
