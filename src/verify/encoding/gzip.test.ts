import { deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from './bytes.ts'
import { gunzip } from './gzip.ts'

const CAP = 65_536
const gzip = (octets: Uint8Array) => new Uint8Array(gzipSync(octets))
const text = (value: string) => new Uint8Array(Buffer.from(value))
const code = async (octets: Uint8Array<ArrayBuffer>, cap = CAP) => {
  const result = await gunzip(octets, cap)
  return result.ok ? 'ok' : result.code
}

describe('gunzip', () => {
  it('gives back what Node compressed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (octets) => {
        expect(await gunzip(gzip(octets), CAP)).toEqual({ ok: true, value: octets })
      }),
    )
  })

  it('takes exactly as much as allowed, and not one octet more', async () => {
    expect(await code(gzip(new Uint8Array(1000)), 1000)).toBe('ok')
    expect(await code(gzip(new Uint8Array(1001)), 1000)).toBe('gzip-too-large')
  })

  it('stops a bomb early', async () => {
    const bomb = gzip(new Uint8Array(60_000_000))
    expect(bomb.length).toBeLessThan(CAP)
    expect(await code(bomb)).toBe('gzip-too-large')
  })

  it('refuses input that is longer than the output may be', async () => {
    expect(await code(new Uint8Array(CAP + 1))).toBe('gzip-too-large')
  })

  const member = gzip(text('one report'))
  const empty = gzip(new Uint8Array(0))
  it.each([
    ['a zero', concatBytes(member, Uint8Array.of(0))],
    ['eight zeros', concatBytes(member, new Uint8Array(8))],
    ['garbage', concatBytes(member, text('x'))],
    ['a second member', concatBytes(member, member)],
    ['an empty second member', concatBytes(member, empty)],
    ['an empty first member', concatBytes(empty, member)],
  ])('refuses %s behind the member, whatever the engine makes of it', async (_, octets) => {
    expect(await code(octets)).not.toBe('ok')
  })

  it('refuses octets between the last block and a checksum that is right', async () => {
    const deflated = deflateRawSync(text('one report'))
    for (const extra of [Uint8Array.of(0), text('xyz'), new Uint8Array(deflated)]) {
      const octets = concatBytes(member.subarray(0, 10), deflated, extra, member.subarray(-8))
      expect(['gzip-trailing', 'gzip-deflate']).toContain(await code(octets))
    }
  })

  it.each([
    ['another magic number', 0, 0x1e, 'gzip-header'],
    ['another method', 2, 7, 'gzip-header'],
    ['optional fields', 3, 8, 'gzip-header'],
    ['another checksum', member.length - 8, 0, 'gzip-checksum'],
    ['another length', member.length - 1, 1, 'gzip-checksum'],
  ])('refuses %s', async (_, index, octet, expected) => {
    const changed = member.slice()
    changed[index] = changed[index] === octet ? octet ^ 1 : octet
    expect(await code(changed)).toBe(expected)
  })

  it('refuses every beginning of a member', async () => {
    for (let length = 0; length < member.length; length += 1) expect(await code(member.slice(0, length))).not.toBe('ok')
  })

  it('never throws on any octets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (octets) => {
        await gunzip(octets, CAP)
        expect(await code(concatBytes(member.subarray(0, 10), octets))).not.toBe('ok')
      }),
    )
  })
})
