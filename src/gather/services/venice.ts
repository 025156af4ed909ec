import type { Service } from './types.ts'

/**
 * Venice, for its models in trusted execution environments. Its page talks to a server of its own in a form of its own (NDJSON, typed as HTML),
 * which carries no id of the answer: nothing says which signature would be about it. What the interface reports of a model's environment can be
 * asked all the same; the documentation wants a key for it, other clients send none.
 */
export const VENICE: Service = {
  id: 'venice',
  name: 'Venice',
  pages: ['https://venice.ai'],
  apis: ['https://api.venice.ai'],
  parties: [{ origin: 'https://api.venice.ai', roles: ['reseller', 'model-host'] }],
  relays: [
    {
      // The second is where older versions of the page asked.
      addresses: ['https://outerface.venice.ai/api/inference/chat', 'https://venice.ai/api/inference/chat'],
      interface: 'https://api.venice.ai',
      handles: 'reads',
      unnamed: true,
    },
  ],
  completions: ['/api/v1/chat/completions'],
  headers: ['content-type', 'x-venice-tee', 'x-venice-tee-provider'],
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
      credential: 'if-refused',
    },
  ],
  vendors: ['intel'],
  issuers: [],
  sources: [
    {
      topic: 'page',
      source: 'diegosouzapw/OmniRoute: its client “venice-web”',
      dated: '2026-10',
      read: '2026-11-27',
      known: 'read',
    },
    {
      topic: 'interface',
      source: 'https://docs.venice.ai, guide "TEE & E2EE models"',
      read: '2026-11-22',
      known: 'read',
    },
    {
      topic: 'receipts',
      source: 'https://docs.venice.ai, guide "TEE & E2EE models"',
      read: '2026-11-22',
      known: 'read',
    },
    {
      topic: 'evidence',
      source: '13rac1/teep: docs/attestation_gaps/venice_aci_gateway.md, internal/provider/venice',
      dated: '2026-06',
      read: '2026-11-27',
      known: 'recorded',
    },
  ],
}
