import { describe, expect, it } from 'vitest'
import { readPublicKey } from '../encoding/der-spki.ts'
import { sha256 } from '../encoding/digest.ts'
import { encodeHex } from '../encoding/hex.ts'
import { anchorsFor, SHIPPED_ANCHORS } from './anchors.ts'
import { parseName } from './name.ts'
import { SHIPPED } from './shipped-anchors.ts'
import { SHIPPED_KEYS } from './shipped-keys.ts'

describe('shipped anchors', () => {
  it('are these and no others', () => {
    expect(SHIPPED_ANCHORS.map(({ id, purpose }) => [id, purpose])).toEqual([
      ['google-confidential-space-root', 'confidential-space'],
      ['aws-nitro-root', 'aws-nitro'],
      ['amd-ark-milan', 'sev-snp'],
      ['amd-ask-milan', 'sev-snp'],
      ['amd-asvk-milan', 'sev-snp'],
      ['amd-ark-genoa', 'sev-snp'],
      ['amd-ask-genoa', 'sev-snp'],
      ['amd-asvk-genoa', 'sev-snp'],
      ['amd-ark-turin', 'sev-snp'],
      ['amd-ask-turin', 'sev-snp'],
      ['amd-asvk-turin', 'sev-snp'],
      ['intel-sgx-root', 'intel-sgx'],
      ['nvidia-device-identity-root', 'nvidia-gpu'],
      ['opensecret-pcr-history', 'opensecret-pcr-history'],
    ])
  })

  it.each(SHIPPED.map((data, index) => ({ data, anchor: SHIPPED_ANCHORS[index], id: data.id })))(
    '$id is what it says',
    async ({ data, anchor }) => {
      if (anchor === undefined) throw new Error('no anchor')
      expect(encodeHex(await sha256(anchor.spki))).toBe(data.spkiSha256)
      expect(readPublicKey(anchor.spki).ok).toBe(true)
      expect(parseName(anchor.name)).toMatchObject({ ok: true, value: { text: data.subject } })
      expect(data.certificateSha256).toMatch(/^[0-9a-f]{64}$/)
      expect(anchor.notBefore.getTime()).toBeLessThan(anchor.notAfter.getTime())
      expect(anchor).toMatchObject({ id: data.id, purpose: data.purpose, addedBy: 'shipped', publishedAt: data.publishedAt })
    },
  )

  it.each(SHIPPED_KEYS.map((data) => ({ data, id: data.id })))('$id, a bare key, is what it says and no authority', async ({ data }) => {
    const anchor = SHIPPED_ANCHORS.find(({ id }) => id === data.id)
    if (anchor === undefined) throw new Error('no anchor')
    expect(encodeHex(await sha256(anchor.spki))).toBe(data.spkiSha256)
    expect(readPublicKey(anchor.spki).ok).toBe(true)
    expect(parseName(anchor.name)).toMatchObject({ ok: true, value: { rdns: [] } })
    expect(anchor).toMatchObject({ purpose: data.purpose, addedBy: 'shipped', publishedAt: data.publishedAt })
  })

  it('are found by purpose only', () => {
    expect(anchorsFor(SHIPPED_ANCHORS, 'confidential-space')).toEqual(
      SHIPPED_ANCHORS.filter(({ purpose }) => purpose === 'confidential-space'),
    )
    expect(anchorsFor(SHIPPED_ANCHORS, 'something-else')).toEqual([])
  })
})
