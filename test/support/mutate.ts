import { type Bytes, concatBytes } from '../../src/verify/encoding/bytes.ts'
import { randomFrom } from '../simulator/random.ts'

/** Numbers from a seed: the same in every run. `below(n)` is from 0 to n - 1. */
export type Dice = { below(bound: number): number; octets(length: number): Bytes }

export function diceFrom(seed: string): Dice {
  const random = randomFrom(seed)
  return {
    octets: (length) => Uint8Array.from(random(length)),
    below: (bound) => random(6).reduce((number, octet) => number * 256 + octet, 0) % bound,
  }
}

/** The same octets with one to three small changes: a bit, an octet, octets taken out, put in, doubled, moved or cut off behind. */
export function mutate(source: Uint8Array, dice: Dice): Bytes {
  let octets: Bytes = Uint8Array.from(source)
  for (let left = 1 + dice.below(3); left > 0; left -= 1) octets = changed(octets, dice)
  return octets
}

/** Values at which lengths, counts and signs turn over. */
const EDGES = [0x00, 0x01, 0x1f, 0x20, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xff]

function changed(octets: Bytes, dice: Dice): Bytes {
  const at = dice.below(octets.length + 1)
  const rest = octets.length - at
  const run = Math.min(1 + dice.below(8), rest)
  const set = (value: number) => octets.map((octet, index) => (index === at ? value & 0xff : octet))
  switch (dice.below(10)) {
    case 0:
    case 1:
    case 2:
      return set((octets[at] ?? 0) ^ (1 << dice.below(8)))
    case 3:
      return set(dice.below(256))
    case 4:
      return set(EDGES[dice.below(EDGES.length)] ?? 0)
    case 5:
      return set((octets[at] ?? 0) + (dice.below(2) === 0 ? 1 : -1))
    case 6:
      return concatBytes(octets.subarray(0, at), octets.subarray(at + run))
    case 7:
      return concatBytes(octets.subarray(0, at), dice.octets(1 + dice.below(8)), octets.subarray(at))
    case 8:
      return concatBytes(octets.subarray(0, at + run), octets.subarray(at))
    default:
      return dice.below(4) === 0 ? octets.slice(0, at) : set(octets[dice.below(octets.length || 1)] ?? 0)
  }
}
