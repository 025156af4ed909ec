import type { Service } from './types.ts'

/**
 * RedPill, whose gateway speaks ACI and the older signatures of the dstack family. An answer that names an ACI receipt has that one; others
 * have a signature under the gateway's key.
 */
export const REDPILL: Service = {
  id: 'redpill',
  name: 'RedPill',
  pages: ['https://chat.redpill.ai', 'https://redpill.ai', 'https://www.redpill.ai'],
  apis: ['https://api.redpill.ai', 'https://tee.redpill.ai'],
  parties: [
    { origin: 'https://api.redpill.ai', roles: ['gateway', 'model-host'] },
    { origin: 'https://tee.redpill.ai', roles: ['gateway', 'model-host'] },
  ],
  completions: ['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/messages', '/v1/responses'],
  headers: ['content-type', 'x-aci-version', 'x-aci-keyset-digest', 'x-receipt-id'],
  receipts: [
    { format: 'aci', id: { header: 'x-receipt-id' }, path: '/v1/aci/receipts/{id}', credential: 'page' },
    {
      format: 'chat-signature',
      id: 'answer',
      path: '/v1/signature/{id}',
      query: { model: '{model}', signing_algo: 'ecdsa' },
      credential: 'page',
    },
  ],
  reports: [
    { kind: 'aci-report', nonce: 32, with: 'aci', path: '/v1/aci/attestation', query: { nonce: '{nonce}' }, credential: 'none' },
    {
      kind: 'near-attestation-report',
      nonce: 32,
      with: 'chat-signature',
      path: '/v1/attestation/report',
      query: { model: '{model}', signing_algo: 'ecdsa', nonce: '{nonce}' },
      credential: 'page',
    },
  ],
  linked: [{ kind: 'aci-session', path: '/v1/aci/sessions/{id}', credential: 'none' }],
  vendors: ['intel'],
  issuers: [],
  sources: [
    {
      topic: 'page',
      source: 'redpill-ai/redpill-chat',
      dated: '2025-12',
      read: '2026-11-27',
      known: 'read',
    },
    {
      topic: 'receipts',
      source: 'Dstack-TEE/private-ai-gateway: spec, src/http/app/handlers.rs',
      dated: '2026-08-06',
      read: '2026-11-22',
      known: 'read',
    },
    {
      topic: 'evidence',
      source: '13rac1/teep: internal/provider/phalacloud',
      dated: '2026-06',
      read: '2026-11-22',
      known: 'recorded',
    },
  ],
}
