import type { ReceiptLookup, ReportEndpoint, Service } from './types.ts'

/** The algorithm is always named: its default is not the same at both endpoints. */
const SIGNATURE: ReceiptLookup = {
  format: 'chat-signature',
  id: 'answer',
  path: '/v1/signature/{id}',
  query: { model: '{model}', signing_algo: 'ecdsa' },
  credential: 'page',
}

const REPORT: ReportEndpoint = {
  kind: 'near-attestation-report',
  nonce: 32,
  path: '/v1/attestation/report',
  query: { model: '{model}', signing_algo: 'ecdsa', nonce: '{nonce}' },
  credential: 'page',
}

/** NEAR AI Cloud, its gateway and the model hosts that can be called directly. */
export const NEAR_AI: Service = {
  id: 'near-ai',
  name: 'NEAR AI Cloud',
  pages: ['https://cloud.near.ai'],
  apis: ['https://cloud-api.near.ai', 'https://*.completions.near.ai'],
  parties: [
    { origin: 'https://cloud-api.near.ai', roles: ['gateway', 'model-host'] },
    { origin: 'https://*.completions.near.ai', roles: ['service'] },
  ],
  completions: ['/v1/chat/completions', '/v1/responses'],
  headers: ['content-type', 'inference-id', 'x-serving-provider', 'x-model-alias-resolved'],
  receipts: [SIGNATURE],
  reports: [REPORT],
  vendors: ['intel'],
  issuers: [],
  sources: [
    { topic: 'interface', source: 'nearai/cloud-api: crates/api/src/routes', dated: '2026-08-20', read: '2026-11-27', known: 'recorded' },
    {
      topic: 'receipts',
      source: 'nearai/cloud-api: crates/api/src/routes/completions.rs',
      dated: '2026-08-20',
      read: '2026-11-27',
      known: 'read',
    },
    { topic: 'evidence', source: 'nearai/inference-proxy', read: '2026-11-22', known: 'recorded' },
  ],
}

/** NEAR Private Chat: its own backend in front of NEAR AI Cloud, under the page's own origin. */
export const NEAR_PRIVATE_CHAT: Service = {
  id: 'near-private-chat',
  name: 'NEAR Private Chat',
  pages: ['https://private.near.ai'],
  apis: ['https://private.near.ai'],
  parties: [{ origin: 'https://private.near.ai', roles: ['gateway', 'gateway', 'model-host'] }],
  completions: ['/v1/responses'],
  headers: ['content-type'],
  receipts: [SIGNATURE],
  reports: [REPORT],
  vendors: ['intel'],
  issuers: [],
  sources: [
    { topic: 'page', source: 'nearai/private-chat', dated: '2026-03', read: '2026-11-27', known: 'read' },
    { topic: 'interface', source: 'nearai/chat-api: crates/api/src/routes/api.rs', read: '2026-11-22', known: 'read' },
    {
      topic: 'receipts',
      source: 'nearai/cloud-api: crates/api/src/routes/completions.rs',
      dated: '2026-08-20',
      read: '2026-11-27',
      known: 'read',
    },
  ],
}
