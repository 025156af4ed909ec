import type { Service } from './types.ts'

/**
 * Maple (OpenSecret): the enclave's own document, for a nonce of ours. It says that such an enclave answers there, not that this tab's session is
 * with it.
 */
export const MAPLE: Service = {
  id: 'maple',
  name: 'Maple',
  pages: ['https://trymaple.ai', 'https://www.trymaple.ai'],
  apis: ['https://enclave.trymaple.ai'],
  completions: ['/v1/chat/completions', '/v1/responses'],
  headers: ['content-type'],
  reports: [{ kind: 'opensecret-attestation', nonce: 'uuid', path: '/attestation/{nonce}', credential: 'none' }],
  lists: [
    {
      kind: 'pcr-history',
      address: 'https://raw.githubusercontent.com/MaplePrivacyLabs/Maple/master/services/opensecret/pcrProdHistory.json',
    },
    {
      kind: 'pcr-history',
      address: 'https://raw.githubusercontent.com/MaplePrivacyLabs/Maple/master/services/opensecret/pcrDevHistory.json',
    },
  ],
  issuers: [],
  sources: [
    {
      topic: 'page',
      source: 'OpenSecretCloud/Maple',
      dated: '2026-08',
      read: '2026-11-27',
      known: 'read',
    },
    {
      topic: 'evidence',
      source: 'OpenSecretCloud/OpenSecret-SDK: src/lib/pcr.ts',
      dated: '2026-06',
      read: '2026-11-22',
      known: 'recorded',
    },
    {
      topic: 'lists',
      source: 'MaplePrivacyLabs/Maple: services/opensecret/docs/pcr-compatibility.md, pcrProdHistory.json',
      dated: '2026-10',
      read: '2026-11-27',
      known: 'recorded',
    },
  ],
}
