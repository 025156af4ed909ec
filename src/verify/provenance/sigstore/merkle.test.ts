import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auditPath, treeHash } from '../../../../test/simulator/sigstore.ts'
import { isIncluded, leafHash } from './merkle.ts'

const leaves = (size: number) => Array.from({ length: size }, (_, number) => new Uint8Array(Buffer.from(`leaf ${number}`)))

describe('an inclusion proof', () => {
  it('hashes a leaf as RFC 6962 section 2.1 has it', async () => {
    const expected = createHash('sha256')
      .update(Buffer.from([0]))
      .update('abc')
      .digest('hex')
    expect(Buffer.from(await leafHash(new Uint8Array(Buffer.from('abc')))).toString('hex')).toBe(expected)
  })

  it('leads from every leaf of every small tree to its root, and from no other place', async () => {
    for (let size = 1; size <= 17; size += 1) {
      const all = leaves(size)
      const root = treeHash(all)
      for (const [index, leaf] of all.entries()) {
        const hash = await leafHash(leaf)
        const path = auditPath(index, all)
        expect(await isIncluded(hash, index, size, path, root), `${index} of ${size}`).toBe(true)
        expect(await isIncluded(hash, (index + 1) % size, size, path, root)).toBe(size === 1)
        expect(await isIncluded(hash, index, size, [...path, root], root)).toBe(false)
        if (path.length > 0) expect(await isIncluded(hash, index, size, path.slice(0, -1), root)).toBe(false)
      }
    }
  })

  it('wants a number inside the tree', async () => {
    const [only] = leaves(1)
    if (only === undefined) throw new Error('no leaf')
    const hash = await leafHash(only)
    expect(await isIncluded(hash, 1, 1, [], hash)).toBe(false)
    expect(await isIncluded(hash, 0, 0, [], hash)).toBe(false)
  })

  it('counts beyond 2^32: as many hashes as the tree is high', async () => {
    const hash = await leafHash(new Uint8Array(1))
    const path = Array(34).fill(hash)
    expect(await isIncluded(hash, 2 ** 33, 2 ** 33 + 1, [hash], await parent(hash, hash))).toBe(true)
    expect(await isIncluded(hash, 2 ** 33, 2 ** 33 + 1, path, hash)).toBe(false)
  })

  it('changes with every hash in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 64 }), fc.nat(), fc.nat(), fc.nat(255), async (size, at, step, octet) => {
        const all = leaves(size)
        const index = at % size
        const path = auditPath(index, all)
        const changed = path.map((hash, place) => (place === step % path.length ? hash.with(step % 32, octet) : hash))
        const leaf = all[index] ?? new Uint8Array(0)
        const same = changed.every((hash, place) => Buffer.compare(hash, path[place] ?? hash) === 0)
        expect(await isIncluded(await leafHash(leaf), index, size, changed, treeHash(all))).toBe(same)
      }),
      { numRuns: 50 },
    )
  })
})

async function parent(left: Uint8Array, right: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    createHash('sha256')
      .update(Buffer.from([1]))
      .update(left)
      .update(right)
      .digest(),
  )
}
