import type { Service } from './types.ts'

/** Venice, for its models in trusted execution environments. Source: docs.venice.ai, guide "TEE & E2EE models". */
export const VENICE: Service = {
  id: 'venice',
  name: 'Venice',
  pages: ['https://venice.ai'],
  apis: ['https://api.venice.ai'],
  parties: [{ origin: 'https://api.venice.ai', roles: ['gateway', 'model-host'] }],
  completions: ['/api/v1/chat/completions'],
  headers: ['content-type'],
  receipts: [
    {
      format: 'chat-signature',
      id: 'answer',
      path: '/api/v1/tee/signature',
      query: { model: '{model}', request_id: '{id}' },
      credential: 'page',
    },
  ],
  reports: [
    {
      kind: 'near-attestation-report',
      nonce: 32,
      path: '/api/v1/tee/attestation',
      query: { model: '{model}', nonce: '{nonce}' },
      credential: 'page',
    },
  ],
  vendors: ['intel'],
  issuers: [],
}
