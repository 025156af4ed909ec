import { describe, expect, it } from 'vitest'
import { concatBytes } from '../encoding/bytes.ts'
import { sha256 } from '../encoding/digest.ts'
import { layoutOf, namesNobody, nonceOf } from './report-data.ts'

const filled = (length: number, octet: number) => new Uint8Array(length).fill(octet)
const ADDRESS = filled(20, 1)
const KEY = filled(32, 2)
const LONG = filled(64, 3)
const TLS = filled(32, 4)
const NONCE = filled(32, 5)
const data = (half: Uint8Array) => concatBytes(half, NONCE)
const padded = concatBytes(ADDRESS, new Uint8Array(12))

describe('layouts of report data', () => {
  it('an address and zeros', async () => {
    expect(await layoutOf(data(padded), { signer: ADDRESS })).toBe('address')
    expect(await layoutOf(data(concatBytes(ADDRESS, filled(12, 1))), { signer: ADDRESS })).toBeUndefined()
    expect(await layoutOf(data(padded), { signer: filled(20, 9) })).toBeUndefined()
  })
  it('a key', async () => {
    expect(await layoutOf(data(KEY), { signer: KEY })).toBe('key')
    expect(await layoutOf(data(padded), { signer: padded })).toBe('key')
  })
  it('the hash of address, key or long key with the TLS fingerprint, which has to be given', async () => {
    for (const spelling of [ADDRESS, KEY]) {
      const half = await sha256(concatBytes(spelling, TLS))
      expect(await layoutOf(data(half), { signer: spelling, tlsSpki: TLS })).toBe('tls')
      expect(await layoutOf(data(half), { signer: spelling })).toBeUndefined()
      expect(await layoutOf(data(half), { signer: spelling, tlsSpki: NONCE })).toBeUndefined()
    }
    const long = data(await sha256(concatBytes(LONG, TLS)))
    expect(await layoutOf(long, { signer: ADDRESS, publicKey: LONG, tlsSpki: TLS })).toBe('tls')
    expect(await layoutOf(long, { signer: ADDRESS, tlsSpki: TLS })).toBeUndefined()
  })
  it('nobody', () => {
    expect(namesNobody(data(new Uint8Array(32)))).toBe(true)
    expect(namesNobody(data(padded))).toBe(false)
  })
  it('then the nonce', () => expect(nonceOf(data(KEY))).toEqual(NONCE))
})
