import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReceiptSeen } from '../dossier/types.ts'
import { encodeBase64url } from '../verify/encoding/base64.ts'
import { encodeUtf8 } from '../verify/encoding/utf8.ts'
import { embeddedEvidence, keyNames, keyOfToken, modelNamed } from './peek.ts'

const part = (value: unknown) => encodeBase64url(encodeUtf8(JSON.stringify(value)))
const event = (header: unknown) =>
  JSON.stringify({ choices: [], inference_receipt: { protected: part(header), payload: '', signature: '' } })
const receipt = (text: string, delivery: ReceiptSeen['delivery'] = 'stream'): ReceiptSeen => ({
  format: 'inference-receipt',
  delivery,
  position: 'last',
  text,
  provenance: 'page-reported',
})

describe('a look at what to fetch', () => {
  it('finds the evidence in a receipt that carries it', () => {
    expect(embeddedEvidence(receipt(event({ alg: 'EdDSA', att: 'a.b.c', att_kind: 'gcp-cs-jwt' })))).toEqual({
      kind: 'gcp-cs-jwt',
      document: 'a.b.c',
    })
  })

  it('finds none in a receipt without it, in a header, or in nonsense', () => {
    expect(embeddedEvidence(receipt(event({ alg: 'EdDSA' })))).toBeUndefined()
    expect(embeddedEvidence(receipt(event({ att: 'a', att_kind: 'b' }), 'header'))).toBeUndefined()
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(embeddedEvidence(receipt(text))).toBeUndefined()
      }),
    )
  })

  it('tells a token with a chain from one with a key’s name', () => {
    expect(keyOfToken(`${part({ alg: 'RS256', kid: 'k' })}.x.y`)).toEqual({ by: 'name', kid: 'k' })
    expect(keyOfToken(`${part({ alg: 'RS256', x5c: ['a'] })}.x.y`)).toEqual({ by: 'chain' })
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(keyOfToken(text)).toEqual({ by: 'name', kid: undefined })
      }),
    )
  })

  it('names the model of a request by either of its members, and none where it is none', () => {
    const named = (text: string) => modelNamed(encodeUtf8(text))
    expect(named('{"model":"a/b","modelId":"c"}')).toBe('a/b')
    expect(named('{"modelId":"c"}')).toBe('c')
    for (const text of ['{"modelId":7}', '{"modelId":""}', '{"other":"c"}', '[]', 'a']) expect(named(text)).toBeUndefined()
  })

  it('names the keys of a key set, and says when it is none', () => {
    expect(keyNames('{"keys":[{"kid":"a"},{"kty":"RSA"},{"kid":"b"}]}')).toEqual(['a', 'b'])
    expect(keyNames('{"keys":{}}')).toBeUndefined()
    expect(keyNames('<html>')).toBeUndefined()
  })
})
