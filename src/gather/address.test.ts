import { describe, expect, it } from 'vitest'
import type { Dossier } from '../dossier/types.ts'
import { addressFor, type Values } from './address.ts'
import { NEAR_AI } from './services/near-ai.ts'
import type { Service, Template } from './services/types.ts'

const LOOKUP: Template = { path: '/v1/x/{id}', query: { model: '{model}', algo: 'ecdsa', nonce: '{nonce}' }, credential: 'page' }

function at(url: string, template: Template, values: Values, service: Service = NEAR_AI): string | undefined {
  const body = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] } as const
  const exchange = { method: 'POST', url, startedAt: '', headers: [], request: body, response: { ...body, ids: [] } }
  const dossier: Dossier = {
    format: 'inference-receipt-checker/dossier',
    version: 1,
    id: '',
    service: '',
    exchange,
    receipts: [],
    evidence: [],
    collateral: [],
    missing: [],
  }
  return addressFor(template, values, dossier, service)
}

describe('the address of a look-up', () => {
  it.each([
    ['https://cloud-api.near.ai/v1/responses', 'https://cloud-api.near.ai/v1/x/7?algo=ecdsa'],
    ['https://qwen.completions.near.ai/v1/chat/completions', 'https://qwen.completions.near.ai/v1/x/7?algo=ecdsa'],
    ['https://completions.near.ai/v1/chat/completions', undefined],
    ['https://elsewhere.example/v1/responses', undefined],
    ['', undefined],
  ])('of a call to %s is at the interface that was called: %s', (url, expected) => expect(at(url, LOOKUP, { id: '7' })).toBe(expected))

  it('writes values as values, and leaves out members that are not known', () => {
    const url = 'https://cloud-api.near.ai/v1/responses'
    expect(at(url, LOOKUP, { id: 'a/b?c#d', model: 'x & y', nonce: 'ab' })).toBe(
      'https://cloud-api.near.ai/v1/x/a%2Fb%3Fc%23d?model=x%20%26%20y&algo=ecdsa&nonce=ab',
    )
    for (const id of ['..', '.', '']) expect(at(url, LOOKUP, { id })).toBeUndefined()
    expect(at(url, LOOKUP, {})).toBeUndefined()
  })

  it('is at an origin of its own where the template has one, whatever was called', () => {
    const own: Template = { origin: 'https://atc.example', path: '/attestation', credential: 'none' }
    expect(at('https://elsewhere.example/', own, {})).toBe('https://atc.example/attestation')
  })
})
