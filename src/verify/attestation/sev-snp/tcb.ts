import type { Bytes } from '../../encoding/bytes.ts'
import { encodeHex } from '../../encoding/hex.ts'
import type { SnpLevels } from '../../policy/types.ts'
import type { Product } from './product.ts'

/**
 * Security patch levels that a TCB_VERSION holds, in the order of its eight octets, by the last arc of the certificate extension that states
 * each (1.3.6.1.4.1.3704.1.3.x): 1 boot loader, 2 TEE, 3 SNP firmware, 4 to 7 reserved, 8 microcode, 9 FMC.
 */
const LAYOUTS: Readonly<Record<Product, readonly number[]>> = {
  Milan: [1, 2, 4, 5, 6, 7, 3, 8],
  Genoa: [1, 2, 4, 5, 6, 7, 3, 8],
  Turin: [9, 1, 2, 3, 5, 6, 7, 8],
}

/** Patch levels by the arc of their extension. */
export type PatchLevels = ReadonlyMap<number, number>

/** Reads a TCB_VERSION as a product lays it out. */
export function patchLevelsOf(tcb: Bytes, product: Product): PatchLevels {
  return new Map(LAYOUTS[product].map((arc, index) => [arc, tcb[index] ?? 0]))
}

/** Whether the levels in the certificate are those in the report; a level that the certificate does not state counts as zero. */
export function areLevelsEqual(reported: PatchLevels, certified: PatchLevels): boolean {
  return [...reported].every(([arc, level]) => level === (certified.get(arc) ?? 0))
}

/** Whether no level is above its counterpart. */
export function areLevelsWithin(levels: PatchLevels, most: PatchLevels): boolean {
  return [...levels].every(([arc, level]) => level <= (most.get(arc) ?? 0))
}

/** What is below the lowest levels that a policy allows, each as `boot loader 3 < 7`; levels that it does not name may be any. */
export function levelsBelow(levels: PatchLevels, minimum: SnpLevels): readonly string[] {
  return NAMES.flatMap(([arc, name, member]) => {
    const wanted = minimum[member]
    const level = levels.get(arc)
    return wanted === undefined || level === undefined || level >= wanted ? [] : [`${name} ${level} < ${wanted}`]
  })
}

/** For people: `boot loader 3, TEE 0, SNP 8, microcode 115`. */
export function levelsInWords(tcb: Bytes, product: Product): string {
  const levels = patchLevelsOf(tcb, product)
  const named = NAMES.filter(([arc]) => levels.has(arc)).map(([arc, name]) => `${name} ${levels.get(arc) ?? 0}`)
  return `${named.join(', ')} (${encodeHex(tcb)})`
}

const NAMES: readonly (readonly [arc: number, name: string, member: keyof SnpLevels])[] = [
  [9, 'FMC', 'fmc'],
  [1, 'boot loader', 'bootLoader'],
  [2, 'TEE', 'tee'],
  [3, 'SNP', 'snp'],
  [8, 'microcode', 'microcode'],
]
