import { describe, expect, it } from 'vitest'
import { areNoDocument, isNoDocument, withoutErrorAnswers } from './no-document.ts'
import type { Dossier } from './types.ts'

const TOKEN = `eyJ${'a'.repeat(80)}.${'b'.repeat(80)}.${'c'.repeat(80)}`
const octets = (text: string) => new TextEncoder().encode(text)

describe('what a server answers in place of a document', () => {
  it.each([
    '',
    ' \n',
    'null',
    '<!DOCTYPE html><html><body>502 Bad Gateway</body></html>',
    '<html>',
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    '{"error":{"message":"Model is warming up","type":"service_unavailable"}}',
    '{"error":"not found","status":404,"request_id":"r"}',
    '{"detail":"Not authenticated"}',
    '{"message":"no Route matched with those values"}',
    '{"type":"about:blank","title":"Bad Gateway","status":502,"detail":"x","instance":"/x"}',
    'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    'Internal Server Error',
  ])('is no document: %s', (text) => {
    expect(isNoDocument(text)).toBe(true)
    expect(areNoDocument(octets(text))).toBe(true)
  })

  it.each([
    '{}',
    '[]',
    '{"error":null,"intel_quote":"04"}',
    '{"error_code":"STREAM_DISCONNECTED","message":"x"}',
    '{"keys":[]}',
    '{"error":{"message":"x"}',
    '[{"error":1}]',
    '-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n',
    TOKEN,
    `${TOKEN.slice(0, 100)} ${TOKEN.slice(100)}`,
    `${TOKEN}\n`,
    '<token',
    'keys',
  ])('is one, read or not: %.60s', (text) => {
    expect(isNoDocument(text)).toBe(false)
    expect(areNoDocument(octets(text))).toBe(false)
  })

  it('is never told of what is no text', () => {
    expect(areNoDocument(Uint8Array.of(0x30, 0x82, 0x01))).toBe(false)
    expect(areNoDocument(new Uint8Array(0))).toBe(true)
  })

  it('was not obtained, wherever it stands in a dossier, but for what came with the answer itself', () => {
    const seen = { document: '<html>', source: 'https://api.example/', at: '', provenance: 'fetched' } as const
    const receipt = { format: 'aci', position: 'not-applicable', text: '', provenance: 'fetched' } as const
    const none = { provenance: 'none', length: 0, capture: 'not-captured', digests: [] } as const
    const dossier: Dossier = {
      format: 'inference-receipt-checker/dossier',
      version: 1,
      id: '1',
      service: '',
      exchange: { method: 'POST', url: '', startedAt: '', headers: [], request: none, response: { ...none, ids: [] } },
      receipts: [
        { ...receipt, delivery: 'lookup' },
        { ...receipt, delivery: 'stream' },
      ],
      evidence: [
        { ...seen, kind: 'tdx-quote' },
        { ...seen, kind: 'gcp-cs-jwt', document: TOKEN },
      ],
      collateral: [{ ...seen, kind: 'jwks', issuer: '' }],
      missing: [{ what: 'evidence', source: 'x', reason: 'offline' }],
    }
    const kept = withoutErrorAnswers(dossier)
    expect(kept.receipts.map(({ delivery }) => delivery)).toEqual(['stream'])
    expect(kept.evidence.map(({ kind }) => kind)).toEqual(['gcp-cs-jwt'])
    expect(kept.collateral).toEqual([])
    expect(kept.missing).toEqual([
      { what: 'evidence', source: 'x', reason: 'offline' },
      { what: 'receipt', source: '', reason: 'no-document' },
      { what: 'evidence', source: 'https://api.example/', reason: 'no-document' },
      { what: 'collateral', source: 'https://api.example/', reason: 'no-document' },
    ])
    expect(withoutErrorAnswers(kept)).toBe(kept)
  })
})
