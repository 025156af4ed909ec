import type { Service } from './types.ts'

/** NanoGPT, which passes on the evidence of the hosts of its TEE models. What its own page calls is not known: calls of its interface are seen. */
export const NANO_GPT: Service = {
  id: 'nano-gpt',
  name: 'NanoGPT',
  pages: ['https://nano-gpt.com'],
  apis: ['https://nano-gpt.com'],
  parties: [{ origin: 'https://nano-gpt.com', roles: ['reseller', 'model-host'] }],
  completions: ['/api/v1/chat/completions', '/api/subscription/v1/chat/completions'],
  headers: ['content-type'],
  receipts: [
    {
      format: 'chat-signature',
      id: 'answer',
      path: '/api/v1/tee/signature/{id}',
      query: { model: '{model}', signing_algo: 'ecdsa' },
      credential: 'page',
    },
  ],
  reports: [
    {
      kind: 'near-attestation-report',
      nonce: 32,
      resold: true,
      path: '/api/v1/tee/attestation',
      query: { model: '{model}', nonce: '{nonce}' },
      credential: 'page',
    },
  ],
  vendors: ['intel'],
  issuers: [],
  sources: [
    {
      topic: 'interface',
      source: 'https://docs.nano-gpt.com, "TEE verification"',
      read: '2026-11-22',
      known: 'read',
    },
    {
      topic: 'receipts',
      source: 'https://docs.nano-gpt.com, "TEE verification"',
      read: '2026-11-22',
      known: 'read',
    },
    {
      topic: 'evidence',
      source: '13rac1/teep: internal/provider/nanogpt',
      dated: '2026-06',
      read: '2026-11-27',
      known: 'recorded',
    },
  ],
}
