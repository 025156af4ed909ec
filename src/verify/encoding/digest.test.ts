import { expect, it } from 'vitest'
import { sha256 } from './digest.ts'
import { encodeHex } from './hex.ts'
import { encodeUtf8 } from './utf8.ts'

it('gives the SHA-256 of "abc" (FIPS 180-2 appendix B.1)', async () => {
  expect(encodeHex(await sha256(encodeUtf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
