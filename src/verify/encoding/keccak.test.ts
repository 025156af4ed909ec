import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encodeHex } from './hex.ts'
import { keccak256 } from './keccak.ts'
import { encodeUtf8 } from './utf8.ts'

// The first three: the Keccak team's known answers for Keccak[c=512] (empty) and values every Ethereum client agrees on.
const KNOWN = [
  ['', 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'],
  ['abc', '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
  ['Transfer(address,address,uint256)', 'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'],
] as const

describe('keccak256', () => {
  it.each(KNOWN)('of %j', (text, digest) => {
    expect(encodeHex(keccak256(encodeUtf8(text)))).toBe(digest)
  })

  it('crosses the rate of 136 octets', () => {
    const digests = [135, 136, 137, 272].map((length) => encodeHex(keccak256(new Uint8Array(length))))
    expect(new Set(digests).size).toBe(4)
    expect(digests[1]).toBe('3a5912a7c5faa06ee4fe906253e339467a9ce87d533c65be3c15cb231cdb25f9')
  })

  it('is not SHA3-256', () => {
    expect(encodeHex(keccak256(encodeUtf8('abc')))).not.toBe(createHash('sha3-256').update('abc').digest('hex'))
  })
})
