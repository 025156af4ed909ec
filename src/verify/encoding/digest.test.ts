import { expect, it } from 'vitest'
import { sha2, sha256 } from './digest.ts'
import { encodeHex } from './hex.ts'
import { encodeUtf8 } from './utf8.ts'

it('gives the SHA-256 of "abc" (FIPS 180-2 appendix B.1)', async () => {
  expect(encodeHex(await sha256(encodeUtf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

it('gives the SHA-384 and SHA-512 of "abc" (FIPS 180-2 appendices D.1 and C.1)', async () => {
  expect(encodeHex(await sha2('SHA-384', encodeUtf8('abc')))).toMatch(/^cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163.{48}$/)
  expect(encodeHex(await sha2('SHA-512', encodeUtf8('abc')))).toMatch(/^ddaf35a193617abacc417349ae204131.{96}$/)
})
