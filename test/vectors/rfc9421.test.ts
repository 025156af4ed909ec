import { createPublicKey } from 'node:crypto'
import { expect, it } from 'vitest'
import type { Exchange } from '../../src/dossier/types.ts'
import { verifyWithJwk } from '../../src/verify/encoding/jose.ts'
import { HTTP_ALGORITHMS, type HttpKey } from '../../src/verify/policy/types.ts'
import { signatureBase } from '../../src/verify/receipts/http-signature/base.ts'
import { keyOf } from '../../src/verify/receipts/http-signature/key.ts'
import { parseSignatures, receiptText } from '../../src/verify/receipts/http-signature/parse.ts'
import { describeVectors, vectorText } from './files.ts'

type Vector = {
  readonly name: string
  readonly alg: string
  readonly public_key_spki_pem: string
  readonly signature_base: string
  readonly signature_b64: string
}

function vector(name: string): Vector {
  const vectors: readonly Vector[] = JSON.parse(vectorText('rfc9421/rfc9421-appendix-b.json'))
  const found = vectors.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`no vector ${name}`)
  return found
}

function keyFor({ alg, public_key_spki_pem }: Vector) {
  const known = HTTP_ALGORITHMS.find((candidate) => candidate === alg)
  if (known === undefined) throw new Error(alg)
  const jwk: HttpKey['jwk'] = { ...createPublicKey(public_key_spki_pem).export({ format: 'jwk' }) }
  const key = keyOf({ keyid: 'test', alg: known, jwk })
  if (key === undefined) throw new Error('no key')
  return key
}

const octets = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'))
const text = (value: string) => Uint8Array.from(Buffer.from(value))

describeVectors('RFC 9421 appendix B.2', () => {
  it.each(['RFC9421 B.2.4', 'RFC9421 B.2.6'])('%s: the signature holds over the published base, and over no other', async (name) => {
    const published = vector(name)
    const key = keyFor(published)
    const signature = octets(published.signature_b64)
    expect(await verifyWithJwk(key, signature, text(published.signature_base))).toBe(true)
    expect(await verifyWithJwk(key, signature, text(`${published.signature_base}\n`))).toBe(false)
    expect(
      await verifyWithJwk(
        key,
        signature.map((octet, index) => (index === 0 ? octet ^ 1 : octet)),
        text(published.signature_base),
      ),
    ).toBe(false)
  })

  it('B.2.4: the base of the published response is the published one', () => {
    const { signature_base, signature_b64 } = vector('RFC9421 B.2.4')
    const lines = signature_base.split('\n').map((line) => /^"([^"]+)": (.*)$/.exec(line))
    const params = lines.at(-1)?.[2] ?? ''
    const parsed = parseSignatures(receiptText(`sig-b24=${params}`, `sig-b24=:${signature_b64}:`))
    if (!parsed.ok) throw new Error(parsed.code)
    const [signature] = parsed.value
    if (signature === undefined) throw new Error('none')
    expect(signature).toMatchObject({ label: 'sig-b24', created: 1618884473, keyid: 'test-key-ecc-p256' })
    const nothing = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] } as const
    const response: Exchange = {
      method: 'POST',
      url: 'https://example.com/foo',
      startedAt: '2021-04-20T02:07:55Z',
      status: 200,
      headers: lines.flatMap((line) => {
        const [, name = '', value = ''] = line ?? []
        return name.startsWith('@') ? [] : [{ name, value }]
      }),
      request: nothing,
      response: { ...nothing, ids: [] },
    }
    expect(signatureBase(signature, response)).toEqual({ ok: true, value: { text: signature_base, assumed: [] } })
  })

  it('B.2.6: the published request’s signature is read, and is none of a response', () => {
    const { signature_base, signature_b64 } = vector('RFC9421 B.2.6')
    const params = signature_base.split('"@signature-params": ')[1] ?? ''
    const parsed = parseSignatures(receiptText(`sig-b26=${params}`, `sig-b26=:${signature_b64}:`))
    if (!parsed.ok) throw new Error(parsed.code)
    const [signature] = parsed.value
    if (signature === undefined) throw new Error('none')
    expect(signature.components.map(({ value }) => value)).toEqual([
      'date',
      '@method',
      '@path',
      '@authority',
      'content-type',
      'content-length',
    ])
    const nothing = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] } as const
    const headers = [{ name: 'date', value: 'Tue, 20 Apr 2021 02:07:55 GMT' }]
    const exchange: Exchange = {
      method: 'POST',
      url: 'https://example.com/foo',
      startedAt: '2021-04-20T02:07:55Z',
      headers,
      request: nothing,
      response: { ...nothing, ids: [] },
    }
    expect(signatureBase(signature, exchange)).toMatchObject({ ok: false, code: 'component-not-in-response', detail: '"@method"' })
  })
})
