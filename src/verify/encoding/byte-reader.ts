import type { Bytes } from './bytes.ts'

/**
 * Reads octets in order. A method gives undefined where there are not enough left, and from then on every method does, so that nothing is read
 * from the wrong place. Views, no copies.
 */
export class ByteReader {
  readonly #bytes: Bytes
  #offset = 0
  #isExhausted = false

  constructor(bytes: Bytes) {
    this.#bytes = bytes
  }

  /** How many octets were taken. */
  get offset(): number {
    return this.#offset
  }

  take(length: number): Bytes | undefined {
    this.#isExhausted ||= length > this.#bytes.length - this.#offset
    if (this.#isExhausted) return undefined
    this.#offset += length
    return this.#bytes.subarray(this.#offset - length, this.#offset)
  }

  uint8(): number | undefined {
    return this.#littleEndian(1)
  }

  uint16(): number | undefined {
    return this.#littleEndian(2)
  }

  uint24(): number | undefined {
    return this.#littleEndian(3)
  }

  uint32(): number | undefined {
    return this.#littleEndian(4)
  }

  /** What is left, without taking it. */
  rest(): Bytes {
    return this.#bytes.subarray(this.#offset)
  }

  #littleEndian(length: number): number | undefined {
    return this.take(length)?.reduceRight((number, octet) => number * 256 + octet, 0)
  }
}
