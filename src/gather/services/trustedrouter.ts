import type { Service } from './types.ts'

/**
 * TrustedRouter (`inference-receipt/1`). Its page cannot call the interface, which refuses preflights: it calls a proxy of the site's own, which
 * pipes requests, `x-inference-receipt` included, and answers on without changing an octet. Sources: Lore-Hex/quill-cloud-proxy,
 * `docs/design/signed-receipts-wire-format.md`; Lore-Hex/quill-router, `src/trusted_router/routes/chat_proxy.py`, `static/chat.js`.
 */
export const TRUSTEDROUTER: Service = {
  id: 'trustedrouter',
  name: 'TrustedRouter',
  pages: ['https://trustedrouter.com', 'https://www.trustedrouter.com'],
  apis: ['https://api.trustedrouter.com'],
  relays: [
    {
      addresses: [
        'https://trustedrouter.com/chat-proxy/v1/chat/completions',
        'https://www.trustedrouter.com/chat-proxy/v1/chat/completions',
      ],
      interface: 'https://api.trustedrouter.com',
      handles: 'reads',
    },
  ],
  completions: ['/v1/chat/completions', '/v1/responses'],
  optIn: { header: 'x-inference-receipt' },
  // The last two are the gateway's word about its routing, unsigned: kept to be looked at, read by no check.
  headers: ['content-type', 'x-inference-receipt', 'x-receipt-att-kind', 'x-trustedrouter-provider', 'x-trustedrouter-served-model'],
  evidence: {
    attestation: { path: '/receipt-attestation', kindHeader: 'x-receipt-att-kind', hashMember: 'sha256' },
    key: { path: '/receipt-key' },
    log: {
      addresses: ['https://trustedrouter.com/.well-known/inference-receipt-keys', 'https://trustedrouter.com/trust/receipt-keys.json'],
    },
  },
  issuers: [
    {
      evidenceKind: 'gcp-cs-jwt',
      issuer: 'https://confidentialcomputing.googleapis.com',
      jwks: 'https://www.googleapis.com/service_accounts/v1/metadata/jwk/signer@confidentialspace-sign.iam.gserviceaccount.com',
    },
  ],
}
