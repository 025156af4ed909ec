import { randomFrom } from '../simulator/random.ts'

/** All bits of every octet where `FUZZ` is set, one bit of every octet otherwise; the same ones in every run with the same `FUZZ_SEED`. */
export function* flipOneBitPerOctet(source: Uint8Array): Generator<{ readonly octets: Uint8Array<ArrayBuffer>; readonly at: string }> {
  const random = randomFrom(process.env['FUZZ_SEED'] ?? 'bits')
  for (let index = 0; index < source.length; index += 1) {
    const chosen = (random(1)[0] ?? 0) & 7
    const bits = process.env['FUZZ'] === undefined ? [chosen] : [0, 1, 2, 3, 4, 5, 6, 7]
    for (const bit of bits) {
      const octets = Uint8Array.from(source)
      octets[index] = (octets[index] ?? 0) ^ (1 << bit)
      yield { octets, at: `octet ${index} bit ${bit}` }
    }
  }
}
