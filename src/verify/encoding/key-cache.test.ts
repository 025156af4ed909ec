import { afterEach, describe, expect, it, vi } from 'vitest'
import { importOnce } from './key-cache.ts'

const octets = (...values: number[]) => Uint8Array.from(values)

describe('importOnce', () => {
  afterEach(() => vi.restoreAllMocks())
  const ED25519 = octets(...Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex'))
  const make = () => vi.fn(async () => crypto.subtle.importKey('raw', ED25519, 'Ed25519', false, ['verify']))

  it('imports the same key for the same use once', async () => {
    const first = make()
    const again = make()
    const key = await importOnce('once', [octets(1, 2)], first)
    expect(await importOnce('once', [octets(1, 2)], again)).toBe(key)
    expect([first.mock.calls.length, again.mock.calls.length]).toEqual([1, 0])
  })

  it('imports anew for another use, other octets, or the same octets cut otherwise', async () => {
    const others: readonly [string, readonly Uint8Array<ArrayBuffer>[]][] = [
      ['apart', [octets(1, 2), octets(3)]],
      ['apart', [octets(1), octets(2, 3)]],
      ['apart', [octets(1, 2, 3)]],
      ['apart', [octets(1, 2), octets(4)]],
      ['apart ', [octets(1, 2), octets(3)]],
    ]
    const made = make()
    for (const [use, parts] of others) await importOnce(use, parts, made)
    expect(made.mock.calls.length).toBe(others.length)
  })

  it('does not keep a failure', async () => {
    const failing = vi.fn(async () => Promise.reject(new Error('no engine')))
    await expect(importOnce('failing', [octets(1)], failing)).rejects.toThrow('no engine')
    const made = make()
    await importOnce('failing', [octets(1)], made)
    expect(made.mock.calls.length).toBe(1)
  })

  it('forgets the oldest of more than 64', async () => {
    const made = make()
    for (let number = 0; number < 65; number += 1) await importOnce('many', [octets(number)], made)
    await importOnce('many', [octets(64)], made)
    expect(made.mock.calls.length).toBe(65)
    await importOnce('many', [octets(0)], made)
    expect(made.mock.calls.length).toBe(66)
  })
})
