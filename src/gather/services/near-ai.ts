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

/** NEAR AI Cloud, its gateway and the model hosts that can be called directly. Sources: nearai/cloud-api, nearai/inference-proxy. */
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
}

/** NEAR Private Chat: its own backend in front of NEAR AI Cloud, under the page's own origin. Source: nearai/chat-api. */
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
}
