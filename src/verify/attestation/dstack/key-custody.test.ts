import { describe, expect, it } from 'vitest'
import { decodeHex } from '../../encoding/hex.ts'
import { followCustody } from './key-custody.ts'

const key = (text: string) => {
  const decoded = decodeHex(text)
  if (!decoded.ok) throw new Error(decoded.code)
  return decoded.value
}

/** A key that Phala’s KMS issued to an application in production, as the tests of that application’s makers publish it. */
const ISSUED = {
  role: 'wallet',
  purpose: 'wallet',
  public_key: '026d004dca2082e5cf067b34142f8d99568116c330f93671d1761abb2e155c01ea',
  kms_public_key:
    '046d004dca2082e5cf067b34142f8d99568116c330f93671d1761abb2e155c01eaf465173f6068dacd0bab448e6c0be4016deaf21e07021be1100491f651272be2',
  signature_chain: [
    '310fcdedac7f5a8c665072fb694946fd45d30df61d1eb30ae9dd94e0c586fc212021059c11952fa40ae57f91a36f13617a0cf30496db52af8599289c3c5ff48c00',
    '394d8e0863b49b8459c11515f8f6a10f34a543b607faaeac00b121d8d321366a1ec91b1bb889904fe064425eeee05e4e7ad4292da3b2f034b3897adf6a87bb6c00',
  ],
} as const
const APP_ID = key('205730c6547ad5884e8eddba3ace7406efb1260d')
const ROOT = '0334c76e0c3f52ec64cbf9bbf5c910c272330166fd656c0a86bb330963e46910e1'

describe('a chain of signatures from production', () => {
  it('leads to the root of Phala’s KMS', () => {
    const issued = followCustody({ provider: 'dstack-kms', keys: [{ ...ISSUED, signature_chain: [...ISSUED.signature_chain] }] }, APP_ID)
    expect(issued).toEqual({ ok: true, value: { root: ROOT, keys: [{ role: 'wallet', publicKey: ISSUED.public_key, isSigned: true }] } })
  })

  it('leads elsewhere for another application', () => {
    const other = followCustody(
      { provider: 'dstack-kms', keys: [{ ...ISSUED, signature_chain: [...ISSUED.signature_chain] }] },
      key('00'.repeat(20)),
    )
    expect(other.ok && other.value.root !== ROOT).toBe(true)
  })
})
