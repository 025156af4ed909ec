import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'

/** Where recorded evidence lies; unset on machines that do not have it. */
export const VECTORS_DIR = process.env['VECTORS_DIR']

/** Tests on recorded evidence: skipped, visibly, where there is none; where `VECTORS_DIR` is set, a missing file fails. */
export const describeVectors = VECTORS_DIR === undefined ? describe.skip : describe

export function vectorBytes(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(VECTORS_DIR ?? '', path)))
}

export function vectorText(path: string): string {
  return readFileSync(join(VECTORS_DIR ?? '', path), 'utf8')
}
