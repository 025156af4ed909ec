import { createHash, randomBytes } from 'node:crypto'
import { hex, join, type Octets, octets } from './octets.ts'

/** What everything is made from unless a test or the demo says otherwise: the same evidence in every run. */
export const DEFAULT_SEED = 'simulator'

/** A seed that nobody can guess, for keys that somebody is going to trust: the demo's root. */
export function freshSeed(): string {
  return hex(randomBytes(32))
}

/** A source of octets that depends on nothing but the seed: SHA-256 over seed and counter. */
export function randomFrom(seed: string): (length: number) => Octets {
  let counter = 0
  let pool = octets([])
  return (length) => {
    while (pool.length < length) pool = join(pool, createHash('sha256').update(`${seed}\0${counter++}`).digest())
    const taken = pool.slice(0, length)
    pool = pool.slice(length)
    return taken
  }
}
